/** Evidence: what checks leave behind in results/trust, a file a command. */

import { join } from "node:path";
import { jsonIn } from "./keep.ts";

/** Where and when a figure came about, so that it can be asked for again. */
export interface Provenance {
  /** Day, UTC, as 2026-11-23. */
  readonly date: string;
  /** Commit of the checkout, with a + behind it when sources differ from it; null where there is no git. */
  readonly commit: string | null;
  readonly node: string;
}

/** What tests measured: numbers, names or lists of names; the names of figures carry their units. */
export type Figures = Readonly<Record<string, number | string | readonly string[]>>;

/** What one test file showed; WISEFUSE_EVIDENCE=results/trust vitest. */
export interface TestEvidence extends Provenance {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Random cases of each test that passed and holds a property, by its title. */
  readonly cases: Readonly<Record<string, number>>;
  readonly figures: Figures;
}

/** Figures of the comparisons with queueing theory, judged together; npm run verify:theory. */
export interface TheoryFigures {
  readonly comparisons: number;
  readonly rejected: number;
  /** Chance of any rejection although every formula holds. */
  readonly familyWiseAlpha: number;
  /** Part of the 95 % intervals that hold their formula. */
  readonly coverage: number;
  readonly uniformityP: number;
  readonly families: Readonly<
    Record<string, { settings: number; rejected: number; worstDeviation: number }>
  >;
}

/** The same, with where and when. */
interface TheoryEvidence extends TheoryFigures, Provenance {
  readonly seed: string;
}

/** What the fuzzer counts of a reader or of all: inputs given, taken, and failed, CPU time of the slowest. */
export interface FuzzTally {
  readonly read: number;
  readonly accepted: number;
  readonly slowestMs: number;
  readonly failed: number;
}

/** Inputs `from` to below `to` of a seed; npm run fuzz -- --evidence FILE. */
export interface FuzzEvidence extends Provenance, FuzzTally {
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  /** Empty where only totals were kept. */
  readonly readers: Readonly<Record<string, FuzzTally>>;
}

/** Figures of folders of src; which, says the command that leaves them. */
export interface FolderEvidence {
  readonly date: string;
  readonly commit?: string | null;
  readonly folders: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
}

/** All there is. */
export interface Evidence {
  /** By path of the test file. */
  readonly tests: Readonly<Record<string, TestEvidence>>;
  readonly theory: TheoryEvidence | undefined;
  readonly fuzz: readonly FuzzEvidence[];
  readonly coverage: FolderEvidence | undefined;
  readonly mutation: FolderEvidence | undefined;
}

/** The evidence in a folder; what is not there has not been run. */
export function evidenceIn(folder: string): Evidence {
  const file = (name: string) => jsonIn(join(folder, `${name}.json`));
  return {
    tests: (file("tests") ?? {}) as Evidence["tests"],
    theory: file("theory") as Evidence["theory"],
    fuzz: ((file("fuzz") ?? { runs: [] }) as { runs: Evidence["fuzz"] }).runs,
    coverage: file("coverage") as Evidence["coverage"],
    mutation: file("mutation") as Evidence["mutation"],
  };
}
