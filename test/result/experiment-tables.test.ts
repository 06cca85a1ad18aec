import { expect, test } from "vitest";
import { ablationTable } from "../../src/result/ablation-table.ts";
import { modelErrorAnswer, modelErrors, modelErrorTable } from "../../src/result/model-error.ts";
import { ratioTable } from "../../src/result/ratio-table.ts";
import { costRelativeTo, ratiosTo } from "../../src/result/relative.ts";
import { sloTable } from "../../src/result/slo-table.ts";
import { HABITS, sampleTables } from "./sample.ts";

const slos = sampleTables([{ slo_ms: 15_000 }, { slo_ms: 20_000 }], 200).cells;
const budget = { objective: "latency", slo_ms: null, budget_usd: 0.0011 } as const;

test("relative costs are to the same workload under the same objective; without a base there are none", () => {
  const ratios = costRelativeTo("unfused", slos);
  expect(ratios.filter((row) => row.policy === "unfused").map((row) => row.cost_usd_mean)).toEqual([
    1, 1,
  ]);
  const wisefuse = ratios.find((row) => row.policy === "wisefuse");
  expect(wisefuse?.cost_usd_mean).toBeCloseTo(
    HABITS["wisefuse"]!.costUsd / HABITS["unfused"]!.costUsd,
    1,
  );
  expect(
    costRelativeTo(
      "unfused",
      slos.filter((row) => row.policy !== "unfused"),
    ),
  ).toEqual([]);
});

test("ratios to WiseFuse have the width of both intervals, and WiseFuse itself has none", () => {
  const [one, two] = ratiosTo("wisefuse", slos, "latency").filter((row) =>
    ["wisefuse", "unfused"].includes(row.policy),
  );
  const [unfused, wisefuse] = ["unfused", "wisefuse"].map((name) =>
    slos.find((row) => row.policy === name && row.slo_ms === one!.slo_ms),
  );
  expect([one!.policy, two!.policy]).toEqual(["unfused", "wisefuse"]);
  const half = (row: typeof one) =>
    (row!.latency_ms_p95_hi! - row!.latency_ms_p95_lo!) / (2 * row!.latency_ms_p95!);
  expect(one!.latency_ms_p95).toBe(unfused!.latency_ms_p95! / wisefuse!.latency_ms_p95!);
  expect(half(one)).toBeCloseTo(Math.sqrt(half(unfused) ** 2 + half(wisefuse) ** 2), 12);
  const { latency_ms_p95: at, latency_ms_p95_lo: low, latency_ms_p95_hi: high } = two!;
  expect([at, low, high]).toEqual([1, 1, 1]);
  expect(ratiosTo("wisefuse", slos, "cost")).toHaveLength(slos.length);
  expect(ratiosTo("orion", slos, "cost")).toEqual([]);
});

test("tables fit 80 columns and mark plans that were not expected to keep their bound", () => {
  const both = [...sampleTables([{}], 200).cells, ...sampleTables([budget], 200).cells];
  const tables = [sloTable(slos), ablationTable(both)];
  for (const table of tables)
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  const misses = slos.filter((row) => !row.feasible).length;
  expect(misses).toBeGreaterThan(0);
  expect(tables[0]!.match(/\*/g)).toHaveLength(misses);
  expect(tables[1]).toMatch(/^unfused +\d+\.\d\d\*? +1\.000 /m);
});

test("model errors name model and arrivals, and those beyond a model's bound are listed", () => {
  const [row] = sampleTables([{}], 200, ["wisefuse"]).cells;
  const of = (variation: string, ratio: number) => ({
    ...row!,
    variation,
    predicted_latency_ms_p95: row!.latency_ms_p95! * ratio,
  });
  const rows = [of("always warm", 1.03), of("always warm, convolution", 0.96)];
  expect(modelErrors(rows).map(({ model, arrivals }) => [model, arrivals])).toEqual([
    ["scenarios", "always warm"],
    ["convolution", "always warm"],
  ]);
  expect(modelErrorAnswer(rows)).toBe(
    "Of predicted P95, the scenarios model is off by 3.0 % in the median and by 3.0 % at worst, and in 1 of 1 cells by more than 2.5 %; the convolution model is off by 4.0 % in the median and by 4.0 % at worst, and in 0 of 1 cells by more than 5.0 %.",
  );
  const table = modelErrorTable(rows);
  expect(table).toMatch(/^scenarios +always warm +1 +3\.0 +3\.0 +3\.0 +2\.5 +1$/m);
  expect(table).toMatch(/^convolution +always warm +1 +4\.0 +4\.0 +4\.0 +5\.0 +0$/m);
  expect(table).toMatch(/^video-analytics +aws-lambda +wisefuse +3\.0 /m);
  expect(table).not.toMatch(/^video-analytics.* -4\.0 /m);
});

test("a table of ratios shows the unfused workflow itself, and others relative to it at the same level", () => {
  const policies = ["unfused", "sonic", "photons", "faastlane", "wisefuse", "wisefuse-joint"];
  const levels = [0.25, 64].flatMap((level) => [
    { level, variation: "data-size", slo_ms: level === 64 ? 90_000 : 20_000 },
    { level, variation: "data-size", ...budget },
  ]);
  const rows = sampleTables(levels, 200, policies).cells;
  const table = ratioTable(rows, { title: "data-size", of: (row) => String(row.level) });
  expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  const unfused = rows.find((row) => row.objective === "latency" && row.policy === "unfused");
  const sonic = rows.find((row) => row.objective === "latency" && row.policy === "sonic");
  const seconds = (unfused!.latency_ms_p95! / 1000).toFixed(1);
  const ratio = sonic!.p95_ratio_vs_unfused!.toFixed(2);
  expect(table).toMatch(new RegExp(`^ +0\\.25 +${seconds} +${ratio} `, "m"));
  const cost = (policy: string) =>
    rows.find((row) => row.objective === "cost" && row.policy === policy && row.level === 64)!;
  const relative = cost("wisefuse-joint").cost_usd_mean! / cost("unfused").cost_usd_mean!;
  expect(table).toMatch(new RegExp(`^ +64 .* ${relative.toFixed(2)}$`, "m"));
  const misses = rows.filter((row) => !row.feasible).length;
  expect(misses).toBeGreaterThan(0);
  expect(table.match(/\d\*/g)).toHaveLength(misses);
});
