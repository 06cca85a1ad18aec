/** Plans along a knob as plain text for a terminal: levels down, what matters across, 80 columns. */

import { aligned } from "./aligned.ts";
import type { CellRow } from "./cell-table.ts";
import { largest, moneyUnit, shownIn, timeUnit } from "./unit.ts";

/** One line per level of a what-if, with ratios to the first. Ends with a newline. */
export function levelTable(rows: readonly CellRow[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const time = timeUnit(largest(rows.map((row) => row.latency_ms_p50)));
  const money = moneyUnit(largest(rows.map((row) => row.cost_usd_mean)));
  const per = money.factor === 1e3 ? "USD/1k runs" : "USD/1M runs";
  const header = [
    first.variation ?? "",
    `P50 ${time.name}`,
    `P95 ${time.name}`,
    per,
    "P50 ratio",
    "cost ratio",
    "VMs",
  ];
  const lines = rows.map((row) => [
    String(row.level ?? ""),
    shownIn(time, row.latency_ms_p50 ?? 0).toFixed(2),
    shownIn(time, row.latency_ms_p95 ?? 0).toFixed(2),
    shownIn(money, row.cost_usd_mean ?? 0).toFixed(2),
    ((row.latency_ms_p50 ?? 0) / (first.latency_ms_p50 ?? 1)).toFixed(3),
    ((row.cost_usd_mean ?? 0) / (first.cost_usd_mean ?? 1)).toFixed(3),
    (row.vm_uses_per_run ?? 0).toFixed(1),
  ]);
  const text = aligned([header, ...lines], 0);
  return `${first.workload} on ${first.platform}, by ${first.variation}\n\n${text.join("\n")}\n`;
}
