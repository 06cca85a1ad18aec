/** Production-like populations: many different workflows, drawn from published statistics. */

import { suggestion, InputError } from "../check.ts";
import { RandomKey, rootKey } from "../stats/random.ts";
import { Popularity } from "./popularity.ts";
import {
  AZURE_DURABLE_EXECUTIONS,
  AZURE_DURABLE_WORKFLOWS,
  type PublishedShapes,
} from "./published.ts";
import { ShapeLaw, type WorkflowShape } from "./shape-law.ts";
import { SYNTHETIC_PROVENANCE } from "./synthetic-laws.ts";
import { syntheticWorkload } from "./synthetic-workload.ts";
import type { Workload } from "./workload.ts";

/** Presets by name; the first follows the statistics of executions, the second those of workflows. */
const PRESETS: Readonly<Record<string, PublishedShapes>> = {
  "azure-durable": AZURE_DURABLE_EXECUTIONS,
  "azure-durable-workflows": AZURE_DURABLE_WORKFLOWS,
};

/** The busiest workflows: their shapes are dealt out, so that no few of them distort the whole. */
const DEALT_MAX = 2000;
const CELL = -1;
const SHAPE = -2;
const EXECUTION = -3;

/**
 * A population of `workflows` workflows, made one by one and never held as a whole. Workflow number n (from 1,
 * the busiest first) is a function of preset, number of workflows, seed and n alone.
 * `law`, the shapes of the same preset, saves the second that it takes to make it.
 * @throws InputError usage, for an unknown preset.
 */
export class Population {
  readonly published: PublishedShapes;
  readonly workflows: number;
  readonly popularity: Popularity;
  readonly law: ShapeLaw;
  readonly #root: RandomKey;
  readonly #dealt: Int32Array;
  /** Cumulative mass of the cells for workflows that are not dealt a shape. */
  readonly #rest: Float64Array;
  readonly #key = new RandomKey();
  #cumulative: Float64Array | undefined;

  constructor(preset: string, workflows: number, seed: string, law?: ShapeLaw) {
    const published = Object.hasOwn(PRESETS, preset) ? PRESETS[preset] : undefined;
    if (published === undefined) {
      const message = `unknown preset "${preset}"${suggestion(preset, Object.keys(PRESETS))}`;
      throw new InputError("usage", [{ where: "--preset", message }]);
    }
    this.published = published;
    this.workflows = workflows;
    this.popularity = new Popularity(workflows);
    this.law = law ?? new ShapeLaw(published);
    this.#root = rootKey(`population/${preset}/${workflows}/${seed}`);
    const left = this.law.mass.slice();
    this.#dealt = published.weighting === "execution" ? this.#deal(left) : new Int32Array(0);
    this.#rest = cumulated(left);
  }

  /** Name of workflow `rank`. */
  nameOf(rank: number): string {
    return `workflow-${String(rank).padStart(String(this.workflows).length, "0")}`;
  }

  /** Shape of workflow `rank`; what `workloadOf` builds. */
  shapeOf(rank: number): WorkflowShape {
    const key = this.#keyOf(rank);
    const cell =
      rank <= this.#dealt.length
        ? this.#dealt[rank - 1]!
        : placeIn(this.#rest, key.uniform(CELL, 0) * this.#rest.at(-1)!);
    return this.law.shapeIn(cell, key, SHAPE);
  }

  /** Workflow `rank` as a workload; with its provenance unless a header says that once for all. */
  workloadOf(rank: number): Workload {
    const shape = this.shapeOf(rank);
    const perDay = this.popularity.perDay(rank);
    const key = this.#keyOf(rank);
    const made = syntheticWorkload({ name: this.nameOf(rank), shape, perDay, key });
    const { width, depth, nodes } = shape;
    return {
      ...made,
      description: `Generated: ${nodes} nodes, ${depth} deep, ${width} wide; rank ${rank} of ${this.workflows}.`,
      source: `Synthetic, shapes per ${this.published.weighting} of ${this.published.source}`,
      objective: undefined,
      provenance: SYNTHETIC_PROVENANCE,
    };
  }

  /** Rank of the workflow that execution number `execution` is of, in proportion to popularity. */
  rankOfExecution(execution: number): number {
    if (this.#cumulative === undefined) {
      const perDay = new Float64Array(this.workflows);
      for (let rank = 1; rank <= this.workflows; rank++)
        perDay[rank - 1] = this.popularity.perDay(rank);
      this.#cumulative = cumulated(perDay);
    }
    const u = this.#root.uniform(execution, EXECUTION);
    return 1 + placeIn(this.#cumulative, u * this.#cumulative.at(-1)!);
  }

  #keyOf(rank: number): RandomKey {
    this.#key.derive(this.#root, rank, 0);
    return this.#key;
  }

  // The five busiest hold half of all executions: drawn blindly, their shapes would be the population's.
  // Each takes a cell that has as much mass left as it has executions, in proportion to what is left.
  #deal(left: Float64Array): Int32Array {
    const total = this.popularity.totalPerDay();
    const count = Math.min(this.workflows, DEALT_MAX);
    const dealt = new Int32Array(count);
    for (let rank = 1; rank <= count; rank++) {
      const share = this.popularity.perDay(rank) / total;
      const cell = roomyCell(left, share, this.#keyOf(rank).uniform(CELL, 0));
      dealt[rank - 1] = cell;
      left[cell] = Math.max(0, left[cell]! - share);
    }
    return dealt;
  }
}

// A cell with at least `share` left, in proportion to what is left; any cell when none has.
function roomyCell(left: Float64Array, share: number, u: number): number {
  let roomy = 0;
  for (const mass of left) if (mass >= share) roomy += mass;
  if (roomy === 0) return roomyCell(left, 0, u);
  let at = u * roomy;
  let last = 0;
  for (let cell = 0; cell < left.length; cell++) {
    const mass = left[cell]!;
    if (mass < share) continue;
    last = cell;
    at -= mass;
    if (at < 0) break;
  }
  return last;
}

function cumulated(mass: Float64Array): Float64Array {
  let sum = 0;
  return mass.map((m) => (sum += m));
}

/** The first place whose cumulated mass exceeds `at`. */
function placeIn(cumulative: Float64Array, at: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
