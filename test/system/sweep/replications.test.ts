import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder, run } from "../../cli/run.ts";

const ARGS = ["simulate", "ml-pipeline", "--policy", "unfused", "--runs", "200"];

interface Answer {
  runs: number;
  replications: number;
  reached: boolean;
  latency_ms_mean: number;
  replication_latency_ms_p95: { value: number; low: number; high: number };
  replication_cost_usd_mean: { value: number };
  cost_usd_mean: number;
}

const answer = (text: string) => JSON.parse(text) as Answer;

test("replications pool to the same bytes for any number of threads", async () => {
  const folder = emptyFolder();
  const args = [...ARGS, "--replications", "4", "--warmup", "20"];
  const one = await run([...args, "--jobs", "1", "-o", "one"], folder);
  const three = await run([...args, "--jobs", "3", "-o", "three"], folder);
  expect(one.code, one.stderr).toBe(0);
  expect(three.stdout).toBe(one.stdout);
  expect(one.stdout).toMatch(/800 runs[^]*\n4 replications\nover replications: P95 [\d.]+ s ± /);
  for (const name of ["cells.csv", "runs.arrow"])
    expect(
      readFileSync(join(folder, "three", name)).equals(readFileSync(join(folder, "one", name))),
    ).toBe(true);
});

test("until a precision, replications are added in order and no more than are needed", async () => {
  const folder = emptyFolder();
  const args = [...ARGS, "--until", "p95:1.5%", "--json"];
  const [one, two] = await Promise.all(
    ["1", "2"].map((jobs) => run([...args, "--jobs", jobs], folder)),
  );
  expect(two!.stdout).toBe(one!.stdout);
  const { replications, reached, runs, ...rest } = answer(one!.stdout);
  expect(reached).toBe(true);
  expect(runs).toBe(200 * replications);
  const { value, low, high } = rest.replication_latency_ms_p95;
  expect((high - value) / value).toBeLessThanOrEqual(0.015);
  expect(value - low).toBeCloseTo(high - value, 6);
  // The table has nine digits.
  expect(rest.replication_cost_usd_mean.value / rest.cost_usd_mean).toBeCloseTo(1, 7);
  // One fewer, asked for by number, is the same simulation and not yet precise.
  expect(replications).toBeGreaterThan(5);
  const fewer = await run([...ARGS, "--replications", `${replications - 1}`, "--json"], folder);
  const before = answer(fewer.stdout).replication_latency_ms_p95;
  expect((before.high - before.value) / before.value).toBeGreaterThan(0.015);
  const capped = await run([...args, "--replications", "5"], folder);
  expect(answer(capped.stdout)).toMatchObject({ replications: 5, reached: false });
});
