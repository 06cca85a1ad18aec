/** The law of a whole number that is known at a few points only, as published tables give it. */

import { assert } from "../check.ts";
import { exp, ln } from "./numeric.ts";

/** What is left above the largest value that was ever seen: one in a billion. */
const BEYOND = 1e-9;

/**
 * A law of whole numbers from points `[x, P(X <= x)]`, ascending in both and ending at probability 1.
 * Between points the survival function falls as a power of x, a straight line on two logarithmic axes.
 */
export class CountLaw {
  /** Least and largest value. */
  readonly min: number;
  readonly max: number;
  readonly #x: Float64Array;
  /** ln P(X > x) at each point. */
  readonly #lnAbove: Float64Array;

  constructor(points: readonly (readonly [number, number])[]) {
    assert(points.length > 0 && points.at(-1)![1] === 1, "a law of counts ends at probability 1");
    this.#x = Float64Array.from(points, ([x]) => x);
    this.#lnAbove = Float64Array.from(points, ([, p]) => ln(Math.max(1 - p, BEYOND)));
    this.min = points[0]![0];
    this.max = points.at(-1)![0];
  }

  /** P(X <= x). */
  cdf(x: number): number {
    const whole = Math.floor(x);
    if (whole < this.min) return 0;
    if (whole >= this.max) return 1;
    let i = 1;
    while (this.#x[i]! < whole) i++;
    if (whole === this.min) return 1 - exp(this.#lnAbove[0]!);
    const [x0, x1] = [this.#x[i - 1]!, this.#x[i]!];
    const part = ln(whole / x0) / ln(x1 / x0);
    return 1 - exp(this.#lnAbove[i - 1]! + part * (this.#lnAbove[i]! - this.#lnAbove[i - 1]!));
  }

  /** The least x with P(X <= x) >= p. */
  quantile(p: number): number {
    let low = this.min;
    let high = this.max;
    while (low < high) {
      const middle = Math.floor(0.5 * (low + high));
      if (this.cdf(middle) < p) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
