/** How latency and cost answer to one knob: lines against the level of a what-if. */

import type { TopLevelSpec } from "vega-lite";
import { type CellRow, type MeasuredColumn, tableNumber } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { largest, moneyUnit, type ShownUnit, shownIn, timeUnit } from "../result/unit.ts";
import { type Panel, page, sideTitle } from "./panel.ts";
import { policyScales, policyStyle } from "./palette.ts";

/** The knob along the x axis. */
export interface Knob {
  /** Value of the column `variation` of the rows to draw. */
  readonly variation: string;
  /** Title of the axis, its unit in brackets, such as "arrival rate (runs/s)". */
  readonly axis: string;
  readonly scale: "linear" | "log";
}

interface Line {
  readonly name: string;
  readonly value: MeasuredColumn;
  readonly low: MeasuredColumn | null;
  readonly high: MeasuredColumn | null;
}

const P50 = { name: "P50", value: "latency_ms_p50", low: null, high: null } as const;
const P95 = {
  name: "P95",
  value: "latency_ms_p95",
  low: "latency_ms_p95_lo",
  high: "latency_ms_p95_hi",
} as const;
const COST = {
  name: "cost",
  value: "cost_usd_mean",
  low: "cost_usd_mean_lo",
  high: "cost_usd_mean_hi",
} as const;

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
  const drawn = rows.filter((row) => row.variation === knob.variation && row.level !== null);
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
    panelOf(comparison.lines, comparison.rows, quantiles, {
      knob: { ...knob, axis: "" },
      unit: time,
      quantity: dashes === "policy" ? "P95 latency" : "latency",
      dashes,
      all: drawn,
    }),
  );
  const lower = comparisons.map((comparison) =>
    panelOf([], comparison.rows, [COST], {
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

const DASHED = [3, 3];
const SOLID = [1, 0];

interface Axes {
  readonly knob: Knob;
  readonly unit: ShownUnit;
  readonly quantity: string;
  /** What dashes tell apart: policies, or the quantiles of one. */
  readonly dashes: "policy" | "quantile";
  /** The rows of all panels. */
  readonly all: readonly CellRow[];
}

function panelOf(
  title: string[],
  rows: readonly CellRow[],
  lines: readonly Line[],
  { knob, unit, quantity, dashes, all }: Axes,
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
    axis: { values: levels, labelOverlap: "greedy", grid: false },
  };
  const y = { type: "quantitative", title: sideTitle(quantity, unit), scale: { zero: true } };
  const colors = { ...policy, scale: color, legend: { symbolOpacity: 1, symbolFillColor: null } };
  const detail = [{ field: "line" }];
  const byPolicy = { field: "dash", type: "nominal", scale: dash, legend: null };
  const stroked = dashes === "policy" ? byPolicy : dashOfLine(lines);
  return {
    title,
    width: 300,
    height: lines.length > 1 ? 200 : 170,
    data: { values: valuesOf(rows, lines, unit) },
    layer: [
      {
        mark: { type: "area", opacity: 0.18 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: colors, detail },
      },
      {
        mark: { type: "line", strokeWidth: 2 },
        encoding: { x, y: { ...y, field: "value" }, color: colors, detail, strokeDash: stroked },
      },
      {
        mark: { type: "point", filled: true, size: 55, opacity: 1 },
        encoding: {
          x,
          y: { ...y, field: "value" },
          color: colors,
          shape: { ...policy, scale: shape },
        },
      },
    ],
  } as unknown as Panel;
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
    rows.flatMap((row) => {
      const value = row[line.value];
      if (value === null) return [];
      const end = (column: MeasuredColumn | null) =>
        shownIn(unit, (column === null ? null : row[column]) ?? value);
      return {
        policy: policyStyle(row.policy).label,
        // The label again: vega-lite would merge the legend of dashes into that of shapes.
        dash: policyStyle(row.policy).label,
        line: line.name,
        level: tableNumber(row.level!),
        value: shownIn(unit, value),
        low: end(line.low),
        high: end(line.high),
      };
    }),
  );
}
