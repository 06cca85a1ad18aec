import { expect, test } from "vitest";
import { cellsOf, type Experiment, type ExperimentRun } from "../../src/harness/experiment.ts";
import { CellMemory, runCell } from "../../src/harness/run-cell.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { cellName } from "../../src/result/cell-table.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { chain } from "../toy-graphs.ts";

const workload: Workload = {
  name: "toy",
  description: "",
  source: "",
  ...chain([{ lognormal: { median: 300, sigma: 0.4 } }, 500], 1e6, { initCpuMs: 200 }),
  arrivals: { kind: "poisson", perSecond: 0.002 },
  objective: undefined,
  provenance: [],
};

const experiment: Experiment = {
  name: "toy",
  question: "Does it hold together?",
  workloads: ["toy"],
  platforms: ["aws-lambda-2024", "ideal"],
  policies: ["unfused", "wisefuse"],
  sizings: ["tuned"],
  objectives: () => [{ minimize: "cost", quantile: 0.95, latencyMsMax: 2000 }],
  variations: [
    { name: "as given", level: null, scenario: (given) => given },
    {
      name: "warm",
      level: 1,
      scenario: (given) => ({
        ...given,
        platform: { ...given.platform, keepAliveMs: Number.POSITIVE_INFINITY },
      }),
    },
  ],
  predictors: [{ name: "few", model: (scenario) => scenarioModel(scenario, 20, "few") }],
  runs: 200,
  warmupRuns: 20,
  seed: "s",
  usualSeconds: 1,
  figures: [],
};
const run: ExperimentRun = {
  experiment,
  platforms: experiment.platforms,
  policies: experiment.policies,
  objectives: undefined,
  runs: experiment.runs,
  warmupRuns: experiment.warmupRuns,
  seeds: [experiment.seed],
};
const cells = cellsOf(run, [workload]);

test("every policy meets every what-if on every platform, what is compared standing together", () => {
  expect(
    cells.map(({ platform, variation, level, policy }) => [platform, variation, level, policy]),
  ).toEqual(
    experiment.platforms.flatMap((platform) =>
      [
        ["as given", null],
        ["warm", 1],
      ].flatMap(([name, level]) =>
        experiment.policies.map((policy) => [platform, name, level, policy]),
      ),
    ),
  );
});

test("a what-if changes what is simulated, and models of one do not serve the other", () => {
  const memory = new CellMemory();
  const [given, , warm] = cells;
  const alone = runCell(warm!, workload, experiment, new CellMemory());
  expect(runCell(given!, workload, experiment, memory).row.cold_start_fraction).toBeGreaterThan(
    0.2,
  );
  const after = runCell(warm!, workload, experiment, memory);
  // Runs that overtake each other still need VMs of their own.
  expect(after.row.cold_start_fraction).toBeLessThan(0.02);
  expect(after.row).toEqual(alone.row);
});

test("a further model predicts the same plan and runs in a row of its own", () => {
  const { row, predicted } = runCell(cells[0]!, workload, experiment, new CellMemory());
  expect(predicted.map((one) => one.variation)).toEqual(["as given, few"]);
  const [few] = predicted;
  const { predicted_latency_ms_p95: p95, predicted_cost_usd_mean: cost } = few!;
  expect(p95).not.toBe(row.predicted_latency_ms_p95);
  expect(few).toEqual({
    ...row,
    variation: "as given, few",
    predicted_latency_ms_p95: p95,
    predicted_cost_usd_mean: cost,
  });
  expect(cellName(few!)).not.toBe(cellName(row));
});
