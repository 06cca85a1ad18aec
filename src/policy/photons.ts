/**
 * Photons: concurrent invocations of one function share one runtime as threads; no fusion, one size for all.
 * Source: Dukic, Bruno, Singla, Alonso, "Photons: Lambdas on a diet", SoCC'20.
 */

import { workersOf } from "../plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../plan/plan.ts";
import type { Decision, PlanningTask } from "./policy.ts";
import { oneSizeForAll } from "./sizing.ts";
import { unfused } from "./unfused.ts";

/** Bundles as many workers as memory admits: `b = floor((M - R) / m)`, runtime memory R counted once. */
export function photons(task: PlanningTask): Decision {
  return oneSizeForAll(task, (memoryMb) => planAt(task, memoryMb)) ?? unfused(task);
}

function planAt(task: PlanningTask, memoryMb: number): ExecutionPlan {
  const { workflow, profile } = task.scenario;
  const plan = unfusedPlan(workflow, () => memoryMb);
  return {
    ...plan,
    groups: plan.groups.map((group) => {
      const stage = group.stages[0]!;
      const { runtime, worker } = profile[stage]!.memoryMb;
      const room =
        worker === 0 ? Number.POSITIVE_INFINITY : Math.floor((memoryMb - runtime) / worker);
      return { ...group, workersPerVm: Math.max(1, Math.min(room, workersOf(workflow, stage))) };
    }),
  };
}
