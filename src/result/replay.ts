/** What a replay gives: runs of many workflows under several policies, summed up by class of workflow. */

import { quantileOfSorted } from "../stats/summary.ts";

// Classes of workflows by their widest level.
const REPLAY_CLASSES = [
  { name: "chains", from: 1, to: 1 },
  { name: "2 to 8 wide", from: 2, to: 8 },
  { name: "wider", from: 9, to: Number.POSITIVE_INFINITY },
] as const;

/** The runs of one workflow under one policy, in the order of their arrival, those of the warm-up left out. */
export interface ReplayedWorkflow {
  readonly name: string;
  readonly width: number;
  /** ms; NaN where the run failed or timed out. */
  readonly latencyMs: Float64Array;
  readonly costUsd: number;
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

/** One class under one policy. Times are ms, money USD per run. */
export interface ReplayRow {
  readonly policy: string;
  readonly class: string;
  readonly workflows: number;
  readonly runs: number;
  readonly failed: number;
  readonly latency_ms_p50: number | null;
  readonly latency_ms_p95: number | null;
  /** Mean latency over that under the first policy, of the runs that finished under both. */
  readonly ratio_to_first: number | null;
  readonly cost_usd_mean: number;
  readonly cold_start_fraction: number;
  readonly queue_ms_mean: number;
}

/** Rows by class, then by policy, with all workflows last; a class without a run is left out. */
export function replayRows(replayed: readonly ReplayedPolicy[]): readonly ReplayRow[] {
  const classes = [...REPLAY_CLASSES, { name: "all", from: 1, to: Number.POSITIVE_INFINITY }];
  return classes.flatMap(({ name, from, to }) =>
    replayed.flatMap(({ policy, workflows }) => {
      const places = workflows.flatMap(({ width }, i) => (width >= from && width <= to ? [i] : []));
      const first = replayed[0]!.workflows;
      const row = rowOf(
        places.map((i) => workflows[i]!),
        places.map((i) => first[i]!),
      );
      return row.runs === 0 ? [] : [{ policy, class: name, ...row }];
    }),
  );
}

function rowOf(
  workflows: readonly ReplayedWorkflow[],
  first: readonly ReplayedWorkflow[],
): Omit<ReplayRow, "policy" | "class"> {
  const latencies = workflows.flatMap(({ latencyMs }) => Array.from(latencyMs));
  const finished = Float64Array.from(latencies.filter((ms) => !Number.isNaN(ms))).sort();
  const runs = latencies.length;
  const total = (of: (one: ReplayedWorkflow) => number) =>
    workflows.reduce((sum, one) => sum + of(one), 0);
  return {
    workflows: workflows.length,
    runs,
    failed: runs - finished.length,
    latency_ms_p50: quantileOrNull(finished, 0.5),
    latency_ms_p95: quantileOrNull(finished, 0.95),
    ratio_to_first: pairedRatio(workflows, first),
    cost_usd_mean: total((one) => one.costUsd) / runs,
    cold_start_fraction: total((one) => one.coldStarts) / total((one) => one.vmUses),
    queue_ms_mean: total((one) => one.queueMs) / runs,
  };
}

function pairedRatio(
  workflows: readonly ReplayedWorkflow[],
  first: readonly ReplayedWorkflow[],
): number | null {
  let own = 0;
  let reference = 0;
  workflows.forEach(({ latencyMs }, w) => {
    latencyMs.forEach((ms, run) => {
      const other = first[w]!.latencyMs[run] ?? Number.NaN;
      if (Number.isNaN(ms) || Number.isNaN(other)) return;
      own += ms;
      reference += other;
    });
  });
  return reference === 0 ? null : own / reference;
}

function quantileOrNull(sorted: Float64Array, p: number): number | null {
  return sorted.length === 0 ? null : quantileOfSorted(sorted, p);
}
