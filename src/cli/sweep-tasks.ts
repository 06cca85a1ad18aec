/** An experiment as its user sized it, checked and divided into tasks: what runs here, elsewhere, or later. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../check.ts";
import { cellsOf, type Experiment, type ExperimentRun } from "../harness/experiment.ts";
import { identityOf, scenarioOf } from "../harness/run-cell.ts";
import { type StudyRun, tasksOf } from "../harness/study.ts";
import { checkPlan, checkScenario } from "../plan/check-plan.ts";
import { platformNamed } from "../platform/index.ts";
import { cellName } from "../result/cell-table.ts";
import type { Workload } from "../trace/workload.ts";
import { objectivesOf, policiesOf, wholeNumber } from "./arguments.ts";
import { packageFolder, readText, sha256 } from "./files.ts";
import { type ExperimentSource, loadExperiment } from "./load-experiment.ts";
import { type LoadedWorkload, loadWorkload } from "./load.ts";
import type { SweepTask } from "./worker.ts";

/** Options that the results depend on. */
export interface SweepSize {
  readonly policies?: string | undefined;
  readonly platform?: string | undefined;
  readonly slo?: string | undefined;
  readonly budget?: string | undefined;
  readonly quantile: number;
  readonly runs?: number | undefined;
  readonly seeds: number;
  readonly seed?: string | undefined;
  readonly quick: boolean;
}

/** Everything there is to do, in the order of the tables. */
export interface Sweep {
  readonly source: ExperimentSource;
  readonly size: SweepSize;
  readonly experiment: Experiment;
  readonly run: ExperimentRun;
  readonly loaded: readonly LoadedWorkload[];
  readonly tasks: readonly SweepTask[];
  /** How many of the tasks are cells; the others are of studies. */
  readonly cells: number;
  /** Digest of the compiled program and of an experiment's own file. */
  readonly build: string;
  /** Names what is run: task by task, the digest of every input, and the program. */
  readonly fingerprint: string;
}

const QUICK_RUNS = 200;
const QUICK_WARMUP = 50;

/**
 * Checks everything that can be wrong before anything is written, and says what there is to do.
 * @throws InputError.
 */
export async function sweepOf(source: ExperimentSource, size: SweepSize): Promise<Sweep> {
  const experiment = sizeOf(await loadExperiment(source), size);
  const run = runOf(experiment, size);
  const loaded = experiment.workloads.map((name) => loadWorkload(name));
  const fileOf = new Map(loaded.map((one, i) => [one.workload.name, experiment.workloads[i]!]));
  checkAll(run, loaded);
  const cells = cellsOf(
    run,
    loaded.map(({ workload }) => workload),
  );
  const { quick } = size;
  const studied = studyRunOf(run);
  const tasks: readonly SweepTask[] = [
    ...cells.map((cell) => {
      const workload = fileOf.get(cell.workload)!;
      return { kind: "cell", source, workload, cell } as const;
    }),
    ...(experiment.studies ?? []).flatMap((study) =>
      tasksOf(study, studied).map(
        (task) =>
          ({ kind: "study", source, study: study.name, task, quick, run: studied }) as const,
      ),
    ),
  ];
  if (tasks.length === 0)
    throw new InputError(
      "usage",
      "nothing to run: give --slo or --budget, or an objective in the workload",
    );
  const build = buildDigest(source);
  const inputs = loaded.map((one) => one.sha256);
  const fingerprint = sha256(JSON.stringify([tasks, inputs, build]));
  return { source, size, experiment, run, loaded, tasks, cells: cells.length, build, fingerprint };
}

/** The workloads of a sweep, by the names that its tasks give them. */
export function workloadsIn({ loaded, experiment }: Sweep): ReadonlyMap<string, Workload> {
  return new Map(experiment.workloads.map((name, i) => [name, loaded[i]!.workload]));
}

/** Names a task among those of its sweep. */
export function taskName(task: SweepTask): string {
  return task.kind === "cell" ? cellName(identityOf(task.cell)) : `${task.study}/${task.task}`;
}

/** How many cells and studies, for people. */
export function amountText(cells: number, tasks: number): string {
  const studied = tasks - cells;
  return [
    ...(cells > 0 || studied === 0 ? [`${cells} cells`] : []),
    ...(studied > 0 ? [`${studied} ${studied === 1 ? "task" : "tasks"} of studies`] : []),
  ].join(", ");
}

/** What a study is told of how an experiment is run. */
export function studyRunOf({ platforms, policies, seeds }: ExperimentRun): StudyRun {
  return { platforms, policies, seeds };
}

/** The command that gives these results, with what it was told. */
export function commandText(source: ExperimentSource, size: SweepSize): string {
  const named =
    source.kind === "compare" ? `compare ${source.workload}` : `experiment ${source.nameOrFile}`;
  const given = RECORDED.flatMap((name) => {
    const value = size[name];
    if (value === undefined || value === false || DEFAULTS[name] === value) return [];
    return value === true ? [`--${name}`] : [`--${name} ${value}`];
  });
  return ["wisefuse", named, ...given].join(" ");
}

/** The options that the results depend on, without those that say how to run. */
export function sizeIn(options: SweepSize): SweepSize {
  const { policies, platform, slo, budget, quantile, runs, seeds, seed, quick } = options;
  return { policies, platform, slo, budget, quantile, runs, seeds, seed, quick };
}

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

// Results of a program that has been changed and compiled again are not those of this one.
function buildDigest(source: ExperimentSource): string {
  const own = source.kind === "experiment" && existsSync(source.nameOrFile);
  const compiled = ["src", "experiments"].flatMap((folder) => {
    const root = join(packageFolder, "dist", folder);
    return readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".js"))
      .toSorted()
      .map((name) => [folder, name, sha256(readText(join(root, name)))]);
  });
  const file = own ? sha256(readText(source.nameOrFile)) : null;
  return sha256(JSON.stringify([compiled, file]));
}

// The experiment itself, or as much of it as makes a first look.
function sizeOf(experiment: Experiment, { quick }: Pick<SweepSize, "quick">): Experiment {
  return quick ? { ...experiment, runs: QUICK_RUNS, ...experiment.quick } : experiment;
}

/** How an experiment is run when these options are given. */
export function runOf(experiment: Experiment, size: SweepSize): ExperimentRun {
  const seeds = wholeNumber("--seeds", size.seeds, 1);
  const seed = size.seed ?? experiment.seed;
  const platforms = size.platform === undefined ? experiment.platforms : [size.platform];
  return {
    experiment,
    platforms: platforms.map((name) => platformNamed(name).name),
    policies: policiesOf(size.policies) ?? experiment.policies,
    objectives: objectivesOf(size),
    runs: wholeNumber("--runs", size.runs ?? experiment.runs, 1),
    warmupRuns: size.quick ? QUICK_WARMUP : experiment.warmupRuns,
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
