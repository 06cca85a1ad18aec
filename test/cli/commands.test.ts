import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { CELL_COLUMNS } from "../../src/result/cell-table.ts";
import { contentsOf, SMALL as COMPARED } from "./killing.ts";
import { emptyFolder, ended, fileIn, run, start } from "./run.ts";

const SMALL = ["experiment", "ml-pipeline", "--policies", "unfused,wisefuse", "--slo", "20s"];

test("plan prints EXPLAIN text and exits with 3 when no plan meets the objective", async () => {
  const folder = emptyFolder();
  const met = await run(["plan", "ml-pipeline", "--policy", "unfused", "-o", "p.json"], folder);
  expect(met.code).toBe(0);
  expect(met.stdout).toMatch(/^plan for ml-pipeline on aws-lambda-2024\ngroup 1: pca\n/);
  expect(Math.max(...met.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  const simulated = await run(
    ["simulate", "ml-pipeline", "--plan", "p.json", "--runs", "100", "--json"],
    folder,
  );
  expect((JSON.parse(simulated.stdout) as { runs: number }).runs).toBe(100);
  const named = await run(["simulate", "ml-pipeline", "--plan", "p.json", "--runs", "9"], folder);
  expect(named.stdout).toContain("ml-pipeline on aws-lambda-2024: given plans");
  const missed = await run(["plan", "ml-pipeline", "--slo", "1ms", "--policy", "unfused"], folder);
  expect(missed.code).toBe(3);
  expect(missed.stdout).toContain("group 1: pca");
  expect(missed.stderr).toContain("this is the nearest");
});

test("simulate --timeline writes a trace for Perfetto, or a chart", async () => {
  const folder = emptyFolder();
  const args = ["simulate", "ml-pipeline", "--policy", "unfused", "--runs", "40", "--timeline"];
  expect((await run([...args, "t.json"], folder)).code).toBe(0);
  const { traceEvents } = JSON.parse(readFileSync(join(folder, "t.json"), "utf8")) as {
    traceEvents: readonly { ph: string; name: string; args: { name?: string } }[];
  };
  const names = traceEvents.flatMap((event) =>
    event.name === "process_name" ? [event.args.name] : [],
  );
  for (const name of ["P50 run, pca, VM 0", "P95 run, param-tune, VM 15"])
    expect(names).toContain(name);
  expect((await run([...args, "t.svg"], folder)).code).toBe(0);
  expect(readFileSync(join(folder, "t.svg"), "utf8")).toContain("time after arrival (s)");
  const refused = await run([...args, "t.html"], folder);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("--timeline: expected a .json or .svg file, got t.html");
});

test("an experiment gives the same bytes for any number of threads, and figures redraws them", async () => {
  const folder = emptyFolder();
  const runs = ["--runs", "80", "--quiet"];
  const results = join(folder, "results/ml-pipeline");
  const first = await run([...SMALL, ...runs, "--jobs", "1"], folder);
  expect(first.code).toBe(0);
  expect(first.stdout).toContain("least cost, P95 ≤ 20 s");
  const made = contentsOf(results);
  const lines = readFileSync(join(results, "cells.csv"), "utf8").trimEnd().split("\n");
  expect(lines[0]).toBe(CELL_COLUMNS.join(","));
  expect(lines).toHaveLength(4);
  expect(readdirSync(results).sort()).toEqual(
    [
      "cells.csv",
      "figures",
      "manifest.json",
      "plans",
      "report.html",
      "runs.arrow",
      "SHA256SUMS",
      "timelines.json",
      "timings.json",
    ].sort(),
  );
  // Without simulating: first what is gone, then over what is there.
  for (const name of ["figures/latency-cdf.svg", "figures/plans.svg", "report.html"])
    rmSync(join(results, name));
  expect((await run(["figures", "ml-pipeline"], folder)).code).toBe(0);
  expect(contentsOf(results)).toEqual(made);
  // On other threads, over what is there.
  expect((await run([...SMALL, ...runs, "--jobs", "2"], folder)).code).toBe(0);
  expect(contentsOf(results)).toEqual(made);
});

test("an interrupted experiment keeps what is finished and goes on to the same bytes", async () => {
  const folder = emptyFolder();
  const args = [...COMPARED, "--jobs", "1"];
  const child = start([...args, "--out", "cut"], folder);
  const kept = () =>
    existsSync(join(folder, "cut/.partial"))
      ? readdirSync(join(folder, "cut/.partial")).filter((name) => name.endsWith(".cell")).length
      : 0;
  const end = ended(child);
  while (kept() < 2 && child.exitCode === null) await new Promise((done) => setTimeout(done, 10));
  child.kill("SIGINT");
  const cut = await end;
  expect(cut.code).toBe(130);
  expect(cut.stderr).toContain("--resume");
  expect(existsSync(join(folder, "cut/cells.csv"))).toBe(false);
  const other = await run([...args, "--seed", "x", "--resume", "--out", "cut"], folder);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("of another run");
  const resumed = await run([...args, "--resume", "--out", "cut"], folder);
  expect(resumed.code).toBe(0);
  await run([...args, "--out", "whole"], folder);
  expect(contentsOf(join(folder, "cut"))).toEqual(contentsOf(join(folder, "whole")));
});

test("every experiment is listed within 80 columns", async () => {
  const { stdout, code } = await run(["experiment", "list"], emptyFolder());
  expect(code).toBe(0);
  for (const name of [
    "video-analytics",
    "ml-pipeline",
    "approximate-svd",
    "equal-cost",
    "optimizer",
  ])
    expect(stdout).toContain(`${name}\n`);
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("a study writes its own table in the order of its tasks, and its times beside those of cells", async () => {
  const folder = emptyFolder();
  const out = ["--quiet", "--jobs", "2", "--out", "one"];
  const library = (file: string) => pathToFileURL(resolve("dist/src", file)).href;
  const file = fileIn(
    folder,
    "study.mjs",
    `import { gapStudy } from "${library("harness/gap-study.js")}";
     import { gapCdf } from "${library("figure/gap-cdf.js")}";
     import { gapTable } from "${library("result/optimizer-table.js")}";
     const drawn = [0, 4].map((seed) => ({ seed, stages: 2 }));
     export const experiment = {
       name: "study", question: "Who is near?", workloads: [], platforms: ["ideal"], policies: [],
       sizings: [], objectives: () => [], studies: [gapStudy("gaps", drawn, ["unfused"])],
       quick: { studies: [gapStudy("gaps", drawn.slice(1), ["unfused"])] },
       runs: 1, warmupRuns: 0, seed: "s", usualSeconds: 1,
       table: ({ decisions }) => gapTable(decisions.get("gaps")),
       figures: [{ name: "gaps", caption: "?", draw: ({ decisions }) => gapCdf(decisions.get("gaps")) }],
     };`,
  );
  const one = await run(["experiment", file, ...out], folder);
  expect(one.code, one.stderr).toBe(0);
  expect(one.stdout).toContain("2 workflows, 6 problems, 6 with a proven optimum");
  const rows = readFileSync(join(folder, "one/gaps.csv"), "utf8");
  expect(rows.trimEnd().split("\n")).toHaveLength(1 + 2 * 3 * 2);
  const times = JSON.parse(readFileSync(join(folder, "one/timings.json"), "utf8")) as {
    studies: { study: string; task: string; wallMs: number }[];
  };
  expect(times.studies.map(({ study, task }) => `${study} ${task}`)).toEqual([
    "gaps random-0-of-2-stages",
    "gaps random-4-of-2-stages",
  ]);
  expect(times.studies.every(({ wallMs }) => wallMs > 0)).toBe(true);
  const quick = await run(["experiment", file, "--quick", "--json", "--quiet"], folder);
  expect(readdirSync(join(folder, "results"), { recursive: true })).toContain("study/gaps.csv");
  expect((JSON.parse(quick.stdout) as { task: string }[]).map(({ task }) => task)).toEqual(
    Array(6).fill("random-4-of-2-stages"),
  );
});
