/** A plan in a few words, for a row of a table or a point of a chart. */

import type { ExecutionPlan } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { bundleOf } from "./undo.ts";

/**
 * Groups with their bundle and size in MB, such as `split+extract @768 | classify x5 @3072`; a group
 * fed by other than the object store says how: `reduce @1024 direct`.
 */
export function planSignature(scenario: Scenario, plan: ExecutionPlan): string {
  return plan.groups
    .map((group) => {
      const bundle = bundleOf(scenario, group);
      const fed = Object.entries(plan.passing)
        .filter(([id]) => group.stages.includes(id.slice(id.indexOf("->") + 2)))
        .map(([, passing]) => passing)
        .filter((passing) => passing !== "local" && passing !== "object-store");
      return [
        group.stages.join("+"),
        ...(bundle === 1 ? [] : [`x${bundle}`]),
        `@${group.memoryMb}`,
        ...new Set(fed),
      ].join(" ");
    })
    .join(" | ");
}
