/** A replay as plain text of at most 80 columns: policies side by side in each class of workflow. */

import { CLASS_MEANING, type ReplayRow, type ReplayTally } from "./replay.ts";
import { aligned, grouped } from "./text-table.ts";
import { largest, moneyUnit, shownIn, timeUnit } from "./unit.ts";

const NONE = "–";

/** One block per class, one line per policy. Ends with a newline. */
export function replayTable(rows: readonly ReplayRow[]): string {
  const classes = [...new Set(rows.map((row) => row.class))];
  return classes.map((name) => block(rows.filter((row) => row.class === name))).join("\n");
}

/** The same for rows of several platforms and seeds, each under its own heading where there are several. */
export function mixTable(rows: readonly ReplayRow[]): string {
  const settings = new Map<string, ReplayRow[]>();
  for (const row of rows) {
    const name = `${row.platform}, seed ${row.seed}`;
    settings.set(name, [...(settings.get(name) ?? []), row]);
  }
  return [...settings]
    .map(([name, own]) => {
      const heading = settings.size === 1 ? "" : `${name}\n\n`;
      return heading + replayTable(inOrder(own));
    })
    .join("\n");
}

// Tasks give policy by policy; a table reads class by class, the reference first.
function inOrder(rows: readonly ReplayRow[]): readonly ReplayRow[] {
  const policies = new Set(["unfused", ...rows.map((row) => row.policy)]);
  const classes = [...new Set(rows.map((row) => row.class))];
  return classes.flatMap((name) =>
    [...policies].flatMap((policy) =>
      rows.filter((row) => row.class === name && row.policy === policy),
    ),
  );
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
    ["policy", "P50", "P95", "P95 to first", "of", "USD per", "to", "queue", "cold", "failed"],
    [
      "",
      time.name,
      time.name,
      "95 % interval",
      "means",
      money.factor === 1e3 ? "1k runs" : "1M runs",
      "first",
      time.name,
      "%",
      "%",
    ],
  ];
  const body = rows.map((row) => [
    row.policy,
    inTime(row.latency_ms_p50),
    inTime(row.latency_ms_p95),
    row === first ? "1" : `${number(row.p95_ratio_lo, 2)}-${number(row.p95_ratio_hi, 2)}`,
    number(row.ratio_to_first, 2),
    number(shownIn(money, row.cost_usd_mean), 2),
    number(row.cost_ratio, 2),
    inTime(row.queue_ms_mean),
    row.cold_start_fraction === null ? NONE : (100 * row.cold_start_fraction).toFixed(1),
    ((100 * row.failed) / row.runs).toFixed(2),
  ]);
  const some = first.workflows === 1 ? "1 workflow" : `${grouped(first.workflows)} workflows`;
  const meaning = CLASS_MEANING[first.class];
  const name = meaning === undefined ? first.class : `${first.class} (${meaning})`;
  return `${name}: ${some}, ${grouped(first.runs)} runs\n${aligned(header, body).join("\n")}\n`;
}

/** How many plans were expected to cost no more than the unfused workflow, in a line per policy. */
export function feasibleLines({ feasible }: ReplayTally): string {
  return feasible.map((one) => `${one.policy}: ${one.feasible} of ${one.workflows}\n`).join("");
}
