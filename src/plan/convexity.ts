/** Whether groups can run one after another: no path may leave a group and return to it. */

import type { InputFault } from "../check.ts";
import { graphOf } from "../workflow/graph.ts";
import { placeBit, placeWord, reachOf } from "../workflow/reach.ts";
import { topologicalOrder } from "../workflow/topological-order.ts";
import type { Workflow } from "../workflow/workflow.ts";

/**
 * Pairs of groups that wait for each other, or that some wait in a wider circle. `groupOf` is the group
 * of each place. O(stages + edges) when legal.
 */
export function convexityFaults(
  workflow: Workflow,
  groups: number,
  groupOf: ArrayLike<number>,
): readonly InputFault[] {
  const { inner } = graphOf(workflow);
  // Most plans list their groups in topological order.
  if (inner.every(({ from, to }) => groupOf[from]! <= groupOf[to]!)) return [];
  const circling = groupsInCircles(workflow, groups, groupOf);
  if (circling.length === 0) return [];
  const pairs = mutualPairs(workflow, circling, groupOf);
  if (pairs.length === 0)
    return [{ where: "groups", message: "not convex: groups wait for each other in a circle" }];
  return pairs.map(([g, h]) => ({
    where: `groups.${g}`,
    message: `not convex: a path leaves it into group ${h} and returns`,
  }));
}

// Ascending: the groups on a cycle of the graph of groups, and on paths from one cycle to another.
function groupsInCircles(
  workflow: Workflow,
  groups: number,
  groupOf: ArrayLike<number>,
): readonly number[] {
  const after = Array.from({ length: groups }, (): number[] => []);
  const before = Array.from({ length: groups }, (): number[] => []);
  for (const edge of graphOf(workflow).inner) {
    const [from, to] = [groupOf[edge.from]!, groupOf[edge.to]!];
    if (from === to) continue;
    after[from]!.push(to);
    before[to]!.push(from);
  }
  const forwards = topologicalOrder(after);
  if (forwards.length === groups) return [];
  const free = new Set([...forwards, ...topologicalOrder(before)]);
  return after.flatMap((_, g) => (free.has(g) ? [] : [g]));
}

// Pairs with a path between stages both ways, ascending.
function mutualPairs(
  workflow: Workflow,
  among: readonly number[],
  groupOf: ArrayLike<number>,
): (readonly [number, number])[] {
  const { words, after } = reachOf(workflow);
  const reached = new Map(among.map((g) => [g, new Uint32Array(words)]));
  const stages = new Map(among.map((g) => [g, [] as number[]]));
  for (let place = 0; place < groupOf.length; place++) {
    const row = reached.get(groupOf[place]!);
    if (row === undefined) continue;
    stages.get(groupOf[place]!)!.push(place);
    for (let w = 0; w < words; w++) row[w]! |= after[place * words + w]!;
  }
  const leadsTo = (g: number, h: number): boolean => {
    const row = reached.get(g)!;
    return stages.get(h)!.some((place) => (row[placeWord(place)]! & placeBit(place)) !== 0);
  };
  return among.flatMap((g) =>
    among
      .filter((h) => g < h && leadsTo(g, h) && leadsTo(h, g))
      .map((h): readonly [number, number] => [g, h]),
  );
}
