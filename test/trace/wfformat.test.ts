import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { traceFileAt } from "../../src/cli/trace-files.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { DATA } from "../calibration/data.ts";
import { importFiles, importSample } from "./importing.ts";

/** Longest path by runtimes, worked out here from the edges alone, ms. */
function criticalPathMs({ workflow, profile }: Workload): number {
  const endMs = new Map<string, number>();
  for (const { id } of workflow.stages) {
    const before = workflow.edges
      .filter((edge) => edge.to === id && edge.from !== "input")
      .map((edge) => endMs.get(edge.from)!);
    const { compute } = profile[id]!;
    if (compute.kind !== "cpu" || typeof compute.cpuMs !== "number")
      throw new Error("expected one runtime");
    endMs.set(id, Math.max(0, ...before) + compute.cpuMs);
  }
  return Math.max(...endMs.values());
}

/** Makespan of one run with a whole vCPU for every task and no overhead, ms. */
function idealMakespanMs(workload: Workload): number {
  const { workflow, profile } = workload;
  const scenario = { workflow, profile, platform: ideal, arrivals: { kind: "once" } } as const;
  const plan = unfusedPlan(workflow, () => ideal.memory.maxMb);
  return simulate(scenario, plan, { runs: 1, warmupRuns: 0, seed: "x" }).columns.latencyMs[0]!;
}

async function realInstance(path: string): Promise<Workload> {
  const { workloads } = await importFiles("wfformat", [traceFileAt(join(DATA, path))]);
  return workloads[0]!;
}

describe("an instance in WfFormat", () => {
  test("has an edge for each parent, with the bytes of the files between", async () => {
    const { workflow } = await importSample("wfformat", ["wfformat-1.5.json"]);
    const bytes = Object.fromEntries(
      workflow.edges.map((edge) => [`${edge.from} ${edge.to}`, edge.bytes]),
    );
    expect(bytes).toEqual({
      "input split": 8e6,
      ...Object.fromEntries([1, 2, 3, 4].map((i) => [`split work_${i}`, 2e6])),
      ...Object.fromEntries([1, 2, 3, 4].map((i) => [`work_${i} join`, 80_000])),
      "join output": 300_000,
    });
  });

  test("is the same workload from version 1.4 as from 1.5", async () => {
    const [old, now] = [
      await importSample("wfformat", ["wfformat-1.4.json"]),
      await importSample("wfformat", ["wfformat-1.5.json"]),
    ];
    expect({ ...old, source: "" }).toEqual({ ...now, source: "" });
  });

  test("takes as long as its critical path where nothing else takes time", async () => {
    const workload = await importSample("wfformat", ["wfformat-1.5.json"]);
    expect(criticalPathMs(workload)).toBe(12_500 + 61_500 + 9000);
    expect(idealMakespanMs(workload)).toBeCloseTo(83_000, 6);
  });
});

const there = existsSync(join(DATA, "wfinstances")) && existsSync(join(DATA, "wfinstances-1.4"));

describe.skipIf(!there)(
  `real instances${there ? "" : " (skipped: no data beside the repository)"}`,
  () => {
    test("the same blast run is the same graph with the same times from 1.4 as from 1.5", async () => {
      const old = await realInstance("wfinstances-1.4/blast-chameleon-small-001.v1.4.json");
      const now = await realInstance("wfinstances/blast-chameleon-small-001.json");
      expect(old.workflow.stages).toEqual(now.workflow.stages);
      expect(old.workflow.edges).toEqual(now.workflow.edges);
      expect(old.profile).toEqual(now.profile);
    });

    test.each([
      "blast-chameleon-small-001.json",
      "1000genome-chameleon-2ch-100k-001.json",
      "helloworld-forkjoin-10-chameleon.json",
      "montage-chameleon-2mass-005d-001.json",
    ])("%s takes as long as its critical path where nothing else takes time", async (name) => {
      const workload = await realInstance(`wfinstances/${name}`);
      const makespanMs = idealMakespanMs(workload);
      expect(makespanMs / criticalPathMs(workload)).toBeCloseTo(1, 9);
    });
  },
);
