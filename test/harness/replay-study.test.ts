import { expect, test } from "vitest";
import { renderWithWarnings } from "../../src/figure/figure.ts";
import { classCosts, classLatencies } from "../../src/figure/class-ratios.ts";
import { replayStudy } from "../../src/harness/replay-study.ts";
import { REPLAY_TABLE } from "../../src/result/replay.ts";
import { mixTable } from "../../src/result/replay-table.ts";

const study = replayStudy("classes", {
  preset: "azure-durable",
  workflows: 6,
  hours: 3,
  warmupHours: 0.5,
  limit: 10,
});
const run = {
  platforms: ["aws-lambda-2024"],
  policies: ["photons", "unfused"],
  seeds: ["one", "two"],
} as const;

test("a task per policy and seed gives the rows of its policy, paired with the unfused runs", async () => {
  expect(study.tasks(run)).toHaveLength(4);
  const nothing = () => expect.fail("nothing shipped is needed");
  const rows = study.tasks(run).flatMap((task) => study.rows(task, nothing, run));
  const all = REPLAY_TABLE.rowsAmong(rows);
  expect(all).toHaveLength(rows.length);
  expect([...new Set(all.map((row) => `${row.policy} ${row.seed}`))]).toEqual([
    "photons one",
    "unfused one",
    "photons two",
    "unfused two",
  ]);
  for (const row of all) {
    const twin = all.find(
      (one) => one.policy === "unfused" && one.class === row.class && one.seed === row.seed,
    )!;
    expect([twin.workflows, twin.runs]).toEqual([row.workflows, row.runs]);
    // Pairs leave out what failed under either.
    if (row.failed + twin.failed === 0)
      expect(row.cost_ratio).toBeCloseTo(row.cost_usd_mean / twin.cost_usd_mean, 9);
    expect(row.cost_ratio_lo!).toBeLessThanOrEqual(row.cost_ratio!);
    expect(row.cost_ratio_hi!).toBeGreaterThanOrEqual(row.cost_ratio!);
  }
  expect(
    new Set(all.filter((row) => row.policy === "unfused").map((row) => row.p95_ratio)),
  ).toEqual(new Set([1]));
  expect(await REPLAY_TABLE.fromCsv(await REPLAY_TABLE.toCsv(rows), "classes.csv")).toHaveLength(
    rows.length,
  );
  const text = mixTable(all);
  expect(text).toContain("aws-lambda-2024, seed two\n\n");
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).not.toMatch(/NaN|undefined/);
  for (const spec of [classLatencies(all), classCosts(all)])
    expect((await renderWithWarnings(spec)).warnings).toEqual([]);
});
