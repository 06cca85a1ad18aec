/** Questions about the shape of a workflow. */

import { constantOf } from "../stats/families.ts";
import { innerEdges, type Workflow } from "./workflow.ts";

/** Ids of the stages that pairwise edges connect to `id`, itself included: they share one fan-out draw. */
export function fanOutPeers(workflow: Workflow, id: string): ReadonlySet<string> {
  const peers = new Set([id]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const edge of workflow.edges)
      if (edge.shape === "pairwise" && peers.has(edge.from) !== peers.has(edge.to)) {
        peers.add(edge.from).add(edge.to);
        grown = true;
      }
  }
  return peers;
}

/** Whether two stages have the same number of workers in every run. */
export function equalFanOut(workflow: Workflow, a: string, b: string): boolean {
  if (a === b) return true;
  const workersOf = (id: string) => workflow.stages.find((stage) => stage.id === id)!.workers;
  const [n, m] = [constantOf(workersOf(a)), constantOf(workersOf(b))];
  return n !== undefined && m !== undefined ? n === m : fanOutPeers(workflow, a).has(b);
}

/** Ids of all stages that can be reached from `id`. */
export function descendants(workflow: Workflow, id: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const edges = innerEdges(workflow);
  const visit = (from: string): void => {
    for (const edge of edges)
      if (edge.from === from && !reached.has(edge.to)) {
        reached.add(edge.to);
        visit(edge.to);
      }
  };
  visit(id);
  return reached;
}
