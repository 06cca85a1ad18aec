/** How a group's stages divide into steps: what its VMs do without waiting for another VM. */

import type { VmGroup } from "./plan.ts";
import { constantOf, practicalMaxOf } from "../stats/families.ts";
import { equalFanOut } from "../workflow/graph.ts";
import { innerEdges, type Workflow } from "../workflow/workflow.ts";

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
  const ids = new Set(group.stages);
  const edges = innerEdges(workflow).filter((edge) => ids.has(edge.from) && ids.has(edge.to));
  if (isPipeline(workflow, group.stages)) return { kind: "pipeline", steps: [group.stages] };
  if (holdsAll(workflow, group)) return { kind: "whole", steps: [group.stages] };
  const cluster = new Map(group.stages.map((id) => [id, id]));
  for (const edge of edges)
    if (edge.shape === "pairwise") {
      const [from, to] = [cluster.get(edge.from)!, cluster.get(edge.to)!];
      for (const [id, root] of cluster) if (root === to) cluster.set(id, from);
    }
  const links = edges.map((edge) => [edge.from, edge.to] as const);
  const ordered = orderClusters(group.stages, cluster, links);
  return { kind: "home", steps: ordered ?? group.stages.map((id) => [id]) };
}

/** Whether the stages have one fan-out and flow worker to worker, so that any bundle size is closed. */
export function isPipeline(workflow: Workflow, stages: readonly string[]): boolean {
  const ids = new Set(stages);
  const edges = innerEdges(workflow).filter((edge) => ids.has(edge.from) && ids.has(edge.to));
  const first = stages[0]!;
  if (!stages.every((id) => equalFanOut(workflow, first, id))) return false;
  const single = constantOf(workflow.stages.find((stage) => stage.id === first)!.workers) === 1;
  return single || edges.every((edge) => edge.shape === "pairwise");
}

/** Whether one VM holds every worker of every stage of the group. */
function holdsAll(workflow: Workflow, group: VmGroup): boolean {
  const bundle = group.workersPerVm;
  return (
    bundle === "all" ||
    workflow.stages
      .filter((stage) => group.stages.includes(stage.id))
      .every((stage) => Math.round(practicalMaxOf(stage.workers)) <= bundle)
  );
}

// Clusters in topological order, or undefined when merging made a cycle.
function orderClusters(
  stages: readonly string[],
  cluster: ReadonlyMap<string, string>,
  links: readonly (readonly [string, string])[],
): string[][] | undefined {
  let waiting = [...new Set(stages.map((id) => cluster.get(id)!))];
  const ordered: string[][] = [];
  while (waiting.length > 0) {
    const ready = waiting.find((root) =>
      links.every(([from, to]) => {
        const source = cluster.get(from)!;
        return cluster.get(to) !== root || source === root || !waiting.includes(source);
      }),
    );
    if (ready === undefined) return undefined;
    ordered.push(stages.filter((id) => cluster.get(id) === ready));
    waiting = waiting.filter((root) => root !== ready);
  }
  return ordered;
}
