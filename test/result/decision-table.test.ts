import { expect, test } from "vitest";
import { unfusedPlan } from "../../src/plan/plan.ts";
import type { Decision, Objective } from "../../src/policy/policy.ts";
import {
  type DecisionRow,
  decisionsFromCsv,
  decisionsToCsv,
  gapTo,
} from "../../src/result/decision-table.ts";
import {
  gapAnswer,
  gapTable,
  planningTimeTable,
  provenGaps,
} from "../../src/result/optimizer-table.ts";
import { chain } from "../toy-graphs.ts";

const toy = chain([1, 1]);
const objective: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 100 };

function decided(latencyMs: number, costUsd: number, stop: Decision["stop"]): Decision {
  return {
    plan: unfusedPlan(toy.workflow, () => 1024),
    prediction: {
      latencyMsP50: latencyMs,
      latencyMsP95: latencyMs,
      latencyMsP99: latencyMs,
      latencyMsAtQuantile: latencyMs,
      costUsdMean: costUsd,
    },
    feasible: latencyMs <= 100,
    stop,
    plansSeen: 1,
    goalLowerBound: null,
  };
}

test("a gap is of the goal where the bound can be kept, of the violation where it cannot", () => {
  const best = decided(90, 2, "space-exhausted");
  const nearest = decided(110, 9, "space-exhausted");
  expect(gapTo(best, decided(100, 3, "fixed"), objective)).toBeCloseTo(0.5, 12);
  expect(gapTo(best, decided(101, 1, "fixed"), objective)).toBeNull();
  expect(gapTo(nearest, decided(165, 1, "fixed"), objective)).toBeCloseTo(0.5, 12);
  expect(gapTo(decided(90, 2, "plan-limit"), decided(90, 2, "fixed"), objective)).toBeNull();
});

const row: DecisionRow = {
  task: "random-1-of-2-stages",
  workload: "random-1",
  stages: 2,
  policy: "exhaustive",
  objective: "cost",
  quantile: 0.95,
  slo_ms: 100,
  budget_usd: null,
  feasible: true,
  stop: "space-exhausted",
  plans_seen: 12,
  predicted_latency_ms: 90.5,
  predicted_cost_usd_mean: 1e-7,
  gap: 0,
};
const found = (policy: string, gap: number | null, task = row.task): DecisionRow => ({
  ...row,
  policy,
  gap,
  task,
  stop: "no-better-plan",
});

test("rows survive CSV; what is no row is refused by column and line", async () => {
  const rows = [row, found("wisefuse", null), found("sonic", 0.25)];
  const text = await decisionsToCsv(rows);
  expect(await decisionsFromCsv(text, "gaps.csv")).toEqual(rows);
  await expect(decisionsFromCsv(text.replace("0.25", "x"), "gaps.csv")).rejects.toThrow(
    /gaps\.csv.*4.*gap.*expected a number/,
  );
  await expect(decisionsFromCsv(text.replaceAll("stop", "halt"), "gaps.csv")).rejects.toThrow(
    "columns missing: stop",
  );
});

test("searches that prove nothing are counted and not compared; a missed bound is no gap", () => {
  const unproven = { ...row, task: "other", stop: "plan-limit" as const };
  const rows = [row, found("a", 0), found("b", null), unproven, found("a", null, "other")];
  expect(provenGaps(rows).map(({ row: { policy }, gap }) => [policy, gap])).toEqual([
    ["a", 0],
    ["b", Number.POSITIVE_INFINITY],
  ]);
  expect(gapAnswer(rows)).toBe(
    "Of 1 problems with a proven optimum, a plan as good is found by a in 100.0 %, b in 0.0 %.",
  );
  expect(gapAnswer([unproven])).toBe("No optimum was proven to hold the planners against.");
  const table = gapTable(rows);
  expect(table).toContain("2 workflows, 2 problems, 1 with a proven optimum");
  expect(table).toMatch(/^a +0\.0 +100\.0 +0\.00 +0\.00 +0\.00 +0\.0$/m);
  expect(table).toMatch(/^b +0\.0 +0\.0 +– +– +– +100\.0$/m);
});

test("planning times are by number of stages, their median and the longest", () => {
  const times = new Map([
    ["x", 1000],
    ["y", 3000],
  ]);
  const table = planningTimeTable([found("a", null, "x"), found("a", null, "y")], times);
  expect(table).toMatch(/^random, 2 stages +2\.00 +3\.00$/m);
});
