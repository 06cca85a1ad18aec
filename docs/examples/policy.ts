/** All in one: the whole workflow in one VM, of the size that serves the objective best. */

import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import type { Decision, PlanningTask } from "../../src/policy/policy.ts";
import { oneSizeForAll } from "../../src/policy/sizing.ts";
import { unfused } from "../../src/policy/unfused.ts";

/** Fuses everything; falls back on `unfused` where no VM holds it. */
export function allInOne(task: PlanningTask): Decision {
  return oneSizeForAll(task, (memoryMb) => planAt(task, memoryMb)) ?? unfused(task);
}

function planAt({ scenario }: PlanningTask, memoryMb: number): ExecutionPlan {
  const { groups, passing, ...plan } = unfusedPlan(scenario.workflow, () => memoryMb);
  const stages = groups.flatMap((group) => group.stages);
  return {
    ...plan,
    groups: [{ ...groups[0]!, stages, workersPerVm: "all" }],
    passing: Object.fromEntries(Object.keys(passing).map((edge) => [edge, "local"])),
  };
}
