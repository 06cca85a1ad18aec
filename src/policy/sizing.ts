/** The VM size that a baseline's paper leaves to its user: tuned under the objective, or the smallest that fits. */

import { checkPlan } from "../plan/check-plan.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import { bestOf, type Decision, decisionOf, type PlanningTask } from "./policy.ts";

/**
 * One size for all VMs: every size of the platform's ladder for which `planAt` is legal, and the best of
 * them (`tuned`) or the smallest (`default`). From 500 stages on every fourth size, then those about the
 * best. Undefined when none is legal.
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
  if (sizing === "tuned" && scenario.workflow.stages.length >= STAGES_MANY)
    return coarseToFine(task, legal);
  const plans = sizing === "default" ? legal.slice(0, 1) : legal;
  const best = bestOf(task, plans);
  if (best === undefined) return undefined;
  return decisionOf(task, best, sizing === "default" ? "fixed" : "space-exhausted", plans.length);
}

/** From so many stages on, a plan takes long to predict at a size that none had yet. */
const STAGES_MANY = 500;
const STRIDE = 4;

// Every fourth plan, then those about the best of them.
function coarseToFine(task: PlanningTask, plans: readonly ExecutionPlan[]): Decision | undefined {
  const last = plans.length - 1;
  const coarse = plans.filter((_, i) => i % STRIDE === 0 || i === last);
  const found = bestOf(task, coarse);
  if (found === undefined) return undefined;
  const at = plans.indexOf(found.plan);
  const near = plans.filter((plan, i) => Math.abs(i - at) < STRIDE && !coarse.includes(plan));
  const best = bestOf(task, [found.plan, ...near])!;
  return decisionOf(task, best, "no-better-plan", coarse.length + near.length);
}
