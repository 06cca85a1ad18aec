/** Hot path: the draws of a Latin hypercube under the names of a random key. */

import { RandomKey } from "./random.ts";

/**
 * A key whose uniforms belong to one point of a Latin hypercube: over all points each name's draws fall
 * one into each of as many equal strata, in an order of its own. Means and quantiles of what a point
 * adds up to vary less than over as many independent points; each draw by itself is uniform.
 * Source: McKay, Beckman, Conover, Technometrics 21(2), 1979; Owen, "A central limit theorem for Latin
 * hypercube sampling", JRSS B 54 (1992).
 */
export class LatinKey extends RandomKey {
  /** Which point is drawn, from 0 to one less than their number. */
  point = 0;
  #points = 1;
  #mask = 0;
  #half = 1;
  #inside: number | null = null;

  /**
   * Starts at the first of `points` points. They lie `inside` of the way through their strata - several
   * hypercubes with other places there are together finer than each - or, where it is null, anywhere.
   */
  begin(points: number, inside: number | null = null): void {
    const bits = 32 - Math.clz32(Math.max(1, points - 1));
    this.point = 0;
    this.#points = points;
    this.#mask = (1 << bits) - 1;
    this.#half = Math.max(1, bits >> 1);
    this.#inside = inside;
  }

  /** Uniform number in (0, 1), named (a, b), of the current point. */
  override uniform(a: number, b: number): number {
    this.block(a, b);
    const stratum = this.#stratum();
    return (stratum + (this.#inside ?? this.#place(stratum))) / this.#points;
  }

  // A permutation of the next power of two, keyed by the block and walked until it falls among the points.
  #stratum(): number {
    const { high, low } = this;
    const mask = this.#mask;
    const half = this.#half;
    let x = this.point;
    do {
      x = (Math.imul(x, high | 1) + low) & mask;
      x ^= x >>> half;
      x = (Math.imul(x, (low >>> 7) | 1) + (high >>> 9)) & mask;
      x ^= x >>> half;
      x = (Math.imul(x, 0x2c1b3c6d) + (low >>> 16)) & mask;
      x ^= x >>> half;
    } while (x >= this.#points);
    return x;
  }

  // Where in its stratum, 0 to 1: a hash of the name and the stratum.
  #place(stratum: number): number {
    let h = Math.imul(stratum ^ this.high, 0x85ebca6b) ^ this.low;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f);
    h ^= h >>> 15;
    return ((h >>> 0) + 0.5) / 4294967296;
  }
}

/** The key of point `point` of `points` under `root`, anywhere in its strata. */
export function latinKey(root: RandomKey, point: number, points: number): LatinKey {
  const key = new LatinKey();
  key.derive(root, 0, 0);
  key.begin(points);
  key.point = point;
  return key;
}
