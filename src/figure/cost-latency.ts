/**
 * What speed costs: every policy as points in the plane of money and P95, down and left is better.
 */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { largest, moneyUnit, type ShownUnit, shownIn, timeUnit } from "../result/unit.ts";
import { axisTitle, type Panel, page, sideTitle } from "./panel.ts";
import { policyScales, policyStyle } from "./palette.ts";

const SPLIT = ["workload", "platform", "sizing", "variation", "level"] as const;

/**
 * Mean cost against P95 latency, a point per policy and objective with whiskers of its 95 %
 * intervals; a thin line joins the points of a policy. A panel per workload, platform, sizing and
 * what-if.
 */
export function costLatency(rows: readonly CellRow[]): TopLevelSpec {
  const comparisons = comparisonsOf(rows, SPLIT);
  const panels = comparisons.map(({ lines, rows: compared }) => panelOf(lines, compared, rows));
  return page("Cost and P95 latency, a point per objective", panels, {
    columns: 2,
    note: rows.some((row) => !row.feasible)
      ? "Hollow: no plan was expected to meet the objective."
      : undefined,
  });
}

function panelOf(title: string[], rows: readonly CellRow[], all: readonly CellRow[]): Panel {
  const alone = comparisonsOf(all, SPLIT).length === 1;
  const time = timeUnit(largest(rows.map((row) => row.latency_ms_p95)));
  const money = moneyUnit(largest(rows.map((row) => row.cost_usd_mean)));
  const { labels, color, shape } = policyScales(all);
  const policy = { field: "policy", type: "nominal", sort: labels, title: null } as const;
  const axis = (field: string, text: string | string[]) => ({
    field,
    type: "quantitative",
    title: text,
    scale: { zero: true, nice: true },
  });
  const x = axis("cost", axisTitle("mean cost", money));
  const y = axis("latency", sideTitle("P95 latency", time));
  const colors = { ...policy, scale: color, legend: { symbolOpacity: 1 } };
  const whisker = { type: "rule", strokeWidth: 1.2, opacity: 0.8 };
  return {
    title,
    width: alone ? 440 : 300,
    height: alone ? 300 : 240,
    data: { values: pointsOf(rows, time, money) },
    layer: [
      {
        mark: { type: "line", strokeWidth: 1, opacity: 0.55 },
        encoding: { x, y, color: colors, order: { field: "cost" } },
      },
      {
        mark: whisker,
        encoding: { x: { ...x, field: "costLow" }, x2: { field: "costHigh" }, y, color: colors },
      },
      {
        mark: whisker,
        encoding: {
          x,
          y: { ...y, field: "latencyLow" },
          y2: { field: "latencyHigh" },
          color: colors,
        },
      },
      {
        mark: { type: "point", filled: true, size: 80, opacity: 1 },
        encoding: { x, y, color: colors, shape: { ...policy, scale: shape } },
      },
      ...(rows.every((row) => row.feasible)
        ? []
        : [
            {
              transform: [{ filter: "!datum.feasible" }],
              mark: { type: "point", filled: true, size: 22, opacity: 1, color: "white" },
              encoding: { x, y, shape: { ...policy, scale: shape } },
            },
          ]),
    ],
  } as Panel;
}

function pointsOf(rows: readonly CellRow[], time: ShownUnit, money: ShownUnit) {
  return rows.flatMap((row) => {
    if (row.latency_ms_p95 === null || row.cost_usd_mean === null) return [];
    const cost = shownIn(money, row.cost_usd_mean);
    const latency = shownIn(time, row.latency_ms_p95);
    const end = (unit: ShownUnit, value: number | null, otherwise: number) =>
      value === null ? otherwise : shownIn(unit, value);
    return {
      policy: policyStyle(row.policy).label,
      cost,
      costLow: end(money, row.cost_usd_mean_lo, cost),
      costHigh: end(money, row.cost_usd_mean_hi, cost),
      latency,
      latencyLow: end(time, row.latency_ms_p95_lo, latency),
      latencyHigh: end(time, row.latency_ms_p95_hi, latency),
      feasible: row.feasible,
    };
  });
}
