/** Which mutants are tried: a seeded sample of those there are, or those that an earlier run names. */

import { createHash } from "node:crypto";
import type { Mutant } from "@stryker-mutator/api/core";

/** Under `sample` in the options: so large a share of all mutants, 0 to 1, or just those in `only`. */
export interface Sample {
  readonly share: number;
  readonly seed: string;
  readonly only?: readonly string[];
}

/** A mutant's name: where it is and what it puts there; the same in every run over the same text. */
export function mutantName(mutant: Pick<Mutant, "fileName" | "location" | "replacement">): string {
  const { start, end } = mutant.location;
  // A checker sees the file in a sandbox, a report where it came from.
  const file = mutant.fileName.slice(mutant.fileName.lastIndexOf("/src/") + 1);
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column} ${mutant.replacement}`;
}

/** A mutant as reports place it: checkers count lines and columns from 0, reports from 1. */
export function asReported(mutant: Mutant): Mutant {
  const from1 = ({ line, column }: Mutant["location"]["start"]) => ({
    line: line + 1,
    column: column + 1,
  });
  const { start, end } = mutant.location;
  return { ...mutant, location: { start: from1(start), end: from1(end) } };
}

/** Names drawn without replacement, each set of that size as likely as any other. */
export function drawn(names: readonly string[], sample: Sample): ReadonlySet<string> {
  const { share, seed, only } = sample;
  if (only !== undefined) return new Set(only);
  const rank = (name: string) => createHash("sha256").update(`${seed} ${name}`).digest("hex");
  const ranked = names.map((name) => ({ name, rank: rank(name) }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return new Set(ranked.slice(0, Math.round(share * names.length)).map(({ name }) => name));
}
