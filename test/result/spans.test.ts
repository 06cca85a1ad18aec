import { beforeAll, describe, expect, test } from "vitest";
import type { RunLog } from "../../src/execution/run-log.ts";
import { simulate } from "../../src/execution/simulate.ts";
import type { StageSpan } from "../../src/execution/spans.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { platformNamed } from "../../src/platform/index.ts";
import { spansToCsv } from "../../src/result/spans-csv.ts";
import { spansToOtlp } from "../../src/result/spans-otlp.ts";
import { type DistributionSpec, samplerOf } from "../../src/stats/families.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { exactCloud } from "../exact-cloud.ts";
import { fanOut, ONE_VCPU_MB, scenarioOf, together } from "../toy-graphs.ts";
import { fileOf, importFiles, outlineOf, SAMPLES } from "../trace/importing.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const RUNS = 400;
const MEMORY_MB = 1769;

const original = parseWorkload(readFileSync(join(SAMPLES, "thumbnails.yaml"), "utf8"));
const scenario: Scenario = {
  workflow: original.workflow,
  profile: original.profile,
  platform: platformNamed("aws-lambda-2024"),
  arrivals: original.arrivals!,
};
const plan = unfusedPlan(original.workflow, () => MEMORY_MB);
const options = { runs: RUNS, warmupRuns: 0, seed: "thumbnails" };

describe("spans of a simulation", () => {
  const spans: StageSpan[] = [];
  let log: RunLog;

  beforeAll(() => {
    log = simulate(scenario, plan, { ...options, spans: (span) => spans.push(span) });
  });

  test("change nothing of what is simulated", () => {
    const { columns, status, runs, events } = simulate(scenario, plan, options);
    expect({ columns, status, runs, events }).toEqual(log);
  });

  test("are one for every worker of every run", () => {
    const perRun = original.workflow.stages.reduce((sum, stage) => sum + Number(stage.workers), 0);
    expect(spans).toHaveLength(RUNS * perRun);
    const names = spans.map(({ run, stage, worker }) => `${run} ${stage} ${worker}`);
    expect(new Set(names).size).toBe(spans.length);
  });

  test("lie within their runs, the last ending with it; cold ones are those the log counts", () => {
    const lastMs = new Float64Array(RUNS);
    for (const { run, startMs, endMs } of spans) {
      expect(startMs).toBeGreaterThan(log.columns.arriveMs[run]!);
      lastMs[run] = Math.max(lastMs[run]!, endMs);
    }
    expect(lastMs).toEqual(log.columns.finishMs);
    const cold = log.columns.coldStarts.reduce((sum, count) => sum + count, 0);
    expect(spans.filter((span) => span.cold)).toHaveLength(cold);
  });

  test("leave out the runs that only warm up", () => {
    const kept: StageSpan[] = [];
    simulate(scenario, plan, {
      runs: 3,
      warmupRuns: 2,
      seed: "thumbnails",
      spans: (span) => kept.push(span),
    });
    expect(new Set(kept.map((span) => span.run))).toEqual(new Set([0, 1, 2]));
    const third = spans.filter((span) => span.run === 2).map((span) => span.endMs);
    expect(kept.filter((span) => span.run === 0).map((span) => span.endMs)).toEqual(third);
  });

  test("of a home are cold in its first step alone, those of its further VMs in theirs", () => {
    const toy = fanOut(4, 200, { change: { initCpuMs: 40 } });
    const home = together(toy, { workersPerVm: 2, concurrency: 2, memoryMb: 2 * ONE_VCPU_MB });
    const rows: unknown[] = [];
    simulate(scenarioOf(toy, exactCloud), home, {
      runs: 1,
      warmupRuns: 0,
      seed: "home",
      spans: ({ stage, place, cold, coldMs, handlerMs }) =>
        rows.push([stage, place, cold, coldMs > 0, handlerMs > 0]),
    });
    const [warm, cold] = [
      [false, false, false],
      [true, true, true],
    ];
    expect(rows).toEqual([
      ["split", 0, ...cold],
      ["work", 0, ...warm],
      ["work", 0, ...warm],
      ["work", 1, ...cold],
      ["work", 1, ...cold],
      ["gather", 0, ...warm],
    ]);
  });

  describe.each(["run-csv", "otlp"])("written as %s and imported again", (format) => {
    let workload: Workload;
    beforeAll(async () => {
      const text =
        format === "otlp"
          ? spansToOtlp(spans, original.workflow)
          : await spansToCsv(spans, original.workflow);
      const { workloads } = await importFiles(format, [fileOf("x", text, 1 << 16)]);
      workload = workloads[0]!;
    });

    test("give the workflow: stages, fan-outs, edges and bytes", () => {
      const split = (lines: readonly string[]) =>
        lines.map((line) => line.replace(/: \w+ /, ": ")).toSorted();
      expect(split(outlineOf(workload))).toEqual(split(outlineOf(original)));
      const inner = (one: Workload) =>
        one.workflow.edges
          .filter(({ from, to }) => from !== "input" && to !== "output")
          .map(({ from, to, shape }) => `${from} ${to} ${shape}`);
      expect(inner(workload)).toEqual(inner(original));
    });

    test("give the profile: handler starts exactly, quantiles of times within sampling error", () => {
      for (const { id, workers } of original.workflow.stages) {
        expect(workload.profile[id]!.initCpuMs).toBeCloseTo(original.profile[id]!.initCpuMs, 3);
        const { compute } = workload.profile[id]!;
        if (compute.kind !== "measured") throw new Error("expected measured sizes");
        expect(compute.sizes.map((size) => size.memoryMb)).toEqual([MEMORY_MB]);
        const n = RUNS * Number(workers);
        for (const p of [0.1, 0.5, 0.9, 0.95]) {
          // Four standard deviations of the rank of a quantile, as of any binomial count.
          const half = (4 * Math.sqrt(n * p * (1 - p))) / n;
          const found = samplerOf(compute.sizes[0]!.timeMs)(p);
          const truth = samplerOf(cpuMsOf(original, id));
          expect(found).toBeGreaterThanOrEqual(truth(p - half) - 0.002);
          expect(found).toBeLessThanOrEqual(truth(Math.min(p + half, 1 - 1e-9)) + 0.002);
        }
      }
    });

    test("give the arrivals, from the first start on", () => {
      const { arrivals } = workload;
      if (arrivals?.kind !== "timestamps") throw new Error("expected timestamps");
      expect(arrivals.atMs).toHaveLength(RUNS);
      const span = log.columns.arriveMs[RUNS - 1]! - log.columns.arriveMs[0]!;
      expect(arrivals.atMs.at(-1)! / span).toBeCloseTo(1, 2);
    });
  });
});

function cpuMsOf({ profile }: Workload, id: string): DistributionSpec {
  const { compute } = profile[id]!;
  if (compute.kind !== "cpu") throw new Error("expected CPU time");
  return compute.cpuMs;
}
