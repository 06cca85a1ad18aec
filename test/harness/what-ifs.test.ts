import { describe, expect, test } from "vitest";
import { cellsOf, type Experiment } from "../../src/harness/experiment.ts";
import { objectivesInPace } from "../../src/harness/pace.ts";
import { CellMemory, runCell } from "../../src/harness/run-cell.ts";
import { knob, withBytesBetween, withSkew, withWorkers } from "../../src/harness/what-ifs.ts";
import { checkScenario } from "../../src/plan/check-plan.ts";
import { edgeId } from "../../src/workflow/workflow.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { edge, fanOut, scenarioOf, toyOf } from "../toy-graphs.ts";

const WEIGHTS = [1, 2, 3, 6];
const toy = toyOf(
  "toy",
  {
    split: [500],
    work: [3000, 4, { skew: { content: WEIGHTS } }],
    merge: [800, 2, { skew: { content: 0.3 } }],
  },
  [
    edge("input", "split", "gather", 7),
    edge("split", "work", "scatter", 4e6),
    edge("work", "merge", "shuffle", { lognormal: { median: 8e6, sigma: 0.2 } }),
    edge("split", "merge", "broadcast", 5e5),
    edge("merge", "output", "gather", 9),
  ],
);
const given = scenarioOf(toy);
const bytesOf = (scenario: typeof given) =>
  Object.fromEntries(scenario.workflow.edges.map((one) => [edgeId(one), one.bytes]));
const contentOf = (scenario: typeof given) =>
  scenario.workflow.stages.map(({ id }) => scenario.profile[id]!.skew.content);

describe("what-ifs", () => {
  test("skew replaces the content factor of parallel stages and of no other", () => {
    expect(contentOf(withSkew(given, 1.5))).toEqual([0, 1.5, 1.5]);
  });

  test("more data is between stages, and neither input nor output", () => {
    expect(bytesOf(withBytesBetween(given, 4))).toEqual({
      "input->split": 7,
      "split->work": 16e6,
      "work->merge": { lognormal: { median: 32e6, sigma: 0.2 } },
      "split->merge": 2e6,
      "merge->output": 9,
    });
    expect(bytesOf(withBytesBetween(given, 0))["work->merge"]).toBe(0);
  });

  test("more workers have as much to do and to read each; a broadcast stays as it is", () => {
    const wide = withWorkers(given, 8, 0.5);
    expect(wide.workflow.stages.map((stage) => stage.workers)).toEqual([1, 8, 8]);
    expect(bytesOf(wide)).toEqual({
      "input->split": 7,
      "split->work": 8e6,
      "work->merge": { lognormal: { median: 16e6, sigma: 0.2 } },
      "split->merge": 5e5,
      "merge->output": 36,
    });
    expect(contentOf(wide)).toEqual([0, 0.5, 0.3]);
    for (const workers of [1, 256])
      expect(checkScenario(withWorkers(given, workers, 0.5))).toEqual([]);
  });
});

const workload: Workload = {
  name: "toy",
  description: "",
  source: "",
  ...fanOut(6, 4000, { bytes: 6e6, change: { skew: { content: 0.4 } } }),
  arrivals: { kind: "poisson", perSecond: 0.1 },
  objective: { quantile: 0.95, latencyMsMax: 9000, costUsdMax: 0.002 },
  provenance: [],
};

test("objectives are the workload's own where nothing changed, and stretch with what did", () => {
  const at = (factor: number) => {
    const [variation] = knob("data", [factor], withBytesBetween);
    const setting = { platform: "aws-lambda-2024", variation };
    const { objectives, inSetting } = objectivesInPace;
    return objectives(workload).map((own) => inSetting(own, workload, setting));
  };
  expect(at(1)).toEqual([
    { minimize: "cost", quantile: 0.95, latencyMsMax: 9000 },
    { minimize: "latency", quantile: 0.95, costUsdMax: 0.0022 },
  ]);
  const [slo, budget] = at(64);
  // 64 MB a worker, read and written at 78 MB/s by six workers and one: seconds, not minutes.
  expect(slo).toMatchObject({ minimize: "cost", quantile: 0.95 });
  const sloMs = slo?.minimize === "cost" ? slo.latencyMsMax : 0;
  expect(sloMs).toBeGreaterThan(18_000);
  expect(sloMs).toBeLessThan(90_000);
  expect(budget?.minimize === "latency" && budget.costUsdMax > 0.0022).toBe(true);
});

const experiment: Experiment = {
  name: "toy",
  question: "Does each level have its own reference?",
  workloads: ["toy"],
  platforms: ["aws-lambda-2024"],
  policies: ["unfused", "photons"],
  sizings: ["tuned"],
  objectives: () => [{ minimize: "latency", quantile: 0.95, costUsdMax: 0.002 }],
  variations: knob("skew", [0, 1.5], withSkew),
  runs: 200,
  warmupRuns: 20,
  seed: "s",
  usualSeconds: 1,
  figures: [],
};

test("ratios at one level are to the unfused workflow at that level, whichever was run before", () => {
  const { platforms, policies, runs, warmupRuns, seed } = experiment;
  const run = { experiment, platforms, policies, runs, warmupRuns, seeds: [seed] };
  const cells = cellsOf({ ...run, objectives: undefined }, [workload]);
  const [even, uneven] = cells.filter((cell) => cell.policy === "photons");
  const memory = new CellMemory();
  runCell(even!, workload, experiment, memory);
  const after = runCell(uneven!, workload, experiment, memory).row;
  const alone = runCell(uneven!, workload, experiment, new CellMemory()).row;
  expect(after).toEqual(alone);
  expect(after.p95_ratio_vs_unfused).toBeGreaterThan(0.3);
});
