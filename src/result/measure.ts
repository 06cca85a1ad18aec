/** From what happened in a cell's runs to its row: latency, money, and where the time went. */

import { assert } from "../check.ts";
import { RUN_STATUS, type RunColumn, type RunLog } from "../execution/run-log.ts";
import type { Decision } from "../policy/policy.ts";
import type { RandomKey } from "../stats/random.ts";
import {
  type Estimate,
  meanEstimate,
  pairedQuantileRatio,
  quantileEstimate,
  quantileOfSorted,
  sortedSample,
} from "../stats/summary.ts";
import { type CellIdentity, type CellRow, type MeasuredColumn, tableNumber } from "./cell-table.ts";

/** Columns of a run that split its latency; they add up to it. In the order of a run's life. */
export const TIME_SPLIT = [
  "hopMs",
  "queueMs",
  "coldMs",
  "initMs",
  "fetchMs",
  "computeMs",
  "stragglerMs",
  "storeMs",
] as const satisfies readonly RunColumn[];

const FINISHED = RUN_STATUS.indexOf("finished");
const RESAMPLES = 1000;

/** The columns that are measured, null where there is nothing to measure. */
export type Measured = Record<MeasuredColumn, number | null>;

/**
 * The row of a cell. Latency, its split and skew are over finished runs; money, VM uses and bytes
 * over all runs, as failed ones are paid for too; a run that did not finish misses the SLO.
 * `unfused` is the log of the `unfused` policy on the same arrivals: run i of both had the same
 * luck, and the ratio is over the runs that finished in both. Pass `log` itself for the unfused
 * cell, undefined where there is none. `key` names the draws of the ratio's bootstrap.
 */
export function measureCell(
  cell: CellIdentity,
  decision: Pick<Decision, "prediction" | "feasible">,
  log: RunLog,
  unfused: RunLog | undefined,
  key: RandomKey,
): CellRow {
  const finished = Array.from(log.status.keys()).filter((i) => log.status[i] === FINISHED);
  const measured: Measured = {
    ...latencyOf(log, finished),
    ...spendingOf(log),
    ...splitOf(log, finished),
    ...ratioOf(log, unfused, key),
    slo_attainment: attainment(log, finished, cell.slo_ms),
    predicted_latency_ms_p95: decision.prediction.latencyMsP95,
    predicted_cost_usd_mean: decision.prediction.costUsdMean,
  };
  return cellRow(cell, decision, { runs: log.runs, completed: finished.length }, measured);
}

/** A row from its measured columns, numbers as the table has them. */
export function cellRow(
  cell: CellIdentity,
  decision: Pick<Decision, "feasible">,
  { runs, completed }: { readonly runs: number; readonly completed: number },
  measured: Measured,
): CellRow {
  for (const [column, value] of Object.entries(measured)) {
    assert(value === null || Number.isFinite(value), `${column} is ${value}`);
    if (value !== null) measured[column as MeasuredColumn] = tableNumber(value);
  }
  return {
    ...cell,
    quantile: tableNumber(cell.quantile),
    slo_ms: cell.slo_ms === null ? null : tableNumber(cell.slo_ms),
    budget_usd: cell.budget_usd === null ? null : tableNumber(cell.budget_usd),
    level: cell.level === null ? null : tableNumber(cell.level),
    runs,
    completed,
    failed: runs - completed,
    feasible: decision.feasible,
    ...measured,
  };
}

function latencyOf(log: RunLog, finished: readonly number[]) {
  const latency = pick(log, "latencyMs", finished);
  if (latency.length === 0)
    return {
      latency_ms_mean: null,
      latency_ms_p50: null,
      latency_ms_p95: null,
      latency_ms_p95_lo: null,
      latency_ms_p95_hi: null,
      latency_ms_p99: null,
      skew_p50: null,
      skew_p95: null,
    };
  const sorted = sortedSample(latency);
  const skew = sortedSample(pick(log, "skew", finished));
  const p95 = quantileEstimate(sorted, 0.95);
  return {
    latency_ms_mean: meanEstimate(latency).value,
    latency_ms_p50: quantileOfSorted(sorted, 0.5),
    latency_ms_p95: p95.value,
    latency_ms_p95_lo: p95.low,
    latency_ms_p95_hi: p95.high,
    latency_ms_p99: quantileOfSorted(sorted, 0.99),
    skew_p50: quantileOfSorted(skew, 0.5),
    skew_p95: quantileOfSorted(skew, 0.95),
  };
}

function spendingOf(log: RunLog) {
  assert(log.runs > 0, "a cell needs a run");
  const cost = meanEstimate(log.columns.costUsd);
  const uses = meanEstimate(log.columns.vmUses).value;
  return {
    cost_usd_mean: cost.value,
    cost_usd_mean_lo: cost.low,
    cost_usd_mean_hi: cost.high,
    cost_usd_p95: quantileOfSorted(sortedSample(log.columns.costUsd), 0.95),
    cold_start_fraction: uses > 0 ? meanEstimate(log.columns.coldStarts).value / uses : null,
    vm_uses_per_run: uses,
    gb_s_per_run: meanEstimate(log.columns.gbS).value,
    bytes_remote_per_run: meanEstimate(log.columns.bytesRemote).value,
  };
}

function splitOf(log: RunLog, finished: readonly number[]) {
  for (const i of finished) {
    const latency = log.columns.latencyMs[i]!;
    const sum = TIME_SPLIT.reduce((total, column) => total + log.columns[column][i]!, 0);
    assert(
      Math.abs(sum - latency) <= 1e-6 * (1 + latency),
      `time split of run ${i} adds up to ${sum} ms, its latency is ${latency} ms`,
    );
  }
  const meanOf = (column: RunColumn) =>
    finished.length === 0 ? null : meanEstimate(pick(log, column, finished)).value;
  return {
    hop_ms_mean: meanOf("hopMs"),
    queue_ms_mean: meanOf("queueMs"),
    cold_ms_mean: meanOf("coldMs"),
    init_ms_mean: meanOf("initMs"),
    fetch_ms_mean: meanOf("fetchMs"),
    compute_ms_mean: meanOf("computeMs"),
    straggler_ms_mean: meanOf("stragglerMs"),
    store_ms_mean: meanOf("storeMs"),
  };
}

function ratioOf(log: RunLog, unfused: RunLog | undefined, key: RandomKey) {
  const ratio = unfused === undefined ? undefined : p95Ratio(log, unfused, key);
  return {
    p95_ratio_vs_unfused: ratio?.value ?? null,
    p95_ratio_lo: ratio?.low ?? null,
    p95_ratio_hi: ratio?.high ?? null,
  };
}

function p95Ratio(log: RunLog, unfused: RunLog, key: RandomKey): Estimate | undefined {
  assert(log.runs === unfused.runs, "a paired ratio needs the same runs");
  if (log === unfused) return { value: 1, low: 1, high: 1 };
  const both = Array.from(log.status.keys()).filter(
    (i) => log.status[i] === FINISHED && unfused.status[i] === FINISHED,
  );
  if (both.length === 0) return undefined;
  return pairedQuantileRatio(pick(log, "latencyMs", both), pick(unfused, "latencyMs", both), 0.95, {
    key,
    resamples: RESAMPLES,
  });
}

function attainment(log: RunLog, finished: readonly number[], sloMs: number | null): number | null {
  if (sloMs === null) return null;
  return finished.filter((i) => log.columns.latencyMs[i]! <= sloMs).length / log.runs;
}

function pick(log: RunLog, column: RunColumn, runs: readonly number[]): Float64Array {
  return Float64Array.from(runs, (i) => log.columns[column][i]!);
}
