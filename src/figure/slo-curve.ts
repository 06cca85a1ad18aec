/** What an SLO costs and how often it is kept: a line per policy against the SLO. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { largest, moneyUnit, type ShownUnit, shownIn, timeUnit } from "../result/unit.ts";
import { axisTitle, type Panel, page, sideTitle } from "./panel.ts";
import { policyScales, policyStyle } from "./palette.ts";

const SPLIT = ["workload", "platform", "sizing", "quantile", "variation", "level"] as const;
const HOLLOW = "Hollow: no plan was expected to keep the SLO; the nearest one found is shown.";

/** Mean cost against the SLO with 95 % intervals, a panel per workload. */
export function sloCost(rows: readonly CellRow[]): TopLevelSpec {
  return sloPage("Cost of an SLO", rows, (drawn) => {
    const unit = moneyUnit(largest(drawn.map((row) => row.cost_usd_mean)));
    const ends = (row: CellRow) => [row.cost_usd_mean, row.cost_usd_mean_lo, row.cost_usd_mean_hi];
    return { title: sideTitle("mean cost", unit), unit, ends, least: 0, most: null, target: null };
  });
}

/** Share of runs within the SLO, a panel per workload, the share that was asked for as a rule. */
export function sloAttainment(rows: readonly CellRow[]): TopLevelSpec {
  const shares = rows.map((row) => row.slo_attainment ?? 1);
  const title = "Runs within the SLO";
  return sloPage(title, rows, ([first]) => ({
    title: "runs within SLO (%)",
    unit: { name: "%", factor: 100 },
    ends: (row: CellRow) => [row.slo_attainment, row.slo_attainment, row.slo_attainment],
    // What misses its SLO altogether would hide what nearly keeps it.
    least: Math.min(...shares) > 0.8 ? 80 : 0,
    most: 100,
    target: 100 * (first?.quantile ?? 1),
  }));
}

interface Side {
  readonly title: string | string[];
  readonly unit: ShownUnit;
  /** The value of a row and both ends of its interval. */
  readonly ends: (row: CellRow) => readonly (number | null)[];
  readonly least: number;
  readonly most: number | null;
  /** A rule across the panel, in the unit. */
  readonly target: number | null;
}

function sloPage(
  title: string,
  rows: readonly CellRow[],
  sideOf: (rows: readonly CellRow[]) => Side,
): TopLevelSpec {
  const drawn = rows.filter((row) => row.slo_ms !== null);
  const panels = comparisonsOf(drawn, SPLIT).map((one) =>
    panelOf(one.lines, one.rows, drawn, sideOf(one.rows)),
  );
  const note = drawn.some((row) => !row.feasible) ? HOLLOW : undefined;
  return page(title, panels, { columns: 2, note });
}

function panelOf(
  title: string[],
  rows: readonly CellRow[],
  all: readonly CellRow[],
  side: Side,
): Panel {
  const time = timeUnit(largest(rows.map((row) => row.slo_ms)));
  const { labels, color, dash, shape } = policyScales(all);
  const policy = { field: "policy", type: "nominal", sort: labels, title: null } as const;
  const domain = side.most === null ? { zero: true } : { domain: [side.least, side.most] };
  const slos = [...new Set(rows.map((row) => shownIn(time, row.slo_ms ?? 0)))];
  const x = {
    field: "slo",
    type: "quantitative",
    title: axisTitle("SLO", time),
    scale: { type: "log", nice: false, padding: 10 },
    axis: { values: slos, grid: false },
  };
  const y = { type: "quantitative", title: side.title, scale: domain };
  const at = { x, y: { ...y, field: "value" } };
  const legend = { symbolOpacity: 1, symbolFillColor: null };
  const colors = { ...policy, scale: color, legend };
  const shapes = { ...policy, scale: shape };
  return {
    title,
    width: 340,
    height: 230,
    data: { values: valuesOf(rows, side, time) },
    layer: [
      ...(side.target === null ? [] : targetLayers(side.target)),
      {
        mark: { type: "line", strokeWidth: 1.6, opacity: 0.8 },
        encoding: { ...at, color: colors, strokeDash: { ...policy, scale: dash, legend: null } },
      },
      {
        mark: { type: "rule", strokeWidth: 1.2 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: colors },
      },
      {
        mark: { type: "point", filled: true, size: 70, opacity: 1 },
        encoding: { ...at, color: colors, shape: shapes },
      },
      {
        transform: [{ filter: "!datum.feasible" }],
        mark: { type: "point", filled: true, size: 24, opacity: 1, color: "white" },
        encoding: { ...at, shape: shapes },
      },
    ],
  } as Panel;
}

function targetLayers(target: number): readonly object[] {
  const data = { values: [{ target, name: `target ${target} %` }] };
  const y = { field: "target", type: "quantitative" };
  const red = "#b00020";
  return [
    { data, mark: { type: "rule", strokeDash: [5, 3], color: red }, encoding: { y } },
    {
      data,
      mark: { type: "text", align: "right", baseline: "top", dy: 4, color: red },
      encoding: { x: { value: "width" }, y, text: { field: "name" } },
    },
  ];
}

function valuesOf(rows: readonly CellRow[], { ends, unit }: Side, time: ShownUnit) {
  return rows.flatMap((row) => {
    const [value = null, low = null, high = null] = ends(row);
    if (value === null || row.slo_ms === null) return [];
    return {
      policy: policyStyle(row.policy).label,
      slo: shownIn(time, row.slo_ms),
      value: shownIn(unit, value),
      low: shownIn(unit, low ?? value),
      high: shownIn(unit, high ?? value),
      feasible: row.feasible,
    };
  });
}
