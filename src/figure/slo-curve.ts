/** What an SLO costs and how often it is kept: a line per policy against the SLO. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { largest, moneyUnit, PERCENT, type ShownUnit, shownIn, timeUnit } from "../result/unit.ts";
import { shareEstimate } from "../stats/summary.ts";
import { axisTitle, type Panel, page, sideTitle } from "./panel.ts";
import { policyScales, policyStyle } from "./palette.ts";

const SPLIT = ["workload", "platform", "sizing", "quantile", "variation", "level"] as const;
const ABSENT = "A policy is absent where no plan of its was expected to keep the SLO.";
const HOLLOW = "Hollow: no plan was expected to keep the SLO; the nearest one found is shown.";
/** What hardly ever keeps its SLO would hide what nearly does, %. */
const LEAST_SHOWN = 70;
const AT_EDGE = `On the lower edge: ${LEAST_SHOWN} % or fewer.`;

/** Mean cost against the SLO with 95 % intervals where it is expected to be kept, a panel per workload. */
export function sloCost(rows: readonly CellRow[]): TopLevelSpec {
  const unit = moneyUnit(largest(rows.map((row) => row.cost_usd_mean)));
  return sloPage("Cost of an SLO", rows, rows.every((row) => row.feasible) ? "" : ABSENT, {
    title: sideTitle("mean cost", unit),
    unit,
    scale: { zero: true },
    ends: (row) =>
      row.feasible
        ? [row.cost_usd_mean, row.cost_usd_mean_lo, row.cost_usd_mean_hi]
        : [null, null, null],
    target: undefined,
  });
}

/** Share of runs within the SLO with its 95 % interval, a panel per workload, the share that was asked for as a rule. */
export function sloAttainment(rows: readonly CellRow[]): TopLevelSpec {
  const least = LEAST_SHOWN / 100;
  const notes = [
    ...(rows.every((row) => row.feasible) ? [] : [HOLLOW]),
    ...(rows.every((row) => (row.slo_attainment ?? 1) > least) ? [] : [AT_EDGE]),
  ];
  return sloPage("Runs within the SLO", rows, notes.join(" "), {
    title: "runs within SLO (%)",
    unit: PERCENT,
    scale: { domain: [LEAST_SHOWN, 100], zero: false },
    ends: ({ slo_attainment: share, runs }) => {
      if (share === null) return [null, null, null];
      const { low, high } = shareEstimate(share, runs);
      return [share, low, high].map((end) => Math.max(least, end));
    },
    target: 100 * (rows[0]?.quantile ?? 1),
  });
}

interface Side {
  readonly title: string | string[];
  readonly unit: ShownUnit;
  readonly scale: object;
  /** The value of a row and both ends of its interval; null where nothing is shown. */
  readonly ends: (row: CellRow) => readonly (number | null)[];
  /** A rule across the panel, in the unit. */
  readonly target: number | undefined;
}

function sloPage(title: string, rows: readonly CellRow[], note: string, side: Side): TopLevelSpec {
  const drawn = rows.filter((row) => row.slo_ms !== null);
  const panels = comparisonsOf(drawn, SPLIT).map((one) =>
    panelOf(one.lines, one.rows, drawn, side),
  );
  return page(title, panels, { columns: 2, note: note === "" ? undefined : note });
}

function panelOf(
  title: string[],
  rows: readonly CellRow[],
  all: readonly CellRow[],
  side: Side,
): Panel {
  const time = timeUnit(largest(rows.map((row) => row.slo_ms)));
  const values = valuesOf(rows, side, time);
  const { labels, color, dash, shape } = policyScales(all);
  const policy = { field: "policy", type: "nominal", sort: labels, title: null } as const;
  const slos = [...new Set(rows.map((row) => shownIn(time, row.slo_ms ?? 0)))];
  const domain = [0.95 * Math.min(...slos), 1.05 * Math.max(...slos)];
  const x = {
    field: "slo",
    type: "quantitative",
    title: axisTitle("SLO", time),
    scale: { type: "log", nice: false, domain },
    axis: { values: slos, grid: false },
  };
  const y = { type: "quantitative", title: side.title, scale: side.scale };
  const at = { x, y: { ...y, field: "value" } };
  const legend = { symbolOpacity: 1, symbolFillColor: null };
  const colors = { ...policy, scale: color, legend };
  const shapes = { ...policy, scale: shape };
  return {
    title,
    width: 340,
    height: 230,
    data: { values },
    layer: [
      ...(side.target === undefined ? [] : targetLayers(side.target, side.scale)),
      {
        mark: { type: "line", strokeWidth: 1.6, opacity: 0.8 },
        encoding: {
          ...at,
          color: colors,
          strokeDash: { ...policy, field: "dash", scale: dash, legend: null },
        },
      },
      {
        mark: { type: "rule", strokeWidth: 1.2 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: colors },
      },
      {
        mark: { type: "point", filled: true, size: 70, opacity: 1 },
        encoding: { ...at, color: colors, shape: shapes },
      },
      ...(values.every((value) => value.feasible)
        ? []
        : [
            {
              transform: [{ filter: "!datum.feasible" }],
              mark: { type: "point", filled: true, size: 24, opacity: 1, color: "white" },
              encoding: { ...at, shape: shapes },
            },
          ]),
    ],
  } as Panel;
}

function targetLayers(target: number, scale: object): readonly object[] {
  const data = { values: [{ target, name: `${target} %` }] };
  const y = { field: "target", type: "quantitative", scale };
  const red = "#b00020";
  return [
    { data, mark: { type: "rule", strokeDash: [5, 3], color: red }, encoding: { y } },
    {
      data,
      mark: { type: "text", align: "left", dx: 4, color: red },
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
      // The label again: vega-lite would merge the legend of dashes into that of shapes.
      dash: policyStyle(row.policy).label,
      slo: shownIn(time, row.slo_ms),
      value: shownIn(unit, value),
      low: shownIn(unit, low ?? value),
      high: shownIn(unit, high ?? value),
      feasible: row.feasible,
    };
  });
}
