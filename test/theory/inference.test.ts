import { describe, expect, test } from "vitest";
import { batchMeans, exactly, ratioSample } from "../../experiments/theory/family.ts";
import {
  coldShare,
  drainTime,
  erlangB,
  erlangC,
  forkJoinOfTwo,
  harmonic,
  lossInMd1,
  poissonAtMost,
  waitInMmc,
} from "../../experiments/theory/formulas.ts";
import { compare, holm, twoSidedP, uniformityP } from "../../experiments/theory/inference.ts";
import { normalQuantile } from "../../src/stats/numeric.ts";
import { rootKey } from "../../src/stats/random.ts";

describe("formulas have the values known from elsewhere", () => {
  test("Erlang B and C", () => {
    expect(erlangB(1, 0.6)).toBeCloseTo(0.6 / 1.6, 14);
    // Ten lines under ten erlangs, as in every table of his.
    expect(erlangB(10, 10)).toBeCloseTo(0.2145823, 7);
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 14);
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 14);
    expect(waitInMmc(1, 0.5, 2)).toBeCloseTo(2, 14);
  });

  test("the loss of M/D/1/K: of one place Erlang's, of two by hand, none for many", () => {
    expect(lossInMd1(1, 0.8)).toBeCloseTo(0.8 / 1.8, 14);
    // Left empty with weight 1, left at one with e^load - 1.
    const empty = Math.exp(-0.8);
    expect(lossInMd1(2, 0.8)).toBeCloseTo(1 - 1 / (empty + 0.8), 14);
    expect(lossInMd1(30, 0.5)).toBeLessThan(1e-9);
    expect(lossInMd1(10, 5)).toBeCloseTo(0.8, 5);
  });

  test("cold starts under keep-alive: of a sparse stream, of none and of a long one", () => {
    // Service takes 1, so a rate of 1e-3 sees hardly any overlap.
    expect(coldShare(1e-3, 500)).toBeCloseTo(Math.exp(-0.5), 2);
    expect(coldShare(3, 0)).toBeCloseTo(1, 9);
    expect(coldShare(0.3, 200)).toBeLessThan(0.01);
    expect(coldShare(2, 1)).toBeLessThan(coldShare(2, 0.5));
  });

  test("parallel parts", () => {
    expect(harmonic(4)).toBeCloseTo(25 / 12, 14);
    expect(drainTime(4, 4)).toBeCloseTo(harmonic(4), 14);
    expect(drainTime(4, 1)).toBe(4);
    // Without load two queues are two workers.
    expect(forkJoinOfTwo(0)).toBe(harmonic(2));
    expect(poissonAtMost(2, 1)).toBeCloseTo(3 * Math.exp(-2), 14);
  });
});

describe("verdicts", () => {
  test("Student's t has its tabulated quantiles", () => {
    for (const [degrees, quantile] of [
      [1, 12.70620474],
      [2, 4.30265273],
      [9, 2.262157163],
      [10, 2.228138852],
      [49, 2.009575237],
    ] as const)
      expect(twoSidedP(quantile, degrees)).toBeCloseTo(0.05, 8);
    expect(twoSidedP(0, 7)).toBe(1);
    expect(twoSidedP(-3, 7)).toBe(twoSidedP(3, 7));
  });

  test("Holm's procedure rejects from the smallest on, each at its own level", () => {
    // 0.01 / 4, / 3 and / 2: the third of 0.006 stops it, though 0.009 alone would pass at 0.01.
    expect(holm([0.009, 0.002, 0.006, 0.003], 0.01)).toEqual([false, true, false, true]);
    expect(holm([0.0026, 0.5], 0.005)).toEqual([false, false]);
  });

  const key = rootKey("inference");
  const normal = (i: number, j: number) => normalQuantile(key.uniform(i, j));
  const sample = (i: number) => Float64Array.from({ length: 20 }, (_, j) => 5 + normal(i, j));

  test("p-values are uniform where the formula holds, and not where it is off", () => {
    const p = (truth: number) =>
      Array.from({ length: 500 }, (_, i) => compare(sample(i), exactly(truth)).p);
    expect(uniformityP(p(5))).toBeGreaterThan(0.01);
    expect(uniformityP(p(5.15))).toBeLessThan(0.001);
  });

  test("between bounds there is nothing to reject, beyond them there is", () => {
    const of = (low: number, high: number) => compare(sample(1), { low, high }).p;
    expect(of(4, 6)).toBe(1);
    expect(of(1, 2)).toBeLessThan(1e-6);
    expect(of(8, 9)).toBeLessThan(1e-6);
  });

  test("intervals of batch means hold the mean of a correlated sample; naive ones do not", () => {
    // Autoregressive with 0.9: the mean of n values varies as that of n / 19 independent ones.
    const path = (i: number) => {
      let at = 0;
      return Float64Array.from({ length: 5000 }, (_, j) => {
        at = 0.9 * at + Math.sqrt(0.19) * normal(1000 + i, j);
        return at;
      });
    };
    const covered = (of: (path: Float64Array) => Float64Array) => {
      let count = 0;
      for (let i = 0; i < 200; i++) {
        const { low, high } = compare(of(path(i)), exactly(0));
        if (low <= 0 && 0 <= high) count++;
      }
      return count / 200;
    };
    expect(covered(batchMeans)).toBeGreaterThan(0.89);
    expect(covered((all) => all)).toBeLessThan(0.6);
  });

  test("intervals of a ratio hold it, the two sums being correlated", () => {
    let count = 0;
    for (let i = 0; i < 400; i++) {
      const below = Float64Array.from({ length: 40 }, (_, j) => 10 + normal(5000 + i, j));
      const above = below.map((value, j) => 2 * value + normal(9000 + i, j));
      const { low, high } = compare(ratioSample(above, below), exactly(2));
      if (low <= 2 && 2 <= high) count++;
    }
    expect(count / 400).toBeGreaterThan(0.92);
    expect(count / 400).toBeLessThan(0.98);
  });
});
