/** Measured numbers by the million, and the distribution that stands for them. */

import type { DistributionSpec } from "../stats/families.ts";
import { quantileOfSorted, sortedSample } from "../stats/summary.ts";

/** A column of numbers that grows: eight bytes a number, and never an object. */
export class NumberColumn {
  length = 0;
  #values = new Float64Array(16);

  /** Adds a number at the end. */
  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Float64Array(2 * this.length);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }

  /** Number `i`, which must have been pushed. */
  at(i: number): number {
    return this.#values[i]!;
  }

  /** A view of the numbers so far, valid until the next push. */
  values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** Samples that are kept one by one; more become a table of quantiles. */
const SAMPLES_KEPT = 50;

const PROBABILITIES = [
  0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75,
  0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 1,
];

/** The distribution of a sample: its one value, the sample itself, or quantiles of a large one. */
export function specOf(sample: ArrayLike<number>): DistributionSpec {
  const sorted = sortedSample(sample);
  const [least, most] = [sorted[0]!, sorted[sorted.length - 1]!];
  if (least === most) return least;
  if (sorted.length <= SAMPLES_KEPT) return { empirical: [...sorted] };
  return {
    quantiles: PROBABILITIES.map((p) => [p, toMicroseconds(quantileOfSorted(sorted, p))] as const),
  };
}

/** Median of a sample that is not empty. */
export function medianOf(sample: ArrayLike<number>): number {
  return quantileOfSorted(sortedSample(sample), 0.5);
}

/** Rounded to a thousandth: what subtracting two times of day leaves behind it is no measurement. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
