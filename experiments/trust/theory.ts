/** What the verification against queueing theory leaves as evidence. */

import type { Provenance } from "./evidence.ts";

/** Figures of all comparisons, judged together. */
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
export interface TheoryEvidence extends TheoryFigures, Provenance {
  readonly seed: string;
}
