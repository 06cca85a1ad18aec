/**
 * Hot path: the draws of a Latin hypercube under the names of a random key. Every named draw visits each
 * of `size` equal strata once, so that few points know every law well.
 */

import { RandomKey } from "./random.ts";

/**
 * A key whose uniforms belong to one point of a Latin hypercube: each name has its own permutation of
 * the strata. Source: McKay, Beckman, Conover, Technometrics 21(2), 1979.
 */
export class LatinKey extends RandomKey {
  /** Which point is drawn, from 0 to size - 1. */
  point = 0;
  #bits = 0;
  #inside = 0.5;

  /**
   * Starts at the first of `2^bits` points, which lie `inside` of the way through their strata: several
   * hypercubes with other places there are together finer than each.
   */
  begin(bits: number, inside = 0.5): void {
    this.#bits = bits;
    this.#inside = inside;
    this.point = 0;
  }

  /** Uniform number in (0, 1), named (a, b), of the current point. */
  override uniform(a: number, b: number): number {
    this.block(a, b);
    const stratum = permuted(this.point, this.#bits, this.high, this.low);
    return (stratum + this.#inside) / (1 << this.#bits);
  }
}

// A permutation of the numbers below 2^bits: each line is one, keyed by two words.
function permuted(i: number, bits: number, high: number, low: number): number {
  const mask = (1 << bits) - 1;
  const half = (bits >> 1) + 1;
  let x = (i ^ high) & mask;
  x = Math.imul(x, 0x85ebca6b ^ (low & ~1)) & mask;
  x ^= x >>> half;
  x = (x + (low >>> 7)) & mask;
  x = Math.imul(x, 0xc2b2ae35 ^ ((high >>> 9) & ~1)) & mask;
  x ^= x >>> half;
  x = (x + (high >>> 11)) & mask;
  x = Math.imul(x, 0x27d4eb2f ^ ((low >>> 15) & ~1)) & mask;
  return x ^ (x >>> half);
}
