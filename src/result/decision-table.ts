/** What planners decided, one row per decision, and the same table as CSV text. */

import { writeToString } from "fast-csv";
import { InputError } from "../check.ts";
import type { Workload } from "../trace/workload.ts";
import {
  type Decision,
  goal,
  type Objective,
  type StopReason,
  violation,
} from "../policy/policy.ts";
import { tableNumber } from "./cell-table.ts";
import { recordsOf } from "./csv-records.ts";

/** One row: predictions of the model that was searched on. */
export interface DecisionRow {
  /** The task of the study that the decision was made in. */
  readonly task: string;
  readonly workload: string;
  readonly stages: number;
  readonly policy: string;
  /** What is minimised. */
  readonly objective: "cost" | "latency";
  /** Quantile of latency that the objective speaks of, 0 to 1. */
  readonly quantile: number;
  readonly slo_ms: number | null;
  /** USD per run. */
  readonly budget_usd: number | null;
  readonly feasible: boolean;
  readonly stop: StopReason;
  readonly plans_seen: number;
  /** Latency at the objective's quantile. */
  readonly predicted_latency_ms: number;
  readonly predicted_cost_usd_mean: number;
  /** See `gapTo`; null where no optimum is proven, or the policy keeps no bound that can be kept. */
  readonly gap: number | null;
}

/** Columns of a study's table in file order. */
const DECISION_COLUMNS = [
  "task",
  "workload",
  "stages",
  "policy",
  "objective",
  "quantile",
  "slo_ms",
  "budget_usd",
  "feasible",
  "stop",
  "plans_seen",
  "predicted_latency_ms",
  "predicted_cost_usd_mean",
  "gap",
] as const satisfies readonly (keyof DecisionRow)[];

/** The row of a decision; `optimum` is the proven best, if it is known. */
export function decisionRow(
  given: { readonly task: string; readonly workload: Workload; readonly policy: string },
  objective: Objective,
  decision: Decision,
  optimum: Decision | undefined,
): DecisionRow {
  const { task, workload, policy } = given;
  const gap = optimum === undefined ? null : gapTo(optimum, decision, objective);
  return {
    task,
    workload: workload.name,
    stages: workload.workflow.stages.length,
    policy,
    objective: objective.minimize,
    quantile: tableNumber(objective.quantile),
    slo_ms: objective.minimize === "cost" ? tableNumber(objective.latencyMsMax) : null,
    budget_usd: objective.minimize === "latency" ? tableNumber(objective.costUsdMax) : null,
    feasible: decision.feasible,
    stop: decision.stop,
    plans_seen: decision.plansSeen,
    predicted_latency_ms: tableNumber(decision.prediction.latencyMsAtQuantile),
    predicted_cost_usd_mean: tableNumber(decision.prediction.costUsdMean),
    gap: gap === null ? null : tableNumber(gap),
  };
}

/**
 * How far a decision is from the proven best one, as a ratio minus 1: of what is minimised where the
 * bound can be kept, of the bound's violation (plus 1) where it cannot. Null where the optimum is not
 * proven, or the bound can be kept and is not.
 */
export function gapTo(optimum: Decision, found: Decision, objective: Objective): number | null {
  if (optimum.stop !== "space-exhausted" || (optimum.feasible && !found.feasible)) return null;
  const [best, got] = optimum.feasible
    ? [goal(optimum.prediction, objective), goal(found.prediction, objective)]
    : [1 + violation(optimum.prediction, objective), 1 + violation(found.prediction, objective)];
  return got / best - 1;
}

/** Those of `rows` that are decisions. */
export function decisionsAmong(rows: readonly object[]): readonly DecisionRow[] {
  return rows.filter((row): row is DecisionRow =>
    DECISION_COLUMNS.every((column) => column in row),
  );
}

/** Rows as CSV: the header, then a line per row, each ended by a newline; null is empty. */
export async function decisionsToCsv(rows: readonly DecisionRow[]): Promise<string> {
  const lines = rows.map((row) => DECISION_COLUMNS.map((column) => String(row[column] ?? "")));
  return writeToString(lines, {
    headers: [...DECISION_COLUMNS],
    alwaysWriteHeaders: true,
    includeEndRowDelimiter: true,
  });
}

/**
 * Rows from CSV text as `decisionsToCsv` writes it.
 * @throws InputError file, for missing columns and for what is no such row.
 */
export async function decisionsFromCsv(text: string, file: string): Promise<DecisionRow[]> {
  const { header, records } = await recordsOf(text, file);
  const missing = DECISION_COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0)
    throw new InputError("file", `columns missing: ${missing.join(", ")}`, file);
  return records.map((record, i) => rowOf(record, i + 2, file));
}

const STOPS = ["no-better-plan", "space-exhausted", "plan-limit", "fixed"] as const;

function rowOf(record: Record<string, string>, line: number, file: string): DecisionRow {
  const fault = (where: string, expected: string): InputError =>
    new InputError("file", [{ where, line, message: `expected ${expected}` }], file);
  const number = (column: keyof DecisionRow): number => {
    const value = numberOrNull(column);
    if (value === null) throw fault(column, "a number");
    return value;
  };
  const numberOrNull = (column: keyof DecisionRow): number | null => {
    const text = record[column] ?? "";
    if (text !== "" && !Number.isFinite(Number(text))) throw fault(column, "a number");
    return text === "" ? null : Number(text);
  };
  const oneOf = <T extends string>(column: keyof DecisionRow, choices: readonly T[]): T => {
    const found = choices.find((choice) => choice === record[column]);
    if (found === undefined) throw fault(column, `one of ${choices.join(", ")}`);
    return found;
  };
  return {
    task: record["task"] ?? "",
    workload: record["workload"] ?? "",
    stages: number("stages"),
    policy: record["policy"] ?? "",
    objective: oneOf("objective", ["cost", "latency"]),
    quantile: number("quantile"),
    slo_ms: numberOrNull("slo_ms"),
    budget_usd: numberOrNull("budget_usd"),
    feasible: oneOf("feasible", ["true", "false"]) === "true",
    stop: oneOf("stop", STOPS),
    plans_seen: number("plans_seen"),
    predicted_latency_ms: number("predicted_latency_ms"),
    predicted_cost_usd_mean: number("predicted_cost_usd_mean"),
    gap: numberOrNull("gap"),
  };
}
