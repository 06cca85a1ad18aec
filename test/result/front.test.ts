import { expect, test } from "vitest";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Decision, Objective } from "../../src/policy/policy.ts";
import { frontOf, frontTable } from "../../src/result/front.ts";
import { apart, fanOut, planOf, scenarioOf, together } from "../toy-graphs.ts";

const toy = fanOut(8, 100, { bytes: 1e6 });
const scenario = scenarioOf(toy, awsLambda2024);
const objective: Objective = { minimize: "cost", quantile: 0.9, latencyMsMax: 25_000 };

function decision(plan: Decision["plan"], costUsdMean: number, seconds: number): Decision {
  const prediction = {
    costUsdMean,
    latencyMsP50: 500 * seconds,
    latencyMsAtQuantile: 1000 * seconds,
    latencyMsP95: 1200 * seconds,
    latencyMsP99: 1500 * seconds,
  };
  return {
    plan,
    prediction,
    feasible: true,
    stop: "fixed",
    plansSeen: 1,
    goalLowerBound: null,
  };
}

const slow = decision(together(toy), 0.0012, 40);
const fast = decision(
  planOf(toy, [
    { stages: ["split"], workersPerVm: 1, memoryMb: 10240 },
    { stages: ["work"], workersPerVm: 2, memoryMb: 10240 },
    { stages: ["gather"], workersPerVm: 1, memoryMb: 10240 },
  ]),
  0.0105,
  8,
);
const chosen = decision(apart(toy, 1024), 0.003, 24);
const of = { policy: "wisefuse", objective };

test("the chosen plan is put among the plans of the front", () => {
  const front = frontOf(scenario, of, [slow, fast], chosen);
  expect(front.points.map(({ plan }) => plan)).toEqual([slow.plan, chosen.plan, fast.plan]);
  expect(front.points.map((point) => point.chosen)).toEqual([false, true, false]);
  expect(front.chosenBeatenBy).toBeNull();
  expect(
    frontTable(front),
  ).toBe(`cost-latency front of wisefuse: 3 plans, each the fastest for its money
     USD per    P50    P90    P95    P99
     1k runs      s      s      s      s  plan
  1     1.20  20.00  40.00  48.00  60.00  split+work+gather x8 @1769
> 2     3.00  12.00  24.00  28.80  36.00  split @1024 | work @1024
                                          | gather @1024
  3    10.50   4.00   8.00   9.60  12.00  split @10240 | work x2 @10240
                                          | gather @10240
> is the plan above.
`);
});

test("a chosen plan that another beats is said to be beaten", () => {
  const front = frontOf(scenario, of, [slow, decision(fast.plan, 0.003, 20)], chosen);
  expect(front.points).toHaveLength(2);
  expect(front.chosenBeatenBy).toBe(1);
  expect(frontTable(front)).toContain("The plan above is beaten by plan 2.\n");
});

test("a front survives JSON", () => {
  const front = frontOf(scenario, of, [slow, fast], chosen);
  expect(JSON.parse(JSON.stringify(front))).toEqual(front);
});
