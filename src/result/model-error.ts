/** Predicted against simulated P95 latency: how wrong each model is, and where. */

import { quantileOfSorted, sortedSample } from "../stats/summary.ts";
import { aligned } from "./aligned.ts";
import type { CellRow } from "./cell-table.ts";
import { groupedBy } from "./grouped.ts";

/** The model that every plan is judged on; rows of other models name theirs after the arrivals. */
const JUDGE = "scenarios";

/** Largest relative error of P95 that is still within a model's bound. */
export const ERROR_BOUNDS: Readonly<Record<string, number>> = {
  [JUDGE]: 0.025,
  convolution: 0.05,
};

/** A prediction beside what happened. */
export interface ModelError {
  readonly row: CellRow;
  readonly model: string;
  readonly arrivals: string;
  /** Predicted over simulated P95, minus 1. */
  readonly error: number;
}

/**
 * The errors of rows whose variation names arrivals and, after a comma, a model other than the judge.
 * Rows without finished runs are left out.
 */
export function modelErrors(rows: readonly CellRow[]): readonly ModelError[] {
  return rows.flatMap((row) => {
    const { latency_ms_p95: simulated, predicted_latency_ms_p95: predicted } = row;
    if (simulated === null || predicted === null || row.variation === null) return [];
    const [arrivals = "", model = JUDGE] = row.variation.split(", ");
    return [{ row, model, arrivals, error: predicted / simulated - 1 }];
  });
}

/** How far each model is from simulation, in a sentence. */
export function modelErrorAnswer(rows: readonly CellRow[]): string {
  const groups = groupedBy(modelErrors(rows), ({ model }) => model);
  const parts = Array.from(groups, ([model, group]) => {
    const sizes = sortedSample(group.map(({ error }) => Math.abs(error)));
    const beyond = group.filter(isBeyond).length;
    return `the ${model} model is off by ${percent(quantileOfSorted(sizes, 0.5))} % in the median and by ${percent(sizes.at(-1)!)} % at worst, and in ${beyond} of ${group.length} cells by more than ${percent(boundOf(model))} %`;
  });
  return `Of predicted P95, ${parts.join("; ")}.`;
}

/** Median and worst error by model and arrivals, then every cell beyond its model's bound. 80 columns. */
export function modelErrorTable(rows: readonly CellRow[]): string {
  const errors = modelErrors(rows);
  const groups = groupedBy(errors, ({ model, arrivals }) => `${model}|${arrivals}`);
  const summary = [...groups.values()].map((group) => {
    const [{ model, arrivals }] = group;
    const sizes = sortedSample(group.map(({ error }) => Math.abs(error)));
    return [
      model,
      arrivals,
      String(group.length),
      percent(quantileOfSorted(sizes, 0.5)),
      percent(quantileOfSorted(sizes, 0.95)),
      percent(sizes.at(-1)!),
      percent(boundOf(model)),
      String(group.filter(isBeyond).length),
    ];
  });
  const header = [
    "model",
    "arrivals",
    "cells",
    "median %",
    "P95 %",
    "worst %",
    "bound %",
    "beyond",
  ];
  const title = "|error| of predicted P95 latency against simulation";
  const text = `${title}\n\n${aligned([header, ...summary], 2).join("\n")}\n`;
  const beyond = errors.filter(isBeyond);
  return beyond.length === 0 ? text : `${text}\n${beyondText(beyond)}`;
}

function boundOf(model: string): number {
  return ERROR_BOUNDS[model] ?? 0;
}

function isBeyond({ model, error }: ModelError): boolean {
  return Math.abs(error) > boundOf(model);
}

// The interval of the simulated P95 says how much of an error may be luck.
function beyondText(errors: readonly ModelError[]): string {
  const blocks = groupedBy(errors, ({ model, arrivals }) => `${model}, ${arrivals}`);
  return Array.from(blocks, ([name, block]) => {
    const lines = block
      .toSorted((a, b) => Math.abs(b.error) - Math.abs(a.error))
      .map(({ row, error }) => [
        row.workload,
        row.platform,
        row.policy,
        percent(error),
        `± ${halfWidth(row)}`,
        row.failed > 0 ? String(row.failed) : "",
      ]);
    const header = ["beyond the bound", "platform", "policy", "error %", "luck %", "failed"];
    return `${name}\n\n${aligned([header, ...lines], 3).join("\n")}\n`;
  }).join("\n");
}

function halfWidth(row: CellRow): string {
  const { latency_ms_p95: at, latency_ms_p95_lo: low, latency_ms_p95_hi: high } = row;
  return at === null || low === null || high === null ? "–" : percent((high - low) / 2 / at);
}

function percent(fraction: number): string {
  return (100 * fraction).toFixed(1);
}
