/** How far predictions are from the measurement, cell by cell and summed up by stage. */

import type { Workload } from "../../src/trace/workload.ts";
import type { App, Study } from "./fit.ts";
import { predict } from "./fit.ts";
import type { Cell, PhaseTimes } from "./jolteon-data.ts";

/** Errors allowed in cells that were not fitted to: of the mean, and of P95, over the workers of a run. */
export const TOLERANCE = { mean: 0.15, p95: 0.2 } as const;

/** Statistics that are compared. */
export type Statistic = keyof typeof TOLERANCE;
/** Phases that are judged. */
export const JUDGED = ["compute", "total"] as const;
export type Judged = (typeof JUDGED)[number];

/** One cell, measured and predicted. */
export interface CellResult {
  readonly study: Study;
  readonly cell: Cell;
  readonly measured: PhaseTimes;
  readonly predicted: PhaseTimes;
}

/** Errors of one phase and statistic over the unseen cells of a stage. */
export interface ErrorSummary {
  readonly cells: number;
  readonly outside: number;
  readonly meanError: number;
  readonly worst: { readonly cell: Cell; readonly error: number };
}

/** Runs that a prediction averages over. */
const PREDICTION_RUNS = 200;

/** Predicts every cell of every stage of a fitted application. */
export function resultsOf(app: App, workload: Workload): readonly CellResult[] {
  return app.studies.flatMap((study) =>
    app.cells.map((cell, i) => ({
      study,
      cell,
      measured: app.measured.get(study.key)![i]!,
      predicted: predict(workload, app, study, cell, PREDICTION_RUNS),
    })),
  );
}

/** Relative error of a prediction; 0 where nothing was measured. */
export function errorOf(result: CellResult, phase: keyof PhaseTimes, statistic: Statistic): number {
  const measured = result.measured[phase][statistic];
  return measured === 0 ? 0 : result.predicted[phase][statistic] / measured - 1;
}

/** Errors over the cells that were not fitted to, and that `keep` keeps. */
export function summarise(
  results: readonly CellResult[],
  phase: Judged,
  statistic: Statistic,
  keep: (cell: Cell) => boolean = () => true,
): ErrorSummary {
  const unseen = results
    .filter(({ cell }) => !cell.fitted && keep(cell))
    .map((result) => ({ cell: result.cell, error: errorOf(result, phase, statistic) }));
  return {
    cells: unseen.length,
    outside: unseen.filter(({ error }) => Math.abs(error) > TOLERANCE[statistic]).length,
    meanError: unseen.reduce((sum, { error }) => sum + Math.abs(error), 0) / unseen.length,
    worst: unseen.toSorted((a, b) => Math.abs(b.error) - Math.abs(a.error))[0]!,
  };
}

/** Jolteon's training at 5,120 MB with 4 or 8 trees a VM: slower than at 3,584 MB, so not the size's doing. */
export function isOutlier(study: Study, cell: Cell): boolean {
  return study.stage === "train" && cell.memoryMb === 5120 && cell.workers <= 8;
}
