/** How a group's stages divide into steps: what its VMs do without waiting for another VM. */

import type { VmGroup } from "./plan.ts";
import { DisjointSets, equalFanOut, graphOf } from "../workflow/graph.ts";
import { topologicalOrder } from "../workflow/topological-order.ts";
import type { Workflow } from "../workflow/workflow.ts";

/** How a group is laid out: closed pipelines of workers, one VM for everything, or a home that overflows. */
export type GroupKind = "pipeline" | "whole" | "home";

/** Steps of a group in topological order; only a home has several. */
export interface GroupLayout {
  readonly kind: GroupKind;
  readonly steps: readonly (readonly string[])[];
}

/**
 * One step when every VM of the group is closed in itself: worker-to-worker pipelines, or one VM for all.
 * Otherwise VM 0 is home and each cluster of pairwise neighbours is a step that may overflow.
 */
export function stepsOfGroup(workflow: Workflow, group: VmGroup): GroupLayout {
  const { stages } = group;
  if (isPipeline(workflow, stages)) return { kind: "pipeline", steps: [stages] };
  if (holdsAll(workflow, group)) return { kind: "whole", steps: [stages] };
  return { kind: "home", steps: clustersOf(workflow, stages) ?? stages.map((id) => [id]) };
}

/** Whether the stages have one fan-out and flow worker to worker, so that any bundle size is closed. */
export function isPipeline(workflow: Workflow, stages: readonly string[]): boolean {
  if (stages.length === 1) return true;
  const first = stages[0]!;
  if (!stages.every((id) => equalFanOut(workflow, first, id))) return false;
  const { placeOf, workersConstant, out } = graphOf(workflow);
  if (workersConstant[placeOf.get(first)!] === 1) return true;
  const ids = new Set(stages);
  return stages.every((id) =>
    out[placeOf.get(id)!]!.every(({ edge }) => edge.shape === "pairwise" || !ids.has(edge.to)),
  );
}

/** Whether one VM holds every worker of every stage of the group. */
function holdsAll(workflow: Workflow, group: VmGroup): boolean {
  const bundle = group.workersPerVm;
  if (bundle === "all") return true;
  const { placeOf, workersMax } = graphOf(workflow);
  return group.stages.every((id) => workersMax[placeOf.get(id)!]! <= bundle);
}

// Pairwise neighbours together, in topological order; undefined when merging made a cycle.
function clustersOf(workflow: Workflow, stages: readonly string[]): string[][] | undefined {
  const { placeOf, out } = graphOf(workflow);
  const indexOf = new Map(stages.map((id, i) => [id, i]));
  const links = stages.flatMap((id, from) =>
    out[placeOf.get(id)!]!.flatMap(({ edge }) => {
      const to = indexOf.get(edge.to);
      return to === undefined ? [] : [{ from, to, pairwise: edge.shape === "pairwise" }];
    }),
  );
  const sets = new DisjointSets(stages.length);
  for (const { from, to, pairwise } of links) if (pairwise) sets.join(from, to);
  const clusters: string[][] = [];
  const clusterOf: number[] = [];
  stages.forEach((id, i) => {
    const first = sets.first(i);
    clusterOf.push(first === i ? clusters.push([]) - 1 : clusterOf[first]!);
    clusters[clusterOf[i]!]!.push(id);
  });
  const after = clusters.map((): number[] => []);
  for (const { from, to } of links)
    if (clusterOf[from] !== clusterOf[to]) after[clusterOf[from]!]!.push(clusterOf[to]!);
  const order = topologicalOrder(after);
  return order.length < clusters.length ? undefined : order.map((c) => clusters[c]!);
}
