/** How latency and cost answer to one knob: lines against the level of a what-if. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { largest, moneyUnit, timeUnit } from "../result/unit.ts";
import { COST, type Knob, levelPanel, type Line, P95, rowsOfKnob } from "./level-panel.ts";
import { page } from "./panel.ts";

const P50 = { name: "P50", value: "latency_ms_p50", low: null, high: null } as const;

/** P95 latency above and mean cost below against a knob, a line per policy with its 95 % band. */
export function levelCurve(rows: readonly CellRow[], knob: Knob): TopLevelSpec {
  return curves(rows, knob, { title: "P95 latency and mean cost", quantiles: [P95] });
}

/**
 * Latency (P50 and P95) and mean cost against workers per VM: rows whose variation is `bundle`.
 * More workers share start-up and smooth stragglers until they starve each other.
 */
export function bundleCurve(rows: readonly CellRow[]): TopLevelSpec {
  const knob = { variation: "bundle", axis: "bundle size (workers per VM)", scale: "log" } as const;
  return curves(rows, knob, { title: "Bundle size, latency and cost", quantiles: [P50, P95] });
}

function curves(
  rows: readonly CellRow[],
  knob: Knob,
  { title, quantiles }: { readonly title: string; readonly quantiles: readonly Line[] },
): TopLevelSpec {
  const drawn = rowsOfKnob(rows, knob);
  const comparisons = comparisonsOf(drawn, [
    "workload",
    "platform",
    "sizing",
    "objective",
    "quantile",
    "slo_ms",
    "budget_usd",
  ]);
  const time = timeUnit(largest(drawn.map((row) => row.latency_ms_p95)));
  const money = moneyUnit(largest(drawn.map((row) => row.cost_usd_mean)));
  const dashes = quantiles.length === 1 ? "policy" : "quantile";
  const upper = comparisons.map((comparison) =>
    levelPanel(comparison.lines, comparison.rows, quantiles, {
      knob: { ...knob, axis: "" },
      unit: time,
      quantity: dashes === "policy" ? "P95 latency" : "latency",
      dashes,
      all: drawn,
    }),
  );
  const lower = comparisons.map((comparison) =>
    levelPanel([], comparison.rows, [COST], {
      knob,
      unit: money,
      quantity: "mean cost",
      dashes,
      all: drawn,
    }),
  );
  const columns = Math.max(1, Math.min(3, comparisons.length));
  const panels = Array.from({ length: Math.ceil(comparisons.length / columns) }, (_, r) => {
    const slice = [r * columns, (r + 1) * columns] as const;
    return [...upper.slice(...slice), ...lower.slice(...slice)];
  });
  return page(title, panels.flat(), { columns });
}
