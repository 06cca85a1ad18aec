import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readTrace } from "../../experiments/calibration/calibrate.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { TRACES } from "./data.ts";

const names = readdirSync(TRACES)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(/\.yaml$/, ""));

describe("the shipped workloads", () => {
  test("are the three of the paper and two variants", () => {
    expect(names.toSorted()).toEqual([
      "approximate-svd",
      "ml-pipeline",
      "ml-pipeline-trees",
      "video-analytics",
      "video-analytics-chunks",
    ]);
  });

  test.each(names)("%s reads and simulates, every run to its end", (name) => {
    const { workflow, profile, arrivals } = readTrace(TRACES, name);
    const scenario = { workflow, profile, platform: awsLambda2024, arrivals: arrivals! };
    const log = simulate(
      scenario,
      unfusedPlan(workflow, () => 10_240),
      { runs: 50, warmupRuns: 5, seed: "traces" },
    );
    expect(log.runs).toBe(50);
    expect([...log.status].every((code) => code === 0)).toBe(true);
    expect(Math.min(...log.columns.latencyMs)).toBeGreaterThan(1000);
  });

  test.each(names)("%s has an objective and says where its numbers come from", (name) => {
    const { name: own, objective, provenance, workflow } = readTrace(TRACES, name);
    expect(own).toBe(name);
    expect(objective?.latencyMsMax).toBeGreaterThan(0);
    expect(objective?.costUsdMax).toBeGreaterThan(0);
    const paths = provenance.map(({ path }) => path);
    const covered = (path: string) =>
      paths.some((one) => one === path || path.startsWith(`${one}.`));
    for (const { id } of workflow.stages)
      for (const field of ["workers", "package", "memoryMb", "initCpu", "compute", "wait", "skew"])
        expect(covered(`stages.${id}.${field}`), `stages.${id}.${field}`).toBe(true);
    for (const { from, to } of workflow.edges)
      for (const field of ["bytes", "parallelRequests"])
        expect(covered(`edges.${from}->${to}.${field}`), `${from}->${to}.${field}`).toBe(true);
  });

  test.each(names)(
    "%s has every compute law and every edge's bytes in its sources, or only assumptions",
    (name) => {
      const { provenance, workflow } = readTrace(TRACES, name);
      if (name === "approximate-svd") {
        expect(new Set(provenance.map(({ tag }) => tag))).toEqual(new Set(["assumed"]));
        return;
      }
      const named = new Set(provenance.map(({ path }) => path));
      for (const { id } of workflow.stages) expect(named).toContain(`stages.${id}.compute`);
      for (const { from, to } of workflow.edges)
        expect(named).toContain(`edges.${from}->${to}.bytes`);
    },
  );
});
