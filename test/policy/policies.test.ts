import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan, smallestFitMb } from "../../src/plan/check-plan.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2022, awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { policies, policyName, policyNames } from "../../src/policy/index.ts";
import type { Objective, PlanningTask, Sizing } from "../../src/policy/policy.ts";
import { diamond, fanOut, scenarioOf } from "../toy-graphs.ts";
import { casesOf } from "../whole.ts";

const worker = {
  initCpuMs: 200,
  memoryMb: { runtime: 120, worker: 180 },
  skew: { content: 0.5, noiseCv: 0.1 },
};
const toys = {
  fanOut: fanOut(8, { lognormal: { median: 600, sigma: 0.4 } }, { bytes: 4e6, change: worker }),
  diamond: diamond(
    { first: 200, left: { lognormal: { median: 800, sigma: 0.3 } }, right: 300, last: 100 },
    1e6,
  ),
};
const objectives = {
  "least cost within 5 s": { minimize: "cost", quantile: 0.95, latencyMsMax: 5000 },
  "least P95 within 1 mUSD": { minimize: "latency", quantile: 0.95, costUsdMax: 1e-3 },
} as const satisfies Record<string, Objective>;

function taskOf(scenario: Scenario, objective: Objective, sizing: Sizing = "tuned"): PlanningTask {
  return { scenario, objective, sizing, model: scenarioModel(scenario, 100, "plan") };
}

const scenario = scenarioOf(toys.fanOut, awsLambda2024, { kind: "poisson", perSecond: 0.5 });
const cheap = objectives["least cost within 5 s"];

const planned = [
  ["fanOut", "least cost within 5 s"],
  ["diamond", "least P95 within 1 mUSD"],
  ["fanOut", "least P95 within 1 mUSD"],
  ["diamond", "least cost within 5 s"],
] as const;

for (const [toyName, name] of casesOf(planned, 2))
  describe(`planning ${toyName} for ${name}`, () => {
    const objective = objectives[name];
    const one = scenarioOf(toys[toyName], awsLambda2022, { kind: "poisson", perSecond: 0.5 });
    const task = taskOf(one, objective);
    const decisions = Object.fromEntries(
      policyNames.map((policy) => [policy, policies[policy](task)]),
    );
    for (const policy of policyNames)
      test(`${policy} returns a legal plan, the same whenever it is asked`, () => {
        const decision = decisions[policy]!;
        expect(checkPlan(one, decision.plan)).toEqual([]);
        expect(decision.feasible).toBe(true);
        expect(policies[policy](taskOf(one, objective))).toEqual(decision);
      });

    test("wisefuse is predicted no worse than unfused", () => {
      const { wisefuse, unfused } = decisions;
      const goal = (of: typeof wisefuse) =>
        objective.minimize === "cost"
          ? of!.prediction.costUsdMean
          : of!.prediction.latencyMsAtQuantile;
      expect(goal(wisefuse)).toBeLessThanOrEqual(goal(unfused));
    });

    test("the time split of every run adds up to its latency under every policy's plan", () => {
      for (const policy of policyNames) {
        const { columns, status } = simulate(one, decisions[policy]!.plan, {
          runs: 200,
          warmupRuns: 0,
          seed: "split",
        });
        const { latencyMs, hopMs, queueMs, coldMs, initMs, fetchMs, ...rest } = columns;
        const { computeMs, stragglerMs, storeMs } = rest;
        const parts = [hopMs, queueMs, coldMs, initMs, fetchMs, computeMs, stragglerMs, storeMs];
        for (let run = 0; run < 200; run++) {
          if (status[run] !== 0) continue;
          const sum = parts.reduce((total, part) => total + part[run]!, 0);
          expect(Math.abs(sum - latencyMs[run]!)).toBeLessThan(1e-6);
        }
      }
    });
  });

describe("with the default sizing", () => {
  for (const policy of ["unfused", "photons", "faastlane"] as const)
    test(`${policy} takes the smallest size that fits`, () => {
      const { plan, stop } = policies[policy](taskOf(scenario, cheap, "default"));
      const sizes = new Set(plan.groups.map((group) => group.memoryMb));
      expect(sizes.size).toBe(1);
      const { workflow, profile, platform } = scenario;
      // Bundles and slots follow the size, so they are those of the smallest size itself.
      const fits = plan.groups.map((group) => smallestFitMb(workflow, profile, platform, group)!);
      if (policy !== "photons") expect([...sizes][0]).toBe(Math.max(...fits));
      const smaller = platform.memorySizesMb.filter((mb) => mb < [...sizes][0]!);
      if (policy === "photons") expect(smaller.every((mb) => mb < 120 + 180)).toBe(true);
      expect(stop).toBe("fixed");
    });
});

describe("an objective that nothing meets", () => {
  const impossible: Record<string, Objective> = {
    "a budget of 0": { minimize: "latency", quantile: 0.95, costUsdMax: 0 },
    "an SLO of 1 ms": { minimize: "cost", quantile: 0.95, latencyMsMax: 1 },
  };
  for (const [name, objective] of Object.entries(impossible))
    for (const policy of policyNames)
      test(`${name}: ${policy} says so and returns its nearest plan`, () => {
        const decision = policies[policy](taskOf(scenario, objective));
        expect(decision.feasible).toBe(false);
        expect(checkPlan(scenario, decision.plan)).toEqual([]);
        expect(Number.isFinite(decision.prediction.latencyMsP95)).toBe(true);
      });

  test("an SLO of 1 ms brings unfused to its fastest size", () => {
    const task = taskOf(scenario, impossible["an SLO of 1 ms"]!);
    const nearest = policies.unfused(task).prediction.latencyMsP95;
    const cheapest = policies.unfused(taskOf(scenario, cheap)).prediction.latencyMsP95;
    expect(nearest).toBeLessThan(cheapest);
  });
});

test("a misspelt policy is refused with the nearest name", () => {
  expect(() => policyName("wisefuze")).toThrow(
    'unknown policy "wisefuze"; did you mean "wisefuse"?',
  );
});
