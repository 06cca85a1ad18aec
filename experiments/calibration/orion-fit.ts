/** Fits the two applications of ORION to their profile data by the project's own physics. */

import { simulate } from "../../src/execution/simulate.ts";
import { unitLognormal } from "../../src/stats/families.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { awsLambda2022 } from "../../src/platform/aws-lambda.ts";
import { quantileOfSorted, sortedSample } from "../../src/stats/summary.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { withProfile, withValue } from "./change.ts";
import { type FittedValue, rounded } from "./fit.ts";
import { minimise, type Parameter } from "./nelder-mead.ts";
import {
  BUNDLE_SWEEP,
  ORION_SIZES_MB,
  type OrionProfile,
  type StageQuantiles,
} from "./orion-data.ts";
import { slowest, vmTimes } from "./stage-times.ts";

/**
 * A stage's time begins when its state is entered, not when its code runs: the hop of 100 ms less the
 * 214 ms / 3 that end-to-end latency exceeds the sum of the stages by, for each of ML's three states.
 */
const IN_STATE_MS = 100 - 214 / 3;
const FIT_RUNS = 150;
/** Combine takes 50 ms in all: the models' scores must have come with the call, not from the store. */
const REPORTS = { "param-tune->combine": "inline" } as const;

/** A stage of the data and the workload's stage that reproduces it. */
export interface OrionStage {
  readonly name: string;
  readonly stage: string;
  readonly parameters: readonly Parameter[];
  /** Relative error of the medians allowed. */
  readonly tolerance: number;
}

/** Quantiles over runs of the slowest worker at each measured size, in-state dispatch included, ms. */
export function predictStage(
  workload: Workload,
  stage: string,
  runs: number,
): readonly StageQuantiles[] {
  const inline = stage === "combine" ? REPORTS : {};
  return ORION_SIZES_MB.map((memoryMb) => {
    const layout = { memoryMb, workersPerVm: 1, concurrency: "all", isolation: "threads" } as const;
    const sorted = slowest(vmTimes(workload, awsLambda2022, stage, layout, runs, inline));
    return {
      p50: IN_STATE_MS + quantileOfSorted(sorted, 0.5),
      p95: IN_STATE_MS + quantileOfSorted(sorted, 0.95),
    };
  });
}

/** What the bundle sweep gives end to end, relative to one worker in each VM. */
export interface SweepRatios {
  readonly p50: readonly number[];
  readonly p95: readonly number[];
  readonly cost: readonly number[];
}

/** The measured ratios. */
export const MEASURED_SWEEP: SweepRatios = {
  p50: ratios(BUNDLE_SWEEP.map((row) => row.p50)),
  p95: ratios(BUNDLE_SWEEP.map((row) => row.p95)),
  cost: ratios(BUNDLE_SWEEP.map((row) => row.cost)),
};

/** Simulates the sweep, warm, one run after another; classify is bundled, one process a worker. */
export function predictSweep(workload: Workload, runs: number): SweepRatios {
  const { workflow, profile } = workload;
  const scenario = {
    workflow,
    profile,
    platform: awsLambda2022,
    arrivals: { kind: "closed", inFlight: 1 },
  } as const;
  const base = unfusedPlan(workflow, () => 1472);
  const rows = BUNDLE_SWEEP.map(({ bundle, memoryMb }) => {
    const groups = base.groups.map((group) =>
      group.stages[0] === "classify"
        ? { ...group, memoryMb, workersPerVm: bundle, isolation: "processes" as const }
        : group,
    );
    const options = { runs, warmupRuns: 1, seed: "calibration" };
    const { columns } = simulate(scenario, { ...base, groups }, options);
    const sorted = sortedSample(columns.latencyMs);
    return {
      p50: quantileOfSorted(sorted, 0.5),
      p95: quantileOfSorted(sorted, 0.95),
      cost: columns.gbS.reduce((sum, gbS) => sum + gbS, 0),
    };
  });
  return {
    p50: ratios(rows.map((row) => row.p50)),
    p95: ratios(rows.map((row) => row.p95)),
    cost: ratios(rows.map((row) => row.cost)),
  };
}

/**
 * The workload when every run has the same video, as in the profile: the content of worker k is the k-th
 * of equally likely parts of its lognormal.
 */
export function withOneVideo(workload: Workload): Workload {
  return withProfile(workload, "classify", (profile) => {
    const { skew } = profile;
    const sigma = typeof skew.content === "number" ? skew.content : 0;
    const content = Array.from({ length: 30 }, (_, k) => unitLognormal((k + 0.5) / 30, sigma));
    return { ...profile, skew: { ...skew, content } };
  });
}

function ratios(values: readonly number[]): readonly number[] {
  return values.map((value) => value / values[0]!);
}

const seconds = (name: string, start: number): Parameter => ({
  name,
  start,
  low: start / 5,
  high: start * 5,
});
const fraction = (name: string, start: number): Parameter => ({ name, start, low: 0, high: 1 });

/** Stages of the ML pipeline, in the order they are fitted. */
export const ORION_ML: readonly OrionStage[] = [
  {
    name: "PCA",
    stage: "pca",
    parameters: [seconds("pca.cpuMs", 8500), fraction("pca.serialFraction", 0.7)],
    tolerance: 0.05,
  },
  {
    name: "ParamTune",
    stage: "param-tune",
    parameters: [
      seconds("param-tune.cpuMs", 9000),
      { name: "param-tune.penalty", start: 2.5, low: 0, high: 20 },
      { name: "param-tune.exponent", start: 3.5, low: 0.2, high: 8 },
    ],
    tolerance: 0.1,
  },
];

/** Stages of the video analytics, in the order they are fitted. */
export const ORION_VIDEO: readonly OrionStage[] = [
  {
    name: "Split",
    stage: "split",
    parameters: [seconds("split.waitMs", 1400), seconds("split.cpuMs", 200)],
    tolerance: 0.05,
  },
  {
    name: "Extract",
    stage: "extract",
    parameters: [seconds("extract.waitMs", 60), seconds("extract.cpuMs", 25)],
    tolerance: 0.1,
  },
  {
    name: "Classify",
    stage: "classify",
    parameters: [
      seconds("classify.cpuMs", 15_000),
      fraction("classify.serialFraction", 0.3),
      fraction("classify.parallelYield", 0.9),
      { name: "classify.content", start: 0.35, low: 0.05, high: 0.8 },
    ],
    tolerance: 0.05,
  },
];

/** Fits the stages one by one to their medians; Classify to the ratios of the sweep as well. */
export function fitOrion(
  template: Workload,
  profile: OrionProfile,
  stages: readonly OrionStage[],
): readonly [Workload, readonly FittedValue[]] {
  let workload = template;
  const fitted: FittedValue[] = [];
  for (const { name, stage, parameters } of stages) {
    const set = (values: readonly number[]) =>
      parameters.reduce(
        (changed, parameter, i) => withValue(changed, parameter.name, values[i]!),
        workload,
      );
    const measured = profile.get(name)!;
    const values = minimise(parameters, (tried) => {
      const changed = set(tried);
      const medians = medianLoss(predictStage(changed, stage, FIT_RUNS), measured);
      return name === "Classify" ? medians + sweepLoss(changed) : medians;
    }).map(rounded);
    workload = set(values);
    parameters.forEach((parameter, i) => fitted.push({ path: parameter.name, value: values[i]! }));
  }
  return [workload, fitted];
}

// A median is worth 2 %, a ratio of the sweep, which is another setting, 10 %.
function medianLoss(found: readonly StageQuantiles[], measured: readonly StageQuantiles[]): number {
  return measured.reduce(
    (sum, wanted, i) => sum + (Math.log(found[i]!.p50 / wanted.p50) / 0.02) ** 2,
    0,
  );
}

function sweepLoss(workload: Workload): number {
  const found = predictSweep(workload, FIT_RUNS);
  let sum = 0;
  for (const name of ["p50", "cost"] as const)
    MEASURED_SWEEP[name].forEach((ratio, i) => {
      sum += (Math.log(found[name][i]! / ratio) / 0.1) ** 2;
    });
  return sum;
}
