/**
 * When the last of some steps ends, as a recipe over densities. Series-parallel parts reduce to
 * convolutions and maxima, so that what branches have in common is added after their maximum.
 */

import { assert } from "../check.ts";
import type { Program } from "../physics/program.ts";
import { constantDensity, type Density, series, slowest } from "../stats/density.ts";

/** What to do with densities by number: those of the steps come first, then each result in turn. */
interface Move {
  readonly kind: "series" | "slowest";
  readonly of: readonly number[];
}

/** How to compute a makespan, the same for every condition. */
export interface Recipe {
  readonly moves: readonly Move[];
  /** Number of the result; -1 for zero. */
  readonly result: number;
}

/** An activity between two events, as long as density `length`; -1 for none at all. */
interface Arc {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

const SOURCE = -1;
const SINK = -2;
const NOTHING = -1;

/**
 * The recipe for the end of the last of `targets`, from the start of the run. A graph that is not
 * series-parallel is made so by Dodin's rule: what leads into a fork is given to each branch as its
 * own, as if independent, which bounds the latency from above.
 * Source: Dodin, Bounding the project completion time distribution, Operations Research 33(4), 1985.
 */
export function makespanOf(program: Program, targets: readonly number[]): Recipe {
  const moves: Move[] = [];
  const add = (kind: Move["kind"], lengths: readonly number[]): number => {
    // A density that reaches one event twice is the same activity, not another like it.
    const of = [...new Set(lengths)].filter((length) => length !== NOTHING);
    if (of.length < 2) return of[0] ?? NOTHING;
    moves.push({ kind, of });
    return program.steps.length + moves.length - 1;
  };
  let arcs = activities(program, targets);
  while (arcs.length > 1) {
    const before = arcs.length;
    arcs = joinParallel(arcs, add);
    arcs = joinSeries(arcs, add);
    if (arcs.length === before && arcs.length > 1) arcs = splitFork(arcs, add);
  }
  return { moves, result: arcs[0]?.length ?? NOTHING };
}

/** The makespan for the given density of each step. */
export function follow(recipe: Recipe, steps: readonly Density[]): Density {
  const known = [...steps];
  for (const { kind, of } of recipe.moves) {
    const densities = of.map((number) => known[number]!);
    known.push(
      kind === "slowest" ? slowest(densities) : densities.reduce((sum, one) => series(sum, one)),
    );
  }
  return recipe.result === NOTHING ? constantDensity(0) : known[recipe.result]!;
}

// A step is an arc from event 2s to event 2s + 1; precedence takes no time.
function activities(program: Program, targets: readonly number[]): Arc[] {
  const predecessors = program.steps.map((step) =>
    program.steps.filter((one) => one.successors.includes(step.index)).map((one) => one.index),
  );
  const needed = new Set<number>();
  const pending = [...targets];
  for (let s = pending.pop(); s !== undefined; s = pending.pop()) {
    if (needed.has(s)) continue;
    needed.add(s);
    pending.push(...predecessors[s]!);
  }
  const arcs: Arc[] = [];
  for (const s of needed) {
    arcs.push({ from: 2 * s, to: 2 * s + 1, length: s });
    const before = predecessors[s]!;
    if (before.length === 0) arcs.push({ from: SOURCE, to: 2 * s, length: NOTHING });
    for (const p of before) arcs.push({ from: 2 * p + 1, to: 2 * s, length: NOTHING });
    if (targets.includes(s)) arcs.push({ from: 2 * s + 1, to: SINK, length: NOTHING });
  }
  return arcs;
}

type Add = (kind: Move["kind"], lengths: readonly number[]) => number;

function joinParallel(arcs: readonly Arc[], add: Add): Arc[] {
  const together = new Map<string, Arc[]>();
  for (const arc of arcs) {
    const key = `${arc.from} ${arc.to}`;
    together.set(key, [...(together.get(key) ?? []), arc]);
  }
  return [...together.values()].map((same) => ({
    ...same[0]!,
    length: add(
      "slowest",
      same.map((arc) => arc.length),
    ),
  }));
}

function joinSeries(arcs: readonly Arc[], add: Add): Arc[] {
  let left = [...arcs];
  for (const event of new Set(arcs.map((arc) => arc.to))) {
    const into = left.filter((arc) => arc.to === event);
    const out = left.filter((arc) => arc.from === event);
    if (into.length !== 1 || out.length !== 1) continue;
    const length = add("series", [into[0]!.length, out[0]!.length]);
    left = left.filter((arc) => arc !== into[0] && arc !== out[0]);
    left.push({ from: into[0]!.from, to: out[0]!.to, length });
  }
  return left;
}

// One arc out of an event that has several, and only one into it, gets that one for itself.
function splitFork(arcs: readonly Arc[], add: Add): Arc[] {
  const fork = arcs.find(
    (arc) => arc.from === SOURCE && arcs.filter((one) => one.to === arc.to).length === 1,
  );
  assert(fork !== undefined, "a reduced graph has an event that only the source leads to");
  const branch = arcs.find((arc) => arc.from === fork.to);
  assert(branch !== undefined, "every event leads to the sink");
  const length = add("series", [fork.length, branch.length]);
  return [...arcs.filter((arc) => arc !== branch), { from: SOURCE, to: branch.to, length }];
}
