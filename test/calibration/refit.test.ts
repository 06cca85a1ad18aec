import { describe, expect, test } from "vitest";
import {
  calibrateOrion,
  jolteonApps,
  orionApps,
  orionPredictions,
  readTrace,
} from "../../experiments/calibration/calibrate.ts";
import { withValue } from "../../experiments/calibration/change.ts";
import { isOutlier, resultsOf, summarise } from "../../experiments/calibration/errors.ts";
import { MEASURED_SWEEP, predictSweep } from "../../experiments/calibration/orion-fit.ts";
import { whole } from "../whole.ts";
import { DATA, HAS_DATA, TRACES } from "./data.ts";

describe.skipIf(!HAS_DATA)(`calibration in detail, if ${DATA} holds the profile data`, () => {
  test("P95 of bundled trees is within 20 % in every unseen cell but the two outliers", () => {
    const train = resultsFor("ml-pipeline-trees", "train");
    const { study } = train[0]!;
    const usual = summarise(train, "compute", "p95", (cell) => !isOutlier(study, cell));
    expect(usual).toMatchObject({ cells: 13, outside: 0 });
    expect(summarise(train, "compute", "p95")).toMatchObject({ cells: 15, outside: 2 });
  });

  test("without what busy vCPUs take from each other, training is missed in many cells", () => {
    const train = resultsFor("ml-pipeline-trees", "train", "train.parallelYield", 1);
    expect(summarise(train, "compute", "mean").outside).toBeGreaterThan(5);
  });

  test("chunks in a row compute within 15 % in the mean in every unseen cell", () => {
    for (const stage of ["split", "extract", "filter", "classify"]) {
      const own = resultsFor("video-analytics-chunks", stage);
      expect(summarise(own, "compute", "mean")).toMatchObject({ cells: 16, outside: 0 });
      expect(summarise(own, "compute", "mean").meanError).toBeLessThan(0.06);
    }
    for (const stage of ["split", "extract"])
      for (const statistic of ["mean", "p95"] as const) {
        const own = resultsFor("video-analytics-chunks", stage);
        expect(summarise(own, "total", statistic).outside).toBe(0);
      }
  });

  test("with one video in every run, P95 of classify is within 12 % of the profile's", () => {
    const app = orionApps(DATA).find(({ name }) => name === "video-analytics")!;
    const predictions = orionPredictions(app, readTrace(TRACES, app.name));
    const repeated = app.compared.findIndex(({ title }) => title !== undefined);
    app.profile.get("Classify")!.forEach(({ p95 }, i) => {
      expect(Math.abs(predictions[repeated]![i]!.p95 / p95 - 1)).toBeLessThan(0.12);
    });
  });

  // In npm test there is one test less: nothing is skipped.
  test.each(whole ? ["ml-pipeline"] : [])("refitting %s gives the numbers in its file", (own) => {
    const app = orionApps(DATA).find(({ name }) => name === own)!;
    const { values } = calibrateOrion(app, TRACES);
    expect(values).toHaveLength(5);
    expect(values.filter(({ agrees }) => !agrees)).toEqual([]);
  });
});

test("bundles of five are dearest, and ten are slower again, as in ORION's sweep", () => {
  const simulated = predictSweep(readTrace(TRACES, "video-analytics"), 300);
  for (const { p50, cost } of [simulated, MEASURED_SWEEP]) {
    expect(p50[3]).toBeGreaterThan(1.2 * p50[2]!);
    expect(cost[2]).toBeGreaterThan(cost[1]!);
    expect(cost[3]).toBeLessThan(cost[2]!);
  }
});

function resultsFor(name: string, stage: string, path?: string, value = 0) {
  const app = jolteonApps(DATA).find((one) => one.name === name)!;
  const trace = readTrace(TRACES, name);
  const workload = path === undefined ? trace : withValue(trace, path, value);
  const studies = app.studies.filter((study) => study.stage === stage);
  return resultsOf({ ...app, studies }, workload);
}
