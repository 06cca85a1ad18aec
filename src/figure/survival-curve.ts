/** What failures do to plans: latency, cost, and how many runs still finish, against how much fails. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { largest, moneyUnit, PERCENT, timeUnit } from "../result/unit.ts";
import { shareEstimate } from "../stats/summary.ts";
import { COST, type Knob, levelPanel, type Line, P95, rowsOfKnob } from "./level-panel.ts";
import { page } from "./panel.ts";

// The share of runs that finished takes the place of three columns that nothing else here shows.
const DONE: Line = {
  name: "finished",
  value: "slo_attainment",
  low: "p95_ratio_lo",
  high: "p95_ratio_hi",
};

/**
 * P95 latency of the runs that finished, mean cost of all runs, and the share that finished, with their 95 %
 * intervals: a column per workload, a line per policy.
 */
export function survivalCurve(rows: readonly CellRow[], knob: Knob): TopLevelSpec {
  const drawn = rowsOfKnob(rows, knob).map(withShare);
  const time = timeUnit(largest(drawn.map((row) => row.latency_ms_p95)));
  const money = moneyUnit(largest(drawn.map((row) => row.cost_usd_mean)));
  const comparisons = comparisonsOf(drawn, ["workload", "platform"]);
  const unlabelled = { ...knob, axis: "" };
  const axes = { dashes: "policy", all: drawn } as const;
  const panels = [
    ...comparisons.map(({ rows: compared }) =>
      levelPanel([compared[0].workload], compared, [P95], {
        ...axes,
        knob: unlabelled,
        unit: time,
        quantity: "P95 latency",
      }),
    ),
    ...comparisons.map(({ rows: compared }) =>
      levelPanel([], compared, [COST], {
        ...axes,
        knob: unlabelled,
        unit: money,
        quantity: "mean cost",
      }),
    ),
    ...comparisons.map(({ rows: compared }) =>
      levelPanel([], compared, [DONE], {
        ...axes,
        knob,
        unit: PERCENT,
        quantity: "runs that finished",
      }),
    ),
  ];
  return page("Latency, cost and survival of plans for the SLO", panels, {
    columns: Math.max(1, comparisons.length),
    note: "P95 is of the runs that finished, cost of all. Plans are made as if nothing failed.",
  });
}

function withShare(row: CellRow): CellRow {
  const share = shareEstimate(row.completed / row.runs, row.runs);
  return { ...row, slo_attainment: share.value, p95_ratio_lo: share.low, p95_ratio_hi: share.high };
}
