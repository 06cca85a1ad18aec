/** How slow is the slow end of each policy, and does it keep the SLO. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { timeUnit } from "../result/unit.ts";
import { intervalBars } from "./interval-bars.ts";

/** P95 latency with its 95 % interval per policy, a panel per objective, the SLO as a rule. */
export function latencyBars(rows: readonly CellRow[]): TopLevelSpec {
  return intervalBars(rows, {
    title: "P95 latency with 95 % interval",
    axis: "P95 latency",
    value: "latency_ms_p95",
    low: "latency_ms_p95_lo",
    high: "latency_ms_p95_hi",
    unit: timeUnit,
    bound: (row) => row.slo_ms,
    boundName: "SLO",
  });
}
