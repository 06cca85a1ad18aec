/** What a replay gives: runs of many workflows under several policies, summed up by class of workflow. */

import { rootKey } from "../stats/random.ts";
import {
  type Estimate,
  meanEstimate,
  pairedQuantileRatio,
  quantileOfSorted,
} from "../stats/summary.ts";
import { POPULARITY, PUBLISHED_BEHAVIOUR } from "../trace/published.ts";
import { type RowOf, RowTable } from "./row-table.ts";

/** The runs of one workflow under one policy, in the order of their arrival, those of the warm-up left out. */
export interface ReplayedWorkflow {
  readonly name: string;
  readonly width: number;
  readonly perDay: number;
  /** ms; NaN where the run failed or timed out. */
  readonly latencyMs: Float64Array;
  /** USD, of every run. */
  readonly costUsd: Float64Array;
  readonly coldStarts: number;
  readonly vmUses: number;
  readonly queueMs: number;
}

/** All workflows under one policy. */
export interface ReplayedPolicy {
  readonly policy: string;
  /** Whose plan was expected to meet its objective. */
  readonly feasible: number;
  readonly workflows: readonly ReplayedWorkflow[];
}

const OFTEN = POPULARITY.ordinary.perDay;
const LONG_MS = PUBLISHED_BEHAVIOUR.latencyMsP50;

/** A class of workflows, by what they are and how they run under the first policy. */
interface ReplayClass {
  readonly name: string;
  readonly has: (underFirst: ReplayedWorkflow) => boolean;
}

/** By width, by length, by popularity, and all: a workflow is in one class of each kind. */
const REPLAY_CLASSES: readonly ReplayClass[] = [
  { name: "chains", has: ({ width }) => width < 2 },
  { name: "2 to 8 wide", has: ({ width }) => width >= 2 && width <= 8 },
  { name: "wider", has: ({ width }) => width > 8 },
  { name: "short", has: ({ latencyMs }) => medianOf(latencyMs) < LONG_MS },
  { name: "long", has: ({ latencyMs }) => medianOf(latencyMs) >= LONG_MS },
  { name: "rare", has: ({ perDay }) => perDay < OFTEN },
  { name: "popular", has: ({ perDay }) => perDay >= OFTEN },
  { name: "all", has: () => true },
];

/** What the names of classes mean that do not say it. */
export const CLASS_MEANING: Readonly<Record<string, string>> = {
  short: `median under ${LONG_MS / 1000} s`,
  long: `median of ${LONG_MS / 1000} s or more`,
  rare: `fewer than ${OFTEN} runs a day`,
  popular: `${OFTEN} runs a day or more`,
};

const COLUMNS = {
  policy: "text",
  class: "text",
  workflows: "number",
  runs: "number",
  failed: "number",
  latency_ms_p50: "number or null",
  latency_ms_p95: "number or null",
  ratio_to_first: "number or null",
  cost_usd_mean: "number",
  cold_start_fraction: "number or null",
  queue_ms_mean: "number",
  p95_ratio: "number or null",
  p95_ratio_lo: "number or null",
  p95_ratio_hi: "number or null",
  workflow_ratio_p50: "number or null",
  cost_ratio: "number or null",
  cost_ratio_lo: "number or null",
  cost_ratio_hi: "number or null",
  platform: "text",
  seed: "text",
} as const;

/**
 * One class under one policy. Times are ms, money USD per run. Ratios are to the first policy, of runs that
 * finished under both: of P95, of mean latency, of mean cost; intervals are paired, and take the workflows
 * as given. `workflow_ratio_p50` is the median over workflows of the ratio of their own mean latencies.
 */
export type ReplayRow = RowOf<typeof COLUMNS>;

/** Rows of replays as CSV. */
export const REPLAY_TABLE = new RowTable(COLUMNS);

const RESAMPLES = 400;

/** Rows by class, then by policy, with all workflows last; a class without a run is left out. */
export function replayRows(
  replayed: readonly ReplayedPolicy[],
  { platform, seed }: Pick<ReplayRow, "platform" | "seed">,
): readonly ReplayRow[] {
  const first = replayed[0]!.workflows;
  return REPLAY_CLASSES.flatMap(({ name, has }) => {
    const places = first.flatMap((one, i) => (has(one) ? [i] : []));
    return replayed.flatMap(({ policy, workflows }) => {
      const own = places.map((i) => workflows[i]!).filter((one) => one.latencyMs.length > 0);
      if (own.length === 0) return [];
      const reference = places.map((i) => first[i]!).filter((one) => one.latencyMs.length > 0);
      return [{ platform, seed, policy, class: name, ...rowOf(own, reference, `${seed}/${name}`) }];
    });
  });
}

type Measured = Omit<ReplayRow, "platform" | "seed" | "policy" | "class">;

function rowOf(
  workflows: readonly ReplayedWorkflow[],
  first: readonly ReplayedWorkflow[],
  luck: string,
): Measured {
  const latencies = joined(workflows, (one) => one.latencyMs);
  const finished = latencies.filter((ms) => !Number.isNaN(ms)).sort();
  const total = (of: (one: ReplayedWorkflow) => number) =>
    workflows.reduce((sum, one) => sum + of(one), 0);
  const vmUses = total((one) => one.vmUses);
  const runs = latencies.length;
  const costs = joined(workflows, (one) => one.costUsd);
  return {
    workflows: workflows.length,
    runs,
    failed: runs - finished.length,
    latency_ms_p50: quantileOrNull(finished, 0.5),
    latency_ms_p95: quantileOrNull(finished, 0.95),
    ...ratiosOf(workflows, first, luck),
    cost_usd_mean: costs.reduce((sum, usd) => sum + usd, 0) / runs,
    cold_start_fraction: vmUses === 0 ? null : total((one) => one.coldStarts) / vmUses,
    queue_ms_mean: total((one) => one.queueMs) / runs,
  };
}

type Ratios = Pick<ReplayRow, `${"p95" | "cost"}_ratio${"" | "_lo" | "_hi"}`> &
  Pick<ReplayRow, "ratio_to_first" | "workflow_ratio_p50">;

function ratiosOf(
  workflows: readonly ReplayedWorkflow[],
  first: readonly ReplayedWorkflow[],
  luck: string,
): Ratios {
  const pairs = workflows.map((one, w) => pairsOf(one, first[w]!));
  const own = joined(pairs, (pair) => pair.latencyMs);
  if (own.length === 0) return NO_RATIOS;
  const reference = joined(pairs, (pair) => pair.firstMs);
  const key = rootKey(`replay/${luck}`);
  const p95 = pairedQuantileRatio(own, reference, 0.95, { key, resamples: RESAMPLES });
  const cost = meanRatio(
    joined(pairs, (pair) => pair.costUsd),
    joined(pairs, (pair) => pair.firstUsd),
  );
  const byWorkflow = pairs
    .filter(({ latencyMs }) => latencyMs.length > 0)
    .map(({ latencyMs, firstMs }) => meanRatio(latencyMs, firstMs).value);
  return {
    p95_ratio: p95.value,
    p95_ratio_lo: p95.low,
    p95_ratio_hi: p95.high,
    ratio_to_first: meanRatio(own, reference).value,
    workflow_ratio_p50: quantileOrNull(Float64Array.from(byWorkflow).sort(), 0.5),
    cost_ratio: cost.value,
    cost_ratio_lo: cost.low,
    cost_ratio_hi: cost.high,
  };
}

const NO_RATIOS: Ratios = {
  p95_ratio: null,
  p95_ratio_lo: null,
  p95_ratio_hi: null,
  ratio_to_first: null,
  workflow_ratio_p50: null,
  cost_ratio: null,
  cost_ratio_lo: null,
  cost_ratio_hi: null,
};

// The runs that finished under both.
function pairsOf(one: ReplayedWorkflow, first: ReplayedWorkflow) {
  const both = Array.from(one.latencyMs.keys()).filter(
    (run) =>
      !Number.isNaN(one.latencyMs[run]!) && !Number.isNaN(first.latencyMs[run] ?? Number.NaN),
  );
  const of = (column: Float64Array) => Float64Array.from(both, (run) => column[run]!);
  return {
    latencyMs: of(one.latencyMs),
    firstMs: of(first.latencyMs),
    costUsd: of(one.costUsd),
    firstUsd: of(first.costUsd),
  };
}

/** Ratio of means of paired samples. Interval by the delta method: that of the mean of a - r b, over the mean of b. */
function meanRatio(a: Float64Array, b: Float64Array): Estimate {
  const below = meanEstimate(b).value;
  const value = meanEstimate(a).value / below;
  const { low, high } = meanEstimate(a.map((x, i) => (x - value * b[i]!) / below));
  return {
    value,
    low: low === null ? null : value + low,
    high: high === null ? null : value + high,
  };
}

function joined<T>(parts: readonly T[], of: (part: T) => Float64Array): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + of(part).length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(of(part), at);
    at += of(part).length;
  }
  return all;
}

function medianOf(latencyMs: Float64Array): number {
  return quantileOrNull(latencyMs.filter((ms) => !Number.isNaN(ms)).sort(), 0.5) ?? 0;
}

function quantileOrNull(sorted: Float64Array, p: number): number | null {
  return sorted.length === 0 ? null : quantileOfSorted(sorted, p);
}
