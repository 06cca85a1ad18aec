/**
 * WiseFuse: fuses series neighbours, bundles parallel workers and sizes VMs by best-first search over the
 * predicted latency quantile and cost.
 * Source: Mahgoub, Yi, Shankar, Minocha, Elnikety, Bagchi, Chaterji, "WISEFUSE: Workload Characterization
 * and DAG Transformation for Serverless Workflows", SIGMETRICS'22 (search details are not public: the
 * order of rewrites and the stop rule are ours).
 */

import type { ExecutionPlan } from "../plan/plan.ts";
import { bundle, fuse, type Rewrite, resize, trade } from "../plan/rewrites.ts";
import type { Decision, PlanningTask } from "./policy.ts";
import { search } from "./search.ts";
import { unfused } from "./unfused.ts";

const LIMITS = { plansMax: 20_000, patience: 6 };

/** From the unfused plan: fusion and bundling best-first, every structure at its best sizes. */
export function wisefuse(task: PlanningTask): Decision {
  return searchFromUnfused(task, [fuse, bundle], [resize, trade]);
}

/** WiseFuse's search with the given rewrites of the structure and of the sizes, the plainer ones first. */
export function searchFromUnfused(
  task: PlanningTask,
  structure: readonly Rewrite[],
  sizes: readonly Rewrite[],
): Decision {
  const start = asProcesses(unfused({ ...task, sizing: "tuned" }).plan);
  return search(task, [start], structure, sizes, LIMITS);
}

// Bundled workers are processes with their own runtime: memory grows as base times bundle
// (the bundling manager in the ORION artifact, which names itself WiseFuse's).
function asProcesses(plan: ExecutionPlan): ExecutionPlan {
  return {
    ...plan,
    groups: plan.groups.map((group) => ({ ...group, isolation: "processes" })),
  };
}
