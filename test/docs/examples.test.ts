/** The worked examples of docs/extending.md: quoted as they are, and doing what the page says. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { experiment } from "../../docs/examples/experiment.ts";
import { tailBars } from "../../docs/examples/figure.ts";
import { ownCluster } from "../../docs/examples/platform.ts";
import { allInOne } from "../../docs/examples/policy.ts";
import { hyperfine } from "../../docs/examples/trace-format.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { renderWithWarnings } from "../../src/figure/figure.ts";
import { cellsOf } from "../../src/harness/experiment.ts";
import { CellMemory, planningModels, runCell } from "../../src/harness/run-cell.ts";
import { checkPlan, checkScenario } from "../../src/plan/check-plan.ts";
import { decide } from "../../src/policy/decide.ts";
import { unfused } from "../../src/policy/unfused.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { fileOf, importAs } from "../trace/importing.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const shipped = (name: string) => parseWorkload(read(`traces/${name}.yaml`), name);
const album = parseWorkload(read("traces/samples/thumbnails.yaml"), "thumbnails.yaml");
const scenario = {
  workflow: album.workflow,
  profile: album.profile,
  arrivals: album.arrivals!,
  platform: ownCluster,
};
const objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 8000 } as const;

test("the page quotes every example as it is", () => {
  const quoted = [...read("docs/extending.md").matchAll(/```ts\n([^]*?)```/g)].map(([, ts]) => ts!);
  const files = readdirSync(new URL("../../docs/examples", import.meta.url));
  expect(files).toHaveLength(5);
  expect(new Set(quoted)).toEqual(new Set(files.map((file) => read(`docs/examples/${file}`))));
  expect(quoted).toHaveLength(files.length);
});

test("the policy puts everything into one VM, which is cheaper than a VM per worker", () => {
  const { search, judge } = planningModels(scenario);
  const task = { scenario, objective, sizing: "tuned", model: search } as const;
  const { plan, feasible, prediction } = decide(allInOne, task, judge);
  expect(plan.groups.map(({ stages }) => stages)).toEqual([["list", "scale", "index"]]);
  expect(checkPlan(scenario, plan)).toEqual([]);
  expect(feasible).toBe(true);
  const other = decide(unfused, task, judge);
  expect(prediction.costUsdMean).toBeLessThan(other.prediction.costUsdMean);
});

test("the policy falls back on the unfused plan where no VM holds the workflow", () => {
  const { workflow, profile, arrivals } = shipped("video-analytics");
  const wide = { workflow, profile, arrivals: arrivals!, platform: ownCluster };
  const { search } = planningModels(wide);
  const { plan } = allInOne({ scenario: wide, objective, sizing: "default", model: search });
  expect(plan.groups.length).toBe(workflow.stages.length);
});

test("the format reads what hyperfine writes, tags it, and names what is wrong with a place", async () => {
  const text = JSON.stringify({
    results: [
      { command: "resize album", times: [1.5, 1.25, 2] },
      { command: "pack", times: [0.5] },
    ],
  });
  const { workloads } = await importAs(hyperfine, [fileOf("bench.json", text)]);
  expect(workloads).toHaveLength(1);
  const [{ name, workflow, profile, provenance }] = workloads as [(typeof workloads)[number]];
  expect([name, ...workflow.stages.map(({ id }) => id)]).toEqual(["bench", "resize album", "pack"]);
  expect(workflow.edges.map(({ from, to }) => `${from}>${to}`)).toEqual(["resize album>pack"]);
  const { compute } = profile["resize album"]!;
  expect(compute).toMatchObject({ kind: "cpu", cpuMs: { empirical: [1250, 1500, 2000] } });
  expect(provenance.map(({ tag }) => tag)).toContain("assumed");
  const bad = fileOf("bench.json", text.replace("0.5", '"fast"'));
  await expect(importAs(hyperfine, [bad])).rejects.toThrow(
    /bench\.json:1:\d+: results\.1\.times\.0: .*"fast"/,
  );
});

test("the platform is a legal one, whole seconds are billed, and runs end on it", () => {
  expect(checkScenario(scenario)).toEqual([]);
  const { search } = planningModels(scenario);
  const { plan } = allInOne({ scenario, objective, sizing: "tuned", model: search });
  const { columns } = simulate(scenario, plan, { runs: 50, warmupRuns: 5, seed: "s" });
  const usdPerSecond = plan.groups[0]!.memoryMb * ownCluster.price.usdPerMbMs * 1000;
  for (let run = 0; run < 50; run++) {
    expect(columns.latencyMs[run]).toBeGreaterThan(0);
    const seconds = columns.costUsd[run]! / usdPerSecond;
    expect(seconds).toBeCloseTo(Math.round(seconds), 6);
  }
});

test("the experiment runs, its table and figures hold what it asks, and the figure has no warning", async () => {
  const own = { quantile: 0.95, latencyMsMax: 8000, costUsdMax: undefined };
  const workload = { ...album, objective: own };
  const policies = ["unfused", "faastlane"] as const;
  const { platforms, seed } = experiment;
  const run = { experiment, platforms, policies, objectives: undefined, seeds: [seed] };
  const cells = cellsOf({ ...run, runs: 200, warmupRuns: 10 }, [workload]);
  const memory = new CellMemory();
  const rows = cells.map((cell) => runCell(cell, workload, experiment, memory).row);
  const hopMs = rows.filter((row) => row.policy === "unfused").map((row) => row.hop_ms_mean!);
  expect(hopMs[1]! / hopMs[0]!).toBeGreaterThan(3);
  expect(hopMs[2]! / hopMs[1]!).toBeGreaterThan(3);
  const tables = { cells: rows, runs: new Map(), decisions: new Map(), rows: new Map() };
  for (const figure of experiment.figures) {
    const { svg, warnings } = await renderWithWarnings(
      figure.draw({ ...tables, wallMs: new Map() }),
    );
    expect(warnings).toEqual([]);
    expect(svg).toContain("Faastlane");
  }
  expect(JSON.stringify(tailBars(rows))).toContain("P95 / P50 latency");
});
