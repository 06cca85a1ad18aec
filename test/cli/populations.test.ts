import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder, listing, run } from "./run.ts";

test("a small population is a folder of workload files that can be characterised", async () => {
  const folder = emptyFolder();
  const made = await run(["generate", "--workflows", "12", "--seed", "a", "-o", "pop"], folder);
  expect(made.code).toBe(0);
  expect(made.stdout).toMatch(/^azure-durable: 12 workflows, shapes as published per execution\n/);
  expect(Math.max(...made.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(listing(join(folder, "pop"))).toHaveLength(14);
  const args = ["characterize", "pop", "--runs", "10", "-o", "about"];
  const about = await run(args, folder);
  expect(about.code).toBe(0);
  expect(about.stdout).toContain("12 workloads, 12 with a rate of arrivals, on aws-lambda-2024");
  const files = listing(join(folder, "about"));
  expect(files.filter((name) => name.endsWith(".png"))).toHaveLength(6);
  expect(files.filter((name) => name.endsWith(".csv"))).toHaveLength(3);
});

test("a large population is one file with a workload on every line", async () => {
  const folder = emptyFolder();
  await run(["generate", "--workflows", "1200", "--seed", "a", "-o", "."], folder);
  const lines = readFileSync(join(folder, "population.ndjson"), "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(1201);
  expect(lines.slice(1).every((line) => line.startsWith('{"schema":"wisefuse/workload@1"'))).toBe(
    true,
  );
  const args = ["characterize", "population.ndjson", "--sample", "5", "--runs", "5"];
  expect((await run(args, folder)).stdout).toContain("1,200 workloads");
});

test("a folder without workloads is refused", async () => {
  const { code, stdout, stderr } = await run(["characterize", "."], emptyFolder());
  expect([code, stdout, stderr]).toEqual([2, "", ".: no workloads in this folder\n"]);
});

test("a replay prints its classes and refuses two workflows of one name", async () => {
  const folder = emptyFolder();
  const args = ["replay", "ml-pipeline", "--policies", "unfused", "--hours", "1"];
  const { code, stdout } = await run([...args, "-o", "."], folder);
  expect(code).toBe(0);
  expect(stdout).toContain("wider: 1 workflow, ");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(readFileSync(join(folder, "replay.csv"), "utf8")).toMatch(/^policy,class,workflows,runs/);
  const twice = await run([...args, "ml-pipeline"], folder);
  expect([twice.code, twice.stderr]).toEqual([2, 'two workloads are named "ml-pipeline"\n']);
});

test("a replay on several accounts is the one of each, and refuses what is no account", async () => {
  const folder = emptyFolder();
  const args = ["replay", "ml-pipeline", "approximate-svd", "--policies", "unfused"];
  const options = ["--hours", "1", "--sizing", "default"];
  const { code, stdout } = await run([...args, ...options, "--accounts", "2"], folder);
  expect(code).toBe(0);
  expect(stdout).toContain("2 workflows on 2 accounts for 1 h after 1 h");
  expect(stdout).toContain("one vCPU a worker");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  const slip = await run([...args, "--acounts", "2"], folder);
  expect(slip.stderr).toContain('did you mean "accounts"?');
  const none = await run([...args, "--accounts", "0"], folder);
  expect([none.code, none.stderr]).toEqual([
    2,
    "--accounts: expected a whole number of at least 1, got 0\n",
  ]);
  const odd = await run([...args, "--sizing", "big"], folder);
  expect([odd.code, odd.stderr]).toEqual([2, "--sizing: expected tuned or default, got big\n"]);
});
