/** Cost and latency as ratios to the unfused workflow, or to WiseFuse, so that workloads can stand side by side. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { costRelativeTo, ratiosTo } from "../result/relative.ts";
import { ratioUnit } from "../result/unit.ts";
import { intervalBars } from "./interval-bars.ts";

const BASE = "unfused";
const OURS = "WiseFuse";

const COST = {
  axis: "mean cost",
  value: "cost_usd_mean",
  low: "cost_usd_mean_lo",
  high: "cost_usd_mean_hi",
} as const;
const P95 = {
  axis: "P95 latency",
  value: "latency_ms_p95",
  low: "latency_ms_p95_lo",
  high: "latency_ms_p95_hi",
} as const;
const P95_RATIO = {
  axis: "P95 latency",
  value: "p95_ratio_vs_unfused",
  low: "p95_ratio_lo",
  high: "p95_ratio_hi",
} as const;

// A rule stands at 1, under the name of what the ratios are to.
function toOne(name: string) {
  return { unit: () => ratioUnit(name), bound: () => 1, boundName: name };
}

/** Mean cost over that of the unfused workflow, a panel per workload and objective. */
export function relativeCostBars(rows: readonly CellRow[]): TopLevelSpec {
  const title = "Mean cost over the unfused workflow's, with 95 % interval";
  return intervalBars(costRelativeTo(BASE, rows), { title, ...COST, ...toOne(BASE) });
}

/** P95 latency over that of the unfused workflow, with the paired interval of the ratio. */
export function relativeLatencyBars(rows: readonly CellRow[]): TopLevelSpec {
  const title = "P95 latency over the unfused workflow's, with paired 95 % interval";
  return intervalBars(rows, { title, ...P95_RATIO, ...toOne(BASE) });
}

/** Mean cost over WiseFuse's, a panel per workload and objective: above 1 is dearer. */
export function wisefuseCostBars(rows: readonly CellRow[]): TopLevelSpec {
  const title = `Mean cost over ${OURS}'s, with 95 % interval`;
  return intervalBars(ratiosTo("wisefuse", rows, "cost"), { title, ...COST, ...toOne(OURS) });
}

/** P95 latency over WiseFuse's, a panel per workload and objective: above 1 is slower. */
export function wisefuseLatencyBars(rows: readonly CellRow[]): TopLevelSpec {
  const title = `P95 latency over ${OURS}'s, with 95 % interval`;
  return intervalBars(ratiosTo("wisefuse", rows, "latency"), { title, ...P95, ...toOne(OURS) });
}
