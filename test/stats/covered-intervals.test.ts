/** Intervals of whole samples drawn again and again: how often they hold the truth. Slow, so apart. */

import { expect, test } from "vitest";
import { ln } from "../../src/stats/numeric.ts";
import { RandomKey } from "../../src/stats/random.ts";
import { pairedQuantileDifference, pairedQuantileRatio } from "../../src/stats/summary.ts";

function exponentials(n: number, seed: number): Float64Array {
  const key = new RandomKey(seed, 5);
  return Float64Array.from({ length: n }, (_, i) => -ln(key.uniform(i, 0)));
}

test.each([
  ["ratio", pairedQuantileRatio, 1],
  ["difference", pairedQuantileDifference, 0],
] as const)(
  "the paired %s is covered by its interval about 95 times in 100",
  (_, paired, truth) => {
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const { low, high } = paired(
        exponentials(300, 2 * trial),
        exponentials(300, 2 * trial + 1),
        0.95,
        { key: new RandomKey(trial, 9), resamples: 400 },
      );
      if (low! <= truth && truth <= high!) covered++;
    }
    expect(covered).toBeGreaterThan(0.91 * 300);
    expect(covered).toBeLessThan(0.99 * 300);
  },
);
