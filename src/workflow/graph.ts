/** Questions about the shape of a workflow. */

import { constantOf, practicalMaxOf } from "../stats/families.ts";
import { oncePer } from "./once-per.ts";
import { type Edge, edgeId, INPUT, innerEdges, OUTPUT, type Workflow } from "./workflow.ts";

/** An edge between two stages, by their places in the workflow's topological order. */
export interface GraphEdge {
  readonly id: string;
  readonly edge: Edge;
  readonly from: number;
  readonly to: number;
}

/** A workflow by places: what its stages and edges are to each other. */
export interface WorkflowGraph {
  /** Place of each stage by id. */
  readonly placeOf: ReadonlyMap<string, number>;
  /** Edges between two stages, as the workflow has them. */
  readonly inner: readonly GraphEdge[];
  readonly innerIds: ReadonlySet<string>;
  /** Of each stage, the inner edges that end and that begin there. */
  readonly into: readonly (readonly GraphEdge[])[];
  readonly out: readonly (readonly GraphEdge[])[];
  /** Workers of each stage when their number never varies, else undefined. */
  readonly workersConstant: readonly (number | undefined)[];
  /** The same, or the largest plausible number; at least 1. */
  readonly workersMax: readonly number[];
  /** Of each stage, the first one that it shares its fan-out draw with. */
  readonly fanOutOf: readonly number[];
}

/** The graph of a workflow. O(stages + edges) the first time, then O(1). */
export const graphOf = oncePer((workflow: Workflow): WorkflowGraph => {
  const { stages } = workflow;
  const placeOf = new Map(stages.map((stage, place) => [stage.id, place]));
  const inner = innerEdges(workflow).map((edge) => ({
    id: edgeId(edge),
    edge,
    from: placeOf.get(edge.from)!,
    to: placeOf.get(edge.to)!,
  }));
  const into = stages.map((): GraphEdge[] => []);
  const out = stages.map((): GraphEdge[] => []);
  for (const one of inner) {
    out[one.from]!.push(one);
    into[one.to]!.push(one);
  }
  return {
    placeOf,
    inner,
    innerIds: new Set(inner.map((one) => one.id)),
    into,
    out,
    workersConstant: stages.map((stage) => constantOf(stage.workers)),
    workersMax: stages.map((stage) => Math.max(1, Math.round(practicalMaxOf(stage.workers)))),
    fanOutOf: fanOutRoots(workflow, placeOf),
  };
});

// Pairwise edges tie ends to one draw, those of the input and the output too.
function fanOutRoots(workflow: Workflow, placeOf: ReadonlyMap<string, number>): number[] {
  const count = workflow.stages.length;
  const ends = new Map([...placeOf, [INPUT, count], [OUTPUT, count + 1]]);
  const sets = new DisjointSets(count + 2);
  for (const edge of workflow.edges)
    if (edge.shape === "pairwise") sets.join(ends.get(edge.from)!, ends.get(edge.to)!);
  return workflow.stages.map((_, place) => sets.first(place));
}

/** Items 0 to `count - 1` in sets that only grow, each known by its first item. */
export class DisjointSets {
  readonly #above: Int32Array;

  constructor(count: number) {
    this.#above = Int32Array.from({ length: count }, (_, item) => item);
  }

  /** First item of the set that holds `item`. Amortised O(log count). */
  first(item: number): number {
    const above = this.#above;
    let at = item;
    while (above[at] !== at) {
      above[at] = above[above[at]!]!;
      at = above[at]!;
    }
    return at;
  }

  /** Makes the sets of `a` and `b` one. */
  join(a: number, b: number): void {
    const [first, second] = [this.first(a), this.first(b)];
    this.#above[Math.max(first, second)] = Math.min(first, second);
  }
}

/** Ids of the stages that pairwise edges connect to `id`, itself included: they share one fan-out draw. */
export function fanOutPeers(workflow: Workflow, id: string): ReadonlySet<string> {
  const { placeOf, fanOutOf } = graphOf(workflow);
  const root = fanOutOf[placeOf.get(id)!];
  return new Set(
    workflow.stages.filter((_, place) => fanOutOf[place] === root).map((stage) => stage.id),
  );
}

/** Whether two stages have the same number of workers in every run. O(1). */
export function equalFanOut(workflow: Workflow, a: string, b: string): boolean {
  const { placeOf, workersConstant, fanOutOf } = graphOf(workflow);
  const [i, j] = [placeOf.get(a)!, placeOf.get(b)!];
  const [n, m] = [workersConstant[i], workersConstant[j]];
  return i === j || (n !== undefined && m !== undefined ? n === m : fanOutOf[i] === fanOutOf[j]);
}

/** Ids of all stages that can be reached from `id`. O(stages + edges). */
export function descendants(workflow: Workflow, id: string): ReadonlySet<string> {
  const { placeOf, out } = graphOf(workflow);
  const reached = new Set<string>();
  const waiting = [placeOf.get(id)!];
  for (const place of waiting)
    for (const { to, edge } of out[place]!)
      if (!reached.has(edge.to)) {
        reached.add(edge.to);
        waiting.push(to);
      }
  return reached;
}
