/** What policies are worth against one knob, as ratios to the unfused workflow at each of its levels. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { costRelativeTo } from "../result/relative.ts";
import { ratioUnit } from "../result/unit.ts";
import { COST, type Knob, levelPanel, type Line, rowsOfKnob } from "./level-panel.ts";
import { page } from "./panel.ts";

const BASE = "unfused";
const P95_RATIO: Line = {
  name: "P95",
  value: "p95_ratio_vs_unfused",
  low: "p95_ratio_lo",
  high: "p95_ratio_hi",
};
const ABSENT =
  "Absent: the policy, or the unfused workflow, has no plan that was expected to keep the bound at that level.";

/**
 * P95 over that of the unfused workflow within the same budget (above, with its paired interval) and mean
 * cost over its cost under the same SLO (below): a column per workload, a line per policy. What breaks its
 * bound is left out: it is no price of that bound.
 */
export function relativeCurve(rows: readonly CellRow[], knob: Knob): TopLevelSpec {
  const drawn = rowsOfKnob(rows, knob);
  const within = (objective: CellRow["objective"], of: readonly CellRow[]) =>
    comparisonsOf(
      of.filter((row) => row.objective === objective).map((row, _, all) => priced(row, all)),
      ["workload", "platform"],
    );
  const axes = { unit: ratioUnit(BASE), dashes: "policy", upward: "log", all: drawn } as const;
  const above = within("latency", drawn).map(({ rows: compared }) =>
    levelPanel([compared[0].workload], compared, [P95_RATIO], {
      ...axes,
      knob: { ...knob, axis: "" },
      quantity: "P95 within budget",
    }),
  );
  const below = within("cost", costRelativeTo(BASE, drawn)).map(({ rows: compared }) =>
    levelPanel([], compared, [COST], { ...axes, knob, quantity: "cost within SLO" }),
  );
  return page("P95 at no greater cost, and cost at no longer P95", [...above, ...below], {
    columns: Math.max(1, above.length),
    note: drawn.every((row) => row.feasible) ? undefined : ABSENT,
  });
}

// Without its values where they, or those they are relative to, are no price of the bound; so not hollow.
function priced(row: CellRow, all: readonly CellRow[]): CellRow {
  const base = all.find(
    (one) =>
      one.policy === BASE &&
      one.workload === row.workload &&
      one.platform === row.platform &&
      one.level === row.level,
  );
  if (row.feasible && base?.feasible !== false) return row;
  return { ...row, feasible: true, p95_ratio_vs_unfused: null, cost_usd_mean: null, ...NO_ENDS };
}

const NO_ENDS = {
  p95_ratio_lo: null,
  p95_ratio_hi: null,
  cost_usd_mean_lo: null,
  cost_usd_mean_hi: null,
};
