/** What can be said of workloads without running them: shapes and rates, of many of them in little memory. */

import { ratePerMs } from "../plan/arrival-rate.ts";
import { CountLaw } from "../stats/count-law.ts";
import { meanOf } from "../stats/families.ts";
import { graphOf } from "../workflow/graph.ts";
import type { Workflow } from "../workflow/workflow.ts";
import type { PublishedCdf, ShapeMeasure, Weighting } from "./published.ts";
import { NumberColumn } from "./samples.ts";
import type { WorkflowShape } from "./shape-law.ts";
import type { Workload } from "./workload.ts";

const DAY_MS = 86_400_000;

/**
 * Shape of a workflow: its levels are the stages by their longest path from a first stage, its width the most
 * workers on one level. Workers that vary between runs count by their mean.
 */
export function shapeOf(workflow: Workflow): WorkflowShape {
  const { out } = graphOf(workflow);
  const level = workflow.stages.map(() => 0);
  const widths: number[] = [];
  let nodes = 0;
  // Stages come in topological order.
  workflow.stages.forEach(({ workers }, place) => {
    const own = level[place]!;
    for (const { to } of out[place]!) level[to] = Math.max(level[to]!, own + 1);
    const count = meanOf(workers);
    nodes += count;
    widths[own] = (widths[own] ?? 0) + count;
  });
  return { width: Math.max(...widths), depth: widths.length, nodes };
}

/** Shapes and rates of workloads, one entry each, in the order in which they were added. */
export class ShapeFacts {
  /** Executions per day; NaN where arrivals give no rate (none stated, once, or a closed loop). */
  readonly perDay = new NumberColumn();
  readonly width = new NumberColumn();
  readonly depth = new NumberColumn();
  readonly nodes = new NumberColumn();

  /** One more workload. */
  add({ workflow, arrivals }: Pick<Workload, "workflow" | "arrivals">): void {
    const perMs = arrivals === undefined ? 0 : ratePerMs(arrivals);
    const known = perMs > 0 && perMs < Number.POSITIVE_INFINITY;
    this.addShape(shapeOf(workflow), known ? perMs * DAY_MS : Number.NaN);
  }

  /** One more workload by its shape and executions per day. */
  addShape({ width, depth, nodes }: WorkflowShape, perDay: number): void {
    this.perDay.push(perDay);
    this.width.push(width);
    this.depth.push(depth);
    this.nodes.push(nodes);
  }

  /** Shape of workload `place`, from 0. */
  shapeAt(place: number): WorkflowShape {
    const at = (measure: ShapeMeasure) => this[measure].at(place);
    return { width: at("width"), depth: at("depth"), nodes: at("nodes") };
  }

  /** How many there are. */
  get count(): number {
    return this.perDay.length;
  }

  /** Workloads whose rate is not known: they count per workflow only. */
  get withoutRate(): number {
    return this.perDay.values().reduce((sum, rate) => sum + (Number.isNaN(rate) ? 1 : 0), 0);
  }

  /** Distribution of a measure under one weighting; undefined when no workload counts. */
  cdf(measure: ShapeMeasure, weighting: Weighting): WeightedCdf | undefined {
    const rates = this.perDay.values();
    const weights = rates.map((rate) => (Number.isNaN(rate) ? 0 : rate));
    const counted = weighting === "workflow" ? weights.fill(1) : weights;
    return counted.some((weight) => weight > 0)
      ? new WeightedCdf(this[measure].values(), counted)
      : undefined;
  }

  /** Share of all executions that the busiest `count` workloads have. */
  topShare(count: number): number {
    const sorted = this.perDay
      .values()
      .filter((rate) => !Number.isNaN(rate))
      .sort();
    const total = sorted.reduce((sum, rate) => sum + rate, 0);
    const top = sorted.subarray(Math.max(0, sorted.length - count));
    return top.reduce((sum, rate) => sum + rate, 0) / total;
  }
}

/** An empirical distribution whose values have weights. */
export class WeightedCdf {
  /** Distinct values, ascending, and P(X <= x) at each. */
  readonly values: Float64Array;
  readonly shares: Float64Array;
  readonly mean: number;

  constructor(sample: Float64Array, weights: Float64Array) {
    const order = Uint32Array.from(sample, (_, i) => i).sort((i, j) => sample[i]! - sample[j]!);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const values: number[] = [];
    const shares: number[] = [];
    let below = 0;
    let mean = 0;
    for (const i of order) {
      if (weights[i]! === 0) continue;
      below += weights[i]! / total;
      mean += (sample[i]! * weights[i]!) / total;
      if (values.at(-1) === sample[i]) shares[shares.length - 1] = below;
      else {
        values.push(sample[i]!);
        shares.push(below);
      }
    }
    shares[shares.length - 1] = 1;
    this.values = Float64Array.from(values);
    this.shares = Float64Array.from(shares);
    this.mean = mean;
  }

  /** The least value with P(X <= x) >= p. */
  quantile(p: number): number {
    const place = this.shares.findIndex((share) => share >= p);
    return this.values[place < 0 ? this.values.length - 1 : place]!;
  }

  /** P(X <= x). */
  at(x: number): number {
    const above = this.values.findIndex((value) => value > x);
    if (above === 0) return 0;
    return above < 0 ? 1 : this.shares[above - 1]!;
  }

  /** Kolmogorov-Smirnov distance from a published distribution, over every value of both. */
  distanceFrom(published: PublishedCdf): number {
    const law = new CountLaw(published);
    let distance = 0;
    this.values.forEach((value, i) => {
      const here = Math.abs(this.shares[i]! - law.cdf(value));
      const before = Math.abs((this.shares[i - 1] ?? 0) - law.cdf(Math.ceil(value) - 1));
      distance = Math.max(distance, here, before);
    });
    for (const [value] of published)
      distance = Math.max(distance, Math.abs(this.at(value) - law.cdf(value)));
    return distance;
  }
}
