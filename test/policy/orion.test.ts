import { describe, expect, test } from "vitest";
import type { Outcome, PerformanceModel } from "../../src/model/prediction.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { orion } from "../../src/policy/orion.ts";
import { type Objective, type PlanningTask, predictionOf } from "../../src/policy/policy.ts";
import { chain, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

const warm = { ...awsLambda2024, keepAliveMs: Number.POSITIVE_INFINITY };
const within = (latencyMsMax: number): Objective => ({
  minimize: "cost",
  quantile: 0.95,
  latencyMsMax,
});

function taskOf(toy: Toy, objective: Objective, model?: PerformanceModel): PlanningTask {
  const scenario = scenarioOf(toy, warm, { kind: "poisson", perSecond: 0.1 });
  const given = model ?? scenarioModel(scenario, 100, "orion");
  return { scenario, objective, sizing: "tuned", model: given };
}

const skewed = fanOut(
  8,
  { lognormal: { median: 2000, sigma: 0.3 } },
  {
    change: {
      memoryMb: { runtime: 60, worker: 60 },
      skew: { content: 0.8, noiseCv: 0.1 },
      compute: { maxVcpus: 6, serialFraction: 0 },
    },
  },
);

describe("orion", () => {
  test("fuses nothing, passes all data through the store, and bundles in equal parts", () => {
    const { plan, feasible } = orion(taskOf(skewed, within(4500)));
    expect(feasible).toBe(true);
    expect(plan.groups.map((group) => group.stages)).toEqual([["split"], ["work"], ["gather"]]);
    expect(new Set(Object.values(plan.passing))).toEqual(new Set(["object-store"]));
    for (const group of plan.groups) expect(8 % Number(group.workersPerVm)).toBe(0);
  });

  test("bundles a stage of unequal workers, for less than one VM per worker costs", () => {
    const task = taskOf(skewed, within(4500));
    const { plan, prediction } = orion(task);
    expect(plan.groups[1]!.workersPerVm).toBeGreaterThan(1);
    const ladder = warm.memorySizesMb.flatMap((work) =>
      [512, 1024, 1769].map((rest) => {
        const apart = unfusedPlan(skewed.workflow, (id) => (id === "work" ? work : rest));
        return predictionOf(task.model(apart), 0.95);
      }),
    );
    const kept = ladder.filter((one) => one.latencyMsP95 <= 4500);
    expect(kept.length).toBeGreaterThan(0);
    expect(prediction.costUsdMean).toBeLessThan(Math.min(...kept.map((one) => one.costUsdMean)));
  });

  test("gives one worker the smallest size that keeps the SLO, unfused, when all is warm", () => {
    const toy = toyOf("lone", { only: [{ lognormal: { median: 2000, sigma: 0.2 } }] }, []);
    const task = taskOf(toy, within(5000));
    const smallest = warm.memorySizesMb.find((size) => {
      if (size < 150) return false;
      const outcome = task.model(unfusedPlan(toy.workflow, () => size));
      return predictionOf(outcome, 0.95).latencyMsP95 <= 5000;
    })!;
    expect(orion(task).plan).toEqual(unfusedPlan(toy.workflow, () => smallest));
  });

  test("enlarges only the stage whose size shortens the run", () => {
    const waits = { waitMs: 1500 };
    const toy = toyOf("waits", { call: [5, 1, waits], work: [4000] }, [edge("call", "work")]);
    const { plan } = orion(taskOf(toy, within(8000)));
    const [call, work] = plan.groups.map((group) => group.memoryMb);
    expect(call).toBe(192);
    expect(work).toBeGreaterThan(1024);
  });
});

describe("orion's leads", () => {
  const toy = chain([1000, 1000]);
  const COLD_MS = 450;
  // A run of 2 s whose second VM takes 450 ms to start; while it idles it costs 1e-6 USD per ms.
  const oneRun = (predict: (plan: ExecutionPlan) => Outcome): PerformanceModel =>
    Object.assign(predict, { runs: 1 });
  const cold = oneRun((plan) => {
    const askedMs = plan.groups[1]!.prewarmMs ?? Number.POSITIVE_INFINITY;
    const readyMs = Math.min(askedMs, 1000) + COLD_MS;
    return {
      latencyMs: Float64Array.of(1000 + Math.max(1000, readyMs)),
      costUsd: Float64Array.of(2e-3 + 1e-6 * Math.max(0, 1000 - readyMs)),
    };
  });
  const fastest = (costUsdMax: number): Objective => ({
    minimize: "latency",
    quantile: 0.95,
    costUsdMax,
  });
  const leadOf = (objective: Objective, model: PerformanceModel) =>
    orion(taskOf(toy, objective, model)).plan.groups.map((group) => group.prewarmMs);

  test("have the VM ready when it is needed, and no 100 ms sooner", () => {
    expect(leadOf(fastest(1), cold)).toEqual([null, 500]);
  });

  test("stay later where the budget pays for no idling", () => {
    expect(leadOf(fastest(2.01e-3), cold)).toEqual([null, 600]);
  });

  test("keep the target utilisation, whatever that costs in latency", () => {
    const dear = oneRun((plan) => {
      const { latencyMs, costUsd } = cold(plan);
      const idleUsd =
        plan.groups[1]!.prewarmMs === null ? 0 : 1e-3 * (600 - plan.groups[1]!.prewarmMs);
      return { latencyMs, costUsd: costUsd.map((usd) => usd + Math.max(0, idleUsd)) };
    });
    expect(leadOf(fastest(1), dear)).toEqual([null, 600]);
  });

  test("are not asked for where no VM starts cold", () => {
    expect(orion(taskOf(skewed, fastest(2e-4))).plan.groups.map((g) => g.prewarmMs)).toEqual([
      null,
      null,
      null,
    ]);
  });

  test("let smaller sizes keep the SLO", () => {
    // The first stage takes 1 s at 1,024 MB and is billed by its size; then as above.
    const sized = oneRun((plan) => {
      const { memoryMb } = plan.groups[0]!;
      const firstMs = 1024e3 / memoryMb;
      const askedMs = plan.groups[1]!.prewarmMs ?? Number.POSITIVE_INFINITY;
      const readyMs = Math.min(askedMs, firstMs) + COLD_MS;
      const idleUsd = 1e-6 * Math.max(0, firstMs - readyMs);
      return {
        latencyMs: Float64Array.of(Math.max(firstMs, readyMs) + 1000),
        costUsd: Float64Array.of(1e-6 * memoryMb + idleUsd),
      };
    });
    const coldOnly = oneRun((plan) =>
      sized({ ...plan, groups: plan.groups.map((group) => ({ ...group, prewarmMs: null })) }),
    );
    const chosen = (model: PerformanceModel) => {
      const [first, second] = orion(taskOf(toy, within(2100), model)).plan.groups;
      return [first!.memoryMb, second!.prewarmMs];
    };
    // Without leads 1,024e3 / 1,769 + 450 + 1,000 ms is the first below 2.1 s.
    expect(chosen(coldOnly)).toEqual([1769, null]);
    expect(chosen(sized)).toEqual([1024, 600]);
  });

  test("bring a run under an SLO that its sizes alone do not keep", () => {
    const decision = orion(taskOf(toy, within(2100), cold));
    expect(decision.feasible).toBe(true);
    expect(decision.plan.groups[1]!.prewarmMs).toBe(600);
  });
});
