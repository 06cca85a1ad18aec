/** What is said of a workload's behaviour when it runs alone, and of many workloads under two weightings. */

import { POPULARITY, type Weighting } from "../trace/published.ts";
import { type ShapeFacts, WeightedCdf } from "../trace/shape-facts.ts";

/** What workloads are weighted by, in the order of tables and charts. */
export const WEIGHTINGS: readonly Weighting[] = ["execution", "workflow"];

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
function cdfOver(
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

/** Distribution of one measure under one weighting; undefined when no workload counts. */
export interface Curves<Measure extends string> {
  cdf(measure: Measure, weighting: Weighting): WeightedCdf | undefined;
}

const rareOnly = ({ perDay, coldShare }: WorkloadBehaviour) => (perDay < OFTEN ? [coldShare] : []);
const oftenOnly = ({ perDay, coldShare }: WorkloadBehaviour) =>
  perDay >= OFTEN ? [coldShare] : [];
const OFTEN = POPULARITY.ordinary.perDay;

// What is looked at as a distribution over workloads, each counting by its weight.
const NUMBERS = {
  latency_ms: (b) => b.latencyMs,
  latency_p95_over_p25: (b) => [tailRatio(b)],
  compute_share: (b) => partOf(b, "compute"),
  communication_share: (b) => partOf(b, "communication"),
  start_share: (b) => partOf(b, "start"),
  queue_share: (b) => partOf(b, "queue"),
  cold_share_rare: rareOnly,
  cold_share_often: oftenOnly,
  slowest_over_fastest: (b) => b.skew.map((stage) => stage.slowestOverFastest),
  stage_correlation: (b) => b.stageCorrelations,
  worker_correlation: (b) => b.workerCorrelations,
  gap_cv: (b) => [b.gapCv],
  dispersion: (b) => [b.dispersion],
} as const satisfies Record<string, (behaviour: WorkloadBehaviour) => ArrayLike<number>>;

/** A measure of behaviour. */
export type BehaviourMeasure = keyof typeof NUMBERS;

/** Names of all measures of behaviour. */
export const BEHAVIOUR_MEASURES = Object.keys(NUMBERS) as readonly BehaviourMeasure[];

/** The distributions of a characterisation's samples. */
export function behaviourCurves({
  samples,
}: Pick<Characterization, "samples">): Curves<BehaviourMeasure> {
  return { cdf: (measure, weighting) => cdfOver(samples[weighting], NUMBERS[measure]) };
}

/** P95 of a workload's latency over its P25. */
export function tailRatio({ latencyMs }: WorkloadBehaviour): number {
  const at = (p: number) => latencyMs[Math.floor(p * latencyMs.length)] ?? Number.NaN;
  return at(0.95) / at(0.25);
}

function partOf({ latencyMs, share }: WorkloadBehaviour, part: TimePart): readonly number[] {
  return latencyMs.length === 0 ? [] : [share[part]];
}

/** Executions a day and cold share of VM uses, 0 to 1, of each workflow with a rate. */
export function coldPoints({ samples }: Pick<Characterization, "samples">): readonly Point[] {
  return samples.workflow
    .filter(({ behaviour }) => !Number.isNaN(behaviour.coldShare))
    .map(({ behaviour: { perDay, coldShare } }) => [perDay, coldShare]);
}

/** Workers, and slowest over fastest of them, of each parallel stage. */
export function skewPoints({ samples }: Pick<Characterization, "samples">): readonly Point[] {
  return samples.workflow.flatMap(({ behaviour: { skew } }) =>
    skew.map(({ workers, slowestOverFastest }): Point => [workers, slowestOverFastest]),
  );
}

/**
 * The busiest workloads, % of all, and the share of all executions that they make; as many points for each
 * power of ten.
 */
export function popularityPoints(facts: ShapeFacts): readonly Point[] {
  const rates = facts.perDay
    .values()
    .filter((rate) => !Number.isNaN(rate))
    .toSorted()
    .reverse();
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  let made = 0;
  let next = 1;
  return Array.from(rates, (rate, i): Point => {
    made += rate;
    return [(100 * (i + 1)) / rates.length, made / total];
  }).filter((_, i) => {
    if (i + 1 < next && i + 1 < rates.length) return false;
    next = Math.max(i + 2, (i + 1) * POPULARITY_STEP);
    return true;
  });
}

const POPULARITY_STEP = 1.05;

/** Two numbers that go together. */
export type Point = readonly [x: number, y: number];

/** Mean over a sample of the part of a run's time that goes to `part`. */
export function meanShare(sample: readonly Weighted[], part: TimePart): number {
  const finished = sample.filter(({ behaviour }) => behaviour.latencyMs.length > 0);
  const total = finished.reduce((sum, { weight }) => sum + weight, 0);
  return finished.reduce((sum, { behaviour, weight }) => {
    return sum + (behaviour.share[part] * weight) / total;
  }, 0);
}
