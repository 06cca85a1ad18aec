/** Measurements as tables: of at most 80 columns for a terminal, or in Markdown for a page. */

import type { BenchCase, Measured } from "./case.ts";
import { median } from "./case.ts";

/** Where a table is shown. */
export type Style = "text" | "markdown";

/** All rounds of a case. */
export interface Rounds {
  readonly one: BenchCase;
  readonly rounds: readonly Measured[];
}

/** Tables by family, medians of the rounds; the note is that of the first. */
export function tablesByFamily(all: readonly Rounds[], style: Style): string {
  const families = [...new Set(all.map(({ one }) => one.family))];
  return families
    .map((family) => {
      const members = all.filter(({ one }) => one.family === family);
      const { unit } = members[0]!.one;
      const head = ["case", unit, `${unit}/s`, "per CPU s", "peak MiB"];
      return titled(family, tableOf(head, members.map(rowOf), members.map(noteOf), style), style);
    })
    .join("\n");
}

function rowOf({ one, rounds }: Rounds): readonly string[] {
  const { units } = rounds[0]!;
  const rate = (seconds: readonly number[]) => shown(units / median(seconds));
  return [
    one.name,
    shown(units),
    rate(rounds.map(({ seconds }) => seconds)),
    rate(rounds.map(({ cpuSeconds }) => cpuSeconds)),
    median(rounds.map(({ peakMib }) => peakMib)).toFixed(0),
  ];
}

function noteOf({ rounds }: Rounds): string {
  return rounds[0]!.note;
}

/** A table under its title. */
export function titled(title: string, table: string, style: Style): string {
  return style === "text" ? `${title}\n${table}\n` : `### ${title}\n\n${table}\n`;
}

/** Rows with a note each: below its row in text, as the last column in Markdown. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly string[],
  style: Style,
): string {
  if (style === "markdown") {
    const lines = [[...head, ""], head.map((_, i) => (i === 0 ? "---" : "---:")).concat("---")];
    return [...lines, ...rows.map((row, i) => [...row, notes[i]!])]
      .map((cells) => `| ${cells.join(" | ")} |`)
      .join("\n");
  }
  const line = ([first, ...others]: readonly string[]) =>
    first!.padEnd(30) + others.map((cell) => cell.padStart(12)).join("");
  return [line(head), ...rows.flatMap((row, i) => [line(row), `  ${notes[i]!}`])].join("\n");
}

/** A number to three digits: 1.23 M. */
export function shown(value: number): string {
  const [scale, name] = value >= 1e6 ? [1e6, " M"] : value >= 1e4 ? [1e3, " k"] : [1, ""];
  return `${(value / scale).toFixed(value / scale >= 100 ? 0 : value / scale >= 10 ? 1 : 2)}${name}`;
}
