import { describe, expect, test } from "vitest";
import { arrivalProcess } from "../../src/physics/arrivals.ts";
import { burstyDispersion, ratePerMs } from "../../src/plan/arrival-rate.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { RandomKey, rootKey } from "../../src/stats/random.ts";
import { meanWithin, Z_999 } from "../toy-graphs.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Arrival times up to `untilMs`. */
function timesOf(arrivals: Arrivals, root: RandomKey, untilMs: number): number[] {
  const process = arrivalProcess(arrivals, root);
  const times: number[] = [];
  for (let run = 0, atMs = 0; ; run++) {
    atMs = process.next(run, atMs);
    if (atMs > untilMs) return times;
    times.push(atMs);
  }
}

const BURSTY = {
  kind: "bursty",
  calm: { perSecond: 0.5, meanMs: 20_000 },
  burst: { perSecond: 8, meanMs: 5000 },
} as const satisfies Arrivals;
const DIURNAL = {
  kind: "diurnal",
  perSecond: 0.2,
  base: 0.4,
  peakMs: 14 * 3_600_000,
  weekend: 0.5,
} as const satisfies Arrivals;
const PER_MINUTE = { kind: "per-minute", counts: [3, 0, 0, 40, 1], inside: "uniform" } as const;

describe("every process", () => {
  const all: readonly Arrivals[] = [
    { kind: "poisson", perSecond: 1 },
    { kind: "timer", everyMs: 700 },
    BURSTY,
    DIURNAL,
    PER_MINUTE,
    { ...PER_MINUTE, inside: "poisson" },
  ];
  test.each(all)("$kind gives the same times for the same seed, others for another", (arrivals) => {
    const first = timesOf(arrivals, rootKey("a"), 10 * MINUTE_MS);
    expect(first.length).toBeGreaterThan(10);
    expect(timesOf(arrivals, rootKey("a"), 10 * MINUTE_MS)).toEqual(first);
    expect(timesOf(arrivals, rootKey("b"), 10 * MINUTE_MS)).not.toEqual(first);
    expect(first.every((at, i) => at >= (first[i - 1] ?? 0))).toBe(true);
  });
});

describe("bursty arrivals", () => {
  // From a fresh seed each window is its own draw, and starts where a stationary process may be.
  for (const windowMs of [1000, 10_000, 100_000])
    test(`have the mean and the variance of an MMPP in windows of ${windowMs} ms`, () => {
      const counts = Float64Array.from(
        { length: 6000 },
        (_, seed) => timesOf(BURSTY, new RandomKey(seed, windowMs), windowMs).length,
      );
      const { mean, half } = meanWithin(counts);
      expect(Math.abs(mean - ratePerMs(BURSTY) * windowMs)).toBeLessThan(half);
      const squares = meanWithin(counts.map((n) => (n - mean) ** 2));
      const variance = burstyDispersion(BURSTY, windowMs) * ratePerMs(BURSTY) * windowMs;
      expect(Math.abs(squares.mean - variance)).toBeLessThan(squares.half);
      expect(squares.half / variance).toBeLessThan(0.15);
    });

  test("have a closed form that is that of Poisson when both states are alike", () => {
    const even = { ...BURSTY, burst: BURSTY.calm };
    expect(burstyDispersion(even, 1e6)).toBe(1);
    expect(ratePerMs(even)).toBeCloseTo(0.0005, 15);
    // 20 s at 0.5/s and 5 s at 8/s: 50 runs in 25 s; p (1 - p) D^2 = 0.16 * 56.25, k = 0.25/s, L = 2/s.
    expect(ratePerMs(BURSTY)).toBeCloseTo(0.002, 15);
    expect(burstyDispersion(BURSTY, 1e12)).toBeCloseTo(1 + (2 * 9) / (2 * 0.25), 6);
  });

  test("without any rate are refused", () => {
    const silent = {
      ...BURSTY,
      calm: { perSecond: 0, meanMs: 1 },
      burst: { perSecond: 0, meanMs: 1 },
    };
    expect(() => arrivalProcess(silent, rootKey("x"))).toThrow("need a rate above 0");
  });
});

describe("diurnal arrivals", () => {
  const WEEKS = 4;
  const times = timesOf(DIURNAL, rootKey("week"), WEEKS * 7 * DAY_MS);

  test("come at the mean rate over whole weeks", () => {
    const expected = DIURNAL.perSecond * WEEKS * 7 * 86_400;
    expect(Math.abs(times.length - expected)).toBeLessThan(Z_999 * Math.sqrt(expected));
  });

  test("follow the hours of the day and the days of the week", () => {
    const hour = 3_600_000;
    // The rate as documented, by the midpoint rule.
    const shape = (ms: number) => {
      const apart = Math.abs(((ms - DIURNAL.peakMs) % DAY_MS) / (DAY_MS / 2));
      const x = 1 - Math.min(apart, 2 - apart);
      const ofDay = DIURNAL.base + (1 - DIURNAL.base) * (3 * x * x - 2 * x * x * x);
      return ofDay * (Math.floor(ms / DAY_MS) < 5 ? 1 : DIURNAL.weekend);
    };
    const weights = Array.from({ length: 168 }, (_, h) => {
      let sum = 0;
      for (let i = 0; i < 60; i++) sum += shape((h + (i + 0.5) / 60) * hour);
      return sum;
    });
    const total = weights.reduce((sum, w) => sum + w, 0);
    const counts = new Float64Array(168);
    for (const at of times) counts[Math.floor((at % (7 * DAY_MS)) / hour)]!++;
    const chiSquare = weights.reduce((sum, weight, h) => {
      const expected = (weight / total) * times.length;
      return sum + (counts[h]! - expected) ** 2 / expected;
    }, 0);
    // 167 degrees of freedom; Wilson and Hilferty's 99.9 % quantile.
    const bound = 167 * (1 - 2 / (9 * 167) + 3.0902 * Math.sqrt(2 / (9 * 167))) ** 3;
    expect(chiSquare).toBeLessThan(bound);
    // A flat rate would miss by far.
    expect(Math.max(...counts) / Math.min(...counts)).toBeGreaterThan(3);
  });
});

describe("counts per minute", () => {
  test("placed uniformly are met exactly, anywhere in their minute", () => {
    const positions: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const times = timesOf(PER_MINUTE, new RandomKey(seed, 1), 1e9);
      const counts = [0, 0, 0, 0, 0];
      for (const at of times) counts[Math.floor(at / MINUTE_MS)]!++;
      expect(counts).toEqual(PER_MINUTE.counts);
      positions.push(...times.map((at) => (at % MINUTE_MS) / MINUTE_MS));
    }
    positions.sort((a, b) => a - b);
    const n = positions.length;
    const distance = Math.max(...positions.map((x, i) => Math.max((i + 1) / n - x, x - i / n)));
    // Kolmogorov's 99.9 % bound.
    expect(distance).toBeLessThan(1.949 / Math.sqrt(n));
  });

  test("taken as a rate have Poisson counts with those means", () => {
    const means = [3, 0, 0, 40, 1];
    const counts = means.map(() => new Float64Array(2000));
    for (let seed = 0; seed < 2000; seed++)
      for (const at of timesOf({ ...PER_MINUTE, inside: "poisson" }, new RandomKey(seed, 2), 1e9))
        counts[Math.floor(at / MINUTE_MS)]![seed]!++;
    means.forEach((expected, minute) => {
      const { mean, half } = meanWithin(counts[minute]!);
      expect(Math.abs(mean - expected)).toBeLessThanOrEqual(half);
      const squares = meanWithin(counts[minute]!.map((n) => (n - expected) ** 2));
      expect(Math.abs(squares.mean - expected)).toBeLessThanOrEqual(squares.half);
    });
  });
});

test("a timer starts anywhere in its period and keeps it exactly", () => {
  const times = timesOf({ kind: "timer", everyMs: 500 }, rootKey("timer"), 100_000);
  expect(times[0]).toBeLessThan(500);
  expect(times.every((at, i) => at === times[0]! + i * 500)).toBe(true);
  const starts = Float64Array.from(
    { length: 2000 },
    (_, seed) => timesOf({ kind: "timer", everyMs: 500 }, new RandomKey(seed, 3), 500)[0]!,
  );
  const { mean, half } = meanWithin(starts);
  expect(Math.abs(mean - 250)).toBeLessThan(half);
});

test("the mean rate of each process is that of its times", () => {
  expect(ratePerMs({ kind: "once" })).toBe(0);
  expect(ratePerMs({ kind: "closed", inFlight: 2 })).toBe(Number.POSITIVE_INFINITY);
  expect(ratePerMs({ kind: "timer", everyMs: 500 })).toBe(0.002);
  expect(ratePerMs(PER_MINUTE)).toBe(44 / 300_000);
  expect(ratePerMs(DIURNAL)).toBe(0.0002);
  expect(ratePerMs({ kind: "timestamps", atMs: [0, 10, 40] })).toBe(0.05);
});
