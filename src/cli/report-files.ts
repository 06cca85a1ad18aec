/** `report.html` of a results folder: read from the folder's own files, so that it is the same whoever writes it. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TopLevelSpec } from "vega-lite";
import { z } from "zod";
import { simulate } from "../execution/simulate.ts";
import type { Tables } from "../figure/figure.ts";
import { policyOrder, policyStyle } from "../figure/palette.ts";
import { type Diagram, diagramSheet, planDiagram } from "../figure/plan-diagram.ts";
import { timelineChart } from "../figure/timeline.ts";
import type { Experiment, ExperimentRun } from "../harness/experiment.ts";
import { variedScenario } from "../harness/run-cell.ts";
import { shownRuns } from "../harness/shown-runs.ts";
import { platformNamed } from "../platform/index.ts";
import { answerOf, headlineOf } from "../report/answer.ts";
import { reportHtml } from "../report/report.ts";
import { cellTable, decisionTable } from "../report/report-table.ts";
import { type Assumption, assumptionsOf } from "../result/assumptions.ts";
import { type CellRow, cellName } from "../result/cell-table.ts";
import { objectiveText, replicasOf } from "../result/comparison.ts";
import { criticalStages, timelineOf } from "../result/timeline.ts";
import { type CellTimelines, parseTimelines, timelinesText } from "../result/timelines-file.ts";
import { readJson } from "../trace/json-source.ts";
import { parsePlan } from "../trace/plan-file.ts";
import type { Workload } from "../trace/workload.ts";
import { readText, writeWhole } from "./files.ts";
import { type DigestedFiles, intactText } from "./intact.ts";
import { loadWorkload } from "./load.ts";
import { readManifest } from "./manifest-file.ts";
import type { TimedResult } from "./worker.ts";

/** Cells whose plans and runs are shown at most: seven policies on three workloads. */
const SHOWN_MAX = 21;
/** Runs that a typical and a slow one are chosen from at most; more would not change what they look like. */
const CHOSEN_FROM_MAX = 2000;

/** Simulates the headline cells again for their typical and their slow run, and writes `timelines.json`. */
export function writeTimelines(
  files: DigestedFiles,
  { experiment, runs, warmupRuns }: ExperimentRun,
  results: readonly TimedResult[],
): void {
  const cells = results.filter((one) => one.kind === "cell");
  const workloads = workloadsOf(experiment);
  const timelines = shownRows(cells.map(({ row }) => row)).map((row): CellTimelines => {
    const { plan } = cells.find((one) => one.row === row)!;
    const scenario = variedScenario(row, workloads.get(row.workload)!, experiment);
    const options = { runs: Math.min(runs, CHOSEN_FROM_MAX), warmupRuns, seed: row.seed };
    const shown = shownRuns(scenario, plan, options, simulate(scenario, plan, options));
    return {
      cell: cellName(row),
      critical: criticalStages(shown[0]?.spans ?? [], scenario.workflow.edges),
      runs: shown.map(({ name, run, latencyMs, arriveMs, spans }) => ({
        name,
        run,
        latencyMs,
        lanes: timelineOf(spans, plan, arriveMs),
      })),
    };
  });
  if (timelines.length > 0) files.write("timelines.json", timelinesText(timelines));
}

/** Writes `report.html`, and the diagrams of the headline plans as `figures/plans….svg`. */
export async function writeReport(
  folder: string,
  experiment: Experiment,
  tables: Tables,
): Promise<void> {
  const { cells, decisions } = tables;
  const workloads = workloadsOf(experiment);
  const timelines = timelinesIn(folder);
  const headline = shownRows(cells);
  const drawn: (Diagram & { readonly row: CellRow; readonly policy: string })[] = [];
  const assumed: (readonly [string, Assumption])[] = [];
  for (const row of headline) {
    const name = `plans/${cellName(row)}.json`;
    const file = join(folder, name);
    const workload = workloads.get(row.workload);
    if (workload === undefined || !existsSync(file)) continue;
    const plan = parsePlan(intactText(folder, name), file);
    const scenario = variedScenario(row, workload, experiment);
    const critical = timelines.get(cellName(row))?.critical ?? [];
    const title = policyStyle(row.policy).label;
    const diagram = await planDiagram(scenario, plan, { title, critical });
    drawn.push({ ...diagram, row, policy: row.policy });
    for (const one of assumptionsOf(workload, platformNamed(row.platform), plan))
      assumed.push([row.workload, one]);
  }
  writePlanSheets(folder, drawn);
  const html = reportHtml({
    name: experiment.name,
    question: experiment.question,
    answer: experiment.answer?.(tables) ?? answerOf(cells),
    policies: policyOrder([
      ...cells.map((row) => row.policy),
      ...[...decisions.values()].flat().map((row) => row.policy),
    ]),
    tables: [
      ...(headline.length > 0 ? [cellTable("The headline comparison", headline)] : []),
      ...(cells.length > headline.length ? [cellTable("Every cell", cells)] : []),
      ...Array.from(decisions, ([study, rows]) => decisionTable(`Study: ${study}`, rows)),
    ],
    charts: experiment.figures.flatMap(({ name, caption }) => {
      const file = join(folder, "figures", `${name}.vl.json`);
      if (!existsSync(file)) return [];
      return { caption, spec: specIn(file) };
    }),
    comparisons: [...new Set(headline.map(titleOf))].map((title) => ({
      title,
      diagrams: drawn.filter(({ row }) => titleOf(row) === title),
      timelines: headline
        .filter((row) => titleOf(row) === title)
        .flatMap((row) => runsChart(row, timelines.get(cellName(row)))),
    })),
    assumptions: onceEach(assumed, workloads.size > 1),
    rerun: rerunOf(folder),
    libraries: librariesOf(),
  });
  writeWhole(join(folder, "report.html"), html);
}

function specIn(file: string): TopLevelSpec {
  return readJson(z.looseObject({}), readText(file), file) as unknown as TopLevelSpec;
}

function workloadsOf(experiment: Experiment): ReadonlyMap<string, Workload> {
  const loaded = experiment.workloads.map((name) => loadWorkload(name).workload);
  return new Map(loaded.map((workload) => [workload.name, workload]));
}

// One comparison a workload, of the first seed where there are several.
function shownRows(rows: readonly CellRow[]): readonly CellRow[] {
  const planned = rows.filter((row) => row.sizing === "tuned" || row.policy === "fixed");
  return [...new Set(planned.map((row) => row.workload))]
    .flatMap((name) => headlineOf(planned.filter((row) => row.workload === name)))
    .slice(0, SHOWN_MAX)
    .map((row) => rows.find((one) => cellName(one) === cellName(row)) ?? replicasOf(row, rows)[0])
    .filter((row) => row !== undefined);
}

function titleOf(row: CellRow): string {
  const what = [row.variation, row.level].filter((one) => one !== null).join(" ");
  const parts = [row.workload, what, row.platform, objectiveText(row)];
  return parts.filter((part) => part !== "").join(", ");
}

function runsChart(row: CellRow, timelines: CellTimelines | undefined) {
  if (timelines === undefined || timelines.runs.length === 0) return [];
  const runs = timelines.runs.map((run) => ({
    ...run,
    title: `${run.name} run (number ${run.run})`,
  }));
  const { label } = policyStyle(row.policy);
  return [{ policy: row.policy, spec: timelineChart(label, runs, row.slo_ms) }];
}

function timelinesIn(folder: string): ReadonlyMap<string, CellTimelines> {
  const file = join(folder, "timelines.json");
  if (!existsSync(file)) return new Map();
  return new Map(
    parseTimelines(intactText(folder, "timelines.json"), file).map((one) => [one.cell, one]),
  );
}

function writePlanSheets(
  folder: string,
  drawn: readonly (Diagram & { readonly row: CellRow })[],
): void {
  const workloads = [...new Set(drawn.map(({ row }) => row.workload))];
  for (const workload of workloads) {
    const sheet = diagramSheet(drawn.filter(({ row }) => row.workload === workload));
    const name = workloads.length === 1 ? "plans" : `plans-${workload}`;
    writeWhole(join(folder, "figures", `${name}.svg`), sheet);
  }
}

// What is assumed of the platform and the model is the same whatever the workload.
function onceEach(
  assumed: readonly (readonly [string, Assumption])[],
  several: boolean,
): readonly Assumption[] {
  const all = assumed.map(([workload, one]) =>
    several && one.of === "workload" ? { ...one, path: `${workload}: ${one.path}` } : one,
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function rerunOf(folder: string): readonly (readonly [string, string])[] {
  if (!existsSync(join(folder, "manifest.json"))) return [];
  const manifest = readManifest(folder);
  const command = manifest.command.replace(/^wisefuse /, "");
  return [
    [
      "In a checkout, with Node 20 or newer and nothing else, this gives the same bytes:",
      `npm ci\nnpm run wisefuse -- ${command}`,
    ],
    ["version", manifest.version],
    ["commit", manifest.commit ?? "not in a checkout"],
    ["runs of each cell", String(manifest.runs)],
    ["seeds", manifest.seeds.join(", ")],
    ...manifest.inputs.map(({ file: input, sha256 }) => [`SHA-256 of ${input}`, sha256] as const),
  ];
}

// The packages' exports hide these files, so they are found beside what is exported.
function librariesOf(): readonly { readonly name: string; readonly source: string }[] {
  const found = [
    ["vega", import.meta.resolve("vega")],
    ["vega-lite", import.meta.resolve("vega-lite")],
    ["vega-embed", import.meta.resolve("vega-embed")],
  ] as const;
  return found.map(([name, address]) => {
    const folder = packageOf(fileURLToPath(address));
    const { version, license } = JSON.parse(readText(join(folder, "package.json"))) as {
      version: string;
      license: string;
    };
    const source = readFileSync(join(folder, "build", `${name}.min.js`), "utf8");
    return { name: `${name} ${version}, ${license}`, source: withoutMap(source) };
  });
}

function packageOf(file: string): string {
  const folder = dirname(file);
  return existsSync(join(folder, "package.json")) ? folder : packageOf(folder);
}

// A browser's tools would ask for the map.
function withoutMap(source: string): string {
  return source.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
}
