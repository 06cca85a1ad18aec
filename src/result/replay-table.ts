/** A replay as plain text of at most 80 columns: policies side by side in each class of workflow. */

import type { ReplayedPolicy, ReplayRow } from "./replay.ts";
import { aligned, grouped } from "./text-table.ts";
import { largest, moneyUnit, shownIn, timeUnit } from "./unit.ts";

const NONE = "–";

/** One block per class, one line per policy. Ends with a newline. */
export function replayTable(rows: readonly ReplayRow[]): string {
  const classes = [...new Set(rows.map((row) => row.class))];
  return classes.map((name) => block(rows.filter((row) => row.class === name))).join("\n");
}

function block(rows: readonly ReplayRow[]): string {
  const time = timeUnit(largest(rows.map((row) => row.latency_ms_p50)));
  const money = moneyUnit(largest(rows.map((row) => row.cost_usd_mean)));
  const first = rows[0]!;
  const number = (value: number | null, digits: number) =>
    // Sums of nothing may round to a hair below 0.
    value === null ? NONE : Math.max(0, value).toFixed(digits);
  const inTime = (ms: number | null) => number(ms === null ? null : shownIn(time, ms), 2);
  const header = [
    ["policy", "P50", "P95", "to first", "queue", "USD per", "cold", "failed"],
    [
      "",
      time.name,
      time.name,
      "of means",
      `mean ${time.name}`,
      money.factor === 1e3 ? "1k runs" : "1M runs",
      "%",
      "%",
    ],
  ];
  const body = rows.map((row) => [
    row.policy,
    inTime(row.latency_ms_p50),
    inTime(row.latency_ms_p95),
    number(row.ratio_to_first, 3),
    inTime(row.queue_ms_mean),
    number(shownIn(money, row.cost_usd_mean), 2),
    (100 * row.cold_start_fraction).toFixed(1),
    ((100 * row.failed) / row.runs).toFixed(2),
  ]);
  const some = first.workflows === 1 ? "1 workflow" : `${grouped(first.workflows)} workflows`;
  const title = `${first.class}: ${some}, ${grouped(first.runs)} runs`;
  return `${title}\n${aligned(header, body).join("\n")}\n`;
}

/** How many plans were expected to cost no more than the unfused workflow, in a line per policy. */
export function feasibleLines(policies: readonly ReplayedPolicy[]): string {
  return policies
    .map(({ policy, feasible, workflows }) => `${policy}: ${feasible} of ${workflows.length}\n`)
    .join("");
}
