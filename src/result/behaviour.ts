/** What is said of a workload's behaviour when it runs alone, and of many workloads under two weightings. */

import type { Weighting } from "../trace/published.ts";
import { type ShapeFacts, WeightedCdf } from "../trace/shape-facts.ts";

/** Where the time of a run goes, in four parts. */
export const TIME_PARTS = ["compute", "communication", "start", "queue"] as const;

/** One part of a run's time. */
export type TimePart = (typeof TIME_PARTS)[number];

/** Unequal workers of one parallel stage. */
export interface StageSkew {
  readonly workers: number;
  /** Median over runs of the slowest worker's time over the fastest one's. */
  readonly slowestOverFastest: number;
}

/** A workload run alone under the unfused plan, each stage at one vCPU or what its memory needs. */
export interface WorkloadBehaviour {
  readonly name: string;
  /** Executions per day; NaN when its arrivals give no rate. */
  readonly perDay: number;
  readonly width: number;
  readonly depth: number;
  readonly nodes: number;
  /** Latency of each finished run, ascending, ms. */
  readonly latencyMs: Float64Array;
  /** Runs that failed or timed out. */
  readonly failed: number;
  /** Part of the mean latency, adding up to 1. */
  readonly share: Readonly<Record<TimePart, number>>;
  /** VM uses that were cold, 0 to 1; NaN without a rate. */
  readonly coldShare: number;
  readonly skew: readonly StageSkew[];
  /** Pearson correlation over runs of the times of neighbouring stages. */
  readonly stageCorrelations: readonly number[];
  /** The same of two workers of one stage. */
  readonly workerCorrelations: readonly number[];
  /** Coefficient of variation of the gaps between arrivals: 1 for Poisson; NaN without a rate. */
  readonly gapCv: number;
  /** Variance over mean of the arrivals in windows of ten mean gaps: 1 for Poisson; NaN without a rate. */
  readonly dispersion: number;
}

/** A workload with what it counts for. */
export interface Weighted {
  readonly behaviour: WorkloadBehaviour;
  readonly weight: number;
}

/** Shapes of all workloads, and the behaviour of a sample of them under each weighting. */
export interface Characterization {
  readonly platform: string;
  readonly facts: ShapeFacts;
  /** How many workloads arrive how: by kind of arrivals, "none" where a file says nothing. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** Per execution it is empty when no workload has a rate. */
  readonly samples: Readonly<Record<Weighting, readonly Weighted[]>>;
}

/** Distribution of one number per workload, or of several; NaN counts for nothing. */
export function cdfOver(
  sample: readonly Weighted[],
  numbersOf: (behaviour: WorkloadBehaviour) => ArrayLike<number>,
): WeightedCdf | undefined {
  const values: number[] = [];
  const weights: number[] = [];
  for (const { behaviour, weight } of sample) {
    const numbers = Array.from(numbersOf(behaviour)).filter((value) => !Number.isNaN(value));
    for (const value of numbers) {
      values.push(value);
      weights.push(weight / numbers.length);
    }
  }
  if (values.length === 0) return undefined;
  return new WeightedCdf(Float64Array.from(values), Float64Array.from(weights));
}

/** Mean over a sample of the part of a run's time that goes to `part`. */
export function meanShare(sample: readonly Weighted[], part: TimePart): number {
  const finished = sample.filter(({ behaviour }) => behaviour.latencyMs.length > 0);
  const total = finished.reduce((sum, { weight }) => sum + weight, 0);
  return finished.reduce((sum, { behaviour, weight }) => {
    return sum + (behaviour.share[part] * weight) / total;
  }, 0);
}
