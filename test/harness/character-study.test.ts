import { expect, test } from "vitest";
import { behaviourCdf } from "../../src/figure/behaviour-cdf.ts";
import { renderWithWarnings } from "../../src/figure/figure.ts";
import { shapeCdf } from "../../src/figure/shape-cdf.ts";
import { characterStudy } from "../../src/harness/character-study.ts";
import { characterize } from "../../src/harness/characterize.ts";
import { behaviourCurves } from "../../src/result/behaviour.ts";
import { curvesTable } from "../../src/result/characterization-table.ts";
import { CURVE_TABLE, StoredCurves } from "../../src/result/curve-table.ts";
import { Population } from "../../src/trace/synthetic.ts";

const PRESET = "azure-durable";
const WORKFLOWS = 300;
const SETTINGS = { platform: "aws-lambda-2024", seed: "curves", sample: 12, runs: 20 };
const run = { platforms: [SETTINGS.platform], policies: [], seeds: [SETTINGS.seed] };
const study = characterStudy("curves", {
  presets: [PRESET],
  workflows: WORKFLOWS,
  applications: [],
  sample: SETTINGS.sample,
  runs: SETTINGS.runs,
});

test("what is stored of a characterisation gives its tables and figures again", async () => {
  expect(study.tasks(run)).toEqual([PRESET, "applications"]);
  const rows = study.rows(PRESET, () => expect.fail("nothing shipped is needed"), run);
  const csv = await CURVE_TABLE.toCsv(rows);
  const stored = new StoredCurves(await CURVE_TABLE.fromCsv(csv, "curves.csv"), PRESET);

  const population = new Population(PRESET, WORKFLOWS, SETTINGS.seed);
  const whole = characterize(function* read() {
    for (let rank = 1; rank <= WORKFLOWS; rank++) yield () => population.workloadOf(rank);
  }, SETTINGS);
  const curves = behaviourCurves(whole);
  for (const weighting of ["execution", "workflow"] as const) {
    const width = whole.facts.cdf("width", weighting)!;
    expect(Array.from(stored.cdf("width", weighting)!.values)).toEqual(Array.from(width.values));
    expect(stored.cdf("width", weighting)!.mean).toBeCloseTo(width.mean, 6);
    // Kept in steps of 1 %.
    const latency = curves.cdf("latency_ms", weighting)!;
    for (const p of [0.1, 0.5, 0.95])
      expect(
        Math.abs(latency.at(stored.cdf("latency_ms", weighting)!.quantile(p)) - p),
      ).toBeLessThan(0.02);
  }
  expect(stored.number("workloads", "workflow")).toBe(WORKFLOWS);
  expect(stored.number("joint_feasibility_error", "workflow")).toBeCloseTo(
    population.law.infeasible,
    9,
  );

  const text = curvesTable(PRESET, stored);
  expect(text).toMatch(/^azure-durable: 300 workflows on aws-lambda-2024\nPublished marginals/);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).not.toMatch(/NaN|undefined/);
  for (const spec of [shapeCdf(stored), behaviourCdf(stored, stored.platform)])
    expect((await renderWithWarnings(spec)).warnings).toEqual([]);
});
