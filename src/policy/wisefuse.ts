/**
 * WiseFuse: fuses series neighbours, bundles parallel workers and sizes VMs by best-first search over the
 * predicted latency quantile and cost.
 * Source: Mahgoub, Yi, Shankar, Minocha, Elnikety, Bagchi, Chaterji, "WISEFUSE: Workload Characterization
 * and DAG Transformation for Serverless Workflows", SIGMETRICS'22 (search details are not public: the
 * order of rewrites and the stop rule are ours).
 */

import type { ExecutionPlan } from "../plan/plan.ts";
import { bundle, fuse, type Rewrite, resize, resizeAll, trade } from "../plan/rewrites.ts";
import type { Scenario } from "../plan/scenario.ts";
import { better, type Decision, type PlanningTask } from "./policy.ts";
import { search, STAGES_MANY } from "./search.ts";
import { unfused } from "./unfused.ts";

const LIMITS = { plansMax: 20_000, patience: 6 };

/**
 * From the unfused plan, and from the best bundles at one size for all: fusion and bundling best-first, every
 * structure at its best sizes. Single steps from the first alone stay with small VMs where only larger
 * bundles in larger VMs pay. From 64 stages on from the unfused plan only.
 */
export function wisefuse(task: PlanningTask): Decision {
  const structure = [fuse, bundle];
  const sizes = [resize, trade];
  const unbundled = searchFromUnfused(task, structure, sizes);
  if (task.scenario.workflow.stages.length >= STAGES_MANY) return unbundled;
  const start = levelSearch(task, [bundle]);
  const bundled = search(task, [start.plan], structure, sizes, LIMITS);
  const plansSeen = unbundled.plansSeen + start.plansSeen + bundled.plansSeen;
  const first = better(bundled.prediction, unbundled.prediction, task.objective);
  return { ...(first ? bundled : unbundled), plansSeen };
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

/** WiseFuse's search with the given rewrites of the structure and one size for all. */
export function levelSearch(task: PlanningTask, structure: readonly Rewrite[]): Decision {
  return searchFromUnfused(task, structure.map(levelled), [resizeAll]);
}

// Rewrites of one group may enlarge its VMs; then all VMs grow with it.
function levelled(rewrite: Rewrite): Rewrite {
  function* rewritten(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
    for (const next of rewrite(plan, scenario)) yield level(next);
  }
  const { atLarge } = rewrite;
  return atLarge === undefined || atLarge.by === "whole"
    ? rewritten
    : Object.assign(rewritten, { atLarge: { ...atLarge, after: level } });
}

function level(plan: ExecutionPlan): ExecutionPlan {
  const sizes = plan.groups.map((group) => group.memoryMb);
  const memoryMb = sizes.reduce((most, size) => Math.max(most, size));
  if (sizes.every((size) => size === memoryMb)) return plan;
  return { ...plan, groups: plan.groups.map((group) => ({ ...group, memoryMb })) };
}
