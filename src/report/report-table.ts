/** Tables of a report: rows of a results table with the columns that tell them apart, as people read them. */

import { type CellRow, tableNumber } from "../result/cell-table.ts";
import { objectiveText } from "../result/comparison.ts";
import type { DecisionRow } from "../result/decision-table.ts";
import { largest, moneyUnit, percentile, shownIn, timeUnit } from "../result/unit.ts";
import { policyStyle } from "../figure/palette.ts";
import { shortNumber } from "../figure/panel.ts";

/** One entry: what is written, and what it is sorted by; null sorts last. */
interface Entry {
  readonly text: string;
  readonly value: number | string | null;
}

/** A table to sort. */
export interface ReportTable {
  readonly title: string;
  /** What all rows share, and what marks mean. */
  readonly caption: string;
  readonly columns: readonly { readonly name: string; readonly numeric: boolean }[];
  readonly rows: readonly {
    /** Label of the policy, by which a reader may hide the row. */
    readonly policy: string;
    readonly entries: readonly Entry[];
  }[];
}

interface Column<Row> {
  readonly name: string;
  readonly numeric: boolean;
  readonly entry: (row: Row) => Entry;
  /** Whether it is left out, and its one value said above, when all rows have the same. */
  readonly common: boolean;
}

/** Cells with their latency, cost and how often the SLO is kept. */
export function cellTable(title: string, rows: readonly CellRow[]): ReportTable {
  const time = timeUnit(largest(rows.map((row) => row.latency_ms_p95)));
  const money = moneyUnit(largest(rows.map((row) => row.cost_usd_mean)));
  const ms = (name: string, of: (row: CellRow) => number | null) =>
    numeric(`${name} (${time.name})`, of, time.factor);
  const interval = (row: CellRow): Entry => {
    const { latency_ms_p95_lo: low, latency_ms_p95_hi: high } = row;
    const end = (value: number | null) =>
      value === null ? "\u2013" : shortNumber(shownIn(time, value));
    const width = low === null || high === null ? null : high - low;
    return { text: `${end(low)} to ${end(high)}`, value: width };
  };
  const columns: readonly Column<CellRow>[] = [
    common("workload", (row) => row.workload),
    common("platform", (row) => row.platform),
    common("what-if", (row) => [row.variation, row.level].filter((one) => one !== null).join(" ")),
    common("objective", objectiveText),
    common("sizes", (row) => row.sizing),
    common("seed", (row) => row.seed),
    text("policy", (row) => `${policyStyle(row.policy).label}${row.feasible ? "" : " *"}`),
    ms("P50", (row) => row.latency_ms_p50),
    ms("P95", (row) => row.latency_ms_p95),
    { name: `95 % interval of P95 (${time.name})`, numeric: true, common: false, entry: interval },
    ms("P99", (row) => row.latency_ms_p99),
    numeric(`mean cost (${money.name})`, (row) => row.cost_usd_mean, money.factor),
    numeric("within SLO (%)", (row) => row.slo_attainment, 100),
    numeric("cold starts (%)", (row) => row.cold_start_fraction, 100),
    ms("predicted P95", (row) => row.predicted_latency_ms_p95),
  ];
  const missed = rows.some((row) => !row.feasible) ? MISSED : "";
  return tableOf(title, rows, columns, missed);
}

const MISSED = "* no plan was expected to meet the objective; the nearest one is shown.";

/** Decisions of planners in a study. */
export function decisionTable(title: string, rows: readonly DecisionRow[]): ReportTable {
  const time = timeUnit(largest(rows.map((row) => row.predicted_latency_ms)));
  const money = moneyUnit(largest(rows.map((row) => row.predicted_cost_usd_mean)));
  const columns: readonly Column<DecisionRow>[] = [
    text("workflow", (row) => row.workload),
    numeric("stages", (row) => row.stages, 1),
    common("objective", (row) => `least ${row.objective}`),
    text("policy", (row) => `${policyStyle(row.policy).label}${row.feasible ? "" : " *"}`),
    numeric("plans seen", (row) => row.plans_seen, 1),
    text("stopped by", (row) => row.stop),
    common("quantile", (row) => percentile(row.quantile)),
    numeric(`predicted latency (${time.name})`, (row) => row.predicted_latency_ms, time.factor),
    numeric(`predicted cost (${money.name})`, (row) => row.predicted_cost_usd_mean, money.factor),
    numeric("gap to the optimum (%)", (row) => row.gap, 100),
  ];
  const missed = rows.some((row) => !row.feasible) ? MISSED : "";
  return tableOf(title, rows, columns, missed);
}

function tableOf<Row extends { readonly policy: string }>(
  title: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  note: string,
): ReportTable {
  const values = columns.map((column) => new Set(rows.map((row) => column.entry(row).text)));
  const shared = columns.flatMap((column, i) => {
    const [value] = [...values[i]!];
    const said = column.common && values[i]!.size === 1 && value !== "";
    return said ? [`${column.name} ${value}`] : [];
  });
  const shown = columns.filter((column, i) => {
    const blank = [...values[i]!].every((value) => value === "" || value === NONE);
    return !blank && !(column.common && values[i]!.size === 1);
  });
  const all = shared.length > 0 ? `All rows: ${shared.join("; ")}.` : "";
  return {
    title,
    caption: [`${title}.`, all, note].filter((part) => part !== "").join(" "),
    columns: shown.map(({ name, numeric: isNumeric }) => ({ name, numeric: isNumeric })),
    rows: rows.map((row) => ({
      policy: policyStyle(row.policy).label,
      entries: shown.map((column) => column.entry(row)),
    })),
  };
}

const NONE = "\u2013";

function numeric<Row>(name: string, of: (row: Row) => number | null, factor: number): Column<Row> {
  const entry = (row: Row): Entry => {
    const value = of(row);
    return value === null
      ? { text: NONE, value }
      : { text: shortNumber(tableNumber(value * factor)), value };
  };
  return { name, numeric: true, common: false, entry };
}

function text<Row>(name: string, of: (row: Row) => string): Column<Row> {
  return { name, numeric: false, common: false, entry: (row) => entryOf(of(row)) };
}

function common<Row>(name: string, of: (row: Row) => string): Column<Row> {
  return { ...text(name, of), common: true };
}

function entryOf(value: string): Entry {
  return { text: value, value };
}
