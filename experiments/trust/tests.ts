/** What tests showed, file by file, as their reporter keeps it. */

import type { Provenance } from "./evidence.ts";

/** What tests measured: numbers, names or lists of names; the names of figures carry their units. */
export type Figures = Readonly<Record<string, number | string | readonly string[]>>;

/** What one test file showed. */
export interface TestEvidence extends Provenance {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Tests that hold a property over random cases, and all of their cases. */
  readonly properties: number;
  readonly cases: number;
  /** What its tests measured, by name. */
  readonly figures: Figures;
}

/** All files by path. */
export type TestsEvidence = Readonly<Record<string, TestEvidence>>;
