/** The folder of an experiment's results: tables, plans, figures, and what reproduces them. */

import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Figure, Tables } from "../figure/figure.ts";
import { renderPng, renderSvg } from "../figure/figure.ts";
import type { ExperimentRun } from "../harness/experiment.ts";
import { cellName, cellsFromCsv, cellsToCsv } from "../result/cell-table.ts";
import { runsFromArrow, runsToArrow } from "../result/runs-arrow.ts";
import { planText } from "../trace/plan-file.ts";
import { fontFiles, packageFolder, readBytesIfThere, readText, writeWhole } from "./files.ts";
import type { LoadedWorkload } from "./load.ts";
import type { TimedResult } from "./worker.ts";

/** Writes every file of a finished experiment but the figures; each whole or not at all. */
export async function writeTables(folder: string, results: readonly TimedResult[]): Promise<void> {
  const cells = results.map(({ result }) => result);
  rmSync(join(folder, "plans"), { recursive: true, force: true });
  for (const { row, plan, explanation } of cells) {
    const base = join(folder, "plans", cellName(row));
    writeWhole(`${base}.json`, planText(plan));
    writeWhole(`${base}.txt`, explanation);
  }
  const runs = cells.map(({ row, log }) => ({ cell: cellName(row), log }));
  writeWhole(join(folder, "runs.arrow"), runsToArrow(runs));
  writeWhole(join(folder, "cells.csv"), await cellsToCsv(cells.map(({ row }) => row)));
}

/** Draws figures from tables: specification, SVG and PNG of each. Never simulates. */
export async function writeFigures(
  folder: string,
  figures: readonly Figure[],
  tables: Tables,
): Promise<void> {
  const fonts = fontFiles();
  for (const figure of figures) {
    const spec = figure.draw(tables);
    const svg = await renderSvg(spec);
    const base = join(folder, "figures", figure.name);
    writeWhole(`${base}.vl.json`, `${JSON.stringify(spec, null, 1)}\n`);
    writeWhole(`${base}.svg`, svg);
    writeWhole(`${base}.png`, renderPng(svg, fonts));
  }
}

/**
 * The stored tables of an experiment; no runs when `runs.arrow` is not kept.
 * @throws InputError file.
 */
export async function readTables(folder: string): Promise<Tables> {
  const csv = join(folder, "cells.csv");
  const arrow = readBytesIfThere(join(folder, "runs.arrow"));
  return {
    cells: await cellsFromCsv(readText(csv), csv),
    runs: arrow === undefined ? new Map() : runsFromArrow(arrow, join(folder, "runs.arrow")),
  };
}

/** What reproduces a run: version, commit, arguments, seeds, and a digest of every input. */
export function manifestText(
  run: ExperimentRun,
  command: string,
  workloads: readonly LoadedWorkload[],
): string {
  const { version } = JSON.parse(readText(join(packageFolder, "package.json"))) as {
    version: string;
  };
  const manifest = {
    schema: "wisefuse/manifest@1",
    version,
    commit: commitOf(packageFolder),
    experiment: run.experiment.name,
    question: run.experiment.question,
    command,
    platform: run.platform,
    policies: run.policies,
    objectives: run.objectives ?? "the experiment's own",
    runs: run.runs,
    warmupRuns: run.warmupRuns,
    seeds: run.seeds,
    inputs: workloads.map(({ file, sha256 }) => ({ file, sha256 })),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
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
  const cells = results.map(({ result, wallMs: cellMs }) => ({
    cell: cellName(result.row),
    wallMs: Math.round(cellMs),
    events: result.log.events,
    eventsPerSecond: Math.round((1000 * result.log.events) / cellMs),
    plansSeen: result.plansSeen,
    stop: result.stop,
  }));
  const whole = { node: process.version, jobs, wallMs: Math.round(wallMs), cells };
  return `${JSON.stringify(whole, null, 1)}\n`;
}
