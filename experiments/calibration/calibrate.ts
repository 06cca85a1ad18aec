/** The whole calibration: refits every workload, and holds the fitted numbers beside the files' own. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Workload } from "../../src/trace/workload.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { valueAt } from "./change.ts";
import { type CellResult, resultsOf } from "./errors.ts";
import { type App, fitApp, type FittedValue } from "./fit.ts";
import { jolteonMl } from "./jolteon-ml.ts";
import { jolteonVideo } from "./jolteon-video.ts";
import { type OrionProfile, readOrion, type StageQuantiles } from "./orion-data.ts";
import {
  fitOrion,
  ORION_ML,
  ORION_VIDEO,
  type OrionStage,
  predictStage,
  predictSweep,
  type SweepRatios,
  withOneVideo,
} from "./orion-fit.ts";

/** A fitted number and the one in the workload's file, which must agree within 1 %. */
export interface CheckedValue extends FittedValue {
  readonly written: number;
  readonly agrees: boolean;
}

const AGREEMENT = 0.01;
const ORION_RUNS = 400;

/** The workload of `traces/<name>.yaml`. */
export function readTrace(traces: string, name: string): Workload {
  const file = join(traces, `${name}.yaml`);
  return parseWorkload(readFileSync(file, "utf8"), file);
}

/** Jolteon's applications. */
export function jolteonApps(data: string): readonly App[] {
  const folder = join(data, "jolteon");
  return [jolteonMl(folder), jolteonVideo(folder)];
}

/** Refits one of Jolteon's applications; errors are those of the refitted numbers. */
export function calibrateApp(
  app: App,
  traces: string,
): { readonly values: readonly CheckedValue[]; readonly results: readonly CellResult[] } {
  const template = readTrace(traces, app.name);
  const [workload, values] = fitApp(app, template);
  return { values: checked(values, template), results: resultsOf(app, workload) };
}

/** What of ORION's profile one workload reproduces. */
export interface OrionApp {
  readonly name: string;
  readonly profile: OrionProfile;
  readonly fitted: readonly OrionStage[];
  /** Stages compared, by name in the data and in the workload. */
  readonly compared: readonly {
    readonly name: string;
    readonly stage: string;
    readonly title?: string;
  }[];
}

const ONE_VIDEO = "Classify, when every run has the same video, as in the profile";

/** ORION's applications. */
export function orionApps(data: string): readonly OrionApp[] {
  const folder = join(data, "orion");
  return [
    {
      name: "ml-pipeline",
      profile: readOrion(folder, "ML"),
      fitted: ORION_ML,
      compared: [...ORION_ML, { name: "CombineModels", stage: "combine" }],
    },
    {
      name: "video-analytics",
      profile: readOrion(folder, "Video"),
      fitted: ORION_VIDEO,
      compared: [...ORION_VIDEO, { name: "Classify", stage: "classify", title: ONE_VIDEO }],
    },
  ];
}

/** Quantiles the workload gives for each compared stage. */
export function orionPredictions(
  app: OrionApp,
  workload: Workload,
): readonly (readonly StageQuantiles[])[] {
  return app.compared.map(({ stage, title }) =>
    predictStage(title === ONE_VIDEO ? withOneVideo(workload) : workload, stage, ORION_RUNS),
  );
}

/** Refits one of ORION's applications. */
export function calibrateOrion(
  app: OrionApp,
  traces: string,
): {
  readonly values: readonly CheckedValue[];
  readonly predictions: readonly (readonly StageQuantiles[])[];
  readonly sweep: SweepRatios | undefined;
} {
  const template = readTrace(traces, app.name);
  const [workload, values] = fitOrion(template, app.profile, app.fitted);
  return {
    values: checked(values, template),
    predictions: orionPredictions(app, workload),
    sweep: workload.profile["classify"] && predictSweep(workload, ORION_RUNS),
  };
}

function checked(values: readonly FittedValue[], written: Workload): readonly CheckedValue[] {
  return values.map(({ path, value }) => {
    const own = valueAt(written, path);
    return {
      path,
      value,
      written: own,
      agrees: Math.abs(own - value) <= AGREEMENT * Math.abs(value) + 1e-3,
    };
  });
}
