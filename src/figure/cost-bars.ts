/** What a run costs under each policy, and does it keep the budget. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { moneyUnit } from "../result/unit.ts";
import { intervalBars } from "./interval-bars.ts";

/** Mean cost with its 95 % interval per policy, a panel per objective, the budget as a rule. */
export function costBars(rows: readonly CellRow[]): TopLevelSpec {
  return intervalBars(rows, {
    title: "Mean cost with 95 % interval",
    axis: "mean cost",
    value: "cost_usd_mean",
    low: "cost_usd_mean_lo",
    high: "cost_usd_mean_hi",
    unit: moneyUnit,
    bound: (row) => row.budget_usd,
    boundName: "budget",
  });
}
