import { expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { decide } from "../../src/policy/decide.ts";
import { nonDominated, paretoFront } from "../../src/policy/pareto.ts";
import type { Objective, PlanningTask } from "../../src/policy/policy.ts";
import { wisefuse } from "../../src/policy/wisefuse.ts";
import { fanOut, scenarioOf } from "../toy-graphs.ts";

const toy = fanOut(
  6,
  { lognormal: { median: 4000, sigma: 0.4 } },
  { bytes: 4e6, change: { compute: { maxVcpus: 4 }, initCpuMs: 200 } },
);
const scenario = scenarioOf(toy, awsLambda2024, { kind: "poisson", perSecond: 0.5 });
const judge = scenarioModel(scenario, 200, "judge");
const task: PlanningTask = {
  scenario,
  objective: { minimize: "cost", quantile: 0.9, latencyMsMax: 1 },
  sizing: "tuned",
  model: scenarioModel(scenario, 60, "plan"),
};
const front = paretoFront(wisefuse, task, judge, 8);
const points = front.map(({ prediction }) => prediction);
const under = (objective: Objective) => decide(wisefuse, { ...task, objective }, judge).prediction;

test("the front rises in cost and falls in latency, so no plan of it beats another", () => {
  expect(front.length).toBeGreaterThan(3);
  for (const { plan } of front) expect(checkPlan(scenario, plan)).toEqual([]);
  for (let i = 1; i < points.length; i++) {
    expect(points[i]!.costUsdMean).toBeGreaterThan(points[i - 1]!.costUsdMean);
    expect(points[i]!.latencyMsAtQuantile).toBeLessThan(points[i - 1]!.latencyMsAtQuantile);
  }
});

test("its ends are no worse than what the policy decides without the other bound", () => {
  const cheapest = under({ minimize: "cost", quantile: 0.9, latencyMsMax: 1e12 });
  const fastest = under({ minimize: "latency", quantile: 0.9, costUsdMax: 1e12 });
  expect(points[0]!.costUsdMean).toBeLessThanOrEqual(cheapest.costUsdMean);
  expect(points.at(-1)!.latencyMsAtQuantile).toBeLessThanOrEqual(fastest.latencyMsAtQuantile);
});

test("two points are the two ends alone", () => {
  const ends = paretoFront(wisefuse, task, judge, 2);
  expect(ends).toHaveLength(2);
  expect(ends[0]!.prediction).toEqual(
    under({ minimize: "cost", quantile: 0.9, latencyMsMax: 1e12 }),
  );
  expect(ends[1]!.prediction).toEqual(
    under({ minimize: "latency", quantile: 0.9, costUsdMax: 1e12 }),
  );
});

test("dominated decisions and repeats are dropped, by hand", () => {
  const at = (name: string, costUsdMean: number, ms: number) => ({
    name,
    prediction: {
      costUsdMean,
      latencyMsAtQuantile: ms,
      latencyMsP50: ms,
      latencyMsP95: ms,
      latencyMsP99: ms,
    },
  });
  const all = [
    at("fast", 9, 10),
    at("cheap", 1, 50),
    at("dearer than fast", 10, 10),
    at("slower at one price", 1, 60),
    at("middle", 4, 20),
    at("middle again", 4, 20),
    at("beaten", 5, 21),
  ];
  expect(nonDominated(all).map(({ name }) => name)).toEqual(["cheap", "middle", "fast"]);
});
