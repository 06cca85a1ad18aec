/**
 * Bars of one quantity with 95 % intervals, policies down, a panel per comparison: latency and cost
 * share it.
 */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow, MeasuredColumn } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { largest, type ShownUnit, shownIn } from "../result/unit.ts";
import { axisTitle, boundLayers, labelLayers, type Panel, page, shortNumber } from "./panel.ts";
import { policyRows, policyScales, policyStyle } from "./palette.ts";

/** What the bars show. */
export interface BarQuantity {
  readonly title: string;
  readonly axis: string;
  readonly value: MeasuredColumn;
  readonly low: MeasuredColumn;
  readonly high: MeasuredColumn;
  readonly unit: (largest: number) => ShownUnit;
  /** The bound drawn as a rule, and its name; null draws none. */
  readonly bound: (row: CellRow) => number | null;
  readonly boundName: string;
}

const PALE = "Pale: no plan was expected to meet the objective; the nearest one found is shown.";

/**
 * Bars with intervals: a panel per workload, platform and objective among the rows, one scale per
 * workload.
 */
export function intervalBars(rows: readonly CellRow[], quantity: BarQuantity): TopLevelSpec {
  const comparisons = comparisonsOf(rows);
  const all = comparisons.flatMap((comparison) => comparison.rows);
  const panels = comparisons.map(({ lines, rows: compared }) => {
    const peers = all.filter((row) => row.workload === compared[0].workload);
    const most = largest(peers.flatMap((row) => [row[quantity.value], row[quantity.high]]));
    const bounds = peers.map(quantity.bound).filter((bound) => bound !== null && bound <= 2 * most);
    const unit = quantity.unit(most);
    const end = shownIn(unit, Math.max(1.17 * most, 1.05 * largest(bounds)));
    const width = comparisons.length === 1 ? 400 : 215;
    return panelOf(lines, compared, quantity, { unit, end, width, all });
  });
  return page(quantity.title, panels, {
    columns: 3,
    note: all.some((row) => !row.feasible) ? PALE : undefined,
  });
}

interface Frame {
  readonly unit: ShownUnit;
  /** Where the x axis ends, in the unit. */
  readonly end: number;
  readonly width: number;
  /** The rows of all panels. */
  readonly all: readonly CellRow[];
}

function panelOf(
  title: string[],
  rows: readonly CellRow[],
  quantity: BarQuantity,
  { unit, end, width, all }: Frame,
): Panel {
  const { labels } = policyScales(rows);
  const { color } = policyScales(all);
  return {
    title,
    width,
    height: { step: 24 },
    data: { values: valuesOf(rows, quantity, unit) },
    encoding: { y: policyRows(labels) },
    layer: [
      {
        mark: { type: "bar", height: { band: 0.68 }, strokeWidth: 1 },
        encoding: {
          x: {
            field: "value",
            type: "quantitative",
            title: axisTitle(quantity.axis, unit),
            scale: { domain: [0, end], nice: false },
            axis: { tickCount: 5 },
          },
          color: { field: "policy", type: "nominal", scale: color, legend: null },
          fillOpacity: { condition: { test: "datum.feasible", value: 1 }, value: 0.25 },
          stroke: { field: "policy", type: "nominal", scale: color, legend: null },
        },
      },
      {
        mark: { type: "rule", strokeWidth: 4, color: "white" },
        encoding: { x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
      },
      {
        mark: { type: "rule", strokeWidth: 1.8, color: "#333333" },
        encoding: { x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
      },
      ...boundOf(quantity, rows, unit, end),
      ...labelLayers(
        { align: "left", dx: 5 },
        { x: { field: "high", type: "quantitative" }, text: { field: "label" } },
      ),
    ],
  } as Panel;
}

function valuesOf(rows: readonly CellRow[], quantity: BarQuantity, unit: ShownUnit) {
  const shown = (value: number | null) => (value === null ? null : shownIn(unit, value));
  return rows.flatMap((row) => {
    const value = shown(row[quantity.value]);
    if (value === null) return [];
    return {
      policy: policyStyle(row.policy).label,
      value,
      low: shown(row[quantity.low]) ?? value,
      high: shown(row[quantity.high]) ?? value,
      label: shortNumber(value),
      feasible: row.feasible,
    };
  });
}

function boundOf(
  quantity: BarQuantity,
  rows: readonly CellRow[],
  unit: ShownUnit,
  end: number,
): readonly object[] {
  const bound = rows.map(quantity.bound).find((value) => value !== null) ?? null;
  const at = bound === null ? Number.POSITIVE_INFINITY : shownIn(unit, bound);
  return at <= end ? boundLayers(at, quantity.boundName) : [];
}
