/** A thread: imports the same experiment and runs the tasks it is given. */

import { setImmediate } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import { assert } from "../check.ts";
import type { RunLog } from "../execution/run-log.ts";
import { CellMemory, type CellResult, runCell } from "../harness/run-cell.ts";
import type { Experiment, SweepCell } from "../harness/experiment.ts";
import type { StudyRun } from "../harness/study.ts";
import type { Workload } from "../trace/workload.ts";
import { type ExperimentSource, loadExperiment } from "./load-experiment.ts";

/** One cell, and where its experiment and workload are. */
export interface CellTask {
  readonly kind: "cell";
  readonly source: ExperimentSource;
  /** Name or file of the cell's workload. */
  readonly workload: string;
  readonly cell: SweepCell;
}

/** One task of a study of an experiment. */
export interface StudyTask {
  readonly kind: "study";
  readonly source: ExperimentSource;
  readonly study: string;
  readonly task: string;
  /** Whether it is the study of a first look. */
  readonly quick: boolean;
  readonly run: StudyRun;
}

/** What a thread can be told. */
export type SweepTask = CellTask | StudyTask;

/** A cell's result and how long it took. */
export interface TimedCell extends Omit<CellResult, "log"> {
  readonly kind: "cell";
  /** Null where the experiment does not keep runs. */
  readonly log: RunLog | null;
  readonly events: number;
  readonly wallMs: number;
}

/** The rows of a study's task and how long it took. */
export interface TimedStudy {
  readonly kind: "study";
  readonly study: string;
  readonly task: string;
  readonly rows: readonly object[];
  readonly wallMs: number;
}

/** What a thread answers. */
export type TimedResult = TimedCell | TimedStudy;

/** What a thread is given when it starts. */
export interface ThreadData {
  /** The sweep's workloads, as tasks name them: reading one takes longer than a small cell. */
  readonly workloads: ReadonlyMap<string, Workload>;
}

// One thread runs many cells of one experiment: what it has loaded and learnt serves them all.
const memory = new CellMemory();
const experiments = new Map<string, Experiment>();
const { workloads } = workerData as ThreadData;

/** Runs one task. The result, but for its time, depends on the task alone. */
export default async function runTask(task: SweepTask): Promise<TimedResult> {
  const key = JSON.stringify(task.source);
  const experiment = experiments.get(key) ?? (await loadExperiment(task.source));
  experiments.set(key, experiment);
  const result = task.kind === "cell" ? timedCell(task, experiment) : timedStudy(task, experiment);
  // What a task has left to fail, such as a promise, fails now, and not under the name of the next one.
  await setImmediate();
  return result;
}

function timedCell(task: CellTask, experiment: Experiment): TimedCell {
  const workload = workloads.get(task.workload);
  assert(workload !== undefined, `the thread was not given ${task.workload}`);
  const startMs = performance.now();
  const { log, ...result } = runCell(task.cell, workload, experiment, memory);
  const wallMs = performance.now() - startMs;
  const kept = experiment.keepsRuns === false ? null : log;
  return { kind: "cell", ...result, log: kept, events: log.events, wallMs };
}

async function timedStudy(
  { study, task, quick, run }: StudyTask,
  whole: Experiment,
): Promise<TimedStudy> {
  // A study may ask for any workload that ships.
  const { workloadOnce } = await import("./load.ts");
  const experiment = quick ? { ...whole, ...whole.quick } : whole;
  const found = experiment.studies?.find((one) => one.name === study);
  assert(found !== undefined, `experiment ${experiment.name} has no study ${study}`);
  const startMs = performance.now();
  const rows = found.rows(task, workloadOnce, run);
  return { kind: "study", study, task, rows, wallMs: performance.now() - startMs };
}
