import { expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { bundle, fuse, lead, repass, resize } from "../../src/plan/rewrites.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { rootKey } from "../../src/stats/random.ts";
import { randomWorkload, SMALL } from "../../src/trace/random-workload.ts";

const draws = rootKey("neighbours");
const STEPS = 32;

function scenarioOf(stages: number): Scenario {
  const { workflow, profile } = randomWorkload("neighbours", { stages, ...SMALL });
  const arrivals = { kind: "poisson", perSecond: 0.01 } as const;
  return { workflow, profile, platform: awsLambda2024, arrivals };
}

// A walk over neighbours, some of which are left again at once.
function* walk(scenario: Scenario): Iterable<ExecutionPlan> {
  let at = unfusedPlan(scenario.workflow, () => 3538);
  const rewrites = [resize, bundle, resize, lead, resize, fuse, resize, repass];
  for (let step = 0; step < STEPS; step++) {
    const all = [...rewrites[step % rewrites.length]!(at, scenario)];
    const next = all[Math.floor(draws.uniform(0, step) * all.length)];
    if (next === undefined || checkPlan(scenario, next).length > 0) continue;
    yield next;
    if (draws.uniform(1, step) < 0.6) at = next;
  }
}

for (const coldStarts of ["per-group", "per-plan"] as const)
  test(`a plan of 4 or 80 stages is predicted alike whatever was predicted before, ${coldStarts}`, () => {
    for (const stages of [4, 80]) {
      const scenario = scenarioOf(stages);
      const options = { luck: "stratified", coldStarts } as const;
      const remembering = scenarioModel(scenario, 8, "n", options);
      let seen = 0;
      for (const plan of walk(scenario)) {
        const { latencyMs, costUsd } = remembering(plan);
        // A copy shares no object that a neighbour could be told by.
        const afresh = scenarioModel(scenario, 8, "n", options)(structuredClone(plan));
        expect([...latencyMs], `${stages} stages, plan ${seen}`).toEqual([...afresh.latencyMs]);
        expect([...costUsd]).toEqual([...afresh.costUsd]);
        seen++;
      }
      expect(seen).toBeGreaterThan(STEPS / 2);
    }
  });

test("a neighbour of a legal plan is refused for the same faults as if checked alone", () => {
  const scenario = scenarioOf(6);
  const plan = unfusedPlan(scenario.workflow, () => 3538);
  expect(checkPlan(scenario, plan)).toEqual([]);
  const groups = plan.groups.with(1, { ...plan.groups[1]!, memoryMb: 1, prewarmMs: -1 });
  const faults = checkPlan(scenario, { ...plan, groups });
  expect(faults).toEqual(checkPlan({ ...scenario }, structuredClone({ ...plan, groups })));
  expect(faults.map(({ where }) => where)).toEqual(["groups.1.memoryMb", "groups.1.prewarmMs"]);
});
