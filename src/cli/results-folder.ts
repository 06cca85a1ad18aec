/** The folder of an experiment's results: tables, plans, figures, and what reproduces them. */

import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { captioned, type Figure, type Tables } from "../figure/figure.ts";
import type { Experiment, ExperimentRun } from "../harness/experiment.ts";
import { cellName, cellsFromCsv, cellsToCsv } from "../result/cell-table.ts";
import type { Study } from "../harness/study.ts";
import {
  type DecisionRow,
  decisionsAmong,
  decisionsFromCsv,
  decisionsToCsv,
} from "../result/decision-table.ts";
import { planText } from "../trace/plan-file.ts";
import { writeChart } from "./chart-files.ts";
import { fileNamePart, packageFolder, readText } from "./files.ts";
import { type DigestedFiles, intactText } from "./intact.ts";
import type { LoadedWorkload } from "./load.ts";
import { readRuns, writeRuns } from "./runs-file.ts";
import { readTimings } from "./timings-file.ts";
import type { TimedCell, TimedResult } from "./worker.ts";

/** The tables of finished tasks. */
export function tablesOf(experiment: Experiment, results: readonly TimedResult[]): Tables {
  const cells = results.filter((one) => one.kind === "cell");
  const studied = results.filter((one) => one.kind === "study");
  const studies = experiment.studies ?? [];
  const doneOf = ({ name }: Study) => studied.filter((one) => one.study === name);
  const rowsOf = (study: Study) => doneOf(study).flatMap(({ rows }) => rows);
  return {
    cells: cells.flatMap(({ row, predicted }) => [row, ...predicted]),
    runs: new Map(cells.flatMap(({ row, log }) => (log === null ? [] : [[cellName(row), log]]))),
    ...studyTables(studies, rowsOf),
    wallMs: new Map(
      studies.map((study) => [
        study.name,
        new Map(doneOf(study).map(({ task, wallMs }) => [task, wallMs])),
      ]),
    ),
  };
}

function studyTables(
  studies: readonly Study[],
  rowsOf: (study: Study) => readonly object[],
): Pick<Tables, "decisions" | "rows"> {
  const decisions = new Map<string, readonly DecisionRow[]>();
  const rows = new Map<string, readonly object[]>();
  for (const study of studies)
    if ("table" in study) rows.set(study.name, rowsOf(study));
    else decisions.set(study.name, decisionsAmong(rowsOf(study)));
  return { decisions, rows };
}

/** Writes every table and plan of a finished experiment into `folder`, which `files` writes to. */
export async function writeTables(
  folder: string,
  files: DigestedFiles,
  experiment: Experiment,
  results: readonly TimedResult[],
  tables: Tables,
): Promise<void> {
  const cells = results.filter((one) => one.kind === "cell");
  rmSync(join(folder, "plans"), { recursive: true, force: true });
  for (const { row, plan, explanation } of cells) {
    const base = `plans/${fileNamePart(cellName(row))}`;
    files.write(`${base}.json`, planText(plan));
    files.write(`${base}.txt`, explanation);
  }
  const runs = Array.from(tables.runs, ([cell, log]) => ({ cell, log }));
  if (runs.length > 0) {
    await writeRuns(join(folder, "runs.arrow"), runs);
    files.note("runs.arrow");
  }
  files.write("cells.csv", await cellsToCsv(tables.cells));
  for (const study of experiment.studies ?? []) {
    const { name } = study;
    const csv =
      "table" in study
        ? await study.table.toCsv(tables.rows.get(name) ?? [])
        : await decisionsToCsv(tables.decisions.get(name) ?? []);
    files.write(`${name}.csv`, csv);
  }
}

/** Draws figures from tables: specification, SVG and PNG of each. Never simulates. */
export async function writeFigures(
  folder: string,
  figures: readonly Figure[],
  tables: Tables,
): Promise<void> {
  for (const figure of figures) {
    const spec = captioned(figure.draw(tables), figure.caption);
    await writeChart(join(folder, "figures", figure.name), spec, 0);
  }
}

/**
 * The stored tables of an experiment; no runs when `runs.arrow` is not kept, no times when
 * `timings.json` is not.
 * @throws InputError file, when one is missing or has been damaged.
 */
export async function readTables(folder: string, experiment: Experiment): Promise<Tables> {
  const csv = join(folder, "cells.csv");
  const studies = experiment.studies ?? [];
  const stored = new Map<Study, readonly object[]>();
  for (const study of studies) {
    const file = join(folder, `${study.name}.csv`);
    const text = intactText(folder, `${study.name}.csv`);
    stored.set(
      study,
      "table" in study ? await study.table.fromCsv(text, file) : await decisionsFromCsv(text, file),
    );
  }
  return {
    cells: await cellsFromCsv(intactText(folder, "cells.csv"), csv),
    runs: await readRuns(folder, "runs.arrow"),
    ...studyTables(studies, (study) => stored.get(study) ?? []),
    wallMs: readWallMs(join(folder, "timings.json")),
  };
}

function readWallMs(file: string): Tables["wallMs"] {
  const times = new Map<string, Map<string, number>>();
  for (const { study, task, wallMs } of readTimings(file).studies) {
    const known = times.get(study) ?? new Map<string, number>();
    times.set(study, known.set(task, wallMs));
  }
  return times;
}

/** What reproduces a run: version, commit, arguments, seeds, and a digest of every input. */
export function manifestText(
  run: ExperimentRun,
  command: string,
  workloads: readonly LoadedWorkload[],
): string {
  const manifest = {
    schema: "wisefuse/manifest@1",
    ...programIdentity(),
    experiment: run.experiment.name,
    question: run.experiment.question,
    command,
    platforms: run.platforms,
    policies: run.policies,
    objectives: run.objectives ?? "the experiment's own",
    runs: run.runs,
    warmupRuns: run.warmupRuns,
    seeds: run.seeds,
    inputs: workloads.map(({ file, sha256 }) => ({ file, sha256 })),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Which program this is: its version, and the commit of its checkout. */
export function programIdentity(): { readonly version: string; readonly commit: string | null } {
  const { version } = JSON.parse(readText(join(packageFolder, "package.json"))) as {
    version: string;
  };
  return { version, commit: commitOf(packageFolder) };
}

// Null outside a checkout: the version then says it all.
function commitOf(folder: string): string | null {
  if (!existsSync(join(folder, ".git"))) return null;
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    })
      .toString()
      .trim();
  } catch {
    return null;
  }
}

/** Wall times, events and planner effort: all that differs from one run to the next. */
export function timingsText(results: readonly TimedResult[], wallMs: number, jobs: number): string {
  const cells = results
    .filter((one) => one.kind === "cell")
    .map(({ row, wallMs: cellMs, events, plansSeen, stop }: TimedCell) => ({
      cell: cellName(row),
      wallMs: Math.round(cellMs),
      events,
      eventsPerSecond: Math.round((1000 * events) / cellMs),
      plansSeen,
      stop,
    }));
  const studies = results
    .filter((one) => one.kind === "study")
    .map(({ study, task, wallMs: taskMs }) => ({
      study,
      task,
      wallMs: Number(taskMs.toPrecision(4)),
    }));
  const whole = { node: process.version, jobs, wallMs: Math.round(wallMs), cells, studies };
  return `${JSON.stringify(whole, null, 1)}\n`;
}
