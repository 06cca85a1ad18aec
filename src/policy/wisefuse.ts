/**
 * WiseFuse: fuses series neighbours, bundles parallel workers and sizes VMs by best-first search over the
 * predicted latency quantile and cost.
 * Source: Mahgoub, Yi, Shankar, Minocha, Elnikety, Bagchi, Chaterji, "WISEFUSE: Workload Characterization
 * and DAG Transformation for Serverless Workflows", SIGMETRICS'22 (search details are not public: the
 * order of rewrites and the stop rule are ours).
 */

import { checkPlan } from "../plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../plan/plan.ts";
import { bundle, fuse, resize } from "../plan/rewrites.ts";
import type { Decision, PlanningTask } from "./policy.ts";
import { search } from "./search.ts";
import { unfused } from "./unfused.ts";

const LIMITS = { plansMax: 4000, patience: 40 };

/** Starts from the unfused plan, tuned and at every size, and rewrites by fusion, bundling, sizing. */
export function wisefuse(task: PlanningTask): Decision {
  const { scenario } = task;
  const starts = [
    asProcesses(unfused(task).plan),
    ...scenario.platform.memorySizesMb.map((memoryMb) =>
      asProcesses(unfusedPlan(scenario.workflow, () => memoryMb)),
    ),
  ].filter((plan) => checkPlan(scenario, plan).length === 0);
  return search(task, starts, [fuse, bundle, resize], LIMITS);
}

// Bundled workers are processes with their own runtime: memory grows as base times bundle
// (the bundling manager in the ORION artifact, which names itself WiseFuse's).
function asProcesses(plan: ExecutionPlan): ExecutionPlan {
  return {
    ...plan,
    groups: plan.groups.map((group) => ({ ...group, isolation: "processes" })),
  };
}
