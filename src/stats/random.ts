/**
 * Hot path: random numbers named by what they are, never by when they are drawn. A draw is a pure
 * function of (seed, run, what, which), so every plan and every thread sees the same luck.
 */

import seedrandom from "seedrandom";

const PARITY = 0x1bd11bda;

/**
 * A key of the counter-based generator Threefry-2x32 with 20 rounds, and the block it last made.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11.
 */
export class RandomKey {
  /** The two 32-bit words of the last block. */
  high = 0;
  low = 0;
  #k0 = 0;
  #k1 = 0;
  #k2 = 0;

  constructor(k0 = 0, k1 = 0) {
    this.set(k0, k1);
  }

  /** Takes another key in place, so that a loop over runs allocates nothing. */
  set(k0: number, k1: number): void {
    this.#k0 = k0 | 0;
    this.#k1 = k1 | 0;
    this.#k2 = PARITY ^ this.#k0 ^ this.#k1;
  }

  /** Becomes the key derived from `parent` by the name (a, b). */
  derive(parent: RandomKey, a: number, b: number): void {
    parent.block(a, b);
    this.set(parent.high, parent.low);
  }

  /** Uniform number in (0, 1) with 52 random bits, named (a, b): odd multiples of 2^-53. */
  uniform(a: number, b: number): number {
    this.block(a, b);
    return ((this.high >>> 5) * 67108864 + ((this.low >>> 6) | 1)) / 9007199254740992;
  }

  /** Fills `out` with the uniform numbers named (a, from), (a, from + 1), … `count` of them. */
  uniforms(a: number, from: number, count: number, out: Float64Array): void {
    for (let i = 0; i < count; i++) out[i] = this.uniform(a, from + i);
  }

  /** Enciphers the counter (a, b) into `high` and `low`. */
  block(a: number, b: number): void {
    const k0 = this.#k0;
    const k1 = this.#k1;
    const k2 = this.#k2;
    let x0 = (a + k0) | 0;
    let x1 = (b + k1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + 1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k0 + 2) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k0) | 0;
    x1 = (x1 + k1 + 3) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + 4) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    this.high = (x0 + k2) | 0;
    this.low = (x1 + k0 + 5) | 0;
  }
}

/** The root key of a user's seed text, by seedrandom's tychei (its xor128 and xorwow correlate neighbouring seeds). */
export function rootKey(seed: string): RandomKey {
  const stream = seedrandom.tychei(seed);
  return new RandomKey(stream.int32(), stream.int32());
}
