import { expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { policies, policyNames } from "../../src/policy/index.ts";
import { violation } from "../../src/policy/policy.ts";
import { randomWorkload, SMALL } from "../../src/trace/random-workload.ts";

const STAGES = 70;
const { workflow, profile } = randomWorkload("many stages", { stages: STAGES, ...SMALL });
const arrivals = { kind: "poisson", perSecond: 0.01 } as const;
const scenario = { workflow, profile, platform: awsLambda2024, arrivals };
const luck = { luck: "stratified", coldStarts: "per-group" } as const;
const model = scenarioModel(scenario, 4, "many", luck);
const given = { scenario, sizing: "tuned", model } as const;
const free = { minimize: "latency", quantile: 0.95, costUsdMax: 1 } as const;
const fastest = policies.unfused({ ...given, objective: free });
const objective = {
  minimize: "cost",
  quantile: 0.95,
  latencyMsMax: fastest.prediction.latencyMsP95 * 1.1,
} as const;
const unfused = policies.unfused({ ...given, objective });

/** Policies whose own choices include the unfused plan at every one size. */
const atLeastUnfused = ["sonic", "sizing-only", "fusion-sizing", "bundling-sizing", "wisefuse"];

for (const name of policyNames)
  test(`${name} plans ${STAGES} stages within some thousand plans`, () => {
    const decision = policies[name]({ ...given, objective });
    expect(checkPlan({ ...scenario }, decision.plan)).toEqual([]);
    expect(decision.plansSeen).toBeLessThanOrEqual(25_000);
    expect(decision.feasible).toBe(violation(decision.prediction, objective) === 0);
    if (atLeastUnfused.includes(name))
      expect(decision.prediction.costUsdMean).toBeLessThanOrEqual(unfused.prediction.costUsdMean);
  });

test("fusing groups in series cuts the cost of many stages too", () => {
  // Under a tight SLO every stage of this workflow needs the VM of its own.
  const roomy = { ...objective, latencyMsMax: fastest.prediction.latencyMsP95 * 1.5 };
  const { prediction, plan } = policies.wisefuse({ ...given, objective: roomy });
  const apart = policies["bundling-sizing"]({ ...given, objective: roomy });
  expect(plan.groups.length).toBeLessThan(STAGES);
  expect(prediction.costUsdMean).toBeLessThan(apart.prediction.costUsdMean);
});
