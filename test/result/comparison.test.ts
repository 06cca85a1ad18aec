import { describe, expect, it } from "vitest";
import {
  comparisonsOf,
  headlineRows,
  objectiveText,
  pooledSeeds,
  replicasOf,
} from "../../src/result/comparison.ts";
import { comparisonTable } from "../../src/result/text-table.ts";
import { cellOf, sampleTables } from "./sample.ts";

function rowWith(given: Record<string, unknown>) {
  return { ...sampleTables([{}], 30, ["wisefuse"]).cells[0]!, ...given };
}

describe("comparisons", () => {
  const { cells } = sampleTables([{ slo_ms: 10_000 }, { slo_ms: 20_000 }, { slo_ms: 30_000 }], 30);

  it("hold rows that differ in policy only, and say what tells them apart", () => {
    const comparisons = comparisonsOf(cells);
    expect(comparisons.map(({ lines }) => lines.join(" | "))).toEqual([
      "least cost, P95 ≤ 10 s",
      "least cost, P95 ≤ 20 s",
      "least cost, P95 ≤ 30 s",
    ]);
    expect(comparisons.map(({ rows }) => rows.length)).toEqual([6, 6, 6]);
  });

  it("show the middle objective when only one fits", () => {
    expect(new Set(headlineRows(cells).map((row) => row.slo_ms))).toEqual(new Set([20_000]));
    expect(headlineRows([])).toEqual([]);
  });

  it("name objectives with their units", () => {
    expect(objectiveText(rowWith({ slo_ms: 18_500 }))).toBe("least cost, P95 ≤ 18.5 s");
    expect(objectiveText(rowWith({ slo_ms: 250, quantile: 0.999 }))).toBe(
      "least cost, P99.9 ≤ 250 ms",
    );
    const bounded = { objective: "latency", slo_ms: null, budget_usd: 0.0012 };
    expect(objectiveText(rowWith(bounded))).toBe("least P95, cost ≤ 1.2 USD per 1,000 runs");
    expect(objectiveText(rowWith({ ...bounded, budget_usd: null }))).toBe("least P95");
  });
});

describe("pooled seeds", () => {
  const seed = (name: string, p95: number, half: number) =>
    rowWith({
      seed: name,
      latency_ms_p95: p95,
      latency_ms_p95_lo: p95 - half,
      latency_ms_p95_hi: p95 + half,
      feasible: name !== "2",
    });

  it("leave a single seed as it is", () => {
    const row = seed("1", 100, 5);
    expect(pooledSeeds([row])[0]).toBe(row);
  });

  it("of two combine their intervals in quadrature", () => {
    const [row] = pooledSeeds([seed("1", 100, 3), seed("2", 110, 4)]);
    expect(row).toMatchObject({
      runs: 60,
      latency_ms_p95: 105,
      latency_ms_p95_lo: 102.5,
      latency_ms_p95_hi: 107.5,
      feasible: false,
    });
  });

  it("of three or more have Student's t over the seeds", () => {
    const rows = [seed("1", 1, 9), seed("3", 2, 9), seed("4", 3, 9)];
    const [row] = pooledSeeds(rows);
    // R: t.test(1:3)$conf.int
    expect(row!.latency_ms_p95_lo).toBeCloseTo(-0.4841377, 6);
    expect(row!.latency_ms_p95_hi).toBeCloseTo(4.4841377, 6);
    expect(replicasOf(row!, rows)).toEqual(rows);
  });

  it("do not give an interval that one of two seeds lacks", () => {
    const [row] = pooledSeeds([
      { ...seed("1", 100, 3), latency_ms_p95_hi: null },
      seed("2", 110, 4),
    ]);
    expect(row).toMatchObject({ latency_ms_p95: 105, latency_ms_p95_lo: null });
  });
});

describe("the text table", () => {
  it("reads like this", () => {
    const { cells } = sampleTables([{ slo_ms: 20_000 }], 2000, ["unfused", "wisefuse"]);
    expect(comparisonTable(cells)).toBe(
      [
        "video-analytics on aws-lambda: least cost, P95 ≤ 20 s",
        "",
        "policy      P50   P95  95 % interval   P99  USD per  in SLO  cold",
        "              s     s      of P95, s     s  1k runs       %     %",
        "unfused *  15.4  27.5      26.6–28.8  34.5     1.42    76.6  13.0",
        "wisefuse    8.0  11.7      11.5–11.8  13.3     0.78   100.0  13.0",
        "",
        "2,000 runs each.",
        "* no plan was expected to meet the objective; the nearest one found is shown.",
        "",
      ].join("\n"),
    );
  });

  it("fits 80 columns with long names, large numbers and gaps", () => {
    const rows = [
      rowWith({ policy: "unfused", latency_ms_p95_hi: null, failed: 12 }),
      rowWith({
        policy: "wisefuse-joint",
        feasible: false,
        latency_ms_p50: 104_321,
        latency_ms_p95: 1_234_567,
        latency_ms_p95_lo: 1_134_567,
        latency_ms_p95_hi: 1_334_567,
        latency_ms_p99: 2_345_678,
        cost_usd_mean: 12.3456,
      }),
      rowWith({
        policy: "bundling-only",
        latency_ms_p50: null,
        latency_ms_p95: null,
        latency_ms_p99: null,
        slo_attainment: null,
      }),
    ];
    const lines = comparisonTable(rows).split("\n");
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(lines.join("\n")).toMatch(/unfused: 12 of 30 runs failed or timed out/);
    expect(lines.find((line) => line.startsWith("bundling-only"))).toMatch(/–/);
  });

  it("has a block per objective, and says how many seeds were pooled", () => {
    const identities = [cellOf({ seed: "1" }), cellOf({ seed: "2" }), cellOf({ slo_ms: 9000 })];
    const text = comparisonTable(sampleTables(identities, 40).cells);
    expect(text.match(/^policy /gm)).toHaveLength(2);
    expect(text).toMatch(/80 runs each over 2 seeds/);
  });
});
