/** The DAG a user wrote: stages of parallel workers, edges of data. Plain data, refused when it is no DAG. */

import { InputError, type InputFault, suggestion } from "../check.ts";
import { constantOf, type DistributionSpec } from "../stats/families.ts";
import { topologicalOrder } from "./topological-order.ts";

/** How the bytes of an edge are split over the workers at both ends. */
export type Shape = "pairwise" | "scatter" | "gather" | "broadcast" | "shuffle";

/** A function and its parallel workers. */
export interface Stage {
  readonly id: string;
  /** Parallel workers: a constant, or a distribution drawn once per run and rounded, at least 1. */
  readonly workers: DistributionSpec;
}

/** Name of the pseudo-stage that holds the workflow's input in the object store. */
export const INPUT = "input";
/** Name of the pseudo-stage that receives the workflow's result in the object store. */
export const OUTPUT = "output";

/** Data that flows from one stage to the next, or from `input`, or to `output`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Total bytes over the whole edge in one run; a broadcast counts what one receiver reads. */
  readonly bytes: DistributionSpec;
  readonly shape: Shape;
  /** Whether bytes are multiplied by the producing (for `input`: receiving) stage's run factor. */
  readonly scalesWithRun: boolean;
  /** Store requests a reader keeps in flight when it reads several objects; 1 is naive code. */
  readonly parallelRequests: number;
}

/** Stages in topological order, with the edges between them. */
export interface Workflow {
  readonly name: string;
  readonly stages: readonly Stage[];
  readonly edges: readonly Edge[];
}

/** Identity of an edge in plans and files: `from->to`. */
export function edgeId(edge: Pick<Edge, "from" | "to">): string {
  return `${edge.from}->${edge.to}`;
}

/** Edges between two stages, without those from `input` and to `output`. */
export function innerEdges(workflow: Workflow): readonly Edge[] {
  return workflow.edges.filter((edge) => edge.from !== INPUT && edge.to !== OUTPUT);
}

/**
 * A workflow with its stages in a stable topological order.
 * @throws InputError workflow, for no stages, double or reserved ids, unknown ends, double edges, cycles
 * and pairwise edges between unequal fan-outs: every fault at once.
 */
export function makeWorkflow(
  name: string,
  stages: readonly Stage[],
  edges: readonly Edge[],
): Workflow {
  const faults: InputFault[] = [];
  const ids = stages.map((stage) => stage.id);
  if (stages.length === 0) faults.push({ where: "stages", message: "expected at least one stage" });
  const places = new Map<string, number>();
  ids.forEach((id, i) => {
    if (id === INPUT || id === OUTPUT)
      faults.push({ where: `stages.${i}.id`, message: `"${id}" is a reserved name` });
    if (places.has(id))
      faults.push({ where: `stages.${i}.id`, message: `stage "${id}" is defined twice` });
    else places.set(id, i);
  });
  const stageOf = (id: string): Stage | undefined => stages[places.get(id) ?? -1];
  const seen = new Set<string>();
  edges.forEach((edge, i) => {
    const from = stageOf(edge.from);
    const to = stageOf(edge.to);
    if (edge.from !== INPUT && !from)
      faults.push(unknownStage(`edges.${i}.from`, edge.from, [...ids, INPUT]));
    if (edge.to !== OUTPUT && !to)
      faults.push(unknownStage(`edges.${i}.to`, edge.to, [...ids, OUTPUT]));
    if (seen.has(edgeId(edge)))
      faults.push({ where: `edges.${i}`, message: `edge "${edgeId(edge)}" is defined twice` });
    seen.add(edgeId(edge));
    if (edge.shape === "pairwise" && from && to && !sameFanOut(from, to))
      faults.push({
        where: `edges.${i}.shape`,
        message: `pairwise edge "${edgeId(edge)}" needs equal fan-outs, got ${JSON.stringify(from.workers)} and ${JSON.stringify(to.workers)}`,
      });
  });
  if (faults.length > 0) throw new InputError("workflow", faults);
  return { name, stages: inOrder(stages, edges, places), edges };
}

function unknownStage(where: string, found: string, known: readonly string[]): InputFault {
  return { where, message: `unknown stage "${found}"${suggestion(found, known)}` };
}

function sameFanOut(a: Stage, b: Stage): boolean {
  const [n, m] = [constantOf(a.workers), constantOf(b.workers)];
  return n === undefined ? JSON.stringify(a.workers) === JSON.stringify(b.workers) : n === m;
}

// Always the first stage that is ready, so that the given order is kept where it is free.
function inOrder(
  stages: readonly Stage[],
  edges: readonly Edge[],
  places: ReadonlyMap<string, number>,
): readonly Stage[] {
  const inner = edges.filter((edge) => edge.from !== INPUT && edge.to !== OUTPUT);
  const after = stages.map((): number[] => []);
  for (const edge of inner) after[places.get(edge.from)!]!.push(places.get(edge.to)!);
  const order = topologicalOrder(after);
  if (order.length < stages.length) {
    const stuck = new Set(stages.map((stage) => stage.id));
    for (const place of order) stuck.delete(stages[place]!.id);
    throw new InputError("workflow", [
      { where: "edges", message: `cycle: ${cycleAmong(stuck, inner).join(" -> ")}` },
    ]);
  }
  return order.map((place) => stages[place]!);
}

function cycleAmong(stuck: ReadonlySet<string>, edges: readonly Edge[]): string[] {
  const path: string[] = [];
  let at = [...stuck][0]!;
  while (!path.includes(at)) {
    path.push(at);
    at = edges.find((edge) => edge.to === at && stuck.has(edge.from))!.from;
  }
  return path.slice(path.indexOf(at)).concat(at).reverse();
}
