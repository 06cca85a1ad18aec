import { describe, expect, test } from "vitest";
import { coldShare } from "../../src/model/cold-share.ts";
import { convolutionModel } from "../../src/model/convolution.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { normalQuantile } from "../../src/stats/numeric.ts";
import { samplerOf } from "../../src/stats/families.ts";
import { exactCloud } from "../exact-cloud.ts";
import {
  apart,
  chain,
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

function predicted(toy: Toy, plan: ExecutionPlan, platform: Platform = ideal, arrivals = one) {
  return convolutionModel(scenarioOf(toy, platform, arrivals))(plan);
}

function expectQuantiles(sample: Float64Array, exact: (p: number) => number, tolerance: number) {
  for (const p of LEVELS)
    expect(Math.abs(quantile(sample, p) / exact(p) - 1)).toBeLessThan(tolerance);
}

describe("where nothing varies the two models agree to the last digits", () => {
  const wide = fanOut(7, 300, { bytes: 2e5, change: { initCpuMs: 200 } });
  const few = fanOut(5, 300, { bytes: 2e5 });
  const two = diamond({ first: 200, left: 400, right: 300, last: 100 }, 5e4);
  const plans = {
    "a chain": [chain([400, 800, 200], 1e5), apart(chain([400, 800, 200]))],
    "a diamond with payloads": [two, apart(two, 1769, "inline")],
    "a diamond in one VM": [two, together(two)],
    "a fan-out, a VM for each worker": [wide, apart(wide)],
    "a fan-out in bundles": [
      wide,
      planOf(wide, [
        { stages: ["split"] },
        { stages: ["work"], workersPerVm: 4, ...processes },
        { stages: ["gather"] },
      ]),
    ],
    "a home with an overflow": [wide, together(wide, { workersPerVm: 2, ...processes })],
    "a home that takes longer than what it calls": [
      few,
      together(few, { workersPerVm: 3, ...processes }),
    ],
    "direct pulls": [wide, apart(wide, 1769, "direct")],
  } as const;
  const narrow = { ...exactCloud, orchestrator: { ...exactCloud.orchestrator, parallelStarts: 2 } };
  const cases = [
    ["warm", { ...exactCloud, keepAliveMs: Number.POSITIVE_INFINITY }, one],
    ["cold", exactCloud, { kind: "once" }],
    ["two starts at once", { ...narrow, keepAliveMs: Number.POSITIVE_INFINITY }, one],
  ] as const;
  for (const [state, platform, arrivals] of cases)
    for (const [name, [toy, plan]] of Object.entries(plans))
      test(`${name}, ${state}`, () => {
        const scenario = scenarioOf(toy, platform, arrivals);
        const exact = scenarioModel(scenario, 1, "exact")(plan);
        const { latencyMs, costUsd } = convolutionModel(scenario, { runs: 8 })(plan);
        for (let i = 0; i < 8; i++) {
          expect(latencyMs[i]! / exact.latencyMs[0]!).toBeCloseTo(1, 9);
          expect(costUsd[i]! / exact.costUsd[0]!).toBeCloseTo(1, 9);
        }
      });
});

describe("closed forms on a cloud without overhead", () => {
  test("two exponential stages in series are Erlang", () => {
    const toy = chain([exponential(400), exponential(400)]);
    const exact = samplerOf({ gamma: { shape: 2, scale: 400 } });
    expectQuantiles(predicted(toy, apart(toy)).latencyMs, exact, 0.01);
  });

  test("20 exponential workers take the 20th power of their law", () => {
    const toy = toyOf("wide", { work: [exponential(500), 20] }, []);
    const exact = (p: number) => -500 * Math.log(1 - p ** (1 / 20));
    expectQuantiles(predicted(toy, apart(toy)).latencyMs, exact, 0.01);
  });

  test("a run factor that 20 workers share moves them together", () => {
    const toy = toyOf("wide", { work: [500, 20, { skew: { runSigma: 0.4 } }] }, []);
    const factor = (u: number) => Math.exp(0.4 * normalQuantile(u) - 0.08);
    const { latencyMs } = predicted(toy, apart(toy));
    expectQuantiles(latencyMs, (p) => 500 * factor(p), 0.01);
    const independent = 500 * factor(0.5 ** (1 / 20));
    expect(independent / quantile(latencyMs, 0.5)).toBeGreaterThan(1.9);
  });

  test("a run factor that two stages share adds up, and two of their own do not", () => {
    const skew = { runSigma: 0.4 };
    const spread = (runFactor: (i: number) => string) => {
      const change = (i: number) => ({ skew: { ...skew, runFactor: runFactor(i) } });
      const stages = { a: [500, 2, change(0)], b: [500, 2, change(1)] } as const;
      const toy = toyOf("two", stages, [edge("a", "b", "pairwise")]);
      const { latencyMs } = predicted(toy, apart(toy));
      return quantile(latencyMs, 0.95) / quantile(latencyMs, 0.05);
    };
    const width = Math.exp(2 * 1.6448536 * 0.4);
    expect(spread(() => "both") / width).toBeCloseTo(1, 2);
    // Two independent lognormals have the coefficient of variation of one over the root of two.
    const narrow = Math.sqrt(Math.log(1 + (Math.exp(0.16) - 1) / 2));
    expect(spread((i) => `own ${i}`) / Math.exp(2 * 1.6448536 * narrow)).toBeCloseTo(1, 1);
  });
});

describe("as a model", () => {
  const toy = fanOut(4, exponential(300), { bytes: 1e5 });
  const scenario = scenarioOf(toy, awsLambda2024, { kind: "poisson", perSecond: 0.005 });

  test("it gives the same bytes whatever it was asked before", () => {
    const varied = fanOut({ uniform: { min: 2, max: 9 } }, exponential(300), { bytes: 1e5 });
    const asked = scenarioOf(varied, awsLambda2024, { kind: "poisson", perSecond: 0.005 });
    const pairs = [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 2 },
      { stages: ["gather"] },
    ] as const;
    const fresh = convolutionModel(asked)(apart(varied));
    const model = convolutionModel(asked);
    model(planOf(varied, pairs));
    model(together(varied));
    expect(model(apart(varied))).toEqual(fresh);
    expect(model(apart(varied))).toEqual(fresh);
  });

  test("it mixes in cold starts at their share", () => {
    const { latencyMs, costUsd } = convolutionModel(scenario)(apart(toy));
    const exact = scenarioModel(scenario, 8192, "cold")(apart(toy));
    for (const [found, known] of [
      [latencyMs, exact.latencyMs],
      [costUsd, exact.costUsd],
    ] as const) {
      const { mean, half } = meanWithin(known);
      expect(Math.abs(meanWithin(found).mean - mean)).toBeLessThan(0.005 * mean + half);
    }
  });

  test("it takes a lone stage for cold at the share of its arrivals, use and keep-alive", () => {
    const lone = chain([3000]);
    const keepAliveMs = 20_000;
    const costAndMs = (arrivals: Arrivals, keepMs = keepAliveMs) => {
      const asked = scenarioOf(lone, { ...exactCloud, keepAliveMs: keepMs }, arrivals);
      const { latencyMs, costUsd } = convolutionModel(asked)(apart(lone));
      return [meanWithin(latencyMs).mean, meanWithin(costUsd).mean] as const;
    };
    const [warmMs, warmUsd] = costAndMs(one, Number.POSITIVE_INFINITY);
    const [coldMs] = costAndMs({ kind: "once" });
    expect([warmMs, coldMs]).toEqual([expect.closeTo(3100, 6), expect.closeTo(3100 + 260, 6)]);
    for (const perSecond of [0.01, 0.1, 0.4, 2]) {
      const arrivals: Arrivals = { kind: "poisson", perSecond };
      const { afterPause, besideOthers } = coldShare(arrivals, 3100, keepAliveMs);
      const share = afterPause + besideOthers;
      const [ms, usd] = costAndMs(arrivals);
      expect((ms - warmMs) / (coldMs - warmMs)).toBeCloseTo(share, 2);
      // Neither the start of a VM nor that of a runtime is billed here.
      expect(usd).toBeCloseTo(warmUsd, 9);
    }
  });

  test("it gives as many values as it is told to, few of which stand for the same law", () => {
    const varied = fanOut({ uniform: { min: 2, max: 9 } }, exponential(300), { bytes: 1e5 });
    for (const arrivals of [one, { kind: "poisson", perSecond: 0.005 }] as const) {
      const asked = scenarioOf(varied, awsLambda2024, arrivals);
      const many = convolutionModel(asked);
      const { latencyMs, costUsd } = many(apart(varied));
      expect([many.runs, latencyMs.length, costUsd.length]).toEqual([1024, 1024, 1024]);
      for (const runs of [24, 60]) {
        const few = convolutionModel(asked, { runs })(apart(varied));
        expect([few.latencyMs.length, few.costUsd.length]).toEqual([runs, runs]);
        expect(meanWithin(few.latencyMs).mean / meanWithin(latencyMs).mean).toBeCloseTo(1, 1);
        expect(meanWithin(few.costUsd).mean / meanWithin(costUsd).mean).toBeCloseTo(1, 1);
      }
    }
  });

  test("it refuses a plan that breaks a rule", () => {
    const refused = () => convolutionModel(scenario)(apart(toy, 64));
    expect(refused).toThrow(/64/);
    expect(refused).toThrow(expect.objectContaining({ code: "plan" }));
  });
});
