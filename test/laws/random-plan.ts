/** Random workflows under random legal plans, as fast-check values that shrink: fewer rewrites, smaller seeds. */

import fc from "fast-check";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { bundle, fuse, lead, relayout, repass, resize, split } from "../../src/plan/rewrites.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { randomWorkload } from "../../src/trace/random-workload.ts";

const REWRITES = [fuse, bundle, relayout, repass, resize, lead, split, fuse, bundle];

/** A random workflow; `plan` was reached from the unfused one by rewrites. */
export interface RandomCase {
  readonly scenario: Scenario;
  readonly plan: ExecutionPlan;
}

/** The scenario of a seed. */
export function randomScenario(
  seed: number,
  platform: Platform = awsLambda2024,
  bytesMax = 200_000,
): Scenario {
  const { workflow, profile } = randomWorkload(`law ${seed}`, {
    stages: 1 + (seed % 6),
    fanOutMax: 6,
    bytesMax,
  });
  return { workflow, profile, platform, arrivals: { kind: "poisson", perSecond: 0.3 } };
}

// Every stage alone in VMs of 1,024 MB, which hold any random worker.
function started({ workflow }: Scenario): ExecutionPlan {
  return unfusedPlan(workflow, () => 1024);
}

/** Random cases; each of up to `steps` choices is a rewrite and one of its legal plans. */
export function randomCases(steps = 8, platform?: Platform): fc.Arbitrary<RandomCase> {
  const choice = fc.tuple(fc.nat(REWRITES.length - 1), fc.nat(1000));
  return fc
    .tuple(fc.nat(100_000), fc.array(choice, { maxLength: steps }))
    .map(([seed, choices]) => {
      const scenario = randomScenario(seed, platform);
      let plan = started(scenario);
      for (const [rewrite, which] of choices) {
        const legal = [...REWRITES[rewrite]!(plan, scenario)].filter(
          (one) => checkPlan(scenario, one).length === 0,
        );
        plan = legal[which % Math.max(1, legal.length)] ?? plan;
      }
      return { scenario, plan };
    });
}
