/** Measurements as a table of at most 80 columns. */

import type { BenchCase, Measured } from "./case.ts";
import { median } from "./case.ts";

/** All rounds of a case. */
export interface Rounds {
  readonly one: BenchCase;
  readonly rounds: readonly Measured[];
}

/** Tables by family, medians of the rounds; the note is that of the first. */
export function tableText(all: readonly Rounds[]): string {
  const families = [...new Set(all.map(({ one }) => one.family))];
  return families
    .map((family) => {
      const members = all.filter(({ one }) => one.family === family);
      const { unit } = members[0]!.one;
      const head = `${"case".padEnd(24)}${unit.padStart(12)}${`${unit}/s`.padStart(13)}${"per CPU s".padStart(12)}${"peak MiB".padStart(10)}`;
      return [family, head, ...members.flatMap(rowsOf), ""].join("\n");
    })
    .join("\n");
}

function rowsOf({ one, rounds }: Rounds): readonly string[] {
  const { units, note } = rounds[0]!;
  const perSecond = units / median(rounds.map(({ seconds }) => seconds));
  const perCpu = units / median(rounds.map(({ cpuSeconds }) => cpuSeconds));
  const peak = median(rounds.map(({ peakMib }) => peakMib));
  const row = `${one.name.padEnd(24)}${shown(units).padStart(12)}${shown(perSecond).padStart(13)}${shown(perCpu).padStart(12)}${peak.toFixed(0).padStart(10)}`;
  return [row, `  ${note}`];
}

/** A number to three digits: 1.23 M. */
export function shown(value: number): string {
  const [scale, name] = value >= 1e6 ? [1e6, " M"] : value >= 1e4 ? [1e3, " k"] : [1, ""];
  return `${(value / scale).toFixed(value / scale >= 100 ? 0 : value / scale >= 10 ? 1 : 2)}${name}`;
}
