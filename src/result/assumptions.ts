/** What a plan's prediction rests on that nobody measured, from the workload, the platform and the model. */

import { leftOut } from "../model/scenarios.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Platform } from "../platform/platform.ts";
import type { Workload } from "../trace/workload.ts";

/** One thing taken for granted. */
export interface Assumption {
  readonly of: "workload" | "platform" | "model";
  /** Path in the workload or field of the platform; empty for the model. */
  readonly path: string;
  readonly text: string;
}

/**
 * What the workload tags as assumed, what the platform's sources call assumed and the plan makes use
 * of, and what the model leaves out.
 */
export function assumptionsOf(
  workload: Workload,
  platform: Platform,
  plan: ExecutionPlan,
): readonly Assumption[] {
  return [
    ...workload.provenance
      .filter((one) => one.tag === "assumed")
      .map(({ path, source }) => ({ of: "workload", path, text: source }) as const),
    ...Object.entries(platform.sources)
      .filter(([path, source]) => /\bassumed\b/.test(source) && isUsed(path, plan))
      .map(([path, text]) => ({ of: "platform", path, text }) as const),
    ...leftOut.map((text) => ({ of: "model", path: "", text }) as const),
  ];
}

// Limits are left out by the model altogether, so no prediction rests on how they are assumed.
function isUsed(path: string, plan: ExecutionPlan): boolean {
  const [field] = path.split(".");
  if (field === "concurrency") return false;
  if (field === "direct") return Object.values(plan.passing).includes("direct");
  if (field === "local")
    return plan.groups.some((group) => group.stages.length > 1 || group.workersPerVm !== 1);
  return true;
}
