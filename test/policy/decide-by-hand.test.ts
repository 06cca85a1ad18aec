/** Judging on a made-up model: a VM of m MB takes 1e6 / m ms and costs m USD, on the judge's runs a little more or less. */

import { describe, expect, test } from "vitest";
import { InputError } from "../../src/check.ts";
import type { PerformanceModel } from "../../src/model/prediction.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { decide } from "../../src/policy/decide.ts";
import { paretoFront } from "../../src/policy/pareto.ts";
import {
  boundOf,
  candidateOf,
  decisionOf,
  type Objective,
  type PlanningTask,
  type Policy,
} from "../../src/policy/policy.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";
import { cheapest, fastest } from "./objectives.ts";

const toy = chain([1]);
const planAt = (memoryMb: number) => unfusedPlan(toy.workflow, () => memoryMb);
const sizeOf = ({ groups }: ExecutionPlan) => groups[0]!.memoryMb;

/** Predicts `slower` times the time and `dearer` times the cost. */
const modelOf = (slower: number, dearer = 1): PerformanceModel =>
  Object.assign(
    (plan: ExecutionPlan) => ({
      latencyMs: Float64Array.of((slower * 1e6) / sizeOf(plan)),
      costUsd: Float64Array.of(dearer * sizeOf(plan)),
    }),
    { runs: 1 },
  );
const search = modelOf(1);

/** The best whole number of MB from 100 to `mbMax` on the search's model, and the bounds it was asked for. */
function exact(mbMax = 10_000, goalLowerBound: number | null = null) {
  const bounds: number[] = [];
  const policy: Policy = (task) => {
    const { objective } = task;
    bounds.push(boundOf(objective));
    const wished =
      objective.minimize === "cost"
        ? Math.ceil(1e6 / objective.latencyMsMax)
        : Math.floor(objective.costUsdMax);
    const memoryMb = Math.max(100, Math.min(mbMax, wished));
    return decisionOf(task, candidateOf(task, planAt(memoryMb)), "fixed", 10, goalLowerBound);
  };
  return { policy, bounds };
}

const taskOf = (objective: Objective, stages = 1): PlanningTask => ({
  scenario: scenarioOf(stages === 1 ? toy : chain(Array.from({ length: stages }, () => 1)), ideal),
  objective,
  sizing: "default",
  model: search,
});

describe("a decision judged on other luck", () => {
  test("keeps an SLO that the judge's runs take longer for, at no more than it needs", () => {
    for (const slower of [1.01, 1.05, 1.3]) {
      const { policy, bounds } = exact();
      const { plan, feasible, prediction, plansSeen } = decide(
        policy,
        taskOf(cheapest(1000)),
        modelOf(slower),
      );
      expect(feasible).toBe(true);
      expect(prediction.latencyMsAtQuantile).toBeCloseTo((slower * 1e6) / sizeOf(plan), 9);
      expect(sizeOf(plan)).toBeGreaterThanOrEqual(1000 * slower);
      expect(sizeOf(plan)).toBeLessThan(1000 * slower * 1.004);
      expect(bounds.length).toBeLessThanOrEqual(6);
      expect(plansSeen).toBe(10 * bounds.length);
    }
  });

  test("uses what an SLO leaves where the judge's runs are faster", () => {
    for (const slower of [0.99, 0.95, 0.7]) {
      const { plan, feasible } = decide(exact().policy, taskOf(cheapest(1000)), modelOf(slower));
      expect(feasible).toBe(true);
      expect(sizeOf(plan)).toBeGreaterThanOrEqual(1000 * slower);
      expect(sizeOf(plan)).toBeLessThan(1000 * slower * 1.004);
    }
  });

  test("keeps a budget that the judge's runs exceed, and uses one that they leave", () => {
    for (const dearer of [0.7, 0.95, 1.05, 1.3]) {
      const { plan, feasible } = decide(exact().policy, taskOf(fastest(2000)), modelOf(1, dearer));
      expect(feasible).toBe(true);
      expect(dearer * sizeOf(plan)).toBeLessThanOrEqual(2000);
      expect(dearer * sizeOf(plan)).toBeGreaterThan(2000 / 1.004);
    }
  });

  test("goes between what held up and what did not where the judge's luck turns at some size", () => {
    // From 1,100 MB on the judge's runs take half the time, below it 1.3 times.
    const turning: PerformanceModel = Object.assign(
      (plan: ExecutionPlan) => modelOf(sizeOf(plan) >= 1100 ? 0.5 : 1.3)(plan),
      { runs: 1 },
    );
    const { policy, bounds } = exact();
    const { plan, feasible } = decide(policy, taskOf(cheapest(1000)), turning);
    expect(feasible).toBe(true);
    expect(sizeOf(plan)).toBeGreaterThanOrEqual(1100);
    expect(sizeOf(plan)).toBeLessThan(1110);
    // After the first two every bound lies between the loosest that held up and the tightest that did not.
    for (const bound of bounds.slice(2)) {
      expect(bound).toBeGreaterThan(bounds[1]!);
      expect(bound).toBeLessThan(bounds[0]!);
    }
    expect(bounds.length).toBe(6);
  });

  describe("of few sizes", () => {
    /** As `exact`, of the given sizes. */
    const among = (...sizes: readonly number[]) => {
      const bounds: number[] = [];
      const policy: Policy = (task) => {
        const { objective } = task;
        const bound = boundOf(objective);
        bounds.push(bound);
        const memoryMb = sizes.find((mb) => 1e6 / mb <= bound) ?? sizes[sizes.length - 1]!;
        return decisionOf(task, candidateOf(task, planAt(memoryMb)), "fixed", 10);
      };
      return { policy, bounds };
    };

    test("is the first that holds up when it comes again", () => {
      const { policy, bounds } = among(500, 1000, 1500);
      const { plan } = decide(policy, taskOf(cheapest(1000)), modelOf(0.98));
      expect(sizeOf(plan)).toBe(1000);
      expect(bounds.length).toBe(2);
    });

    test("is left when it comes again without holding up, for one below what it takes", () => {
      // 1,100 MB take 909 ms on the search's runs, 1,091 on the judge's: a bound of 914 does not rule them out.
      const { policy, bounds } = among(1100, 1500, 3000);
      const { plan, feasible } = decide(policy, taskOf(cheapest(1000)), modelOf(1.2));
      expect([sizeOf(plan), feasible]).toEqual([1500, true]);
      expect(bounds[1]).toBeGreaterThan(909.1);
      expect(bounds[2]).toBeLessThan(909.1);
    });
  });

  test("is asked for once where both models agree that it meets the bound", () => {
    const { policy, bounds } = exact();
    expect(sizeOf(decide(policy, taskOf(cheapest(1000)), search).plan)).toBe(1000);
    expect(bounds).toEqual([1000]);
  });

  test("finds what keeps the bound for the judge although nothing does on the search's runs", () => {
    // The largest VM takes 1,000 ms on the search's runs, 950 on the judge's.
    const { policy, bounds } = exact(1000);
    const { plan, feasible } = decide(policy, taskOf(cheapest(990)), modelOf(0.95));
    expect(feasible).toBe(true);
    expect(sizeOf(plan)).toBeGreaterThanOrEqual(960);
    expect(sizeOf(plan)).toBeLessThan(965);
    expect(bounds[1]).toBeCloseTo(990 / 0.95, 9);
  });

  test("is given up at once where nothing keeps the bound on either's runs", () => {
    for (const slower of [1, 1.2]) {
      const { policy, bounds } = exact(1000);
      const { plan, feasible } = decide(policy, taskOf(cheapest(500)), modelOf(slower));
      expect([sizeOf(plan), feasible, bounds]).toEqual([1000, false, [500]]);
    }
    const { policy, bounds } = exact();
    expect(decide(policy, taskOf(fastest(0)), search).feasible).toBe(false);
    expect(bounds).toEqual([0]);
  });

  test("has the lower bound of the first search", () => {
    let asked = 0;
    const { policy } = exact();
    const counted: Policy = (task) => ({ ...policy(task), goalLowerBound: ++asked });
    expect(decide(counted, taskOf(cheapest(1000)), modelOf(1.05)).goalLowerBound).toBe(1);
    expect(asked).toBeGreaterThan(2);
  });

  test("takes two searches at most from 500 stages on", () => {
    const rounds = (stages: number) => {
      const { policy, bounds } = exact();
      decide(policy, taskOf(cheapest(1000), stages), modelOf(1.3));
      return bounds.length;
    };
    expect(rounds(500)).toBe(2);
    expect(rounds(499)).toBeGreaterThan(2);
  });
});

describe("rivals", () => {
  const fixed =
    (memoryMb: number): Policy =>
    (task) =>
      decisionOf(task, candidateOf(task, planAt(memoryMb)), "fixed", 3);
  const withRivals = (own: Policy, rivals: readonly Policy[]): Policy =>
    Object.assign((task: PlanningTask) => own(task), { rivals: () => rivals });
  const slow = modelOf(2);

  test("give the answer where theirs is better on the judge's runs", () => {
    // 2,000 MB keep the SLO on the judge's runs, 1,500 do not, 2,500 are dearer.
    const policy = withRivals(fixed(1500), [fixed(2500), fixed(2000), fixed(2200)]);
    const { plan, feasible, prediction, plansSeen } = decide(policy, taskOf(cheapest(1000)), slow);
    expect([sizeOf(plan), feasible, prediction.latencyMsAtQuantile]).toEqual([2000, true, 1000]);
    // Whoever comes again with the same plan is asked twice where that breaks the bound.
    expect(plansSeen).toBeGreaterThanOrEqual(4 * 3);
  });

  test("do not where the own one is as good", () => {
    const policy = withRivals(
      (task) => ({ ...fixed(2000)(task), stop: "no-better-plan", goalLowerBound: 7 }),
      [fixed(2000), fixed(3000)],
    );
    const { stop, goalLowerBound, plan } = decide(policy, taskOf(cheapest(1000)), slow);
    expect([stop, goalLowerBound, sizeOf(plan)]).toEqual(["no-better-plan", 7, 2000]);
  });

  test("are asked with tuned sizes, their plans are known to the search, and some may refuse", () => {
    const seen: { sizing: string; rivalPlans: readonly number[] | undefined }[] = [];
    const noting =
      (memoryMb: number): Policy =>
      (task) => {
        seen.push({ sizing: task.sizing, rivalPlans: task.rivalPlans?.map(sizeOf) });
        return fixed(memoryMb)(task);
      };
    const refusing: Policy = () => {
      throw new InputError("workflow", "no size suits");
    };
    decide(withRivals(noting(2000), [noting(2500), refusing]), taskOf(cheapest(1000)), slow);
    expect(seen[0]).toEqual({ sizing: "tuned", rivalPlans: [] });
    expect(seen.at(-1)).toEqual({ sizing: "default", rivalPlans: [2500] });
    const broken: Policy = () => {
      throw new TypeError("a bug");
    };
    expect(() => decide(withRivals(fixed(1), [broken]), taskOf(cheapest(1000)), slow)).toThrow(
      "a bug",
    );
    expect(() => decide(refusing, taskOf(cheapest(1000)), slow)).toThrow(InputError);
  });
});

describe("a front", () => {
  test("is asked for without bounds, then under SLOs and budgets at equal ratios between", () => {
    const { policy, bounds } = exact(1000);
    const front = paretoFront(policy, taskOf(fastest(1)), search, 6);
    // From 100 MB, 10 s and 100 USD, to 1,000 MB, 1 s and 1,000 USD, in three equal ratios.
    expect(front.map(({ plan }) => sizeOf(plan))).toEqual([100, 215, 216, 464, 465, 1000]);
    const third = 10 ** (1 / 3);
    for (const asked of [1e4 / third, 1e4 / third ** 2, 100 * third, 100 * third ** 2])
      expect(bounds.some((bound) => Math.abs(bound / asked - 1) < 1e-9)).toBe(true);
  });

  test("has one SLO more than budgets where one is left over, and none of two points", () => {
    const sizesOf = (points: number) =>
      paretoFront(exact(1000).policy, taskOf(fastest(1)), search, points).map(({ plan }) =>
        sizeOf(plan),
      );
    // 1e4 / sqrt(10) ms, which 317 MB are the first to keep.
    expect(sizesOf(3)).toEqual([100, 317, 1000]);
    expect(sizesOf(2)).toEqual([100, 1000]);
    expect(() => sizesOf(1)).toThrow("two ends");
  });
});
