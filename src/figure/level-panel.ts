/** One quantity of a cell against the level of a what-if: the panel that charts of levels are made of. */

import { type CellRow, type MeasuredColumn, tableNumber } from "../result/cell-table.ts";
import { type ShownUnit, shownIn } from "../result/unit.ts";
import { type Panel, sideTitle } from "./panel.ts";
import { policyScales, policyStyle } from "./palette.ts";

/** The knob along the x axis. */
export interface Knob {
  /** Value of the column `variation` of the rows to draw. */
  readonly variation: string;
  /** Title of the axis, its unit in brackets, such as "arrival rate (runs/s)". */
  readonly axis: string;
  /** `symlog` is logarithmic with a place for 0. */
  readonly scale: "linear" | "log" | "symlog";
}

/** A measured column and the ends of its interval. */
export interface Line {
  readonly name: string;
  readonly value: MeasuredColumn;
  readonly low: MeasuredColumn | null;
  readonly high: MeasuredColumn | null;
}

/** P95 latency with its 95 % interval. */
export const P95: Line = {
  name: "P95",
  value: "latency_ms_p95",
  low: "latency_ms_p95_lo",
  high: "latency_ms_p95_hi",
};

/** Mean cost with its 95 % interval. */
export const COST: Line = {
  name: "cost",
  value: "cost_usd_mean",
  low: "cost_usd_mean_lo",
  high: "cost_usd_mean_hi",
};

/** The rows that are of a knob. */
export function rowsOfKnob(rows: readonly CellRow[], knob: Knob): readonly CellRow[] {
  return rows.filter((row) => row.variation === knob.variation && row.level !== null);
}

const DASHED = [3, 3];
const SOLID = [1, 0];

/** What the axes of a panel say. */
export interface Axes {
  readonly knob: Knob;
  readonly unit: ShownUnit;
  readonly quantity: string;
  /** What dashes tell apart: policies, or the quantiles of one. */
  readonly dashes: "policy" | "quantile";
  /** Logarithmic for ratios, so that half and double are equally far from 1; linear from 0 otherwise. */
  readonly upward?: "log";
  /** The rows of all panels. */
  readonly all: readonly CellRow[];
}

/** Lines with their bands and points, one per policy; points are hollow where a plan was expected to break its bound, and lines broken where there is no value. */
export function levelPanel(
  title: string[],
  rows: readonly CellRow[],
  lines: readonly Line[],
  { knob, unit, quantity, dashes, upward, all }: Axes,
): Panel {
  const { labels, color, dash, shape } = policyScales(all);
  const levels = [...new Set(rows.map((row) => row.level!))].sort((a, b) => a - b);
  const policy = { field: "policy", type: "nominal", sort: labels, title: null };
  const linear = knob.scale === "linear";
  const x = {
    field: "level",
    type: "quantitative",
    title: knob.axis === "" ? null : knob.axis,
    scale: { type: knob.scale, nice: false, padding: 8, ...(linear ? { zero: false } : {}) },
    axis: { values: levels, labelExpr: "'' + datum.value", labelOverlap: "greedy", grid: false },
  };
  const values = valuesOf(rows, lines, unit);
  const ends = values.flatMap(({ low, high }) => [low ?? [], high ?? []].flat());
  const y = {
    type: "quantitative",
    title: sideTitle(quantity, unit),
    ...(upward === "log" ? logUpward(Math.min(...ends), Math.max(...ends)) : FROM_ZERO),
  };
  const at = { x, y: { ...y, field: "value" } };
  const colors = { ...policy, scale: color, legend: { symbolOpacity: 1, symbolFillColor: null } };
  const shapes = { ...policy, scale: shape };
  const detail = [{ field: "line" }];
  const byPolicy = { field: "dash", type: "nominal", scale: dash, legend: null };
  const stroked = dashes === "policy" ? byPolicy : dashOfLine(lines);
  return {
    title,
    width: 300,
    height: lines.length > 1 ? 200 : 170,
    data: { values },
    layer: [
      {
        mark: { type: "area", opacity: 0.18 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: colors, detail },
      },
      {
        mark: { type: "line", strokeWidth: 2 },
        encoding: { ...at, color: colors, detail, strokeDash: stroked },
      },
      {
        mark: { type: "point", filled: true, size: 55, opacity: 1 },
        encoding: { ...at, color: colors, shape: shapes },
      },
      ...(values.every((value) => value.feasible)
        ? []
        : [
            {
              transform: [{ filter: "!datum.feasible" }],
              mark: { type: "point", filled: true, size: 18, opacity: 1, color: "white" },
              encoding: { ...at, shape: shapes },
            },
          ]),
    ],
  } as unknown as Panel;
}

const FROM_ZERO = { scale: { zero: true } };

const DIGITS = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
const RATIOS = [0.001, 0.01, 0.1, 1, 10, 100].flatMap((at) => DIGITS.map((digit) => digit * at));

// Ratios lie close together: more ticks than a logarithmic axis has of itself.
function logUpward(least: number, most: number) {
  const values = RATIOS.filter((at) => at > 0.97 * least && at < 1.03 * most);
  const axis = { values, format: "~g", labelOverlap: "greedy" };
  return { scale: { type: "log", nice: false, padding: 6 }, axis };
}

function dashOfLine(lines: readonly Line[]) {
  if (lines.length === 1) return { value: SOLID };
  const names = lines.map((line) => line.name);
  return {
    field: "line",
    type: "nominal",
    sort: names,
    title: null,
    scale: { domain: names, range: [DASHED, SOLID] },
    legend: { symbolType: "stroke", symbolSize: 700 },
  };
}

function valuesOf(rows: readonly CellRow[], lines: readonly Line[], unit: ShownUnit) {
  return lines.flatMap((line) =>
    rows.map((row) => {
      const value = row[line.value];
      const end = (column: MeasuredColumn | null) =>
        shown(unit, (column === null ? null : row[column]) ?? value);
      return {
        policy: policyStyle(row.policy).label,
        // The label again: vega-lite would merge the legend of dashes into that of shapes.
        dash: policyStyle(row.policy).label,
        line: line.name,
        level: tableNumber(row.level!),
        // Null breaks the line.
        value: shown(unit, value),
        low: end(line.low),
        high: end(line.high),
        feasible: row.feasible,
      };
    }),
  );
}

function shown(unit: ShownUnit, value: number | null): number | null {
  return value === null ? null : shownIn(unit, value);
}
