import { expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { bestMemory } from "../../src/policy/best-memory.ts";
import type { Objective } from "../../src/policy/policy.ts";
import { unfused } from "../../src/policy/unfused.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";

const warm = { ...awsLambda2024, keepAliveMs: Number.POSITIVE_INFINITY };
// Single-threaded stages gain nothing above one vCPU, 1,769 MB, but a little NIC.
const toy = chain([2000, 3000]);
const scenario = scenarioOf(toy, warm, { kind: "poisson", perSecond: 0.1 });
const taskOf = (objective: Objective) =>
  ({ scenario, objective, sizing: "tuned", model: scenarioModel(scenario, 100, "b") }) as const;

test("best-memory stops at one vCPU for single-threaded stages, however lax the SLO", () => {
  for (const latencyMsMax of [6000, 60_000]) {
    const task = taskOf({ minimize: "cost", quantile: 0.95, latencyMsMax });
    const { plan, feasible } = bestMemory(task);
    expect(plan).toEqual(unfusedPlan(toy.workflow, () => 1769));
    expect(feasible).toBe(true);
  }
});

test("best-memory says so when even its size is too slow", () => {
  const { plan, feasible } = bestMemory(
    taskOf({ minimize: "cost", quantile: 0.95, latencyMsMax: 1000 }),
  );
  expect(feasible).toBe(false);
  expect(plan.groups[0]!.memoryMb).toBe(1769);
});

test("best-memory keeps a budget, and takes unfused's plan where none is kept", () => {
  const budget = (costUsdMax: number) =>
    taskOf({ minimize: "latency", quantile: 0.95, costUsdMax });
  const lax = taskOf({ minimize: "cost", quantile: 0.95, latencyMsMax: 1e9 });
  const leastUsd = unfused(lax).prediction.costUsdMean;
  expect(bestMemory(budget(1)).plan.groups[0]!.memoryMb).toBe(1769);
  const { prediction, feasible } = bestMemory(budget(1.0001 * leastUsd));
  expect(feasible).toBe(true);
  expect(prediction.costUsdMean).toBeLessThanOrEqual(1.0001 * leastUsd);
  expect(bestMemory(budget(0))).toEqual(unfused(budget(0)));
});
