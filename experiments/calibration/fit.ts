/** Fits some numbers of a workload to the fitted cells of a measurement, by the project's own physics. */

import type { Platform } from "../../src/platform/platform.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { withValue } from "./change.ts";
import { type Cell, type Measured, PHASE_NAMES, type PhaseTimes } from "./jolteon-data.ts";
import { minimise, type Parameter } from "./nelder-mead.ts";
import { type Layout, phaseTimes, vmTimes } from "./stage-times.ts";

/** How the cells of one measured stage are reproduced. */
export interface Study {
  readonly stage: string;
  /** Name of the stage in the data. */
  readonly key: string;
  readonly title: string;
  /** What the cells change: workers bundled in a VM, the stage's parallelism, or nothing. */
  readonly varies: "bundle" | "parallelism" | "nothing";
  readonly layoutAt: (cell: Cell) => Layout;
  /** The workload at the cell's parallelism. */
  readonly workloadAt: (workload: Workload, cell: Cell) => Workload;
  /** Whether the data's division into read and compute is the physics' own. */
  readonly dividesAlike: boolean;
}

/** Numbers fitted together; each may stand at several paths of the workload. */
export interface FitStep {
  readonly parameters: readonly (Parameter & { readonly paths?: readonly string[] })[];
  readonly targets: readonly {
    readonly study: Study;
    readonly phase: (typeof PHASE_NAMES)[number];
    /** `mean` of the workers, or how far P95 is above it at one item a VM. */
    readonly statistic?: "mean" | "spread";
  }[];
}

/** What is fitted for one application, and to what. */
export interface App {
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly measured: Measured;
  readonly platform: Platform;
  readonly steps: readonly FitStep[];
  readonly studies: readonly Study[];
}

/** A fitted number, rounded as it is written in the workload's file. */
export interface FittedValue {
  readonly path: string;
  readonly value: number;
}

const FIT_RUNS = 12;

/** Three significant digits, thousandths at the least: what the data can support. */
export function rounded(value: number): number {
  return Math.abs(value) < 1e-3 ? 0 : Number(value.toPrecision(3));
}

/** Times the physics gives for one cell of a study. */
export function predict(
  workload: Workload,
  app: Pick<App, "platform">,
  study: Study,
  cell: Cell,
  runs: number,
): PhaseTimes {
  const at = study.workloadAt(workload, cell);
  return phaseTimes(vmTimes(at, app.platform, study.stage, study.layoutAt(cell), runs));
}

/** Runs all steps in order. Returns the fitted workload and every number set. */
export function fitApp(app: App, template: Workload): readonly [Workload, readonly FittedValue[]] {
  let workload = template;
  for (const { parameters } of app.steps)
    for (const parameter of parameters)
      workload = withParameter(workload, parameter, parameter.start);
  const fitted: FittedValue[] = [];
  for (const step of app.steps) {
    const values = minimise(step.parameters, (tried) =>
      stepLoss(app, step, setAll(workload, step, tried)),
    ).map(rounded);
    workload = setAll(workload, step, values);
    step.parameters.forEach((parameter, i) => {
      for (const path of parameter.paths ?? [parameter.name])
        fitted.push({ path, value: values[i]! });
    });
  }
  return [workload, fitted];
}

function setAll(workload: Workload, step: FitStep, values: readonly number[]): Workload {
  return step.parameters.reduce(
    (changed, parameter, i) => withParameter(changed, parameter, values[i]!),
    workload,
  );
}

function withParameter(
  workload: Workload,
  parameter: FitStep["parameters"][number],
  value: number,
): Workload {
  const paths = parameter.paths ?? [parameter.name];
  return paths.reduce((changed, path) => withValue(changed, path, value), workload);
}

// Mean square of the logarithm of predicted over measured, so that large and small times weigh alike.
function stepLoss(app: App, step: FitStep, workload: Workload): number {
  let sum = 0;
  let terms = 0;
  for (const { study, phase, statistic = "mean" } of step.targets) {
    const measured = app.measured.get(study.key)!;
    let spreadError = 0;
    let spreads = 0;
    app.cells.forEach((cell, i) => {
      if (!cell.fitted || (statistic === "spread" && cell.workers !== 32)) return;
      const found = predict(workload, app, study, cell, FIT_RUNS)[phase];
      const wanted = measured[i]![phase];
      if (statistic === "mean") {
        sum += Math.log(found.mean / wanted.mean) ** 2;
        terms++;
      } else {
        spreadError += Math.log(found.p95 / found.mean) - Math.log(wanted.p95 / wanted.mean);
        spreads++;
      }
    });
    if (spreads > 0) {
      sum += (spreadError / spreads) ** 2;
      terms++;
    }
  }
  return sum / terms;
}
