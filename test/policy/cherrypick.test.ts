import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { bayesianSearch, expectedImprovement } from "../../src/policy/bayesian-search.ts";
import { cherrypick } from "../../src/policy/cherrypick.ts";
import { type Objective, type PlanningTask, predictionOf } from "../../src/policy/policy.ts";
import { fitGaussianProcess } from "../../src/stats/gaussian-process.ts";
import { rootKey } from "../../src/stats/random.ts";
import { scenarioOf, toyOf } from "../toy-graphs.ts";

const limits = { starts: 5, trialsMin: 6, trialsMax: 25, improvementMin: 0 };

function search(
  rungs: readonly number[],
  goal: (at: readonly number[]) => number,
  excess: (at: readonly number[]) => number = () => -1,
  change: Partial<typeof limits> = {},
) {
  const tried: { at: readonly number[]; goal: number; excess: number }[] = [];
  const ended = bayesianSearch(
    rungs,
    (at) => {
      tried.push({ at, goal: goal(at), excess: excess(at) });
      return { goal: goal(at), excess: excess(at) };
    },
    { ...limits, ...change },
    rootKey("test"),
  );
  const kept = tried.filter((one) => one.excess <= 0).sort((a, b) => a.goal - b.goal);
  return { tried, ended, best: kept[0]?.at };
}

describe("Bayesian search", () => {
  test("finds the least of 400 places of a smooth function in 25 trials", () => {
    const { best, tried } = search([400], ([x]) => Math.abs(x! - 137) / 100);
    expect(Math.abs(best![0]! - 137)).toBeLessThanOrEqual(2);
    expect(tried.length).toBe(25);
  });

  test("finds the least of 900 places in two dimensions in 25 trials", () => {
    const bowl = ([x, y]: readonly number[]) =>
      ((x! - 8) / 10) * ((x! - 8) / 10) + ((y! - 21) / 10) * ((y! - 21) / 10);
    expect(search([30, 30], bowl).best).toEqual([8, 21]);
  });

  test("goes to the bound when the least lies beyond it", () => {
    const { best } = search(
      [100],
      ([x]) => x! / 50,
      ([x]) => (63 - x!) / 50,
    );
    expect(best).toEqual([63]);
  });

  test("looks for a point that keeps the bound before it looks for a good one", () => {
    const narrow = ([x, y]: readonly number[]) => (Math.abs(x! - 25) + Math.abs(y! - 3) - 2) / 10;
    expect(search([30, 30], ([x]) => x!, narrow).best).toBeDefined();
  });

  test("tries no place twice, and stops when none is left", () => {
    const { tried, ended } = search([3, 2], ([x, y]) => x! + y!);
    expect(ended).toBe(true);
    expect(new Set(tried.map(({ at }) => at.join())).size).toBe(6);
    expect(tried.length).toBe(6);
  });

  test("stops early when little is expected, but not while nothing keeps the bound", () => {
    const flat = ([x]: readonly number[]) => x! / 1e4;
    const early = search([400], flat, () => -1, { improvementMin: 0.1 });
    expect([early.tried.length, early.ended]).toEqual([6, true]);
    const never = search([400], flat, flat, { improvementMin: 0.1 });
    expect(never.tried.some(({ at }) => at[0] === 0)).toBe(true);
    const none = search([400], flat, () => 1, { improvementMin: 0.1 });
    expect([none.tried.length, none.ended]).toEqual([25, false]);
  });

  test("expects σ/√(2π) of a point whose mean is the best, and nothing of an observed worse one", () => {
    const process = fitGaussianProcess([[0], [1]], [-1, 1], 0.5);
    const { deviation } = process.posterior([0.5]);
    expect(expectedImprovement(process, [0.5], 0)).toBeCloseTo(
      deviation / Math.sqrt(2 * Math.PI),
      12,
    );
    expect(expectedImprovement(process, [1], -1)).toBeLessThan(1e-9);
  });
});

describe("cherrypick", () => {
  const change = { waitMs: 500, compute: { maxVcpus: 4, serialFraction: 0.1 } };
  const toy = toyOf("lone", { only: [{ lognormal: { median: 4000, sigma: 0.2 } }, 1, change] }, []);
  const warm = { ...awsLambda2024, keepAliveMs: Number.POSITIVE_INFINITY };
  const scenario = scenarioOf(toy, warm, { kind: "poisson", perSecond: 0.1 });
  const taskOf = (objective: Objective): PlanningTask => ({
    scenario,
    objective,
    sizing: "tuned",
    model: scenarioModel(scenario, 100, "cherry"),
  });

  test("comes within its 10 % of the best size of a lone stage", () => {
    for (const latencyMsMax of [4000, 6000, 9000]) {
      const task = taskOf({ minimize: "cost", quantile: 0.95, latencyMsMax });
      const all = warm.memorySizesMb
        .filter((size) => size >= 150)
        .map((size) => predictionOf(task.model(unfusedPlan(toy.workflow, () => size)), 0.95));
      const kept = all.filter((one) => one.latencyMsP95 <= latencyMsMax);
      const { feasible, prediction, plansSeen } = cherrypick(task);
      expect(feasible).toBe(true);
      expect(prediction.costUsdMean).toBeLessThanOrEqual(
        1.1 * Math.min(...kept.map((one) => one.costUsdMean)),
      );
      expect(plansSeen).toBeGreaterThanOrEqual(6);
    }
  });

  test("neither fuses nor bundles", () => {
    const { plan } = cherrypick(taskOf({ minimize: "latency", quantile: 0.95, costUsdMax: 1e-3 }));
    expect(plan).toEqual(unfusedPlan(toy.workflow, () => plan.groups[0]!.memoryMb));
  });
});
