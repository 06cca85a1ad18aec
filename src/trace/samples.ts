/** Measured numbers by the million, and the distribution that stands for them. */

import type { DistributionSpec } from "../stats/families.ts";
import { quantileOfSorted, sortedSample } from "../stats/summary.ts";

const BLOCK_BITS = 16;
const BLOCK = 1 << BLOCK_BITS;

/**
 * A column of numbers that grows: eight bytes a number, never an object, and never more than a block
 * to spare. As long as a column has held one value only it takes no room: many tell nothing, or one size.
 */
export class NumberColumn {
  length = 0;
  /** How many numbers from the start on are `#value`. */
  #alike = 0;
  #value = Number.NaN;
  #first = new Float64Array(0);
  #more: Float64Array[] = [];

  /** Adds a number at the end. */
  push(value: number): void {
    if (this.length === 0) this.#value = value;
    if (this.length === this.#alike && Object.is(value, this.#value)) this.#alike++;
    else this.#store(this.length - this.#alike, value);
    this.length++;
  }

  /** Number `i`, which must have been pushed. */
  at(i: number): number {
    const stored = i - this.#alike;
    if (stored < 0) return this.#value;
    return stored < BLOCK
      ? this.#first[stored]!
      : this.#more[(stored >>> BLOCK_BITS) - 1]![stored & (BLOCK - 1)]!;
  }

  /** Forgets every number, and gives their room back. */
  clear(): void {
    this.length = 0;
    this.#alike = 0;
    this.#first = new Float64Array(0);
    this.#more = [];
  }

  /** A copy of the numbers. */
  values(): Float64Array {
    const all = new Float64Array(this.length).fill(this.#value, 0, this.#alike);
    let at = this.#alike;
    for (const block of [this.#first, ...this.#more]) {
      const part = block.subarray(0, Math.min(block.length, this.length - at));
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  // Columns are many and mostly short, so the first block doubles up to its size.
  #store(i: number, value: number): void {
    if (i >= BLOCK) {
      const block = (i >>> BLOCK_BITS) - 1;
      if (block === this.#more.length) this.#more.push(new Float64Array(BLOCK));
      this.#more[block]![i & (BLOCK - 1)] = value;
      return;
    }
    if (i === this.#first.length) {
      const wider = new Float64Array(Math.max(16, 2 * i));
      wider.set(this.#first);
      this.#first = wider;
    }
    this.#first[i] = value;
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
