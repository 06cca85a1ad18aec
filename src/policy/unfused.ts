/** The workflow as users first deploy it: a VM per worker, data through the object store, one size for all. */

import { InputError } from "../check.ts";
import { memoryNeededMb } from "../plan/check-plan.ts";
import { unfusedPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import type { Decision, PlanningTask } from "./policy.ts";
import { oneSizeForAll } from "./sizing.ts";

/**
 * No fusion, no bundling. Source: the default of Step Functions with Lambda and S3.
 * @throws InputError workflow, when a stage fits no memory size of the platform.
 */
export function unfused(task: PlanningTask): Decision {
  const { workflow } = task.scenario;
  const decision = oneSizeForAll(task, (memoryMb) => unfusedPlan(workflow, () => memoryMb));
  if (decision === undefined) throw new InputError("workflow", noFitMessage(task.scenario));
  return decision;
}

/** Which stage fits no VM, or that no one size suits all. */
export function noFitMessage(scenario: Scenario): string {
  const { workflow, profile, platform } = scenario;
  const { groups } = unfusedPlan(workflow, () => platform.memory.maxMb);
  for (const group of groups) {
    const neededMb = memoryNeededMb(workflow, profile, group);
    if (neededMb > platform.memory.maxMb)
      return `stage "${group.stages[0]}" needs ${Math.ceil(neededMb)} MB, the largest VM of ${platform.name} has ${platform.memory.maxMb}`;
  }
  return `no memory size of ${platform.name} suits every stage at once`;
}
