/** Joint law of width, depth and nodes: their published marginals on the shapes that a levelled DAG can have. */

import { CountLaw } from "../stats/count-law.ts";
import { fitJointLaw, type JointCell } from "../stats/joint-law.ts";
import type { RandomKey } from "../stats/random.ts";
import type { PublishedShapes } from "./published.ts";

/** Shape of a workflow: its widest level, its levels, and its workers in all. */
export interface WorkflowShape {
  readonly width: number;
  readonly depth: number;
  readonly nodes: number;
}

// Values up to here have a bin each; beyond, a bin is a third larger than the one before.
const EXACT = 20;
const GROWTH = 1.3;
const TRIES = 40;
const LEAST_NODES = 2;

interface Axis {
  readonly law: CountLaw;
  /** Least value of each bin, and one past the largest value. */
  readonly starts: readonly number[];
}

/**
 * A levelled DAG has width + depth - 1 to width x depth nodes, and one node alone is no workflow. The law
 * is the one nearest to independence that keeps these bounds and has the published marginals.
 */
export class ShapeLaw {
  /** Largest difference between a cumulative marginal asked for and one that can hold jointly. */
  readonly infeasible: number;
  /** Probability of each cell; what `shapeIn` takes is an index of it. */
  readonly mass: Float64Array;
  readonly #cells: readonly JointCell[];
  readonly #axes: readonly [Axis, Axis, Axis | undefined];

  constructor(published: PublishedShapes) {
    const { width, depth, nodes } = published.cdf;
    const axes = [axisOf(width!), axisOf(depth!), nodes && axisOf(nodes)] as const;
    this.#axes = axes;
    this.#cells = possibleCells(axes);
    const targets = axes.flatMap((axis) => (axis === undefined ? [] : [massesOf(axis)]));
    const { mass, error } = fitJointLaw(this.#cells, targets);
    this.mass = mass;
    this.infeasible = error;
  }

  /** A shape inside a cell, by the draws of `key` under the name `name`. */
  shapeIn(cell: number, key: RandomKey, name: number): WorkflowShape {
    const bins = this.#cells[cell]!;
    const [widths, depths, counts] = this.#axes;
    for (let attempt = 0; ; attempt++) {
      const u = (axis: number) => key.uniform(name, 3 * attempt + axis);
      const width = valueIn(widths, bins[0]!, u(0));
      const depth = valueIn(depths, bins[1]!, u(1));
      const least = Math.max(LEAST_NODES, width + depth - 1);
      if (counts === undefined) {
        if (width * depth >= LEAST_NODES) return { width, depth, nodes: least };
        continue;
      }
      const nodes = valueIn(counts, bins[2]!, u(2));
      if (nodes >= least && nodes <= width * depth) return { width, depth, nodes };
      // Only bins of several values get here; the corner of one that fits may be small.
      if (attempt >= TRIES && width * depth >= LEAST_NODES)
        return { width, depth, nodes: Math.min(Math.max(nodes, least), width * depth) };
    }
  }
}

function axisOf(points: readonly (readonly [number, number])[]): Axis {
  const law = new CountLaw(points);
  const starts: number[] = [];
  for (let start = law.min; start <= law.max; )
    start = starts.push(start) && start < EXACT ? start + 1 : Math.ceil(start * GROWTH);
  return { law, starts: [...starts, law.max + 1] };
}

function massesOf({ law, starts }: Axis): readonly number[] {
  return starts
    .slice(0, -1)
    .map((start, bin) => law.cdf(starts[bin + 1]! - 1) - law.cdf(start - 1));
}

function possibleCells(axes: readonly [Axis, Axis, Axis | undefined]): readonly JointCell[] {
  const cells: JointCell[] = [];
  const [widths, depths, nodes] = axes;
  const bins = (axis: Axis) => axis.starts.slice(0, -1).map((low, bin) => [bin, low] as const);
  const last = (axis: Axis, bin: number) => axis.starts[bin + 1]! - 1;
  for (const [w, leastWidth] of bins(widths))
    for (const [d, leastDepth] of bins(depths)) {
      const most = last(widths, w) * last(depths, d);
      if (most < LEAST_NODES) continue;
      if (nodes === undefined) cells.push([w, d]);
      else
        for (const [n, leastNodes] of bins(nodes))
          if (last(nodes, n) >= leastWidth + leastDepth - 1 && leastNodes <= most)
            cells.push([w, d, n]);
    }
  return cells;
}

// By the law inside the bin.
function valueIn({ law, starts }: Axis, bin: number, u: number): number {
  const [first, last] = [starts[bin]!, starts[bin + 1]! - 1];
  if (first === last) return first;
  const below = law.cdf(first - 1);
  const drawn = law.quantile(below + u * (law.cdf(last) - below));
  return Math.min(Math.max(drawn, first), last);
}
