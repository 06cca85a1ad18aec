import { describe, expect, test } from "vitest";
import { CountLaw } from "../../src/stats/count-law.ts";

describe("a law of counts", () => {
  // P(X > x) = 1/x at 2, 8 and 32: a straight line on two logarithmic axes, until it ends at 100.
  const paretoLaw = () =>
    new CountLaw([
      [2, 0.5],
      [8, 1 - 1 / 8],
      [32, 1 - 1 / 32],
      [100, 1],
    ]);

  test("has its points", () => {
    const pareto = paretoLaw();
    for (const [x, p] of [
      [2, 0.5],
      [8, 7 / 8],
      [32, 31 / 32],
      [100, 1],
    ] as const)
      expect(pareto.cdf(x)).toBeCloseTo(p, 14);
    expect([pareto.min, pareto.max]).toEqual([2, 100]);
  });

  test("falls as a power between them", () => {
    const pareto = paretoLaw();
    for (const x of [3, 4, 5, 7, 9, 16, 31]) expect(pareto.cdf(x)).toBeCloseTo(1 - 1 / x, 13);
    // One in a billion is left at 100: from 1/32 at 32 on, the line to there.
    const part = Math.log(60 / 32) / Math.log(100 / 32);
    expect(pareto.cdf(60)).toBeCloseTo(1 - (1 / 32) ** (1 - part) * 1e-9 ** part, 12);
  });

  test("is 0 below its least value, 1 from its largest on, and constant between whole numbers", () => {
    const pareto = paretoLaw();
    expect([pareto.cdf(1.99), pareto.cdf(100), pareto.cdf(1e9)]).toEqual([0, 1, 1]);
    expect(pareto.cdf(2.9)).toBe(pareto.cdf(2));
    expect(pareto.cdf(99.5)).toBeLessThan(1);
  });

  test("has the least count that reaches a probability as its quantile", () => {
    const pareto = paretoLaw();
    expect(pareto.quantile(0)).toBe(2);
    expect(pareto.quantile(0.5 - 1e-9)).toBe(2);
    expect(pareto.quantile(0.51)).toBe(3);
    expect(pareto.quantile(0.74)).toBe(4);
    expect(pareto.quantile(0.76)).toBe(5);
    expect(pareto.quantile(1)).toBe(100);
    for (let p = 0.005; p < 1; p += 0.01) {
      const x = pareto.quantile(p);
      expect(pareto.cdf(x)).toBeGreaterThanOrEqual(p);
      expect(x === 2 || pareto.cdf(x - 1) < p).toBe(true);
    }
  });

  test("of one point is that number", () => {
    const one = new CountLaw([[4, 1]]);
    expect([one.cdf(3), one.cdf(4), one.quantile(0.3)]).toEqual([0, 1, 4]);
  });

  test("is refused when it does not end at 1, or has no point", () => {
    expect(() => new CountLaw([[1, 0.5]])).toThrow("ends at probability 1");
    expect(() => new CountLaw([])).toThrow("ends at probability 1");
  });
});
