/**
 * Rows put side by side: what may be compared with what, and the seeds of a cell pooled into one
 * row.
 */

import type { Objective } from "../policy/policy.ts";
import { meanEstimate } from "../stats/summary.ts";
import { type CellColumn, type CellRow, type MeasuredColumn, tableNumber } from "./cell-table.ts";
import { moneyUnit, shownIn, timeUnit } from "./unit.ts";

/**
 * Rows that share all of the split columns; they differ in policy, and in what was not split by.
 */
export interface Comparison {
  /**
   * A title: what tells this comparison from the others at hand, and its aim; its bound, in a
   * second line if long.
   */
  readonly lines: string[];
  /** In table order, one row per policy and whatever was not split by: seeds are pooled. */
  readonly rows: readonly [CellRow, ...CellRow[]];
}

// Longer titles would push the panels of a page apart.
const ONE_LINE = 30;

/** Columns that make two cells incomparable policy by policy. */
const SPLIT_ALL = [
  "workload",
  "platform",
  "sizing",
  "objective",
  "quantile",
  "slo_ms",
  "budget_usd",
  "variation",
  "level",
] as const satisfies readonly CellColumn[];

type SplitColumn = (typeof SPLIT_ALL)[number];

/** Rows grouped by the columns in `split`, in table order, seeds pooled. */
export function comparisonsOf(
  rows: readonly CellRow[],
  split: readonly SplitColumn[] = SPLIT_ALL,
): readonly Comparison[] {
  const groups = grouped(pooledSeeds(rows), split);
  const differ = (...columns: readonly SplitColumn[]) =>
    columns.some((column) => split.includes(column)) && grouped(rows, columns).length > 1;
  return groups.map((group) => {
    const [first] = group;
    const [aim, bound] = objectiveText(first).split(", ");
    const parts = [
      differ("workload") ? first.workload : "",
      differ("platform") ? first.platform : "",
      differ("sizing") ? `${first.sizing} sizes` : "",
      differ("variation", "level") ? variationText(first) : "",
      split.includes("objective") ? aim : "",
    ];
    const second = split.includes("objective") ? (bound ?? "") : "";
    const lines = [parts.filter((part) => part !== "").join(", "), second].filter((s) => s !== "");
    const one = lines.join(", ");
    return { lines: lines.length > 0 && one.length <= ONE_LINE ? [one] : lines, rows: group };
  });
}

/**
 * Rows of the middle one of the objectives present, in table order: the one to show when only one
 * fits.
 */
export function headlineRows(rows: readonly CellRow[]): readonly CellRow[] {
  const objectives = grouped(rows, ["objective", "quantile", "slo_ms", "budget_usd"]);
  return objectives[Math.floor((objectives.length - 1) / 2)] ?? [];
}

/** The objective of a row in words, such as "least cost, P95 ≤ 20 s". */
export function objectiveText(
  row: Pick<CellRow, "policy" | "objective" | "quantile" | "slo_ms" | "budget_usd">,
): string {
  // A plan that an experiment gives was not chosen for an objective.
  if (row.policy === "fixed") return "given plans";
  const quantile = `P${tableNumber(row.quantile * 100)}`;
  if (row.objective === "cost")
    return row.slo_ms === null ? "least cost" : `least cost, ${quantile} ≤ ${timeText(row.slo_ms)}`;
  if (row.budget_usd === null) return `least ${quantile}`;
  const unit = moneyUnit(row.budget_usd);
  return `least ${quantile}, cost ≤ ${shownIn(unit, row.budget_usd)} ${unit.name}`;
}

/** An objective in words, such as "least cost, P95 ≤ 20 s". */
export function aimText(objective: Objective): string {
  const { minimize, quantile } = objective;
  const bounds =
    minimize === "cost"
      ? { slo_ms: objective.latencyMsMax, budget_usd: null }
      : { slo_ms: null, budget_usd: objective.costUsdMax };
  return objectiveText({ policy: "", objective: minimize, quantile, ...bounds });
}

/** A duration with its unit, such as "20 s" or "250 ms". */
function timeText(ms: number): string {
  const unit = timeUnit(ms);
  return `${shownIn(unit, ms)} ${unit.name}`;
}

function variationText(row: CellRow): string {
  if (row.variation === null) return "as given";
  return row.level === null ? row.variation : `${row.variation} ${row.level}`;
}

const INTERVALS = [
  ["latency_ms_p95", "latency_ms_p95_lo", "latency_ms_p95_hi"],
  ["cost_usd_mean", "cost_usd_mean_lo", "cost_usd_mean_hi"],
  ["p95_ratio_vs_unfused", "p95_ratio_lo", "p95_ratio_hi"],
] as const satisfies readonly (readonly MeasuredColumn[])[];

const MEANS = [
  "latency_ms_mean",
  "latency_ms_p50",
  "latency_ms_p99",
  "cost_usd_p95",
  "slo_attainment",
  "predicted_latency_ms_p95",
  "predicted_cost_usd_mean",
  "cold_start_fraction",
  "vm_uses_per_run",
  "gb_s_per_run",
  "bytes_remote_per_run",
  "skew_p50",
  "skew_p95",
  "hop_ms_mean",
  "queue_ms_mean",
  "cold_ms_mean",
  "init_ms_mean",
  "fetch_ms_mean",
  "compute_ms_mean",
  "straggler_ms_mean",
  "store_ms_mean",
] as const satisfies readonly MeasuredColumn[];

/**
 * One row per cell whatever its seeds: counts added, measurements averaged over the seeds. From
 * three seeds on, intervals are Student's t over the seeds (independent replications, which holds
 * however the runs of one seed depend on each other); for two, the intervals of both combined in
 * quadrature. A row is feasible when it is under every seed.
 * Source: Law, Simulation Modeling and Analysis, 5th ed., §9.4.
 */
export function pooledSeeds(rows: readonly CellRow[]): readonly CellRow[] {
  return grouped(rows, ["experiment", "policy", ...SPLIT_ALL]).map((group) => {
    const [first] = group;
    if (group.length === 1) return first;
    const pooled: Partial<Record<MeasuredColumn, number | null>> = {};
    for (const column of MEANS) pooled[column] = averaged(group.map((row) => row[column]));
    for (const [value, low, high] of INTERVALS) {
      pooled[value] = averaged(group.map((row) => row[value]));
      const half = halfWidth(
        group.map((row) => ({ at: row[value], low: row[low], high: row[high] })),
      );
      const at = pooled[value];
      pooled[low] = at === null || half === null ? null : tableNumber(at - half);
      pooled[high] = at === null || half === null ? null : tableNumber(at + half);
    }
    return {
      ...first,
      ...pooled,
      seed: group.map((row) => row.seed).join("+"),
      runs: group.reduce((sum, row) => sum + row.runs, 0),
      completed: group.reduce((sum, row) => sum + row.completed, 0),
      failed: group.reduce((sum, row) => sum + row.failed, 0),
      feasible: group.every((row) => row.feasible),
    };
  });
}

/** The rows that were pooled into `pooled`: the same cell under each of its seeds. */
export function replicasOf(pooled: CellRow, rows: readonly CellRow[]): readonly CellRow[] {
  const same = ["experiment", "policy", ...SPLIT_ALL] as const;
  return rows.filter((row) => same.every((column) => row[column] === pooled[column]));
}

interface Ends {
  readonly at: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

function halfWidth(seeds: readonly Ends[]): number | null {
  const present = seeds.filter((seed) => seed.at !== null);
  if (present.length >= 3) {
    const { value, high } = meanEstimate(Float64Array.from(present, (seed) => seed.at!));
    return high === null ? null : high - value;
  }
  if (present.some((seed) => seed.low === null || seed.high === null)) return null;
  const squares = present.reduce((sum, seed) => sum + ((seed.high! - seed.low!) / 2) ** 2, 0);
  return present.length === 0 ? null : Math.sqrt(squares) / present.length;
}

function averaged(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return null;
  return tableNumber(meanEstimate(Float64Array.from(present)).value);
}

function grouped(
  rows: readonly CellRow[],
  columns: readonly CellColumn[],
): readonly (readonly [CellRow, ...CellRow[]])[] {
  const groups = new Map<string, [CellRow, ...CellRow[]]>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map((column) => row[column]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
