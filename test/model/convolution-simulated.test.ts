import { expect, test, describe } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { convolutionModel } from "../../src/model/convolution.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import {
  apart,
  diamond,
  edge,
  exponential,
  fanOut,
  meanWithin,
  planOf,
  processes,
  quantile,
  scenarioOf,
  together,
  type Toy,
  toyOf,
} from "../toy-graphs.ts";

const one: Arrivals = { kind: "closed", inFlight: 1 };
const LEVELS = [0.1, 0.5, 0.9, 0.95];

describe("P95 is within 5 % of simulation and mean cost within 1 %", () => {
  const RUNS = 5000;
  const change = {
    initCpuMs: 200,
    skew: { content: 0.5, runSigma: 0.2, noiseCv: 0.1 },
  };
  const law = { lognormal: { median: 900, sigma: 0.3 } };
  const wide = fanOut(8, law, { bytes: 8e6, change });
  const varied = fanOut({ uniform: { min: 2, max: 30 } }, law, { bytes: 8e6, change });
  const two = diamond(
    { first: exponential(2000), left: exponential(600), right: exponential(500), last: 100 },
    1e6,
  );
  const cases: Record<string, readonly [Toy, ExecutionPlan, Platform?]> = {
    "a fan-out of 8": [wide, apart(wide)],
    "bundles of 3 in waves of 2": [
      wide,
      planOf(wide, [
        { stages: ["split"] },
        { stages: ["work"], workersPerVm: 3, ...processes },
        { stages: ["gather"] },
      ]),
    ],
    "a home with an overflow": [wide, together(wide, { workersPerVm: 3, ...processes })],
    "one VM": [wide, together(wide, { memoryMb: 5307 })],
    "direct pulls": [wide, apart(wide, 1769, "direct")],
    "a fan-out that varies": [varied, apart(varied)],
    "branches after a common prefix": [two, apart(two)],
    "five starts at once": [
      varied,
      apart(varied),
      { ...awsLambda2024, orchestrator: { ...awsLambda2024.orchestrator, parallelStarts: 5 } },
    ],
  };
  for (const [name, [toy, plan, cloud = awsLambda2024]] of Object.entries(cases))
    test(name, () => {
      const platform = { ...cloud, keepAliveMs: Number.POSITIVE_INFINITY };
      const arrivals: Arrivals = { kind: "poisson", perSecond: 0.02 };
      const scenario = scenarioOf(toy, platform, arrivals);
      const { columns, status } = simulate(scenario, plan, {
        runs: RUNS,
        warmupRuns: 200,
        seed: "convolution",
      });
      expect(status.every((code) => code === 0)).toBe(true);
      const { latencyMs, costUsd } = convolutionModel(scenario)(plan);
      const ratio = (p: number) => quantile(latencyMs, p) / quantile(columns.latencyMs, p);
      expect(Math.abs(ratio(0.95) - 1)).toBeLessThan(0.05);
      expect(Math.abs(ratio(0.5) - 1)).toBeLessThan(0.05);
      const { mean, half } = meanWithin(columns.costUsd);
      expect(Math.abs(meanWithin(costUsd).mean - mean)).toBeLessThan(0.01 * mean + half);
    });
});

test("branches that cross are bounded from above, P95 within 5 %", () => {
  const bridge = toyOf(
    "bridge",
    {
      s: [exponential(300)],
      a: [exponential(500)],
      b: [exponential(500)],
      c: [exponential(500)],
      d: [exponential(500)],
      t: [100],
    },
    [
      edge("s", "a"),
      edge("s", "b"),
      edge("a", "c"),
      edge("a", "d"),
      edge("b", "d"),
      edge("c", "t"),
      edge("d", "t"),
    ],
  );
  const scenario = scenarioOf(bridge, ideal, one);
  const { latencyMs } = simulate(scenario, apart(bridge), {
    runs: 20_000,
    warmupRuns: 0,
    seed: "bridge",
  }).columns;
  const bound = convolutionModel(scenario)(apart(bridge)).latencyMs;
  for (const p of LEVELS) expect(quantile(bound, p) / quantile(latencyMs, p)).toBeGreaterThan(0.99);
  expect(quantile(bound, 0.95) / quantile(latencyMs, 0.95)).toBeLessThan(1.05);
});

test("cold starts of homes and of VMs that are pulled from are mixed in at their share", () => {
  const toy = fanOut(4, exponential(300), { bytes: 1e5, change: { initCpuMs: 400 } });
  const scenario = scenarioOf(toy, awsLambda2024, { kind: "poisson", perSecond: 0.005 });
  for (const plan of [
    together(toy, { workersPerVm: 2, ...processes }),
    apart(toy, 1769, "direct"),
  ]) {
    const { latencyMs, costUsd } = convolutionModel(scenario)(plan);
    const exact = scenarioModel(scenario, 4096, "cold", {
      luck: "stratified",
      coldStarts: "per-group",
    })(plan);
    for (const [found, known] of [
      [latencyMs, exact.latencyMs],
      [costUsd, exact.costUsd],
    ] as const) {
      const { mean, half } = meanWithin(known);
      expect(Math.abs(meanWithin(found).mean - mean)).toBeLessThan(0.01 * mean + half);
    }
  }
});
