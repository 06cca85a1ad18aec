/** `experiment` and `compare`: validate everything, then plan, simulate, measure, write, draw, print. */

import { join, resolve } from "node:path";
import { headlineOf } from "../harness/app-experiment.ts";
import { cellsOf } from "../harness/experiment.ts";
import { tasksOf } from "../harness/study.ts";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonTable } from "../result/text-table.ts";
import { jobsOf } from "./arguments.ts";
import { writeWhole } from "./files.ts";
import { DigestedFiles } from "./intact.ts";
import { experimentNames, type ExperimentSource, loadExperiment } from "./load-experiment.ts";
import { loadWorkload } from "./load.ts";
import { lockFolder } from "./lock.ts";
import { writeReport, writeTimelines } from "./report-files.ts";
import {
  manifestText,
  tablesOf,
  timingsText,
  writeFigures,
  writeTables,
} from "./results-folder.ts";
import { expectedTimes } from "./sweep-estimate.ts";
import { INTERRUPTED, runSweep, type SweepOutcome } from "./sweep-pool.ts";
import { TaskStore } from "./sweep-store.ts";
import {
  amountText,
  commandText,
  runOf,
  type Sweep,
  sweepOf,
  studyRunOf,
  type SweepSize,
} from "./sweep-tasks.ts";
import type { TimedResult } from "./worker.ts";
import { wrapped } from "./wrap.ts";

/** Options of `experiment` and `compare`, as yargs gives them. */
export interface ExperimentOptions extends SweepSize {
  readonly jobs?: number | undefined;
  readonly out?: string | undefined;
  readonly resume: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** Exit code when a task has failed. */
const FAILED = 1;

/** Runs an experiment to its results folder and prints its table; the exit code. */
export async function experimentCommand(
  source: ExperimentSource,
  options: ExperimentOptions,
): Promise<number> {
  const startMs = performance.now();
  const sweep = await sweepOf(source, options);
  const shown = options.out ?? `results/${sweep.experiment.name}`;
  const folder = resolve(shown);
  const jobs = jobsOf(options.jobs);
  const { tasks, fingerprint } = sweep;
  const { quiet } = options;
  lockFolder(folder);
  const partial = join(folder, ".partial");
  const store = options.resume
    ? TaskStore.existing(partial, fingerprint, "--resume")
    : TaskStore.empty(partial, fingerprint);
  const timesMs = expectedTimes(sweep, folder);
  const outcome = await runSweep({ sweep, tasks, timesMs, store, jobs, quiet });
  const code = codeOf(outcome, "--resume goes on");
  if (code !== 0) return code;
  const results = tasks.map((task) => store.read(task)!);
  await writeResults(sweep, results, folder, { startMs, jobs, json: options.json });
  store.remove();
  if (!quiet) {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    const amount = amountText(sweep.cells, tasks.length);
    say(`${amount} in ${seconds} s: report, tables, plans and figures in ${shown}`);
  }
  return 0;
}

/** The exit code of a sweep that ran; says on stderr what is missing, and how to go on. */
export function codeOf({ finished, total, failed, interrupted }: SweepOutcome, on: string): number {
  if (failed.length > 0)
    say(`${failed.length} of ${total} tasks failed: ${failed.map(({ name }) => name).join(", ")}`);
  if (interrupted || failed.length > 0)
    say(`${interrupted ? "interrupted: " : ""}${finished} of ${total} tasks are kept; ${on}`);
  if (interrupted) return INTERRUPTED;
  return failed.length > 0 ? FAILED : 0;
}

/** How results came about, and how to print them. */
interface Finish {
  /** When it began, on the clock of `performance`. */
  readonly startMs: number;
  readonly jobs: number;
  readonly json: boolean;
}

/** Writes the folder of finished results, one per task of the sweep in its order, and prints the answer. */
export async function writeResults(
  sweep: Sweep,
  results: readonly TimedResult[],
  folder: string,
  { startMs, jobs, json }: Finish,
): Promise<void> {
  const { experiment } = sweep;
  const tables = tablesOf(experiment, results);
  const files = new DigestedFiles(folder);
  await writeTables(folder, files, experiment, results, tables);
  await writeFigures(folder, experiment.figures, tables);
  const command = commandText(sweep.source, sweep.size);
  files.write("manifest.json", manifestText(sweep.run, command, sweep.loaded));
  writeTimelines(files, sweep.run, results);
  files.end();
  await writeReport(folder, experiment, tables);
  const wallMs = performance.now() - startMs;
  writeWhole(`${folder}/timings.json`, timingsText(results, wallMs, jobs));
  const studies = [...tables.decisions.values(), ...tables.rows.values()];
  const rows = [...tables.cells, ...studies.flat()];
  process.stdout.write(
    json
      ? `${JSON.stringify(rows, null, 1)}\n`
      : (experiment.table?.(tables) ?? headlineTable(tables.cells)),
  );
}

/** Prints every experiment: name, question, cells, usual time. */
export async function listExperiments(): Promise<number> {
  for (const name of experimentNames()) {
    const experiment = await loadExperiment({ kind: "experiment", nameOrFile: name });
    const workloads = experiment.workloads.map((one) => loadWorkload(one).workload);
    // Cells are counted, so bounds need not be found out.
    const counted = { ...experiment, inSetting: undefined };
    const run = runOf(counted, { quantile: 0.95, seeds: 1, quick: false });
    const cells = cellsOf(run, workloads);
    const parts = (experiment.studies ?? []).flatMap((study) => tasksOf(study, studyRunOf(run)));
    const studied = parts.length;
    const effort = `${amountText(cells.length, cells.length + studied)}, about ${experiment.usualSeconds} s on two cores`;
    process.stdout.write(wrapped(`${name}\n  ${experiment.question}\n  ${effort}\n`));
  }
  return 0;
}

// The headline of each workload; every other cell is in cells.csv.
function headlineTable(rows: readonly CellRow[]): string {
  const workloads = [...new Set(rows.map((row) => row.workload))];
  return workloads
    .map((name) => comparisonTable(headlineOf(rows.filter((row) => row.workload === name))))
    .join("\n");
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
