/** The VM size that a baseline's paper leaves to its user: tuned under the objective, or the smallest that fits. */

import { checkPlan } from "../plan/check-plan.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import { type Decision, decisionOf, type PlanningTask } from "./policy.ts";
import { bestOf } from "./search.ts";

/**
 * One size for all VMs: every size of the platform's ladder for which `planAt` is legal, and the best of
 * them (`tuned`) or the smallest (`default`). Undefined when none is legal.
 */
export function oneSizeForAll(
  task: PlanningTask,
  planAt: (memoryMb: number) => ExecutionPlan | undefined,
): Decision | undefined {
  const { scenario, sizing } = task;
  const legal = scenario.platform.memorySizesMb.flatMap((memoryMb) => {
    const plan = planAt(memoryMb);
    return plan !== undefined && checkPlan(scenario, plan).length === 0 ? [plan] : [];
  });
  const plans = sizing === "default" ? legal.slice(0, 1) : legal;
  const best = bestOf(task, plans);
  if (best === undefined) return undefined;
  return decisionOf(task, best, sizing === "default" ? "fixed" : "space-exhausted", plans.length);
}
