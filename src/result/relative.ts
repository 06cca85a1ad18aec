/** Costs as ratios to those of one policy, so that workloads of any size share a scale. */

import type { CellRow } from "./cell-table.ts";

const COSTS = ["cost_usd_mean", "cost_usd_mean_lo", "cost_usd_mean_hi"] as const;

/** What two rows must share to be compared. */
const SAME = [
  "workload",
  "platform",
  "objective",
  "quantile",
  "slo_ms",
  "budget_usd",
  "variation",
  "level",
  "seed",
] as const;

/**
 * The rows with cost and its interval divided by the mean cost of `policy` on the same workload under
 * the same objective; rows without such a cell are left out. The interval is the row's own: what the
 * other mean may be off by is not in it.
 */
export function costRelativeTo(policy: string, rows: readonly CellRow[]): readonly CellRow[] {
  const keyOf = (row: CellRow) => JSON.stringify(SAME.map((column) => row[column]));
  const bases = new Map(
    rows
      .filter((row) => row.policy === policy && row.sizing === "tuned")
      .map((row) => [keyOf(row), row.cost_usd_mean]),
  );
  return rows.flatMap((row) => {
    const base = bases.get(keyOf(row)) ?? null;
    if (base === null || base === 0) return [];
    const ratio = (value: number | null) => (value === null ? null : value / base);
    const ratios = Object.fromEntries(COSTS.map((column) => [column, ratio(row[column])]));
    return [{ ...row, ...ratios }];
  });
}
