import { describe, expect, test } from "vitest";
import { burstyDispersion, ratePerMs } from "../../src/plan/arrival-rate.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";

const bursty = {
  kind: "bursty",
  calm: { perSecond: 1, meanMs: 9000 },
  burst: { perSecond: 21, meanMs: 1000 },
} as const;

describe("the mean rate", () => {
  test.each<readonly [string, Arrivals, number]>([
    ["one run is 0", { kind: "once" }, 0],
    ["a Poisson process is its rate", { kind: "poisson", perSecond: 4 }, 0.004],
    ["a closed loop has no end", { kind: "closed", inFlight: 2 }, Number.POSITIVE_INFINITY],
    ["a timer is one a period", { kind: "timer", everyMs: 250 }, 0.004],
    ["a bursty process weighs its states by their time", bursty, 0.003],
    [
      "timestamps is runs after the first over their span",
      { kind: "timestamps", atMs: [100, 150, 500] },
      0.005,
    ],
    ["two timestamps is one over their distance", { kind: "timestamps", atMs: [100, 350] }, 0.004],
    [
      "a day is its mean over the week",
      { kind: "diurnal", perSecond: 2, base: 0.5, peakMs: 0, weekend: 1 },
      0.002,
    ],
    ["one timestamp is 0", { kind: "timestamps", atMs: [100] }, 0],
    ["timestamps of one moment is 0", { kind: "timestamps", atMs: [7, 7, 7] }, 0],
    [
      "counts is their mean over a minute",
      { kind: "per-minute", counts: [60, 0, 180], inside: "uniform" },
      80 / 60_000,
    ],
  ])("of %s", (_, arrivals, perMs) => {
    expect(ratePerMs(arrivals)).toBeCloseTo(perMs, 15);
  });
});

describe("the index of dispersion of a bursty process", () => {
  test("is 1 in no time and ends at its limit", () => {
    // p (1 - p) = 0.09, D = 0.02, L = 0.003, k = 1/9000 + 1/1000: 1 + 2 * 0.09 * 0.0004 / (0.003 k).
    const limit = 1 + (2 * 0.09 * 0.0004) / (0.003 * (1 / 9000 + 1 / 1000));
    expect(burstyDispersion(bursty, 1e-6)).toBeCloseTo(1, 6);
    expect(burstyDispersion(bursty, 1e12)).toBeCloseTo(limit, 6);
    // After one unit of the time in which a state is forgotten, exp(-1) of the limit's excess.
    const forgetMs = 1 / (1 / 9000 + 1 / 1000);
    expect(burstyDispersion(bursty, forgetMs)).toBeCloseTo(1 + (limit - 1) * Math.exp(-1), 12);
  });

  test("does not depend on which state is called the burst", () => {
    const turned = { kind: "bursty", calm: bursty.burst, burst: bursty.calm } as const;
    expect(burstyDispersion(turned, 700)).toBeCloseTo(burstyDispersion(bursty, 700), 13);
  });

  test("needs a window", () => {
    expect(() => burstyDispersion(bursty, 0)).toThrow("needs a window");
  });
});
