/** The comparison as plain text for a terminal: policies down, what matters across, 80 columns. */

import type { CellRow } from "./cell-table.ts";
import { comparisonsOf, objectiveText, replicasOf } from "./comparison.ts";
import { largest, moneyUnit, type ShownUnit, shownIn, timeUnit } from "./unit.ts";

const NONE = "–";

/**
 * Policies compared, one block per workload and objective among the rows (usually one): latency
 * with its 95 % interval, mean cost, runs within the SLO and VM uses that were cold. `*` marks
 * plans that were not expected to meet the objective. Ends with a newline.
 */
export function comparisonTable(rows: readonly CellRow[]): string {
  return comparisonsOf(rows)
    .map((comparison) => block(comparison.rows, replicasOf(comparison.rows[0], rows).length))
    .join("\n");
}

function block(rows: readonly [CellRow, ...CellRow[]], seeds: number): string {
  const [first] = rows;
  const time = timeUnit(largest(rows.map((row) => row.latency_ms_p50)));
  const money = moneyUnit(largest(rows.map((row) => row.cost_usd_mean)));
  const latency = formatter(
    time,
    rows.flatMap((row) => [row.latency_ms_p50, row.latency_ms_p95, row.latency_ms_p99]),
  );
  const cost = formatter(
    money,
    rows.map((row) => row.cost_usd_mean),
  );
  const header = [
    ["policy", "P50", "P95", "95 % interval", "P99", "USD per", "in SLO", "cold"],
    ["", time.name, time.name, `of P95, ${time.name}`, time.name, costHeader(money), "%", "%"],
  ];
  const body = rows.map((row) => [
    row.policy + (row.feasible ? "" : " *"),
    latency(row.latency_ms_p50),
    latency(row.latency_ms_p95),
    interval(row, latency),
    latency(row.latency_ms_p99),
    cost(row.cost_usd_mean),
    percent(row.slo_attainment),
    percent(row.cold_start_fraction),
  ]);
  return `${[...title(first), "", ...aligned(header, body), ...notes(rows, seeds)].join("\n")}\n`;
}

function title(row: CellRow): string[] {
  const what = row.variation === null ? "" : `, ${row.variation} ${row.level ?? ""}`.trimEnd();
  const lines = [`${row.workload} on ${row.platform}${what}`, objectiveText(row)];
  const one = lines.join(": ");
  return one.length <= 80 ? [one] : lines;
}

function costHeader(unit: ShownUnit): string {
  return unit.factor === 1e3 ? "1k runs" : "1M runs";
}

function interval(row: CellRow, latency: (ms: number | null) => string): string {
  if (row.latency_ms_p95 === null) return NONE;
  if (row.latency_ms_p95_lo === null) return NONE;
  if (row.latency_ms_p95_hi === null) return `≥ ${latency(row.latency_ms_p95_lo)}`;
  return `${latency(row.latency_ms_p95_lo)}–${latency(row.latency_ms_p95_hi)}`;
}

function percent(fraction: number | null): string {
  return fraction === null ? NONE : (fraction * 100).toFixed(1);
}

// One number of decimals for a column, so that points align: three digits of the largest, two of
// the smallest.
function formatter(
  unit: ShownUnit,
  values: readonly (number | null)[],
): (value: number | null) => string {
  const shown = values.filter((value) => value !== null && value > 0).map((v) => v! * unit.factor);
  const most = Math.max(0, ...shown);
  const least = Math.min(most, ...shown);
  const decimals = Math.min(4, Math.max(decimalsFor(most, 3), decimalsFor(least, 2)));
  return (value) => (value === null ? NONE : shownIn(unit, value).toFixed(decimals));
}

function decimalsFor(value: number, digits: number): number {
  let decimals = 0;
  for (let bound = 10 ** (digits - 1); decimals < 4 && value < bound; bound /= 10) decimals++;
  return decimals;
}

/** Lines of a table: the first column to the left, numbers to the right, closer when 80 columns would not do. */
export function aligned(header: readonly string[][], body: readonly string[][]): string[] {
  const all = [...header, ...body];
  const widths = all[0]!.map((_, c) => Math.max(...all.map((line) => line[c]!.length)));
  return all.map((line) =>
    line
      .map((text, c) => (c === 0 ? text.padEnd(widths[c]!) : text.padStart(widths[c]!)))
      .join(widths.reduce((sum, width) => sum + width + 2, -2) > 80 ? " " : "  ")
      .trimEnd(),
  );
}

function notes(rows: readonly [CellRow, ...CellRow[]], seeds: number): string[] {
  const lines: string[] = [];
  const counts = new Set(rows.map((row) => row.runs));
  if (counts.size === 1)
    lines.push(`${grouped(rows[0].runs)} runs each${seeds > 1 ? ` over ${seeds} seeds` : ""}.`);
  for (const row of rows)
    if (row.failed > 0)
      lines.push(
        `${row.policy}: ${grouped(row.failed)} of ${grouped(row.runs)} runs failed or timed out.`,
      );
  if (rows.some((row) => !row.feasible))
    lines.push("* no plan was expected to meet the objective; the nearest one found is shown.");
  return lines.length === 0 ? [] : ["", ...lines];
}

/** A whole number with commas. @example grouped(1234567) // "1,234,567" */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
