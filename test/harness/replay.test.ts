import { describe, expect, test } from "vitest";
import { replay } from "../../src/harness/replay.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { replayTable } from "../../src/result/replay-table.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { chain, fanOut, type Toy } from "../toy-graphs.ts";

function workloadOf(name: string, toy: Toy, arrivals: Arrivals | undefined): Workload {
  const about = { description: "", source: "test", objective: undefined, provenance: [] };
  const { workflow, profile } = toy;
  return { name, workflow: { ...workflow, name }, profile, arrivals, ...about };
}

const EVERY_10_S: Arrivals = { kind: "poisson", perSecond: 0.1 };
const WORKLOADS = [
  workloadOf("talkative", chain([200, 200, 200], 5e6), EVERY_10_S),
  workloadOf("parallel", fanOut(6, { exponential: { mean: 500 } }), EVERY_10_S),
  workloadOf("silent", chain([1]), undefined),
];
const OPTIONS = {
  platform: "aws-lambda-2024",
  policies: ["unfused", "wisefuse"],
  hours: 0.5,
  warmupHours: 0.1,
  limit: 1000,
  sizing: "tuned",
  seed: "replay",
} as const;

describe("a replay", () => {
  const { tally, leftOut } = replay([WORKLOADS], OPTIONS);
  const rows = tally.rows(OPTIONS);
  const rowOf = (name: string, policy: string) =>
    rows.find((row) => row.class === name && row.policy === policy)!;

  test("gives every policy the same runs, and says what it left out", () => {
    expect(leftOut).toEqual(["silent"]);
    for (const one of rows.filter((row) => row.policy === "wisefuse"))
      expect([one.workflows, one.runs]).toEqual([
        rowOf(one.class, "unfused").workflows,
        rowOf(one.class, "unfused").runs,
      ]);
    // Half an hour at one in ten seconds, two workflows: 360 runs, give or take four deviations.
    expect(Math.abs(rowOf("all", "unfused").runs - 360)).toBeLessThan(4 * Math.sqrt(360));
    expect(rows.map((row) => row.class)).toEqual(
      ["chains", "2 to 8 wide", "short", "long", "popular", "all"].flatMap((name) => [name, name]),
    );
  });

  test("compares classes: fusing a talkative chain makes it faster at no greater cost", () => {
    const fused = rowOf("chains", "wisefuse");
    expect(fused.ratio_to_first).toBeLessThan(0.75);
    expect(fused.cost_usd_mean).toBeLessThan(1.05 * rowOf("chains", "unfused").cost_usd_mean);
    expect(rowOf("chains", "unfused").ratio_to_first).toBe(1);
    expect(rowOf("all", "wisefuse").failed).toBe(0);
  });

  test("is the same again, and text of at most 80 columns", () => {
    const text = replayTable(rows);
    expect(replayTable(replay([WORKLOADS], OPTIONS).tally.rows(OPTIONS))).toBe(text);
    expect(text).toMatch(/^chains: 1 workflow, \d+ runs\n/);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/NaN|undefined/);
  });

  test("on an account that is too small makes them wait", () => {
    const tight = replay([WORKLOADS], { ...OPTIONS, limit: 4 }).tally.rows(OPTIONS);
    const all = tight.find((row) => row.class === "all" && row.policy === "unfused")!;
    expect(all.runs).toBe(rowOf("all", "unfused").runs);
    expect(all.queue_ms_mean).toBeGreaterThan(10 + rowOf("all", "unfused").queue_ms_mean);
  });

  test("on accounts of their own gives the same where one was large enough", () => {
    const one = WORKLOADS.map((workload) => [workload]);
    const { tally, comparedOneIn } = replay(one, OPTIONS);
    const apart = tally.rows(OPTIONS);
    expect(comparedOneIn).toBe(1);
    expect(apart.map((row) => row)).toEqual(rows.map((row) => row));
  });

  test("at default sizes leaves the unfused workflow at one vCPU a worker", () => {
    const { tally } = replay([WORKLOADS], { ...OPTIONS, sizing: "default", policies: ["unfused"] });
    const [sized] = rows.filter((row) => row.class === "all" && row.policy === "unfused");
    const [asFirst] = tally.rows(OPTIONS).filter((row) => row.class === "all");
    // The least latency at no greater cost is not slower than where the cost comes from.
    expect(sized!.latency_ms_p95!).toBeLessThanOrEqual(1.02 * asFirst!.latency_ms_p95!);
    expect(tally.feasible).toEqual([{ policy: "unfused", feasible: 2, workflows: 2 }]);
  });
});
