import { describe, expect, test } from "vitest";
import type { PerformanceModel } from "../../src/model/prediction.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import type { Arrivals, Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { exhaustive } from "../../src/policy/exhaustive.ts";
import { policyName, policyNames } from "../../src/policy/index.ts";
import { partitionsOf, plansOfSpace, spaceSize } from "../../src/policy/plan-space.ts";
import {
  better,
  type Candidate,
  goal,
  type Objective,
  predictionOf,
  violation,
} from "../../src/policy/policy.ts";
import { chain, edge, fanOut, toyOf, type Toy } from "../toy-graphs.ts";

const perGroup = { luck: "stratified", coldStarts: "per-group" } as const;
const poisson: Arrivals = { kind: "poisson", perSecond: 0.01 };
const change = {
  initCpuMs: 300,
  memoryMb: { runtime: 100, worker: 150 },
  skew: { content: 0.5, runSigma: 0.2, noiseCv: 0.1 },
  compute: { maxVcpus: 4, serialFraction: 0.1 },
};
const weighed = { ...change, skew: { content: [4, 1, 1, 3] } };
const lognormal = (median: number) => ({ lognormal: { median, sigma: 0.3 } });

const cases: Record<string, readonly [Toy, readonly number[], Arrivals]> = {
  "a chain of small data": [
    chain([lognormal(300), lognormal(1200)], 100_000, change),
    [512, 1769, 3538],
    poisson,
  ],
  "a chain of large data, always cold": [
    chain([lognormal(300), lognormal(900)], 30e6, change),
    [512, 1769, 3538, 10240],
    { kind: "once" },
  ],
  "four workers between two": [
    fanOut(2, lognormal(800), { bytes: 6e6, change }),
    [1024, 3538],
    poisson,
  ],
  "weights that are known": [
    toyOf("weighed", { work: [lognormal(700), 4, weighed], merge: [200, 1, change] }, [
      edge("work", "merge", "gather", 4e6),
    ]),
    [1024, 3538, 7076],
    poisson,
  ],
  "a home that feeds a worker elsewhere, and a join of two readers": [
    toyOf(
      "join",
      {
        begin: [lognormal(400), 2, change],
        aside: [lognormal(1500), 1, change],
        end: [lognormal(200), 1, change],
      },
      [
        edge("begin", "aside", "gather", 20e6),
        edge("begin", "end", "gather", 5e6),
        edge("aside", "end", "gather", 1e6),
      ],
    ),
    [1769, 7076],
    poisson,
  ],
};

// Every plan through the model, no bound and no group by itself.
function allCandidates(scenario: Scenario, model: PerformanceModel): Candidate[] {
  return Array.from(plansOfSpace(scenario, partitionsOf(scenario)), (plan) => ({
    plan,
    prediction: predictionOf(model(plan), 0.95),
  }));
}

// Bounds that nothing keeps, that few keep, and that most keep.
function objectivesOf(all: readonly Candidate[]): Objective[] {
  const latencies = all.map((one) => one.prediction.latencyMsAtQuantile).toSorted((a, b) => a - b);
  const costs = all.map((one) => one.prediction.costUsdMean).toSorted((a, b) => a - b);
  return [-1, 0, 0.02, 0.2, 0.9].flatMap((part): Objective[] => {
    const at = (values: readonly number[]) =>
      part < 0 ? values[0]! / 2 : values[Math.floor(part * values.length)]!;
    return [
      { minimize: "cost", quantile: 0.95, latencyMsMax: at(latencies) },
      { minimize: "latency", quantile: 0.95, costUsdMax: at(costs) },
    ];
  });
}

for (const [name, [toy, memorySizesMb, arrivals]] of Object.entries(cases))
  describe(name, () => {
    const scenario: Scenario = { ...toy, platform: { ...awsLambda2024, memorySizesMb }, arrivals };
    const model = scenarioModel(scenario, 40, "x", perGroup);

    test("every plan of the space is legal, and there are as many as counted", () => {
      const plans = [...plansOfSpace(scenario, partitionsOf(scenario))];
      expect(plans.length).toBe(spaceSize(scenario, partitionsOf(scenario)));
      expect(new Set(plans.map((plan) => JSON.stringify(plan))).size).toBe(plans.length);
      expect(plans.flatMap((plan) => checkPlan(scenario, plan))).toEqual([]);
    });

    test("finds what brute force finds, whatever the bound", () => {
      const all = allCandidates(scenario, model);
      for (const objective of objectivesOf(all)) {
        const best = all.reduce((a, b) => (better(b.prediction, a.prediction, objective) ? b : a));
        const task = { scenario, objective, sizing: "tuned", model } as const;
        const found = exhaustive(task);
        const bound = JSON.stringify(objective);
        expect(found.stop, bound).toBe("space-exhausted");
        expect(found.prediction, bound).toEqual(best.prediction);
        expect(found.feasible, bound).toBe(violation(best.prediction, objective) === 0);
        expect(found.goalLowerBound, bound).toBe(
          found.feasible ? goal(best.prediction, objective) : Number.POSITIVE_INFINITY,
        );
        // The bounds leave one plan in nine at most, and of larger spaces fewer.
        expect(found.plansSeen, bound).toBeLessThanOrEqual(1 + all.length / 12);
        expect(found.plansSeen, bound).toBeGreaterThanOrEqual(1);
      }
    });
  });

describe("what no bound may build on", () => {
  const [toy, memorySizesMb] = cases["a chain of small data"]!;
  const scenario: Scenario = {
    ...toy,
    platform: { ...awsLambda2024, memorySizesMb },
    arrivals: poisson,
  };
  const objective: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 3000 };

  test("cold starts found out per plan: every plan is asked for, and the best is the same", () => {
    const model = scenarioModel(scenario, 40, "x");
    const all = allCandidates(scenario, model);
    const best = all.reduce((a, b) => (better(b.prediction, a.prediction, objective) ? b : a));
    const found = exhaustive({ scenario, objective, sizing: "tuned", model });
    expect(found.prediction).toEqual(best.prediction);
    expect(found.plansSeen).toBe(all.length);
  });

  test("such a model and a space too large to look at: refused", () => {
    const wide: Scenario = { ...scenario, platform: awsLambda2024 };
    const long = { ...wide, ...chain([100, 100, 100, 100], 1e6, change) };
    const model = scenarioModel(long, 10, "x");
    expect(() => exhaustive({ scenario: long, objective, sizing: "tuned", model })).toThrow(
      /exhaustive search of \d+ plans needs a model whose groups do not depend on each other/,
    );
  });

  test("six stages are searched: a chain whose data costs most is one VM", () => {
    const platform = { ...awsLambda2024, memorySizesMb: [1769] };
    const six = { ...scenario, ...chain([1, 1, 1, 1, 1, 1], 9e6), platform };
    const model = scenarioModel(six, 2, "x", perGroup);
    const found = exhaustive({ scenario: six, objective, sizing: "tuned", model });
    expect([found.stop, found.plan.groups.length]).toEqual(["space-exhausted", 1]);
  });

  test("more than six stages: refused by name", () => {
    const seven = { ...scenario, ...chain([1, 1, 1, 1, 1, 1, 1]) };
    const model = scenarioModel(seven, 10, "x", perGroup);
    expect(() => exhaustive({ scenario: seven, objective, sizing: "tuned", model })).toThrow(
      'exhaustive search takes at most 6 stages, "chain" has 7',
    );
  });
});

test("a group at its best takes and costs no more than under any producers, run by run", () => {
  const [toy, memorySizesMb] =
    cases["a home that feeds a worker elsewhere, and a join of two readers"]!;
  const scenario: Scenario = {
    ...toy,
    platform: { ...awsLambda2024, memorySizesMb },
    arrivals: poisson,
  };
  const { group, groupAtBest } = scenarioModel(scenario, 40, "x", perGroup);
  let slower = 0;
  for (const plan of plansOfSpace(scenario, partitionsOf(scenario)))
    plan.groups.forEach((_, g) => {
      const [one, best] = [group!(plan, g), groupAtBest!(plan, g)];
      expect(best.latencyMs.every((ms, r) => ms <= one.latencyMs[r]!)).toBe(true);
      expect(best.leastMs.every((ms, r) => ms <= one.leastMs[r]!)).toBe(true);
      expect(best.costUsdMean).toBeLessThanOrEqual(one.costUsdMean);
      if (best.costUsdMean < one.costUsdMean) slower++;
    });
  expect(slower).toBeGreaterThan(0);
});

test("exhaustive search is known by name, and in no list for workflows of any size", () => {
  expect(policyName("exhaustive")).toBe("exhaustive");
  expect(policyNames).not.toContain("exhaustive");
});
