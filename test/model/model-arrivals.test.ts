import { describe, expect, test } from "vitest";
import { modelArrivals, type ReplayedArrivals } from "../../src/model/model-arrivals.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { rootKey } from "../../src/stats/random.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";

const forgetful: Platform = { ...ideal, keepAliveMs: 60_000 };
const arrivalsOf = (arrivals: Arrivals, runs: number, platform = forgetful) =>
  modelArrivals(scenarioOf(chain([100]), platform, arrivals), runs, rootKey("arrivals"));
const replayed = (arrivals: Arrivals, runs: number): ReplayedArrivals => {
  const found = arrivalsOf(arrivals, runs);
  if (found.start !== "replayed") throw new Error(`always ${found.start}`);
  return found;
};

describe("the arrivals of the model's runs", () => {
  test("are always cold for one run, and always warm where one follows another at once", () => {
    expect(arrivalsOf({ kind: "once" }, 5)).toEqual({ start: "cold" });
    expect(arrivalsOf({ kind: "closed", inFlight: 2 }, 5)).toEqual({ start: "warm" });
  });

  test("are always warm where VMs are kept for ever, and cold for a run that is the only one", () => {
    const poisson = { kind: "poisson", perSecond: 1 } as const;
    expect(arrivalsOf(poisson, 5, ideal)).toEqual({ start: "warm" });
    expect(arrivalsOf({ kind: "timestamps", atMs: [700] }, 5)).toEqual({ start: "cold" });
    expect(arrivalsOf({ kind: "once" }, 5, ideal)).toEqual({ start: "cold" });
  });

  test("repeat the given times a mean gap apart, from 0 on", () => {
    // Gaps of 300 and 500 ms, so 400 on average: a period of three runs takes 1,200 ms.
    const { atMs, periodMs } = replayed({ kind: "timestamps", atMs: [1000, 1300, 1800] }, 7);
    expect(Array.from(atMs)).toEqual([0, 300, 800, 1200, 1500, 2000, 2400]);
    expect(periodMs).toBe(2800);
  });

  test("take as many of the given times as there are runs", () => {
    const { atMs, periodMs } = replayed({ kind: "timestamps", atMs: [50, 150, 350, 1e6] }, 3);
    expect(Array.from(atMs)).toEqual([0, 100, 300]);
    expect(periodMs).toBe(450);
    const two = replayed({ kind: "timestamps", atMs: [50, 150] }, 2);
    expect([Array.from(two.atMs), two.periodMs]).toEqual([[0, 100], 200]);
  });

  test("have the gaps of a Poisson process, one from each stratum of its law", () => {
    const runs = 1000;
    const { atMs, periodMs } = replayed({ kind: "poisson", perSecond: 0.5 }, runs);
    expect(atMs[0]).toBe(0);
    const gaps = Array.from(atMs, (ms, run) => (atMs[run + 1] ?? periodMs) - ms);
    // Of each part of a thousandth of the law there is one gap, give or take the edges.
    for (const part of [0.1, 0.5, 0.9, 0.99]) {
      const below = gaps.filter((gap) => gap <= -2000 * Math.log(1 - part)).length;
      expect(Math.abs(below - part * runs)).toBeLessThanOrEqual(1);
    }
    expect(periodMs / runs / 2000).toBeCloseTo(1, 1);
  });
});
