/** A drawn few of the tasks behind a results folder, run again: enough to notice a program that has changed. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DecisionRow, decisionsToCsv } from "../result/decision-table.ts";
import { cellName } from "../result/cell-table.ts";
import { rootKey } from "../stats/random.ts";
import { jobsOf } from "./arguments.ts";
import { codeOf } from "./experiment-command.ts";
import { DigestedFiles } from "./intact.ts";
import type { RecordedCommand } from "./manifest-file.ts";
import { type Comparison, compareResults } from "./results-differences.ts";
import { tablesOf, writeTables } from "./results-folder.ts";
import { expectedTimes } from "./sweep-estimate.ts";
import { runSweep } from "./sweep-pool.ts";
import { TaskStore } from "./sweep-store.ts";
import { type Sweep, sweepOf, type SweepSize } from "./sweep-tasks.ts";
import type { TimedResult, TimedStudy } from "./worker.ts";

/** What to draw, and how to run it. */
export interface SampleOptions {
  /** Tasks at most. */
  readonly sample: number;
  /** Names the draw. */
  readonly seed: string;
  readonly jobs?: number | undefined;
  readonly quiet: boolean;
}

/** What came of a sample. */
export interface Sampled {
  /** Exit code of the run. */
  readonly code: number;
  readonly tasks: number;
  readonly total: number;
  readonly comparison: Comparison;
}

/**
 * Runs tasks of a recorded command again into an empty `folder` and compares them with those in `results`: rows and
 * plans of cells, and of a task of a study that its lines stand together in the study's table.
 */
export async function sampleAgain(
  results: string,
  command: RecordedCommand,
  folder: string,
  options: SampleOptions,
): Promise<Sampled> {
  const sweep = await sweepOf(sourceOf(command), sizeOf(command));
  const { fingerprint, tasks: all } = sweep;
  const places = drawn(all.length, options);
  const tasks = places.map((place) => all[place]!);
  const expected = expectedTimes(sweep, results);
  const timesMs = places.map((place) => expected[place]!);
  const store = TaskStore.empty(join(folder, "tasks"), fingerprint);
  const { quiet } = options;
  const jobs = jobsOf(options.jobs);
  const outcome = await runSweep({ sweep, tasks, timesMs, store, jobs, quiet });
  const code = codeOf(outcome, "verify begins anew");
  const again = join(folder, "again");
  const done = code === 0 ? tasks.map((task) => store.read(task)!) : [];
  const comparison = await comparisonOf(results, again, sweep, done);
  return { code, tasks: tasks.length, total: all.length, comparison };
}

async function comparisonOf(
  results: string,
  again: string,
  { experiment }: Sweep,
  done: readonly TimedResult[],
): Promise<Comparison> {
  const tables = tablesOf(experiment, done);
  await writeTables(again, new DigestedFiles(again), experiment, done, tables);
  const names = new Set(tables.cells.map((row) => cellName(row)));
  const comparison = await compareResults(results, again, (_, name) => names.has(name));
  const studied = await Promise.all(
    done
      .filter((one) => one.kind === "study")
      .map((one) => studyDifferences(results, experiment, one)),
  );
  return { ...comparison, differences: [...comparison.differences, ...studied.flat()] };
}

async function studyDifferences(
  results: string,
  { studies = [] }: Sweep["experiment"],
  { study: name, task, rows }: TimedStudy,
): Promise<readonly string[]> {
  const study = studies.find((one) => one.name === name)!;
  const csv =
    "table" in study
      ? await study.table.toCsv(rows)
      : await decisionsToCsv(rows as readonly DecisionRow[]);
  const lines = csv.slice(csv.indexOf("\n"));
  const stored = readFileSync(join(results, `${name}.csv`), "utf8");
  return stored.includes(lines) ? [] : [`${name}.csv: other rows of ${task}`];
}

// The order of a draw is that of its numbers; the order of the tasks is that of the tables.
function drawn(tasks: number, { sample, seed }: SampleOptions): readonly number[] {
  const key = rootKey(`sample/${seed}`);
  const luck = Array.from({ length: tasks }, (_, place) => key.uniform(place, 0));
  const order = Array.from(luck.keys()).sort((a, b) => luck[a]! - luck[b]!);
  return order.slice(0, sample).sort((a, b) => a - b);
}

function sourceOf({ verb, subject }: RecordedCommand): Sweep["source"] {
  return verb === "compare"
    ? { kind: "compare", workload: subject }
    : { kind: "experiment", nameOrFile: subject };
}

function sizeOf({ options }: RecordedCommand): SweepSize {
  const number = (name: string) => {
    const text = options.get(name);
    return text === undefined ? undefined : Number(text);
  };
  return {
    policies: options.get("policies"),
    platform: options.get("platform"),
    slo: options.get("slo"),
    budget: options.get("budget"),
    quantile: number("quantile") ?? 0.95,
    runs: number("runs"),
    seeds: number("seeds") ?? 1,
    seed: options.get("seed"),
    quick: options.has("quick"),
  };
}
