import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { coldShare } from "../../src/model/cold-share.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { apart, chain, meanWithin, scenarioOf } from "../toy-graphs.ts";

const poisson = (perSecond: number): Arrivals => ({ kind: "poisson", perSecond });
const USE_MS = 2000;
const KEEP_MS = 60_000;

describe("the share of cold starts", () => {
  test("is exp(-rK) for runs that never overlap, and its extremes are 1 and 0", () => {
    const { afterPause, besideOthers } = coldShare(poisson(0.01), 1e-6, KEEP_MS);
    expect(afterPause + besideOthers).toBeCloseTo(Math.exp(-0.6), 6);
    expect(coldShare({ kind: "once" }, USE_MS, KEEP_MS)).toEqual({
      afterPause: 1,
      besideOthers: 0,
    });
    expect(coldShare({ kind: "closed", inFlight: 3 }, USE_MS, KEEP_MS)).toEqual({
      afterPause: 0,
      besideOthers: 0,
    });
    expect(coldShare(poisson(1), USE_MS, Number.POSITIVE_INFINITY)).toEqual({
      afterPause: 0,
      besideOthers: 0,
    });
  });

  test("falls as runs come faster, and stays a probability at any load", () => {
    let before = 1;
    for (let perSecond = 1e-4; perSecond < 1000; perSecond *= 1.7) {
      const { afterPause, besideOthers } = coldShare(poisson(perSecond), USE_MS, KEEP_MS);
      const share = afterPause + besideOthers;
      expect(besideOthers).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(before + 1e-9);
      before = share;
    }
    expect(before).toBeLessThan(0.001);
  });

  test("is the sum over the runs in service, whatever their number", () => {
    // Loads from 0.1 to 1,200 runs at once; keep-alives that leave some share cold, and one that is none.
    for (const load of [0.1, 3, 40, 690, 1200])
      for (const keepMs of [0, 1, 20, 300]) {
        const perMs = load / USE_MS;
        let [below, expected, lnP] = [0, 0, -load];
        for (let n = 0; n < 3 * load + 60; n++) {
          if (n > 0) lnP += Math.log(load / n);
          const p = Math.exp(lnP);
          below += p;
          if (below > 0) expected += p * Math.exp((-perMs * keepMs * p) / below);
        }
        const { afterPause, besideOthers } = coldShare(poisson(1000 * perMs), USE_MS, keepMs);
        expect(afterPause + besideOthers).toBeCloseTo(expected, 6);
        expect(afterPause).toBeCloseTo(Math.exp(-load - perMs * keepMs), 12);
      }
  });

  // Load 0.01 to 10; the formula is least sure in the middle, where it is 0.4 points off.
  for (const perSecond of [0.005, 0.02, 0.05, 0.2, 1, 5])
    test(`at ${perSecond} runs/s is that of simulation to 0.7 points, whatever the law of the use time`, () => {
      for (const spec of [USE_MS, { exponential: { mean: USE_MS } }]) {
        const toy = chain([spec]);
        const scenario = scenarioOf(toy, { ...ideal, keepAliveMs: KEEP_MS }, poisson(perSecond));
        const runs = 30_000;
        const { coldStarts } = simulate(scenario, apart(toy), {
          runs,
          warmupRuns: 2000,
          seed: "cold share",
        }).columns;
        const simulated = coldStarts.reduce((sum, n) => sum + n, 0) / runs;
        const { afterPause, besideOthers } = coldShare(scenario.arrivals, USE_MS, KEEP_MS);
        // Cold starts come in spells, so the tolerance is wider than that of independent draws.
        expect(Math.abs(afterPause + besideOthers - simulated)).toBeLessThan(0.007);
      }
    });
});

describe("the model with cold starts", () => {
  for (const perSecond of [0.001, 0.003, 0.01, 0.1])
    test(`predicts mean latency and cost of a chain at ${perSecond} runs/s within 2 %`, () => {
      const toy = chain([400, 800, 200], 1e6, { initCpuMs: 500 });
      const scenario = scenarioOf(toy, awsLambda2024, poisson(perSecond));
      const { latencyMs, costUsd, coldStarts } = simulate(scenario, apart(toy), {
        runs: 6000,
        warmupRuns: 100,
        seed: "mixed",
      }).columns;
      const predicted = scenarioModel(scenario, 6000, "mixed")(apart(toy));
      const ratio = (a: Float64Array, b: Float64Array) => meanWithin(a).mean / meanWithin(b).mean;
      expect(coldStarts.some((n) => n > 0)).toBe(true);
      expect(Math.abs(ratio(predicted.latencyMs, latencyMs) - 1)).toBeLessThan(0.02);
      expect(Math.abs(ratio(predicted.costUsd, costUsd) - 1)).toBeLessThan(0.02);
    });
});
