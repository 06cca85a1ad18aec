/** Evidence in words: a figure, the day and the commit it is of. */

import type { Evidence, Figures, FolderEvidence, Provenance, TestEvidence } from "./evidence.ts";

/** A figure in words, and what it rests on; the oldest is named. */
export interface Shown {
  readonly figure: string;
  readonly of: readonly Pick<FolderEvidence, "date" | "commit">[];
}

/** What evidence says of a claim; undefined where it has not been run. */
export type Show = (evidence: Evidence) => Shown | undefined;

/** All tests of files pass. */
export function testsPass(files: readonly string[]): Show {
  return ({ tests }) => {
    const found = files.map((file) => tests[file]);
    if (!found.every((one) => one !== undefined)) return undefined;
    return { figure: verdictOf(found), of: found };
  };
}

/** All files of tests whose path is wanted, together. */
export function suite(wanted: (path: string) => boolean): Show {
  return ({ tests }) => {
    const found = Object.entries(tests).flatMap(([path, one]) => (wanted(path) ? [one] : []));
    if (found.length === 0) return undefined;
    return { figure: `${verdictOf(found)}, in ${found.length} files`, of: found };
  };
}

/** A property holds in random cases. */
export function holdsInCases(file: string, title: string): Show {
  return ({ tests }) => {
    const one = tests[file];
    const cases = one?.cases[title];
    if (one === undefined || (cases === undefined && one.failed === 0)) return undefined;
    return { figure: cases === undefined ? "FAILED" : `${cases} random cases`, of: [one] };
  };
}

/** What a test measured, in words. */
export function measures(file: string, words: (figures: Figures) => string | undefined): Show {
  return ({ tests }) => {
    const one = tests[file];
    const said = one === undefined ? undefined : words(one.figures);
    if (one === undefined || (said === undefined && one.failed === 0)) return undefined;
    return { figure: one.failed > 0 ? verdictOf([one]) : said!, of: [one] };
  };
}

/** One family of the verification against theory. */
export function theoryFamily(name: string): Show {
  return ({ theory }) => {
    const family = theory?.families[name];
    if (theory === undefined || family === undefined) return undefined;
    const { settings, rejected, worstDeviation } = family;
    const figure = `${settings} settings, ${rejected} rejected; farthest ${percent(worstDeviation)}`;
    return { figure, of: [theory] };
  };
}

/** All families of the verification against theory. */
export function theoryWhole({ theory }: Evidence): Shown | undefined {
  if (theory === undefined) return undefined;
  const { comparisons, rejected, coverage, uniformityP } = theory;
  return {
    figure: `${rejected} of ${comparisons} rejected; ${percent(coverage)} of the 95 % intervals hold their formula; p-values uniform with p = ${uniformityP.toPrecision(2)}`,
    of: [theory],
  };
}

/** All runs of the fuzzer. */
export function fuzzed({ fuzz }: Evidence): Shown | undefined {
  if (fuzz.length === 0) return undefined;
  const sum = (of: (one: Evidence["fuzz"][number]) => number) =>
    fuzz.reduce((total, one) => total + of(one), 0);
  const slowestMs = Math.max(...fuzz.map((one) => one.slowestMs));
  const figure = `${thousands(sum(({ read }) => read))} inputs, ${thousands(sum(({ accepted }) => accepted))} accepted, ${sum(({ failed }) => failed)} failed; slowest ${slowestMs} ms of CPU time`;
  return { figure, of: fuzz };
}

/** A figure of each folder of src in a file of evidence; `words` are of one folder's. */
export function folders(
  of: (evidence: Evidence) => FolderEvidence | undefined,
  words: (figures: Readonly<Record<string, number | string>>) => string,
): Show {
  return (evidence) => {
    const found = of(evidence);
    if (found === undefined) return undefined;
    const parts = Object.entries(found.folders).map(([name, one]) => `${name} ${words(one)}`);
    return parts.length === 0 ? undefined : { figure: parts.join(", "), of: [found] };
  };
}

/** The oldest of what a figure rests on, as `day at commit`. */
export function sinceOf({ of }: Shown): string {
  const oldest = of.reduce((a, b) => (b.date < a.date ? b : a));
  const { date, commit } = oldest;
  return commit === undefined || commit === null ? date : `${date} at ${shortened(commit)}`;
}

/** A whole number with commas. */
export function thousands(value: number): string {
  return value.toLocaleString("en-US");
}

function verdictOf(found: readonly TestEvidence[]): string {
  const sum = (of: (one: TestEvidence) => number) => found.reduce((all, one) => all + of(one), 0);
  const [passed, failed, skipped] = [
    sum((one) => one.passed),
    sum((one) => one.failed),
    sum((one) => one.skipped),
  ];
  return [
    failed > 0 ? `${failed} FAILED` : "",
    passed === 1 ? "1 test passes" : `${thousands(passed)} tests pass`,
    skipped > 0 ? `${skipped} skipped` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function shortened(commit: NonNullable<Provenance["commit"]>): string {
  return commit.replace(/^(\w{7})\w*/, "$1");
}

/** A part of 1 as a percentage. */
export function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
