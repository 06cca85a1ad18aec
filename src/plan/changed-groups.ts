/** In which groups two plans differ: what makes a neighbour of a known plan cheap to look at. */

import type { ExecutionPlan } from "./plan.ts";

/**
 * Places of the groups that are not the same objects, where both plans put the same stages into the same
 * places and pass data alike; undefined where they do not, or where that would take a closer look. O(groups).
 */
export function changedGroups(
  base: ExecutionPlan,
  plan: ExecutionPlan,
): readonly number[] | undefined {
  const { groups } = base;
  if (plan.passing !== base.passing || plan.groups.length !== groups.length) return undefined;
  const changed: number[] = [];
  for (let g = 0; g < groups.length; g++) {
    const group = plan.groups[g]!;
    if (group === groups[g]) continue;
    if (group.stages !== groups[g]!.stages) return undefined;
    changed.push(g);
  }
  return changed;
}
