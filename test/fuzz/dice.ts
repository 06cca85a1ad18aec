/** Choices named by (seed, input): the same input comes of the same two numbers, whatever ran before. */

import { RandomKey, rootKey } from "../../src/stats/random.ts";

/** A sequence of random choices. */
export class Dice {
  readonly #key = new RandomKey();
  #thrown = 0;

  constructor(seed: string, input: number) {
    this.#key.derive(rootKey(seed), input, 0);
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.#key.uniform(this.#thrown++, 0) * count);
  }

  /** Whether something with this probability happens. */
  happens(probability: number): boolean {
    return this.#key.uniform(this.#thrown++, 0) < probability;
  }

  /** One of several. */
  of<T>(several: readonly T[]): T {
    return several[this.below(several.length)]!;
  }
}
