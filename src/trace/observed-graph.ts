/** Which stage waits for which, as the times of many runs show it. */

import { InputError } from "../check.ts";
import type { StageOfRun } from "./stage-records.ts";

/** Stages beyond this make the reduction below slow, and no inferred graph of them means much. */
const STAGES_MAX = 400;

/** Clocks of two machines differ, and times are rounded: this much overlap is none, ms. */
const OVERLAP_MS = 1;

/**
 * Pairs [from, to] of stage indices: in every run that has both, all workers of `from` had ended when
 * the first of `to` started, and no third stage lies between them. Stages that merely happened one
 * after the other are told apart from stages that waited only by runs in which they overlap.
 * Cost: O(runs × stages² + stages³).
 * @throws InputError workload, for more than 400 stages.
 */
export function observedEdges(
  runs: Iterable<readonly StageOfRun[]>,
  stages: number,
): readonly (readonly [number, number])[] {
  if (stages > STAGES_MAX)
    throw new InputError(
      "workload",
      `a graph is inferred for at most ${STAGES_MAX} different stages, got ${stages}`,
    );
  const UNSEEN = 0;
  const BEFORE = 1;
  const NOT_BEFORE = 2;
  const relation = new Uint8Array(stages * stages).fill(UNSEEN);
  for (const run of runs)
    for (const a of run)
      for (const b of run) {
        const at = a.stage * stages + b.stage;
        if (a === b || relation[at] === NOT_BEFORE) continue;
        // A stage of no length ends as it starts; the order of starts decides then.
        const before = a.lastEndMs - OVERLAP_MS <= b.firstStartMs && a.firstStartMs < b.lastEndMs;
        const first = before && run.indexOf(a) < run.indexOf(b);
        relation[at] = first ? BEFORE : NOT_BEFORE;
      }
  const before = (a: number, b: number) => relation[a * stages + b] === BEFORE;
  const rank = rankOf(runs, stages);
  const edges: (readonly [number, number])[] = [];
  for (let a = 0; a < stages; a++)
    for (let b = 0; b < stages; b++) {
      if (!before(a, b) || rank[a]! >= rank[b]!) continue;
      let between = false;
      for (let c = 0; c < stages && !between; c++)
        between = before(a, c) && before(c, b) && rank[a]! < rank[c]! && rank[c]! < rank[b]!;
      if (!between) edges.push([a, b]);
    }
  return edges;
}

// Place of each stage by its mean start after the run's: an order, so that no edges make a cycle.
function rankOf(runs: Iterable<readonly StageOfRun[]>, stages: number): Float64Array {
  const sum = new Float64Array(stages);
  const count = new Float64Array(stages);
  for (const run of runs)
    for (const { stage, firstStartMs } of run) {
      sum[stage] = sum[stage]! + (firstStartMs - run[0]!.firstStartMs);
      count[stage] = count[stage]! + 1;
    }
  const order = Array.from(sum, (_, stage) => stage).sort(
    (a, b) => sum[a]! / count[a]! - sum[b]! / count[b]! || a - b,
  );
  const rank = new Float64Array(stages);
  order.forEach((stage, place) => {
    rank[stage] = place;
  });
  return rank;
}
