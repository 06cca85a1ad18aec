/** How often VMs start cold against one knob. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { PERCENT } from "../result/unit.ts";
import { type Knob, levelPanel, type Line, rowsOfKnob } from "./level-panel.ts";
import { page } from "./panel.ts";

const COLD: Line = { name: "cold", value: "cold_start_fraction", low: null, high: null };

/** Share of VM uses that start cold under plans for the SLO, a panel per workload, a line per policy. */
export function coldCurve(rows: readonly CellRow[], knob: Knob): TopLevelSpec {
  const drawn = rowsOfKnob(rows, knob).filter((row) => row.objective === "cost");
  const panels = comparisonsOf(drawn, ["workload", "platform"]).map(({ rows: compared }) =>
    levelPanel([compared[0].workload], compared, [COLD], {
      knob,
      unit: PERCENT,
      quantity: "cold VM uses",
      dashes: "policy",
      all: drawn,
    }),
  );
  return page("Cold starts of plans for the SLO", panels, { columns: Math.max(1, panels.length) });
}
