import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { jolteon } from "../../src/policy/jolteon.ts";
import { type Objective, type PlanningTask, predictionOf } from "../../src/policy/policy.ts";
import { chain, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

const RUNS = 100;
const warm = { ...awsLambda2024, keepAliveMs: Number.POSITIVE_INFINITY };
const within = (latencyMsMax: number, quantile = 0.95): Objective => ({
  minimize: "cost",
  quantile,
  latencyMsMax,
});

function taskOf(toy: Toy, objective: Objective): PlanningTask {
  const scenario = scenarioOf(toy, warm, { kind: "poisson", perSecond: 0.1 });
  return { scenario, objective, sizing: "tuned", model: scenarioModel(scenario, RUNS, "jolteon") };
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

describe("jolteon", () => {
  for (const [quantile, kept] of [
    [0.5, 50],
    [0.9, 90],
    [0.95, 95],
    [0.99, 99],
  ] as const)
    test(`keeps the bound in at least ${kept} of 100 sampled runs when asked for P${kept}`, () => {
      const task = taskOf(skewed, within(4000, quantile));
      const { plan, feasible } = jolteon(task);
      const { latencyMs } = task.model(plan);
      expect(feasible).toBe(true);
      expect(latencyMs.filter((ms) => ms <= 4000).length).toBeGreaterThanOrEqual(kept);
    });

  test("pays more for more certainty", () => {
    const [sure, likely] = [0.99, 0.5].map((quantile) =>
      jolteon(taskOf(skewed, within(4000, quantile))),
    );
    expect(sure!.prediction.costUsdMean).toBeGreaterThan(likely!.prediction.costUsdMean);
  });

  test("fuses nothing and passes all data through the store", () => {
    const { plan } = jolteon(taskOf(skewed, within(4000)));
    expect(plan.groups.map((group) => group.stages)).toEqual([["split"], ["work"], ["gather"]]);
    expect(new Set(Object.values(plan.passing))).toEqual(new Set(["object-store"]));
  });

  test("gathers short waiting workers in fewer VMs, and leaves a chain one worker a VM", () => {
    const waits = { waitMs: 800, memoryMb: { runtime: 60, worker: 20 } };
    const calls = toyOf("calls", { call: [5, 6, waits], sum: [20] }, [edge("call", "sum")]);
    expect(jolteon(taskOf(calls, within(3000))).plan.groups[0]!.workersPerVm).toBe(6);
    const alone = jolteon(taskOf(chain([400, 800]), within(3000))).plan;
    expect(alone.groups.map((group) => group.workersPerVm)).toEqual([1, 1]);
  });

  test("takes the cheapest size that keeps the SLO for a lone stage", () => {
    const change = { waitMs: 500, compute: { maxVcpus: 4, serialFraction: 0.1 } };
    const toy = toyOf("lone", { only: [4000, 1, change] }, []);
    for (const latencyMsMax of [4000, 9000]) {
      const task = taskOf(toy, within(latencyMsMax));
      const costs = warm.memorySizesMb
        .filter((size) => size >= 150)
        .map((size) => predictionOf(task.model(unfusedPlan(toy.workflow, () => size)), 0.95))
        .filter((one) => one.latencyMsP95 <= latencyMsMax)
        .map((one) => one.costUsdMean);
      expect(jolteon(task).prediction.costUsdMean).toBe(Math.min(...costs));
    }
  });

  test("ends in time where a workflow has many stages", () => {
    const { plansSeen, feasible } = jolteon(
      taskOf(chain(Array.from({ length: 10 }, () => 200)), within(60_000)),
    );
    expect(feasible).toBe(true);
    expect(plansSeen).toBeLessThan(3000);
  });
});
