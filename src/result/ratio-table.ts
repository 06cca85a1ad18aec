/** Policies against the unfused workflow in many settings, as plain text of 80 columns. */

import { aligned } from "./aligned.ts";
import type { CellRow } from "./cell-table.ts";
import { largest, moneyUnit, type ShownUnit, shownIn, timeUnit } from "./unit.ts";

const BASE = "unfused";
const NONE = "–";

/** A line of the table: where rows belong together, in a few letters. */
export interface Settings {
  readonly title: string;
  of(row: CellRow): string;
}

/**
 * Per workload two blocks, a line per setting, a column per policy: P95 within the budget, and mean cost
 * within the SLO. The unfused workflow's are absolute, the others ratios to them; `*` marks plans that were
 * not expected to keep their bound. Ends with a newline.
 */
export function ratioTable(rows: readonly CellRow[], settings: Settings): string {
  return byWorkload(rows, (workload, own) => {
    const fast = own.filter((row) => row.objective === "latency");
    const cheap = own.filter((row) => row.objective === "cost");
    const time = timeUnit(largest(fast.map((row) => row.latency_ms_p95)));
    const money = moneyUnit(largest(cheap.map((row) => row.cost_usd_mean)));
    const note = (unit: ShownUnit) => `${BASE} in ${unit.name}, others relative to it`;
    return [
      block([`${workload}: P95 within the budget`, note(time)], fast, settings, (row, base) =>
        row === base ? absolute(time, row.latency_ms_p95) : ratio(row.p95_ratio_vs_unfused),
      ),
      block([`${workload}: cost within the SLO`, note(money)], cheap, settings, (row, base) =>
        row === base
          ? absolute(money, row.cost_usd_mean)
          : ratio(quotient(row.cost_usd_mean, base?.cost_usd_mean)),
      ),
    ];
  });
}

/** Per workload the share of VM uses that start cold under plans for the SLO, %. Ends with a newline. */
export function coldTable(rows: readonly CellRow[], settings: Settings): string {
  return byWorkload(rows, (workload, own) => {
    const cheap = own.filter((row) => row.objective === "cost");
    return [
      block([`${workload}: cold VM uses, %`], cheap, settings, ({ cold_start_fraction: cold }) =>
        cold === null ? null : (100 * cold).toFixed(1),
      ),
    ];
  });
}

/**
 * Per workload three blocks of plans for the SLO, absolute: P95 of the runs that finished, mean cost of all
 * runs, and the share that finished. Ends with a newline.
 */
export function survivalTable(rows: readonly CellRow[], settings: Settings): string {
  return byWorkload(rows, (workload, own) => {
    const time = timeUnit(largest(own.map((row) => row.latency_ms_p95)));
    const money = moneyUnit(largest(own.map((row) => row.cost_usd_mean)));
    return [
      block([`${workload}: P95 in ${time.name}`], own, settings, (row) =>
        absolute(time, row.latency_ms_p95),
      ),
      block([`${workload}: cost in ${money.name}`], own, settings, (row) =>
        absolute(money, row.cost_usd_mean),
      ),
      block([`${workload}: runs that finished, %`], own, settings, ({ completed, runs }) =>
        ((100 * completed) / runs).toFixed(1),
      ),
    ];
  });
}

function byWorkload(
  rows: readonly CellRow[],
  blocks: (workload: string, own: readonly CellRow[]) => readonly string[],
): string {
  return [...new Set(rows.map((row) => row.workload))]
    .flatMap((workload) =>
      blocks(
        workload,
        rows.filter((row) => row.workload === workload),
      ),
    )
    .filter((text) => text !== "")
    .join("\n");
}

function block(
  title: readonly string[],
  rows: readonly CellRow[],
  settings: Settings,
  textOf: (row: CellRow, base: CellRow | undefined) => string | null,
): string {
  if (rows.length === 0) return "";
  const policies = [...new Set(rows.map((row) => row.policy))];
  const lines = [...new Set(rows.map((row) => settings.of(row)))].map((setting) => {
    const same = rows.filter((row) => settings.of(row) === setting);
    const base = same.find((row) => row.policy === BASE);
    const cells = policies.map((policy) => {
      const row = same.find((one) => one.policy === policy);
      const text = row === undefined ? null : textOf(row, base);
      return text === null ? `${NONE} ` : `${text}${row?.feasible === false ? "*" : " "}`;
    });
    return [setting, ...cells];
  });
  // Long names in two lines: seven policies fit 80 columns.
  const halves = policies.map((policy) => /^(.*-)?(.*)$/.exec(policy)!);
  const header = [
    ["", ...halves.map(([, first]) => first ?? "")],
    [settings.title, ...halves.map(([, , last]) => last ?? "")],
  ].filter((line) => line.some((cell) => cell !== ""));
  return `${title.join("\n")}\n\n${aligned([...header, ...lines], 0).join("\n")}\n`;
}

function absolute(unit: ShownUnit, value: number | null): string | null {
  if (value === null) return null;
  const shown = shownIn(unit, value);
  return shown.toFixed(shown >= 100 ? 0 : shown >= 10 ? 1 : 2);
}

function ratio(value: number | null): string | null {
  return value === null ? null : value.toFixed(2);
}

function quotient(value: number | null, base: number | null | undefined): number | null {
  return value === null || !base ? null : value / base;
}
