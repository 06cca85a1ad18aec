/** Groups of a plan as nodes: in what order data flows through them, and which decide a run's latency. */

import type { GroupOutcome } from "../model/prediction.ts";
import type { Scenario } from "../plan/scenario.ts";
import { topologicalOrder } from "../workflow/topological-order.ts";
import { innerEdges } from "../workflow/workflow.ts";

/** A graph of groups, by place. */
export interface GroupGraph {
  /** Every group after those it waits for. */
  readonly order: readonly number[];
  readonly before: readonly (readonly number[])[];
}

/** The graph of groups of stages; undefined where they wait for each other in a circle. */
export function groupGraph(
  scenario: Scenario,
  groups: readonly (readonly string[])[],
): GroupGraph | undefined {
  const groupOf = new Map(groups.flatMap((stages, g) => stages.map((id) => [id, g] as const)));
  const before = groups.map(() => new Set<number>());
  const after = groups.map((): number[] => []);
  for (const edge of innerEdges(scenario.workflow)) {
    const [a, b] = [groupOf.get(edge.from)!, groupOf.get(edge.to)!];
    if (a === b) continue;
    before[b]!.add(a);
    after[a]!.push(b);
  }
  const order = topologicalOrder(after);
  return order.length < groups.length
    ? undefined
    : { order, before: before.map((some) => [...some]) };
}

/** What decides the latency about a quantile. */
export interface Criticality {
  /** Share of the tail's runs in whose critical path each group lies, by place. */
  readonly weights: Float64Array;
  /** Runs whose latency is about the quantile. */
  readonly tail: readonly number[];
  /** Mean time at which each group has its inputs in the tail's runs, by place, ms after the arrival. */
  readonly readyMs: Float64Array;
}

/** Runs on each side of the quantile that count as about it, as a share of all. */
const TAIL_HALF = 0.1;

/**
 * Forward through the groups run by run, and back along the path that decides each of the tail's runs.
 * O(runs x (groups + edges)).
 */
export function criticalityOf(
  { order, before }: GroupGraph,
  outcomes: readonly GroupOutcome[],
  quantile: number,
): Criticality {
  const runs = outcomes[0]!.latencyMs.length;
  const ends = outcomes.map(() => new Float64Array(runs));
  const makespanMs = new Float64Array(runs);
  for (const g of order) {
    const end = ends[g]!;
    for (const from of before[g]!) {
      const other = ends[from]!;
      for (let r = 0; r < runs; r++) if (other[r]! > end[r]!) end[r] = other[r]!;
    }
    const { latencyMs } = outcomes[g]!;
    for (let r = 0; r < runs; r++) {
      end[r]! += latencyMs[r]!;
      if (end[r]! > makespanMs[r]!) makespanMs[r] = end[r]!;
    }
  }
  const ranked = Array.from(makespanMs.keys()).sort((x, y) => makespanMs[x]! - makespanMs[y]!);
  const half = Math.min(Math.max(3, Math.round(TAIL_HALF * runs)), runs >> 1);
  const centre = Math.round(quantile * (runs - 1));
  const from = Math.max(0, Math.min(centre - half, runs - 2 * half));
  const tail = ranked.slice(from, Math.max(from + 1, from + 2 * half));
  const weights = new Float64Array(outcomes.length);
  const lastOf = (r: number, some: readonly number[]): number | undefined => {
    let last: number | undefined;
    for (const g of some) if (last === undefined || ends[g]![r]! > ends[last]![r]!) last = g;
    return last;
  };
  for (const r of tail)
    for (let at = lastOf(r, order); at !== undefined; at = lastOf(r, before[at]!))
      weights[at]! += 1 / tail.length;
  const readyMs = Float64Array.from(outcomes, ({ latencyMs }, g) => {
    let sum = 0;
    for (const r of tail) sum += ends[g]![r]! - latencyMs[r]!;
    return sum / tail.length;
  });
  return { weights, tail, readyMs };
}
