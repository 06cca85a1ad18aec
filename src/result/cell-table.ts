/**
 * The table of an experiment: one row per cell, and the same table as CSV text. Its columns are a
 * contract.
 */

import { writeToString } from "fast-csv";
import { InputError, type InputFault } from "../check.ts";
import { type Sizing, SIZINGS } from "../policy/policy.ts";
import { recordsOf } from "./csv-records.ts";

/** What a cell is, before anything ran: what its name, its draws and its row start from. */
export interface CellIdentity {
  readonly experiment: string;
  readonly workload: string;
  readonly platform: string;
  readonly policy: string;
  readonly sizing: Sizing;
  /** What is minimised. */
  readonly objective: "cost" | "latency";
  /** Quantile of latency that the objective speaks of, 0 to 1. */
  readonly quantile: number;
  readonly slo_ms: number | null;
  /** USD per run. */
  readonly budget_usd: number | null;
  /** The what-if that was applied, null for none. */
  readonly variation: string | null;
  /** How much of it, in the variation's own unit. */
  readonly level: number | null;
  readonly seed: string;
}

const TEXT = ["experiment", "workload", "platform", "policy", "seed"] as const;

/**
 * Columns of cells.csv in file order: latency in ms over finished runs, money in USD per run over
 * all runs.
 */
export const CELL_COLUMNS = [
  "experiment",
  "workload",
  "platform",
  "policy",
  "sizing",
  "objective",
  "quantile",
  "slo_ms",
  "budget_usd",
  "variation",
  "level",
  "seed",
  "runs",
  "completed",
  "failed",
  "feasible",
  "latency_ms_mean",
  "latency_ms_p50",
  "latency_ms_p95",
  "latency_ms_p95_lo",
  "latency_ms_p95_hi",
  "latency_ms_p99",
  "cost_usd_mean",
  "cost_usd_mean_lo",
  "cost_usd_mean_hi",
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
  "p95_ratio_vs_unfused",
  "p95_ratio_lo",
  "p95_ratio_hi",
] as const;

/** A column of cells.csv. */
export type CellColumn = (typeof CELL_COLUMNS)[number];

const COUNTS = ["quantile", "runs", "completed", "failed"] as const;

type Count = Exclude<(typeof COUNTS)[number], keyof CellIdentity>;

/** A column that holds a measurement; null where there is none. */
export type MeasuredColumn = Exclude<CellColumn, keyof CellIdentity | Count | "feasible">;

/** One row of cells.csv: numbers in full, null where a cell has none. */
export type CellRow = CellIdentity &
  Readonly<Record<Count, number>> &
  Readonly<Record<MeasuredColumn, number | null>> & {
    /** Whether the plan was expected to meet the objective. */
    readonly feasible: boolean;
  };

/**
 * A number as tables hold it: 9 significant digits. That is far below the width of any interval,
 * above where summation order or a platform's last bit could show, and it prints short.
 */
export function tableNumber(value: number): number {
  return Number(value.toPrecision(9));
}

/**
 * Name of a cell, the same for the same cell and different for others, fit for a file name: the
 * identity's parts that are there, joined by dots. Its row, its runs and its plan go by it.
 * @example cellName(cell) // "ml-pipeline.aws-lambda.wisefuse.tuned.cost.p95.slo-20000.seed-1"
 */
export function cellName(cell: CellIdentity): string {
  const parts = [
    cell.workload,
    cell.platform,
    cell.policy,
    cell.sizing,
    cell.objective,
    `p${tableNumber(cell.quantile * 100)}`,
    cell.slo_ms === null ? "" : `slo-${tableNumber(cell.slo_ms)}`,
    cell.budget_usd === null ? "" : `budget-${tableNumber(cell.budget_usd)}`,
    cell.variation === null ? "" : cell.variation + (cell.level === null ? "" : `-${cell.level}`),
    `seed-${cell.seed}`,
  ];
  const named = parts.filter((part) => part !== "").join(".");
  return named.replaceAll(/[^A-Za-z0-9.-]/g, (c) => `_${c.codePointAt(0)!.toString(16)}`);
}

const FAULTS_SHOWN = 20;

/** Rows as CSV: the header, then a line per row, each ended by a newline; null is empty. */
export async function cellsToCsv(rows: readonly CellRow[]): Promise<string> {
  const lines = rows.map((row) => CELL_COLUMNS.map((column) => cellText(row[column])));
  return writeToString(lines, {
    headers: [...CELL_COLUMNS],
    alwaysWriteHeaders: true,
    includeEndRowDelimiter: true,
  });
}

/**
 * Rows from CSV text as `cellsToCsv` writes it. Further columns are ignored, so that newer files
 * can be read.
 * @throws InputError file, for missing columns and for the first twenty cells that are not what their column holds.
 */
export async function cellsFromCsv(text: string, file?: string): Promise<CellRow[]> {
  const { header, records } = await recordsOf(text, file);
  const missing = CELL_COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0)
    throw new InputError("file", `columns missing: ${missing.join(", ")}`, file);
  const faults: InputFault[] = [];
  const rows: CellRow[] = [];
  for (const [i, record] of records.entries()) {
    rows.push(rowOf(record, i + 2, faults));
    if (faults.length >= FAULTS_SHOWN) break;
  }
  if (faults.length > 0) throw new InputError("file", faults.slice(0, FAULTS_SHOWN), file);
  return rows;
}

function cellText(value: string | number | boolean | null): string {
  if (value === null) return "";
  return typeof value === "number" ? String(tableNumber(value)) : String(value);
}

function rowOf(record: Record<string, string>, line: number, faults: InputFault[]): CellRow {
  const row: Record<string, string | number | boolean | null> = {};
  for (const column of CELL_COLUMNS) {
    const text = record[column] ?? "";
    const value = valueOf(column, text);
    if (value === undefined)
      faults.push({ where: column, line, message: `expected ${kindOf(column)}, got "${text}"` });
    else row[column] = value;
  }
  return row as unknown as CellRow;
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  sizing: SIZINGS,
  objective: ["cost", "latency"],
  feasible: ["true", "false"],
};

function valueOf(column: CellColumn, text: string): string | number | boolean | null | undefined {
  const choices = CHOICES[column];
  if (choices !== undefined && !choices.includes(text)) return undefined;
  if (column === "feasible") return text === "true";
  if (choices !== undefined) return text;
  if (isText(column)) return text === "" ? undefined : text;
  if (column === "variation") return text === "" ? null : text;
  if (text === "") return isCount(column) ? undefined : null;
  const number = Number(text);
  return text.trim() === text && Number.isFinite(number) ? number : undefined;
}

function kindOf(column: CellColumn): string {
  const choices = CHOICES[column];
  if (choices !== undefined) return `one of ${choices.join(", ")}`;
  return isText(column) ? "a name" : "a number";
}

function isText(column: CellColumn): boolean {
  return (TEXT as readonly string[]).includes(column);
}

function isCount(column: CellColumn): boolean {
  return (COUNTS as readonly string[]).includes(column);
}
