/** Planners where the answer is known with pencil and paper, or by trying every plan of a small space. */

import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { exhaustive } from "../../src/policy/exhaustive.ts";
import { lowerBound } from "../../src/policy/lower-bound.ts";
import {
  goal,
  type Objective,
  type PlanningTask,
  type Prediction,
} from "../../src/policy/policy.ts";
import { wisefuseJoint } from "../../src/policy/wisefuse-joint.ts";
import { chain, fanOut, ONE_VCPU_MB, scenarioOf, type Toy } from "../toy-graphs.ts";
import { cheapest, fastest } from "./objectives.ts";

const taskOf = (scenario: Scenario, objective: Objective, runs = 16): PlanningTask => ({
  scenario,
  objective,
  sizing: "tuned",
  model: scenarioModel(scenario, runs, "known", { luck: "stratified", coldStarts: "per-group" }),
});

describe("what no plan goes below, on a cloud without overhead", () => {
  // A worker uses one vCPU, which 1,769 MB buy.
  const usdPerVcpuMs = ideal.price.usdPerMbMs * ONE_VCPU_MB;
  const bound = (toy: Toy, objective: Objective) =>
    lowerBound(taskOf(scenarioOf(toy, ideal), objective))!;

  test("is the time of the work at a whole vCPU, and its price", () => {
    const line = chain([400, 600]);
    expect(bound(line, fastest(1)) / 1000).toBeCloseTo(1, 9);
    expect(bound(line, cheapest(1e9)) / (1000 * usdPerVcpuMs)).toBeCloseTo(1, 9);
    // Split 100 ms, gather 50 ms; five workers of 300 ms beside each other.
    const wide = fanOut(5, 300);
    expect(bound(wide, fastest(1)) / 450).toBeCloseTo(1, 9);
    expect(bound(wide, cheapest(1e9)) / (1650 * usdPerVcpuMs)).toBeCloseTo(1, 9);
  });

  test("counts waiting as time", () => {
    expect(bound(chain([400], 0, { waitMs: 250 }), fastest(1)) / 650).toBeCloseTo(1, 9);
  });

  test("is infinite where nothing keeps the bound, and only there", () => {
    const line = chain([400, 600]);
    expect(bound(line, cheapest(999))).toBe(Number.POSITIVE_INFINITY);
    expect(bound(line, cheapest(1001))).toBeLessThan(1);
    expect(bound(line, fastest(999 * usdPerVcpuMs))).toBe(Number.POSITIVE_INFINITY);
    expect(bound(line, fastest(1001 * usdPerVcpuMs))).toBeLessThan(1e9);
  });

  test("takes a stage that was measured at sizes for nothing, and knows none without work", () => {
    const measured = [
      { memoryMb: 512, timeMs: 900 },
      { memoryMb: 1024, timeMs: 500 },
    ];
    expect(bound(chain([0], 0, { measured }), fastest(1))).toBe(0);
    const task = taskOf(scenarioOf(chain([400])), fastest(1));
    const blind = Object.assign((plan: ExecutionPlan) => task.model(plan), { runs: 16 });
    expect(lowerBound({ ...task, model: blind })).toBeNull();
  });
});

describe("the joint planner beside every plan of a small space", () => {
  const change = { initCpuMs: 300, compute: { maxVcpus: 4, serialFraction: 0.1 } };
  const lognormal = (median: number) => ({ lognormal: { median, sigma: 0.3 } });
  const toys: Readonly<Record<string, Toy>> = {
    chain: chain([lognormal(300), lognormal(900)], 3e6, change),
    "fan-out": fanOut(2, lognormal(800), { bytes: 4e6, change }),
  };
  const platform = { ...awsLambda2024, memorySizesMb: [1024, 3538] };
  for (const [name, toy] of Object.entries(toys)) {
    const scenario = scenarioOf(toy, platform, { kind: "poisson", perSecond: 0.05 });
    test.each<readonly [string, (lax: Prediction, rich: Prediction) => Objective]>([
      ["cheapest", () => cheapest(1e9)],
      [
        "cheapest under a tight SLO",
        (lax, rich) => cheapest(0.5 * (lax.latencyMsP95 + rich.latencyMsP95)),
      ],
      ["fastest", () => fastest(1)],
      [
        "fastest within a budget",
        (lax, rich) => fastest(0.5 * (lax.costUsdMean + rich.costUsdMean)),
      ],
    ])(`${name}: is as good as the best, and its lower bound below: %s`, (_, objectiveOf) => {
      const lax = exhaustive(taskOf(scenario, cheapest(1e9))).prediction;
      const rich = exhaustive(taskOf(scenario, fastest(1))).prediction;
      const objective = objectiveOf(lax, rich);
      const task = taskOf(scenario, objective);
      const best = exhaustive(task);
      const own = wisefuseJoint(task);
      expect(checkPlan(scenario, own.plan)).toEqual([]);
      expect([own.feasible, best.feasible, best.stop]).toEqual([true, true, "space-exhausted"]);
      const ratio = goal(own.prediction, objective) / goal(best.prediction, objective);
      expect(ratio).toBeLessThanOrEqual(1.01);
      expect(own.goalLowerBound!).toBeLessThanOrEqual(goal(best.prediction, objective));
    });
  }
});
