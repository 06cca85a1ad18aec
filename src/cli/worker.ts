/** A thread: imports the same experiment and runs the cells it is given. */

import { CellMemory, type CellResult, runCell } from "../harness/run-cell.ts";
import type { Experiment, SweepCell } from "../harness/experiment.ts";
import { type ExperimentSource, loadExperiment, loadWorkload } from "./load.ts";

/** One cell, and where its experiment and workload are. */
export interface CellTask {
  readonly source: ExperimentSource;
  /** Name or file of the cell's workload. */
  readonly workload: string;
  readonly cell: SweepCell;
}

/** A cell's result and how long it took. */
export interface TimedResult {
  readonly result: CellResult;
  readonly wallMs: number;
}

// One thread runs many cells of one experiment: what it has loaded and learnt serves them all.
const memory = new CellMemory();
const experiments = new Map<string, Experiment>();

/** Runs one cell. The result depends on the task alone. */
export default async function runTask(task: CellTask): Promise<TimedResult> {
  const key = JSON.stringify(task.source);
  const experiment = experiments.get(key) ?? (await loadExperiment(task.source));
  experiments.set(key, experiment);
  const { workload } = loadWorkload(task.workload);
  const startMs = performance.now();
  const result = runCell(task.cell, workload, experiment, memory);
  return { result, wallMs: performance.now() - startMs };
}
