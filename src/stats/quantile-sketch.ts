/**
 * Quantiles of a stream in bounded memory: exact up to a size, then counts in buckets whose bounds grow by a
 * fixed ratio. Sketches of parts of a stream add up to that of the whole.
 * Source: Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch", VLDB 2019.
 */

import { assert } from "../check.ts";
import { exp, ln } from "./numeric.ts";
import { quantileOfSorted } from "./summary.ts";

/** How exact a sketch is. */
export interface SketchOptions {
  /** Most that a quantile of more values is off, relative to it: 0.001 for a thousandth. */
  readonly relativeError: number;
  /** Values up to which quantiles are exact. */
  readonly exactUpTo: number;
}

/** What is known of a stream of numbers that are not negative. */
export class QuantileSketch {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = 0;
  readonly #options: SketchOptions;
  readonly #lnRatio: number;
  /** The values themselves while they are few, else null. */
  #values: Float64Array | null = new Float64Array(64);
  /** Values in (ratio^(i - 1), ratio^i] at i - first, and those that are 0. */
  #counts = new Float64Array(0);
  #first = 0;
  #zeros = 0;

  constructor(options: SketchOptions) {
    const { relativeError } = options;
    assert(relativeError > 0 && relativeError < 1, "a relative error lies between 0 and 1");
    this.#options = options;
    this.#lnRatio = ln((1 + relativeError) / (1 - relativeError));
  }

  /** Whether quantiles are still exact. */
  get exact(): boolean {
    return this.#values !== null;
  }

  /** Mean of all values, exact but for rounding; NaN without any. */
  get mean(): number {
    return this.sum / this.count;
  }

  /** Adds a value. O(1). */
  add(value: number): void {
    assert(value >= 0, "a sketch takes no negative value");
    if (this.#values === null) this.#tally(value, 1);
    else if (this.count < this.#options.exactUpTo) this.#keep(value);
    else {
      this.#pour();
      this.#tally(value, 1);
    }
    this.count++;
    this.sum += value;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  /** Adds all that `other`, made with the same options, has seen. O(its buckets). */
  merge(other: QuantileSketch): void {
    assert(other.#lnRatio === this.#lnRatio, "sketches that merge need one relative error");
    if (other.#values !== null) {
      for (let i = 0; i < other.count; i++) this.add(other.#values[i]!);
      return;
    }
    this.#pour();
    this.#zeros += other.#zeros;
    other.#counts.forEach((count, i) => {
      if (count > 0) this.#addTo(other.#first + i, count);
    });
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  /** Quantile p: exact (type 7) while values are few, else within the relative error of an order statistic. */
  quantile(p: number): number {
    assert(this.count > 0, "a quantile needs a sample");
    if (this.#values !== null) return quantileOfSorted(this.#values.slice(0, this.count).sort(), p);
    let left = Math.floor(p * (this.count - 1)) - this.#zeros;
    if (left < 0) return 0;
    let i = 0;
    while (left >= this.#counts[i]!) left -= this.#counts[i++]!;
    // The point of the bucket that is off by the same ratio from both of its ends.
    const middle = exp((this.#first + i) * this.#lnRatio) * (1 - this.#options.relativeError);
    return Math.min(this.max, Math.max(this.min, middle));
  }

  #keep(value: number): void {
    let values = this.#values!;
    if (this.count === values.length) {
      const capacity = Math.min(this.#options.exactUpTo, 2 * values.length);
      this.#values = new Float64Array(capacity);
      this.#values.set(values);
      values = this.#values;
    }
    values[this.count] = value;
  }

  #pour(): void {
    const values = this.#values;
    if (values === null) return;
    this.#values = null;
    for (let i = 0; i < this.count; i++) this.#tally(values[i]!, 1);
  }

  #tally(value: number, times: number): void {
    if (value === 0) this.#zeros += times;
    else this.#addTo(Math.ceil(ln(value) / this.#lnRatio), times);
  }

  #addTo(bucket: number, times: number): void {
    const place = this.#placeOf(bucket);
    this.#counts[place] = this.#counts[place]! + times;
  }

  // Where bucket `i` lies, made room for on either side.
  #placeOf(i: number): number {
    const { length } = this.#counts;
    if (length === 0) this.#first = i;
    const first = Math.min(this.#first, i);
    const end = Math.max(this.#first + length, i + 1);
    if (first < this.#first || end > this.#first + length) {
      const spare = length >> 1;
      const from = first < this.#first ? first - spare : first;
      const counts = new Float64Array(end - from + spare);
      counts.set(this.#counts, this.#first - from);
      this.#counts = counts;
      this.#first = from;
    }
    return i - this.#first;
  }
}
