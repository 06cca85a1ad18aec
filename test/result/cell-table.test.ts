import { describe, expect, it } from "vitest";
import { InputError } from "../../src/check.ts";
import {
  CELL_COLUMNS,
  cellName,
  cellsFromCsv,
  cellsToCsv,
  tableNumber,
} from "../../src/result/cell-table.ts";
import { cellOf, sampleTables } from "./sample.ts";

// As published; scripts of users depend on it.
const HEADER =
  "experiment,workload,platform,policy,sizing,objective,quantile,slo_ms,budget_usd,variation," +
  "level,seed,runs,completed,failed,feasible,latency_ms_mean,latency_ms_p50,latency_ms_p95," +
  "latency_ms_p95_lo,latency_ms_p95_hi,latency_ms_p99,cost_usd_mean,cost_usd_mean_lo," +
  "cost_usd_mean_hi,cost_usd_p95,slo_attainment,predicted_latency_ms_p95," +
  "predicted_cost_usd_mean,cold_start_fraction,vm_uses_per_run,gb_s_per_run," +
  "bytes_remote_per_run,skew_p50,skew_p95,hop_ms_mean,queue_ms_mean,cold_ms_mean,init_ms_mean," +
  "fetch_ms_mean,compute_ms_mean,straggler_ms_mean,store_ms_mean,p95_ratio_vs_unfused," +
  "p95_ratio_lo,p95_ratio_hi";

describe("cells.csv", () => {
  const { cells } = sampleTables(
    [
      { slo_ms: 20_000 },
      { objective: "latency", slo_ms: null, budget_usd: 1.1e-7, variation: "bundle", level: 4 },
      { workload: 'odd, "name"', seed: "007" },
    ],
    60,
  );

  it("has the published header, and a newline after every line", async () => {
    expect(CELL_COLUMNS.join(",")).toBe(HEADER);
    expect(await cellsToCsv([])).toBe(`${HEADER}\n`);
    const text = await cellsToCsv(cells);
    expect(text.startsWith(`${HEADER}\n`)).toBe(true);
    expect(text.endsWith("\n")).toBe(true);
    expect(text.split("\n")).toHaveLength(cells.length + 2);
  });

  it("comes back as it was written, text that looks like a number included", async () => {
    const text = await cellsToCsv(cells);
    const back = await cellsFromCsv(text);
    expect(back).toEqual(cells);
    expect(await cellsToCsv(back)).toBe(text);
    expect(Object.keys(back[0]!)).toEqual([...CELL_COLUMNS]);
  });

  it("holds numbers to nine digits", () => {
    expect(tableNumber(27199.88571234)).toBe(27199.8857);
    expect(tableNumber(0.1 + 0.2)).toBe(0.3);
    expect(tableNumber(0)).toBe(0);
  });

  it("is refused with every fault, its line and its column", async () => {
    const text = (await cellsToCsv(cells.slice(0, 2)))
      .replace(",true,", ",yes,")
      .replace(",false,", ",no,")
      .replace(",60,60,", ",60,,");
    const error = await cellsFromCsv(text, "cells.csv").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message).toMatch(/cells\.csv:2: completed: expected a number, got ""/);
    expect(message).toMatch(/cells\.csv:\d: feasible: expected one of true, false, got "(yes|no)"/);
  });

  it("is refused when columns are missing", async () => {
    await expect(cellsFromCsv("experiment,workload\na,b\n")).rejects.toThrow(
      /columns missing: platform/,
    );
    await expect(cellsFromCsv("")).rejects.toThrow(/columns missing/);
  });
});

describe("the name of a cell", () => {
  it("says what the cell is and can be a file", () => {
    expect(cellName(cellOf())).toBe(
      "video-analytics.aws-lambda.wisefuse.tuned.cost.p95.slo-20000.seed-1",
    );
    expect(cellName(cellOf({ seed: "a/b c" }))).toMatch(/seed-a_2fb_20c$/);
  });

  it("differs between cells that differ", () => {
    const names = [
      cellOf(),
      cellOf({ slo_ms: 10_000 }),
      cellOf({ slo_ms: null, budget_usd: 10_000 }),
      cellOf({ variation: "bundle", level: 2 }),
      cellOf({ variation: "bundle", level: 4 }),
      cellOf({ seed: "2" }),
      cellOf({ sizing: "default" }),
      cellOf({ quantile: 0.99 }),
    ].map(cellName);
    expect(new Set(names).size).toBe(names.length);
  });
});
