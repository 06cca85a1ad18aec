/** How near the bound that no plan goes below comes to what plans can do, on a cloud without overhead. */

import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { lowerBound } from "../../src/policy/lower-bound.ts";
import {
  candidateOf,
  type Objective,
  type PlanningTask,
  type Prediction,
} from "../../src/policy/policy.ts";
import { chain, fanOut, scenarioOf, type Toy, toyOf, edge, ONE_VCPU_MB } from "../toy-graphs.ts";
import { cheapest, fastest } from "./objectives.ts";

// Up to 5.8 vCPUs in steps of 2 %.
const ladder = Array.from({ length: 176 }, (_, i) => Math.round(320 * 1.02 ** i)).filter(
  (mb) => mb <= 10_240,
);
const platform = { ...ideal, memorySizesMb: ladder };
const taskOf = (toy: Toy, objective: Objective, runs = 8): PlanningTask => ({
  scenario: scenarioOf(toy, platform),
  objective,
  sizing: "tuned",
  model: scenarioModel(scenarioOf(toy, platform), runs, "bound", {
    luck: "stratified",
    coldStarts: "per-group",
  }),
});
const amdahl = { compute: { maxVcpus: 5, serialFraction: 0.2 } };

/** Every plan of one worker a VM, of sizes that differ between the stages where there are few. */
function predictionsOf(toy: Toy, sizes: readonly number[]): readonly Prediction[] {
  const task = taskOf(toy, cheapest(1e9));
  const ids = toy.workflow.stages.map(({ id }) => id);
  let choices: readonly (readonly number[])[] = [[]];
  for (let stage = 0; stage < ids.length; stage++)
    choices = choices.flatMap((some) => sizes.map((mb) => [...some, mb]));
  return choices.map((choice) => {
    const plan = unfusedPlan(toy.workflow, (id) => choice[ids.indexOf(id)]!);
    return candidateOf(task, plan).prediction;
  });
}

/** By slack of the bound over what can be done at all: how near it comes under an SLO and under a budget. */
const NEAR = [
  [1.02, 0.91, 0.85],
  [1.1, 0.93, 0.88],
  [1.3, 0.935, 0.915],
  [2, 0.945, 0.999],
  [5, 0.965, 0.999],
] as const;

function expectNear(toy: Toy, sizes: readonly number[]): void {
  const all = predictionsOf(toy, sizes);
  const least = (of: readonly Prediction[], part: "costUsdMean" | "latencyMsAtQuantile") =>
    Math.min(...of.map((one) => one[part]));
  const [fastMs, cheapUsd] = [least(all, "latencyMsAtQuantile"), least(all, "costUsdMean")];
  for (const [slack, underSlo, underBudget] of NEAR) {
    const slo = slack * fastMs;
    const kept = all.filter((one) => one.latencyMsAtQuantile <= slo);
    const boundUsd = lowerBound(taskOf(toy, cheapest(slo)))!;
    expect(boundUsd).toBeLessThanOrEqual(least(kept, "costUsdMean"));
    expect(boundUsd).toBeGreaterThan(underSlo * least(kept, "costUsdMean"));
    const budget = slack * cheapUsd;
    const paid = all.filter((one) => one.costUsdMean <= budget);
    const boundMs = lowerBound(taskOf(toy, fastest(budget)))!;
    expect(boundMs).toBeLessThanOrEqual(least(paid, "latencyMsAtQuantile"));
    expect(boundMs).toBeGreaterThan(underBudget * least(paid, "latencyMsAtQuantile"));
  }
}

describe("what no plan goes below", () => {
  test("is near the best size of a lone stage under any SLO and budget", () => {
    expectNear(toyOf("lone", { only: [4000, 1, amdahl] }, []), ladder);
  });

  test("is near the best sizes of two stages that gain differently", () => {
    const two = toyOf(
      "two",
      {
        a: [4000, 1, amdahl],
        b: [1000, 1, { compute: { maxVcpus: 2, serialFraction: 0 } }],
      },
      [edge("a", "b")],
    );
    expectNear(
      two,
      ladder.filter((_, i) => i % 6 === 0),
    );
  });

  test("counts all workers for money and the slowest for time", () => {
    const wide = fanOut(5, 300, { change: { skew: { content: [5, 1, 1, 1, 2] } } });
    const usdPerVcpuMs = ideal.price.usdPerMbMs * ONE_VCPU_MB;
    const task = taskOf(wide, fastest(1));
    const { slowestCpuMs, totalCpuMsMean } = task.model.work!("work")!;
    expect(lowerBound(task)! / (150 + slowestCpuMs[0]!)).toBeCloseTo(1, 9);
    const cost = lowerBound(taskOf(wide, cheapest(1e9)))!;
    expect(cost / ((150 + totalCpuMsMean) * usdPerVcpuMs)).toBeCloseTo(1, 9);
  });

  test("follows the longest path, and takes the mean of the runs up to the quantile", () => {
    const branches = toyOf("branches", { a: [100], b: [700], c: [200], d: [50] }, [
      edge("a", "b"),
      edge("a", "c"),
      edge("b", "d"),
      edge("c", "d"),
    ]);
    expect(lowerBound(taskOf(branches, fastest(1)))! / 850).toBeCloseTo(1, 9);
    const drawn = chain([{ exponential: { mean: 1000 } }]);
    const task = taskOf(drawn, { ...fastest(1), quantile: 0.5 }, 9);
    const sorted = task.model.work!("s0")!.slowestCpuMs.toSorted((a, b) => a - b);
    // Of nine runs five are at or below the median.
    const mean = sorted.slice(0, 5).reduce((sum, ms) => sum + ms, 0) / 5;
    expect(lowerBound(task)! / mean).toBeCloseTo(1, 9);
  });

  test("adds what every run pays: two transitions and a request", () => {
    const price = { ...ideal.price, usdPerTransition: 0.5, usdPerRequest: 0.25 };
    const task = taskOf(chain([100]), cheapest(1e9));
    const scenario = { ...task.scenario, platform: { ...platform, price } };
    const free = lowerBound(task)!;
    expect(lowerBound({ ...task, scenario })! - free).toBeCloseTo(1.25, 9);
  });

  test("is not above what a VM of less than one vCPU costs", () => {
    // Below one vCPU the price of the work is the same at any size.
    const all = predictionsOf(chain([400]), ladder);
    const least = Math.min(...all.map((one) => one.costUsdMean));
    const bound = lowerBound(taskOf(chain([400]), cheapest(1e9)))!;
    expect(bound / least).toBeCloseTo(1, 9);
  });
});
