/** What was observed over what a formula says, with intervals: a panel per family, a row per setting. */

import type { TopLevelSpec } from "vega-lite";
import { type Panel, page } from "./panel.ts";

/** One comparison. */
export interface RatioPoint {
  readonly family: string;
  readonly setting: string;
  /** Observed over the formula, or over its lower bound, and the ends of the 95 % interval. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Upper over lower bound; 1 where the formula is exact. */
  readonly bound: number;
}

const NOTE =
  "Bars: 95 % intervals. Red: the formula; pale red: between its bounds. Rows are settings, in the order of the table.";

/** Ratios about 1, the settings of a family from top to bottom. */
export function ratioIntervals(points: readonly RatioPoint[]): TopLevelSpec {
  const names = [...new Set(points.map(({ family }) => family))];
  const panels = names.map((name) =>
    panelOf(
      name,
      points.filter(({ family }) => family === name),
    ),
  );
  return page("Simulated over theory", panels, { columns: 4, note: NOTE });
}

function panelOf(name: string, points: readonly RatioPoint[]): Panel {
  const values = points.map((point, row) => ({ ...point, row, one: 1 }));
  const y = { field: "row", type: "quantitative", axis: null, scale: { reverse: true } } as const;
  const x = (field: string) => ({
    field,
    type: "quantitative",
    title: null,
    scale: { zero: false, nice: true },
    axis: { tickCount: 4 },
  });
  return {
    title: [`${name} (${points.length})`],
    width: 175,
    height: 190,
    data: { values },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 5, color: "#b00020", opacity: 0.18 },
        encoding: { x: x("one"), x2: { field: "bound" }, y },
      },
      {
        data: { values: [{ one: 1 }] },
        mark: { type: "rule", strokeWidth: 1.2, color: "#b00020" },
        encoding: { x: x("one") },
      },
      {
        mark: { type: "rule", strokeWidth: 1.2, color: "#555555" },
        encoding: { x: x("low"), x2: { field: "high" }, y },
      },
      {
        mark: { type: "point", filled: true, size: 18, opacity: 1, color: "#0072b2" },
        encoding: { x: x("ratio"), y },
      },
    ],
  } as unknown as Panel;
}
