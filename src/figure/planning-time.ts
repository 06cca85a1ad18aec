/** How long planners take as workflows grow. */

import type { TopLevelSpec } from "vega-lite";
import type { DecisionRow } from "../result/decision-table.ts";
import { type Panel, page } from "./panel.ts";
import { policyScales, policyStyle } from "./palette.ts";

/** What a planner may take for a workflow as the shipped ones, a large one, and the largest, s. */
const LIMITS_S = [0.5, 5, 60];

/**
 * Wall time of a decision against the number of stages, both logarithmic: a point per workflow, a line
 * through the medians of each planner. `wallMs` by task.
 */
export function planningTime(
  rows: readonly DecisionRow[],
  wallMs: ReadonlyMap<string, number>,
): TopLevelSpec {
  const values = rows.flatMap((row) => {
    const ms = wallMs.get(row.task);
    if (ms === undefined) return [];
    const policy = policyStyle(row.policy).label;
    // The label again: vega-lite would merge the legend of dashes into that of shapes.
    return {
      policy,
      dash: policy,
      stages: row.stages,
      seconds: Number((ms / 1000).toPrecision(4)),
    };
  });
  const { labels, color, dash, shape } = policyScales(rows);
  const policy = { field: "policy", type: "nominal", sort: labels, title: null } as const;
  const stages = [...new Set(values.map((value) => value.stages))].sort((a, b) => a - b);
  const x = {
    field: "stages",
    type: "quantitative",
    title: "stages of the workflow",
    scale: { type: "log", nice: false, padding: 12 },
    axis: { values: stages, labelOverlap: "greedy", grid: false },
  };
  const y = {
    type: "quantitative",
    title: "planning time (s)",
    scale: { type: "log", nice: false, padding: 8 },
    axis: { values: [0.01, 0.1, 1, 10, 100, 1000], format: "~g" },
  };
  const panel = {
    title: [],
    width: 440,
    height: 300,
    data: { values },
    layer: [
      ...limitLayers(y),
      {
        mark: { type: "line", strokeWidth: 2 },
        encoding: {
          x,
          y: { ...y, field: "seconds", aggregate: "median" },
          color: { ...policy, scale: color, legend: { symbolOpacity: 1 } },
          strokeDash: { ...policy, field: "dash", scale: dash, legend: null },
        },
      },
      {
        mark: { type: "point", filled: true, size: 55, opacity: 0.9 },
        encoding: {
          x,
          y: { ...y, field: "seconds" },
          color: { ...policy, scale: color },
          shape: { ...policy, scale: shape },
        },
      },
    ],
  } as unknown as Panel;
  return page("Planning time", values.length === 0 ? [] : [panel], { columns: 1 });
}

function limitLayers(y: object): readonly object[] {
  const data = { values: LIMITS_S.map((limit) => ({ limit, name: `${limit} s` })) };
  const at = { ...y, field: "limit" };
  const red = "#b00020";
  return [
    { data, mark: { type: "rule", strokeDash: [5, 3], color: red }, encoding: { y: at } },
    {
      data,
      mark: { type: "text", align: "left", baseline: "bottom", dx: 4, dy: -2, color: red },
      encoding: { x: { value: 0 }, y: at, text: { field: "name" } },
    },
  ];
}
