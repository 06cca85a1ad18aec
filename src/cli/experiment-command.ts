/** `experiment` and `compare`: validate everything, then plan, simulate, measure, write, draw, print. */

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { InputError } from "../check.ts";
import { headlineOf } from "../harness/app-experiment.ts";
import { cellsOf, type Experiment, type ExperimentRun } from "../harness/experiment.ts";
import { scenarioOf } from "../harness/run-cell.ts";
import { checkPlan, checkScenario } from "../plan/check-plan.ts";
import { platformNamed } from "../platform/index.ts";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonTable } from "../result/text-table.ts";
import { objectivesOf, policiesOf, wholeNumber } from "./arguments.ts";
import { sha256, writeWhole } from "./files.ts";
import {
  experimentNames,
  type ExperimentSource,
  loadExperiment,
  type LoadedWorkload,
  loadWorkload,
} from "./load.ts";
import { lockFolder } from "./lock.ts";
import {
  manifestText,
  tablesOf,
  timingsText,
  writeFigures,
  writeTables,
} from "./results-folder.ts";
import { closePartial, runSweep } from "./sweep-pool.ts";
import type { SweepTask } from "./worker.ts";
import { wrapped } from "./wrap.ts";

/** Options of `experiment` and `compare`, as yargs gives them. */
export interface ExperimentOptions {
  readonly policies?: string | undefined;
  readonly platform?: string | undefined;
  readonly slo?: string | undefined;
  readonly budget?: string | undefined;
  readonly quantile: number;
  readonly runs?: number | undefined;
  readonly seeds: number;
  readonly seed?: string | undefined;
  readonly jobs?: number | undefined;
  readonly out?: string | undefined;
  readonly resume: boolean;
  readonly quick: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
}

const QUICK_RUNS = 200;
const QUICK_WARMUP = 50;

/** Runs an experiment to its results folder and prints its table; the exit code. */
export async function experimentCommand(
  source: ExperimentSource,
  options: ExperimentOptions,
): Promise<number> {
  const startMs = performance.now();
  const experiment = sizeOf(await loadExperiment(source), options);
  const run = runOf(experiment, options);
  const loaded = experiment.workloads.map((name) => loadWorkload(name));
  const fileOf = new Map(loaded.map((one, i) => [one.workload.name, experiment.workloads[i]!]));
  checkAll(run, loaded);
  const cells = cellsOf(
    run,
    loaded.map(({ workload }) => workload),
  );
  const tasks: readonly SweepTask[] = [
    ...cells.map((cell) => {
      const workload = fileOf.get(cell.workload)!;
      return { kind: "cell", source, workload, cell } as const;
    }),
    ...(experiment.studies ?? []).flatMap(({ name: study, tasks: parts }) =>
      parts.map((task) => ({ kind: "study", source, study, task }) as const),
    ),
  ];
  if (tasks.length === 0)
    throw new InputError(
      "usage",
      "nothing to run: give --slo or --budget, or an objective in the workload",
    );
  const folder = resolve(options.out ?? `results/${experiment.name}`);
  const jobs = wholeNumber("--jobs", options.jobs ?? availableParallelism(), 1);
  const manifest = manifestText(run, commandText(source, options), loaded);
  const { quiet } = options;
  const fingerprint = sha256(JSON.stringify([tasks, loaded.map((one) => one.sha256)]));
  const sweep = { tasks, fingerprint, folder, resume: options.resume, jobs, quiet };
  lockFolder(folder);
  const outcome = await runSweep(sweep);
  if (outcome.interrupted) {
    say(
      `interrupted: ${outcome.results.length} of ${outcome.total} tasks are kept; --resume goes on`,
    );
    return 130;
  }
  const tables = tablesOf(experiment, outcome.results);
  await writeTables(folder, outcome.results, tables);
  await writeFigures(folder, experiment.figures, tables);
  writeWhole(`${folder}/manifest.json`, manifest);
  const wallMs = performance.now() - startMs;
  writeWhole(`${folder}/timings.json`, timingsText(outcome.results, wallMs, jobs));
  closePartial(folder);
  const rows = [...tables.cells, ...[...tables.decisions.values()].flat()];
  process.stdout.write(
    options.json
      ? `${JSON.stringify(rows, null, 1)}\n`
      : (experiment.table?.(tables) ?? headlineTable(tables.cells)),
  );
  if (!quiet)
    say(
      `${amountText(cells.length, tasks.length)} in ${(wallMs / 1000).toFixed(0)} s: tables, plans and figures in ${options.out ?? `results/${experiment.name}`}`,
    );
  return 0;
}

/** Prints every experiment: name, question, cells, usual time. */
export async function listExperiments(): Promise<number> {
  for (const name of experimentNames()) {
    const experiment = await loadExperiment({ kind: "experiment", nameOrFile: name });
    const workloads = experiment.workloads.map((one) => loadWorkload(one).workload);
    const cells = cellsOf(runOf(experiment, { quantile: 0.95, seeds: 1, quick: false }), workloads);
    const studied = (experiment.studies ?? []).reduce((sum, { tasks }) => sum + tasks.length, 0);
    const effort = `${amountText(cells.length, cells.length + studied)}, about ${experiment.usualSeconds} s on two cores`;
    process.stdout.write(wrapped(`${name}\n  ${experiment.question}\n  ${effort}\n`));
  }
  return 0;
}

function amountText(cells: number, tasks: number): string {
  const studied = tasks - cells;
  return [
    ...(cells > 0 || studied === 0 ? [`${cells} cells`] : []),
    ...(studied > 0 ? [`${studied} studies of planners`] : []),
  ].join(", ");
}

// The experiment itself, or as much of it as makes a first look.
function sizeOf(experiment: Experiment, { quick }: Pick<ExperimentOptions, "quick">): Experiment {
  return quick ? { ...experiment, runs: QUICK_RUNS, ...experiment.quick } : experiment;
}

function runOf(
  experiment: Experiment,
  options: Pick<ExperimentOptions, "quantile" | "seeds" | "quick"> & Partial<ExperimentOptions>,
): ExperimentRun {
  const seeds = wholeNumber("--seeds", options.seeds, 1);
  const seed = options.seed ?? experiment.seed;
  const platforms = options.platform === undefined ? experiment.platforms : [options.platform];
  return {
    experiment,
    platforms: platforms.map((name) => platformNamed(name).name),
    policies: policiesOf(options.policies) ?? experiment.policies,
    objectives: objectivesOf(options),
    runs: wholeNumber("--runs", options.runs ?? experiment.runs, 1),
    warmupRuns: options.quick ? QUICK_WARMUP : experiment.warmupRuns,
    seeds: Array.from({ length: seeds }, (_, i) => (i === 0 ? seed : `${seed}-${i + 1}`)),
  };
}

// Everything that could be wrong is found before anything is written.
function checkAll(run: ExperimentRun, loaded: readonly LoadedWorkload[]): void {
  const { experiment } = run;
  for (const { workload, file } of loaded)
    for (const platform of run.platforms) {
      const scenario = scenarioOf(workload, platform);
      const varied = [
        scenario,
        ...(experiment.variations ?? []).map((one) => one.scenario(scenario)),
      ];
      for (const one of varied) {
        const faults = checkScenario(one);
        if (faults.length > 0) throw new InputError("workload", faults, file);
      }
      for (const fixed of experiment.fixedPlans?.(workload) ?? []) {
        const broken = checkPlan(scenario, fixed.plan(scenario));
        if (broken.length > 0)
          throw new InputError("plan", broken, `${fixed.variation} ${fixed.level}`);
      }
    }
}

// The headline of each workload; every other cell is in cells.csv.
function headlineTable(rows: readonly CellRow[]): string {
  const workloads = [...new Set(rows.map((row) => row.workload))];
  return workloads
    .map((name) => comparisonTable(headlineOf(rows.filter((row) => row.workload === name))))
    .join("\n");
}

function commandText(source: ExperimentSource, options: ExperimentOptions): string {
  const named =
    source.kind === "compare" ? `compare ${source.workload}` : `experiment ${source.nameOrFile}`;
  const given = RECORDED.flatMap((name) => {
    const value = options[name];
    if (value === undefined || value === false || DEFAULTS[name] === value) return [];
    return value === true ? [`--${name}`] : [`--${name} ${value}`];
  });
  return ["wisefuse", named, ...given].join(" ");
}

/** Options that the results depend on. */
const RECORDED = [
  "policies",
  "platform",
  "slo",
  "budget",
  "quantile",
  "runs",
  "seeds",
  "seed",
  "quick",
] as const;
const DEFAULTS: Readonly<Record<string, unknown>> = { quantile: 0.95, seeds: 1 };

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
