import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { DistributionSpec } from "../../src/stats/families.ts";
import { apart, chain, meanWithin, scenarioOf, Z_999 } from "../toy-graphs.ts";

describe("one stage on the ideal platform is M/G/infinity", () => {
  const RATE = 10;
  const MEAN_MS = 500;
  const laws: readonly (readonly [string, DistributionSpec])[] = [
    ["constant", MEAN_MS],
    ["exponential", { exponential: { mean: MEAN_MS } }],
    ["lognormal", { lognormal: { mean: MEAN_MS, cv: 1 } }],
  ];
  for (const [name, spec] of laws)
    test(`the number in service is Poisson with mean rate x time when that is ${name}`, () => {
      const toy = chain([spec]);
      const scenario = scenarioOf(toy, ideal, { kind: "poisson", perSecond: RATE });
      const { arriveMs, finishMs } = simulate(scenario, apart(toy), {
        runs: 60_000,
        warmupRuns: 0,
        seed: `in service ${name}`,
      }).columns;
      // Looked at every 5 s, ten service times apart: nearly independent.
      const counts = new Float64Array(Math.floor(arriveMs[arriveMs.length - 1]! / 5000) - 10);
      arriveMs.forEach((from, run) => {
        const first = Math.max(10, Math.ceil(from / 5000));
        for (let i = first; i * 5000 < finishMs[run]!; i++)
          if (i - 10 < counts.length) counts[i - 10]!++;
      });
      const { mean, half } = meanWithin(counts);
      const expected = (RATE * MEAN_MS) / 1000;
      expect(half).toBeLessThan(0.3);
      expect(Math.abs(mean - expected)).toBeLessThan(half);
      // The index of dispersion of a Poisson sample has variance 2 / (n - 1).
      const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (counts.length - 1);
      expect(Math.abs(variance / mean - 1)).toBeLessThan(
        Z_999 * Math.sqrt(2 / (counts.length - 1)),
      );
    });

  test("runs arrive at the rate asked for, with exponential gaps", () => {
    const toy = chain([1]);
    const scenario = scenarioOf(toy, ideal, { kind: "poisson", perSecond: RATE });
    const { arriveMs } = simulate(scenario, apart(toy), {
      runs: 40_000,
      warmupRuns: 0,
      seed: "gaps",
    }).columns;
    const gaps = arriveMs.slice(1).map((at, i) => at - arriveMs[i]!);
    const { mean, half } = meanWithin(gaps);
    expect(Math.abs(mean - 1000 / RATE)).toBeLessThan(half);
    const beyond = gaps.filter((gap) => gap > 300).length / gaps.length;
    const tail = Math.exp(-3);
    expect(Math.abs(beyond - tail)).toBeLessThan(
      Z_999 * Math.sqrt((tail * (1 - tail)) / gaps.length),
    );
  });
});
