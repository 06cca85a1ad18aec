/** Costs and latencies as ratios to those of one policy, so that workloads of any size share a scale. */

import type { CellRow } from "./cell-table.ts";

const PAIRS = {
  cost: ["cost_usd_mean", "cost_usd_mean_lo", "cost_usd_mean_hi"],
  latency: ["latency_ms_p95", "latency_ms_p95_lo", "latency_ms_p95_hi"],
} as const;

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

// The row of a policy that each row is compared with.
function basesAmong(rows: readonly CellRow[], policy: string) {
  const keyOf = (row: CellRow) => JSON.stringify(SAME.map((column) => row[column]));
  const bases = new Map(
    rows
      .filter((row) => row.policy === policy && row.sizing === "tuned")
      .map((row) => [keyOf(row), row]),
  );
  return (row: CellRow) => bases.get(keyOf(row));
}

/**
 * The rows with cost and its interval divided by the mean cost of `policy` on the same workload under
 * the same objective; rows without such a cell are left out. The interval is the row's own: what the
 * other mean may be off by is not in it.
 */
export function costRelativeTo(policy: string, rows: readonly CellRow[]): readonly CellRow[] {
  const baseOf = basesAmong(rows, policy);
  return rows.flatMap((row) => {
    const base = baseOf(row)?.cost_usd_mean ?? null;
    if (base === null || base === 0) return [];
    const ratio = (value: number | null) => (value === null ? null : value / base);
    const ratios = Object.fromEntries(PAIRS.cost.map((column) => [column, ratio(row[column])]));
    return [{ ...row, ...ratios }];
  });
}

/**
 * The rows with mean cost or P95 latency, and its interval, divided by that of `policy` on the same
 * workload under the same objective; rows without such a cell are left out. The interval takes both
 * estimates as independent (relative half widths added in quadrature), which under common random
 * numbers is wider than the truth; of the policy itself it is the point 1.
 */
export function ratiosTo(
  policy: string,
  rows: readonly CellRow[],
  quantity: keyof typeof PAIRS,
): readonly CellRow[] {
  const [value, low, high] = PAIRS[quantity];
  const baseOf = basesAmong(rows, policy);
  const halfOf = (row: CellRow) =>
    row[low] === null || row[high] === null ? null : (row[high] - row[low]) / (2 * row[value]!);
  return rows.flatMap((row) => {
    const base = baseOf(row);
    if (base === undefined || row[value] === null || !base[value]) return [];
    const ratio = row[value] / base[value];
    const [own, other] = [halfOf(row), halfOf(base)];
    const half =
      row === base
        ? 0
        : own === null || other === null
          ? null
          : Math.sqrt(own * own + other * other);
    const end = (sign: 1 | -1) => (half === null ? null : ratio * (1 + sign * half));
    return [{ ...row, [value]: ratio, [low]: end(-1), [high]: end(1) }];
  });
}
