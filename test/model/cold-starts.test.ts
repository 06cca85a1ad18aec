import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { ratePerMs } from "../../src/plan/arrival-rate.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import {
  apart,
  chain,
  fanOut,
  meanWithin,
  planOf,
  processes,
  quantile,
  scenarioOf,
  together,
  type Toy,
} from "../toy-graphs.ts";

const poisson = (perSecond: number): Arrivals => ({ kind: "poisson", perSecond });
const change = {
  initCpuMs: 700,
  skew: { content: 0.4, runSigma: 0.2, noiseCv: 0.1 },
  memoryMb: { runtime: 100, worker: 60 },
};
const line = chain([{ lognormal: { median: 700, sigma: 0.3 } }, 900, 400], 1e6, change);
const wide = fanOut(6, { lognormal: { median: 900, sigma: 0.4 } }, { bytes: 4e6, change });
const plans: Record<string, readonly [Toy, ExecutionPlan]> = {
  "a chain": [line, apart(line)],
  "a fan-out": [wide, apart(wide)],
  "bundles of processes": [
    wide,
    planOf(wide, [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 3, ...processes },
      { stages: ["gather"] },
    ]),
  ],
  "a home with an overflow": [wide, together(wide, { workersPerVm: 2, ...processes })],
  "direct passing": [wide, apart(wide, 1769, "direct")],
  "a chain asked for ahead": [
    line,
    {
      ...apart(line),
      groups: apart(line).groups.map((group, g) => ({
        ...group,
        prewarmMs: g === 0 ? null : 500 * g,
      })),
    },
  ],
};
const exact = { luck: "stratified", coldStarts: "per-plan" } as const;

for (const [name, [toy, plan]] of Object.entries(plans))
  describe(`${name}, warm and cold mixed`, () => {
    // From one run in two cold, over runs now and then, to runs that often overlap.
    for (const perSecond of [0.002, 0.02, 0.5])
      test(`is predicted at ${perSecond} runs/s: mean cost, P50 and P95`, () => {
        const scenario = scenarioOf(toy, awsLambda2024, poisson(perSecond));
        const { columns } = simulate(scenario, plan, { runs: 12_000, warmupRuns: 300, seed: "s" });
        const outcome = scenarioModel(scenario, 4096, "m", exact)(plan);
        const ratio = (of: (values: Float64Array) => number) => (key: "latencyMs" | "costUsd") =>
          of(outcome[key]) / of(columns[key]);
        expect(columns.coldStarts.some((n) => n > 0)).toBe(true);
        expect(Math.abs(ratio((x) => meanWithin(x).mean)("costUsd") - 1)).toBeLessThan(0.02);
        for (const q of [0.5, 0.95])
          expect(Math.abs(ratio((x) => quantile(x, q))("latencyMs") - 1)).toBeLessThan(0.025);
      });
  });

describe("arrivals with a memory", () => {
  // Some 300 bursts; a timer just beyond the keep-alive, where only a slow use leaves its VM warm;
  // minutes and hours that differ.
  const kinds: Record<string, Arrivals> = {
    bursty: {
      kind: "bursty",
      calm: { perSecond: 0, meanMs: 3_600_000 },
      burst: { perSecond: 0.05, meanMs: 240_000 },
    },
    timer: { kind: "timer", everyMs: 331_000 },
    "per-minute": {
      kind: "per-minute",
      counts: Array.from({ length: 3000 }, (_, minute) => (minute % 10 < 3 ? 2 : 0)),
      inside: "poisson",
    },
    diurnal: { kind: "diurnal", perSecond: 0.004, base: 0.1, peakMs: 50_400_000, weekend: 0.5 },
  };
  test.each(Object.entries(kinds))("%s: predicted as they come", (_, arrivals) => {
    const scenario = scenarioOf(line, awsLambda2024, arrivals);
    const options = { runs: 12_000, warmupRuns: 300, seed: "s" };
    const { columns } = simulate(scenario, apart(line), options);
    const outcome = scenarioModel(scenario, 4096, "m", exact)(apart(line));
    const mean = (x: Float64Array) => meanWithin(x).mean;
    const cold = mean(columns.coldStarts) / mean(columns.vmUses);
    expect(cold).toBeGreaterThan(0.05);
    expect(cold).toBeLessThan(0.5);
    for (const key of ["latencyMs", "costUsd"] as const)
      expect(Math.abs(mean(outcome[key]) / mean(columns[key]) - 1)).toBeLessThan(0.02);
    // The same number of runs, but without their memory, would not do.
    const perSecond = 1000 * ratePerMs(arrivals);
    const forgetful = scenarioModel(
      { ...scenario, arrivals: poisson(perSecond) },
      4096,
      "m",
      exact,
    );
    const { latencyMs } = forgetful(apart(line));
    expect(Math.abs(mean(latencyMs) / mean(columns.latencyMs) - 1)).toBeGreaterThan(0.04);
  });
});

describe("a search's quicker look at cold starts", () => {
  test("agrees with the exact one in the share of slow runs", () => {
    const scenario = scenarioOf(line, awsLambda2024, poisson(0.005));
    const quick = scenarioModel(scenario, 4096, "m", {
      luck: "stratified",
      coldStarts: "per-group",
    });
    const mean = (x: Float64Array) => meanWithin(x).mean;
    const [a, b] = [quick(apart(line)), scenarioModel(scenario, 4096, "m", exact)(apart(line))];
    expect(Math.abs(mean(a.latencyMs) / mean(b.latencyMs) - 1)).toBeLessThan(0.01);
  });
});

describe("a VM asked for ahead", () => {
  const scenario = scenarioOf(line, awsLambda2024, { kind: "once" });
  const model = scenarioModel(scenario, 300, "ahead", exact);
  const at = (prewarmMs: number | null) =>
    model({
      ...apart(line),
      groups: apart(line).groups.map((group, g) => (g === 1 ? { ...group, prewarmMs } : group)),
    });
  const mean = (x: Float64Array) => meanWithin(x).mean;

  test("hides the cold start, and is billed while it waits", () => {
    const [never, early] = [at(null), at(0)];
    expect(mean(early.latencyMs)).toBeLessThan(mean(never.latencyMs) - 500);
    expect(mean(early.costUsd)).toBeGreaterThan(mean(never.costUsd));
  });

  test("changes nothing when its inputs come first", () => {
    expect(at(1e9)).toEqual(at(null));
  });
});
