import { describe, expect, test } from "vitest";
import { meanOfSample } from "../../src/model/prediction.ts";
import { leftOut, scenarioModel } from "../../src/model/scenarios.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { exactCloud } from "../exact-cloud.ts";
import {
  apart,
  chain,
  diamond,
  edge,
  exponential,
  fanOut,
  planOf,
  processes,
  quantile,
  scenarioOf,
  together,
  type Toy,
  toyOf,
} from "../toy-graphs.ts";

const closed: Arrivals = { kind: "closed", inFlight: 1 };
const warm: Platform = { ...exactCloud, keepAliveMs: Number.POSITIVE_INFINITY };
const modelOf = (toy: Toy, platform = warm, arrivals: Arrivals = closed, runs = 3) =>
  scenarioModel(scenarioOf(toy, platform, arrivals), runs, "m");

describe("the work of a stage", () => {
  test("is that of its slowest worker by run, and of all together", () => {
    const { slowestCpuMs, totalCpuMsMean } = modelOf(fanOut(3, 200)).work!("work")!;
    expect(Array.from(slowestCpuMs)).toEqual([200, 200, 200]);
    expect(totalCpuMsMean).toBe(600);
    expect(modelOf(fanOut(3, 200)).work!("gather")!.totalCpuMsMean).toBe(50);
  });

  test("differs between workers and between runs where that is drawn", () => {
    const { slowestCpuMs, totalCpuMsMean } = modelOf(
      fanOut(4, 100, { change: { skew: { content: [3, 1, 1, 3] } } }),
    ).work!("work")!;
    expect(slowestCpuMs[0]! / (totalCpuMsMean / 4)).toBeCloseTo(1.5, 9);
    const varied = modelOf(chain([exponential(100)])).work!("s0")!;
    expect(new Set(varied.slowestCpuMs).size).toBe(3);
    // One worker is the slowest.
    expect(varied.totalCpuMsMean).toBeCloseTo(meanOfSample(varied.slowestCpuMs), 9);
  });

  test("is unknown where only times at sizes were measured", () => {
    const measured = [
      { memoryMb: 512, timeMs: 900 },
      { memoryMb: 1024, timeMs: 500 },
    ];
    expect(modelOf(chain([0], 0, { measured })).work!("s0")).toBeUndefined();
  });
});

describe("a group by itself", () => {
  test("adds up with the others to the plan, in a chain", () => {
    const toy = chain([exponential(400), 800, exponential(200)], 1e5);
    const model = modelOf(toy);
    const plan = planOf(toy, [{ stages: ["s0"] }, { stages: ["s1", "s2"] }]);
    const { latencyMs, costUsd } = model(plan);
    const groups = plan.groups.map((_, g) => model.group!(plan, g));
    latencyMs.forEach((ms, run) => {
      expect(groups[0]!.latencyMs[run]! + groups[1]!.latencyMs[run]!).toBeCloseTo(ms, 9);
    });
    const { usdPerTransition } = warm.price;
    expect(groups[0]!.costUsdMean + groups[1]!.costUsdMean + usdPerTransition).toBeCloseTo(
      meanOfSample(costUsd),
      9,
    );
    for (const { leastMs, latencyMs: ms } of groups) expect(leastMs).toEqual(ms);
  });

  test("is the whole plan but for the transition where it holds every stage", () => {
    const wide = fanOut(7, exponential(300), { bytes: 2e5 });
    const two = diamond({ first: 200, left: exponential(400), right: 300, last: 100 }, 5e4);
    const plans: readonly (readonly [Toy, ExecutionPlan])[] = [
      [wide, together(wide, { workersPerVm: 2, ...processes })],
      [two, together(two)],
    ];
    for (const [toy, plan] of plans) {
      const model = modelOf(toy);
      const { latencyMs, costUsd } = model(plan);
      const { latencyMs: own, leastMs, costUsdMean } = model.group!(plan, 0);
      expect(own).toEqual(latencyMs);
      expect(leastMs.every((ms, run) => ms <= own[run]!)).toBe(true);
      expect(costUsdMean + warm.price.usdPerTransition).toBeCloseTo(meanOfSample(costUsd), 9);
    }
  });

  test("takes at least its shortest step where it has several", () => {
    const wide = fanOut(4, 300);
    const processes = { isolation: "processes", concurrency: 1, memoryMb: 3538 } as const;
    const plan = together(wide, { workersPerVm: 1, ...processes });
    // Hop and 100 ms of splitting, which the home goes on from without another hop; gathering takes 50 ms.
    const { leastMs, latencyMs } = modelOf(wide).group!(plan, 0);
    expect(leastMs[0]).toBeLessThan(100);
    expect(leastMs[0]).toBeGreaterThanOrEqual(50);
    expect(latencyMs[0]).toBeGreaterThan(100 + 100 + 300 + 50);
  });

  test("is exact but where other groups decide which of its VMs are warm, or it is asked for ahead", () => {
    const toy = chain([400, 800]);
    const poisson: Arrivals = { kind: "poisson", perSecond: 0.01 };
    const plan = apart(toy);
    const ahead = { ...plan, groups: plan.groups.map((one) => ({ ...one, prewarmMs: 100 })) };
    expect(modelOf(toy).group!(plan, 1).exact).toBe(true);
    expect(modelOf(toy).group!(ahead, 1).exact).toBe(false);
    expect(modelOf(toy, awsLambda2024, { kind: "once" }).group!(plan, 1).exact).toBe(true);
    expect(modelOf(toy, awsLambda2024, poisson).group!(plan, 1).exact).toBe(false);
    const scenario = scenarioOf(toy, awsLambda2024, poisson);
    const options = { luck: "stratified", coldStarts: "per-group" } as const;
    expect(scenarioModel(scenario, 3, "m", options).group!(plan, 1).exact).toBe(true);
  });

  test("is remembered by all that it depends on, whichever plan it was asked for in", () => {
    const toy = toyOf("line", { a: [exponential(200), 4], b: [exponential(300), 4], c: [50] }, [
      edge("a", "b", "pairwise", 9e4),
      edge("b", "c", "gather", 1e5),
    ]);
    const direct = apart(toy, 1769, "direct");
    const small = apart(toy, 1024, "direct");
    const bundled = planOf(toy, [
      { stages: ["a"], workersPerVm: 2 },
      { stages: ["b"], workersPerVm: 1 },
      { stages: ["c"], workersPerVm: 1 },
    ]);
    const plans: readonly ExecutionPlan[] = [
      apart(toy),
      direct,
      { ...direct, groups: direct.groups.with(0, small.groups[0]!) },
      { ...bundled, passing: direct.passing },
      { ...direct, groups: direct.groups.with(1, { ...direct.groups[1]!, prewarmMs: 0 }) },
      apart(toy, 1769, "inline"),
    ];
    const nic = [
      { x: 0, y: 100 },
      { x: 2000, y: 1000 },
    ];
    const platform = { ...warm, nicBytesPerMs: nic };
    const asked = modelOf(toy, platform);
    for (const plan of [...plans, ...plans])
      for (const g of [0, 1, 2]) {
        expect(asked.group!(plan, g)).toEqual(modelOf(toy, platform).group!(plan, g));
        expect(asked.group!(structuredClone(plan), g)).toBe(asked.group!(plan, g));
        expect(asked(plan)).toEqual(modelOf(toy, platform)(structuredClone(plan)));
      }
  });
});

describe("a group at its best", () => {
  const toy = chain([400, 800], 2e5);
  const plan = apart(toy, 1769, "direct");

  test("pulls in no time", () => {
    const model = modelOf(toy);
    const [usual, best] = [model.group!(plan, 1), model.groupAtBest!(plan, 1)];
    // 5 ms to connect, and 200,000 bytes at 1,000 bytes/ms.
    expect(usual.latencyMs[0]! - best.latencyMs[0]!).toBeCloseTo(205, 9);
    expect(best.exact).toBe(false);
    expect(model.groupAtBest!(plan, 0).latencyMs).toEqual(model.group!(plan, 0).latencyMs);
    expect(model.group!(plan, 1)).toEqual(usual);
  });

  test("is warm", () => {
    const change = { initCpuMs: 300 };
    const lone = chain([400], 0, change);
    const cold = modelOf(lone, exactCloud, { kind: "once" });
    const one = apart(lone);
    expect(cold.groupAtBest!(one, 0).latencyMs).toEqual(modelOf(lone).group!(one, 0).latencyMs);
    expect(cold.group!(one, 0).latencyMs[0]!).toBeGreaterThan(300 + 400);
  });
});

test("a group of processes at its best takes no longer than warm or cold, run by run", () => {
  const pairs = toyOf(
    "pairs",
    {
      a: [{ exponential: { mean: 300 } }, 7, { initCpuMs: 200, skew: { content: 0.8 } }],
      b: [{ exponential: { mean: 200 } }, 7, { initCpuMs: 100, skew: { content: 0.8 } }],
    },
    [edge("a", "b", "pairwise", 1e5)],
  );
  const plan = planOf(pairs, [
    {
      stages: ["a", "b"],
      workersPerVm: 4,
      isolation: "processes",
      concurrency: 2,
      memoryMb: 3538,
    },
  ]);
  const usual = modelOf(pairs, warm, closed, 20);
  const cold = modelOf(pairs, exactCloud, { kind: "once" }, 20);
  const warmMs = usual.group!(plan, 0).latencyMs;
  const coldMs = cold.group!(plan, 0).latencyMs;
  for (const model of [usual, cold])
    model.groupAtBest!(plan, 0).latencyMs.forEach((ms, run) => {
      expect(ms).toBeLessThanOrEqual(Math.min(warmMs[run]!, coldMs[run]!));
      expect(ms).toBeGreaterThan(0.5 * warmMs[run]!);
    });
});

describe("the luck of a model", () => {
  const toy = chain([exponential(1000)]);
  const scenario = scenarioOf(toy, warm, closed);
  const plan = apart(toy);

  test("follows its seed", () => {
    const latencies = (seed: string) => scenarioModel(scenario, 5, seed)(plan).latencyMs;
    expect(latencies("a")).toEqual(latencies("a"));
    expect(latencies("a")).not.toEqual(latencies("b"));
  });

  test("meets each part of a law equally often where it is stratified", () => {
    const of = (luck: "stratified" | "independent") => {
      const { latencyMs } = scenarioModel(scenario, 256, "s", { luck, coldStarts: "per-plan" })(
        plan,
      );
      // Hop 100 ms, then an exponential time.
      return [0.25, 0.5, 0.75].map((p) => quantile(latencyMs, p) - 100 + 1000 * Math.log(1 - p));
    };
    for (const off of of("stratified")) expect(Math.abs(off)).toBeLessThan(20);
    expect(of("independent").some((off) => Math.abs(off) > 20)).toBe(true);
  });
});

test("a plan that breaks a rule is refused, and what is left out is said in words", () => {
  const toy = chain([100]);
  expect(() => modelOf(toy)(unfusedPlan(toy.workflow, () => 64))).toThrow(/64/);
  expect(leftOut.every((line) => line.length > 20)).toBe(true);
});
