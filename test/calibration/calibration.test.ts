import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import {
  jolteonApps,
  orionApps,
  orionPredictions,
  readTrace,
} from "../../experiments/calibration/calibrate.ts";
import {
  type CellResult,
  errorOf,
  isOutlier,
  resultsOf,
  summarise,
} from "../../experiments/calibration/errors.ts";
import { ITEMS } from "../../experiments/calibration/jolteon-data.ts";
import { ORION_SIZES_MB } from "../../experiments/calibration/orion-data.ts";
import { predictSweep } from "../../experiments/calibration/orion-fit.ts";
import { DATA, TRACES } from "./data.ts";

// The numbers under test are those in traces/, as users run them; `calibrate` checks that a refit gives the same.
const SWEEP_RUNS = 400;
const TIMEOUT_MS = 30_000;

function measured(title: string, folder: "orion" | "jolteon", check: () => void): void {
  test(title, { timeout: TIMEOUT_MS }, (context) => {
    const path = `${DATA}/${folder}`;
    context.skip(!existsSync(path), `no measured data: ${path} is missing (see WISEFUSE_DATA)`);
    check();
  });
}

const MEDIAN_TOLERANCE = { PCA: 0.05, ParamTune: 0.1, Classify: 0.05 } as const;

for (const [app, stages] of [
  ["ml-pipeline", ["PCA", "ParamTune"]],
  ["video-analytics", ["Classify"]],
] as const) {
  measured(`${app}: medians are ORION's at four sizes`, "orion", () => {
    const orion = orionApps(DATA).find(({ name }) => name === app)!;
    const predictions = orionPredictions(orion, readTrace(TRACES, app));
    expect(ORION_SIZES_MB).toEqual([1000, 1800, 5000, 10_240]);
    for (const stage of stages) {
      // Classify is compared twice: as shipped, and when every run has the same video.
      const compared = orion.compared.flatMap(({ name }, i) =>
        name === stage ? [predictions[i]!] : [],
      );
      expect(compared).toHaveLength(stage === "Classify" ? 2 : 1);
      for (const quantiles of compared)
        ORION_SIZES_MB.forEach((memoryMb, i) => {
          const error = quantiles[i]!.p50 / orion.profile.get(stage)![i]!.p50 - 1;
          expect(Math.abs(error), `${stage} at ${memoryMb} MB`).toBeLessThanOrEqual(
            MEDIAN_TOLERANCE[stage],
          );
        });
    }
  });
}

test("bundling Video Analytics gains up to five workers a VM and loses at ten", {
  timeout: TIMEOUT_MS,
}, () => {
  const { p50 } = predictSweep(readTrace(TRACES, "video-analytics"), SWEEP_RUNS);
  const [one, two, five, ten] = p50 as [number, number, number, number];
  expect(p50).toHaveLength(4);
  expect(two).toBeLessThan(one);
  expect(five).toBeLessThanOrEqual(two * 1.02);
  expect(ten).toBeGreaterThan(five);
});

for (const app of ["ml-pipeline-trees", "video-analytics-chunks"])
  measured(`${app}: unseen cells are near Jolteon's`, "jolteon", () => {
    for (const [stage, results] of resultsByStage(app)) {
      const unseen = results.filter(({ cell }) => !cell.fitted);
      expect(unseen.length, stage).toBeGreaterThan(results.length / 2);
      // The data count loading in predict and vote as reading, the model as compute: only totals compare.
      const phase = stage === "predict" || stage === "vote" ? "total" : "compute";
      expect(summarise(results, phase, "mean").meanError, `${stage}, mean`).toBeLessThanOrEqual(
        0.15,
      );
      expect(summarise(results, phase, "p95").meanError, `${stage}, P95`).toBeLessThanOrEqual(0.2);
    }
  });

measured("trees bundled in a VM train as long as Jolteon's", "jolteon", () => {
  const unseen = resultsByStage("ml-pipeline-trees")
    .get("train")!
    .filter(({ cell }) => !cell.fitted);
  // Outlier of the measurement: at 5,120 MB, n 4 and 8 took longer than at 3,584 MB.
  const outliers = unseen.filter(({ study, cell }) => isOutlier(study, cell));
  expect(outliers.map(({ cell }) => [cell.memoryMb, cell.workers])).toEqual([
    [5120, 4],
    [5120, 8],
  ]);
  const kept = unseen.filter((result) => !outliers.includes(result));
  const bundles = new Set(kept.map(({ cell }) => ITEMS / cell.workers));
  expect([...bundles].toSorted((a, b) => a - b)).toEqual([1, 2, 4, 8]);
  for (const result of kept)
    expect(
      Math.abs(errorOf(result, "compute", "mean")),
      `${result.cell.memoryMb} MB, n ${result.cell.workers}`,
    ).toBeLessThanOrEqual(0.15);
});

function resultsByStage(name: string): ReadonlyMap<string, readonly CellResult[]> {
  const app = jolteonApps(DATA).find((one) => one.name === name)!;
  const results = resultsOf(app, readTrace(TRACES, name));
  return new Map(
    app.studies.map((study) => [study.stage, results.filter((result) => result.study === study)]),
  );
}
