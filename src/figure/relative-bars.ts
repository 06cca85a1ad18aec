/** Cost and latency as ratios to the unfused workflow, or to WiseFuse, so that workloads can stand side by side. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { costRelativeTo, ratiosTo } from "../result/relative.ts";
import { intervalBars } from "./interval-bars.ts";

const BASE = "unfused";
const RATIO = { name: `${BASE} = 1`, factor: 1 };

/** Mean cost over that of the unfused workflow, a panel per workload and objective. */
export function relativeCostBars(rows: readonly CellRow[]): TopLevelSpec {
  return intervalBars(costRelativeTo(BASE, rows), {
    title: "Mean cost over the unfused workflow's, with 95 % interval",
    axis: "mean cost",
    value: "cost_usd_mean",
    low: "cost_usd_mean_lo",
    high: "cost_usd_mean_hi",
    unit: () => RATIO,
    bound: () => 1,
    boundName: BASE,
  });
}

/** P95 latency over that of the unfused workflow, with the paired interval of the ratio. */
export function relativeLatencyBars(rows: readonly CellRow[]): TopLevelSpec {
  return intervalBars(rows, {
    title: "P95 latency over the unfused workflow's, with paired 95 % interval",
    axis: "P95 latency",
    value: "p95_ratio_vs_unfused",
    low: "p95_ratio_lo",
    high: "p95_ratio_hi",
    unit: () => RATIO,
    bound: () => 1,
    boundName: BASE,
  });
}

const OURS = "WiseFuse";
const RATIO_TO_OURS = { name: `${OURS} = 1`, factor: 1 };

/** Mean cost over WiseFuse's, a panel per workload and objective: above 1 is dearer. */
export function wisefuseCostBars(rows: readonly CellRow[]): TopLevelSpec {
  return intervalBars(ratiosTo("wisefuse", rows, "cost"), {
    title: `Mean cost over ${OURS}'s, with 95 % interval`,
    axis: "mean cost",
    value: "cost_usd_mean",
    low: "cost_usd_mean_lo",
    high: "cost_usd_mean_hi",
    unit: () => RATIO_TO_OURS,
    bound: () => 1,
    boundName: OURS,
  });
}

/** P95 latency over WiseFuse's, a panel per workload and objective: above 1 is slower. */
export function wisefuseLatencyBars(rows: readonly CellRow[]): TopLevelSpec {
  return intervalBars(ratiosTo("wisefuse", rows, "latency"), {
    title: `P95 latency over ${OURS}'s, with 95 % interval`,
    axis: "P95 latency",
    value: "latency_ms_p95",
    low: "latency_ms_p95_lo",
    high: "latency_ms_p95_hi",
    unit: () => RATIO_TO_OURS,
    bound: () => 1,
    boundName: OURS,
  });
}
