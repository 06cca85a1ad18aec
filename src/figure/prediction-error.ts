/** How far predicted P95 latency is from simulation: a dot per cell, a column of panels per model. */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { ERROR_BOUNDS, type ModelError, modelErrors } from "../result/model-error.ts";
import { type Panel, page } from "./panel.ts";
import { policyOrder, policyStyle } from "./palette.ts";

const COLORS = ["#000000", "#0072b2", "#e69f00", "#882255"];
const SHAPES = ["circle", "square", "triangle-up", "diamond"];
/** Larger errors would squeeze all others into the bands, %. */
const SHOWN = 10;
/** Bands from wide to narrow, %. */
const BANDS = [
  { within: 5, color: "#ececec" },
  { within: 2.5, color: "#d2d2d2" },
];

/**
 * Error of the predicted P95 in per cent, policies down, a dot per platform and arrivals; a row of
 * panels per workload, a column per model. Bands are ±2.5 and ±5 %.
 */
export function predictionError(rows: readonly CellRow[]): TopLevelSpec {
  const errors = modelErrors(rows);
  const models = [...new Set(errors.map(({ model }) => model))];
  const workloads = [...new Set(errors.map(({ row }) => row.workload))];
  const panels = workloads.flatMap((workload) =>
    models.map((model) =>
      panelOf(
        errors.filter((one) => one.model === model && one.row.workload === workload),
        [`${workload}, ${model} model`],
        errors,
      ),
    ),
  );
  const bounds = models.map((model) => `${model} ±${100 * (ERROR_BOUNDS[model] ?? 0)} %`);
  const cut = errors.some(({ error }) => Math.abs(100 * error) > SHOWN);
  const edge = cut ? ` At an edge: beyond ±${SHOWN} %, see the table.` : "";
  const note = `Bands: ±2.5 and ±5 %. Bounds: ${bounds.join(", ")}.${edge}`;
  return page("Error of predicted P95 latency", panels, {
    columns: Math.max(1, models.length),
    note,
  });
}

function panelOf(
  errors: readonly ModelError[],
  title: string[],
  all: readonly ModelError[],
): Panel {
  const labels = policyOrder(all.map(({ row }) => row.policy)).map((p) => policyStyle(p).label);
  const arrivals = [...new Set(all.map((one) => one.arrivals))];
  const platforms = [...new Set(all.map(({ row }) => row.platform))];
  const x = {
    field: "error",
    type: "quantitative",
    title: "predicted over simulated P95, error (%)",
    scale: { domain: [-SHOWN, SHOWN], nice: false },
    axis: { grid: false },
  };
  const legend = { orient: "right" };
  return {
    title,
    width: 330,
    height: { step: 8 },
    data: { values: errors.map(valueOf) },
    layer: [
      ...BANDS.map(({ within, color }) => ({
        data: { values: [{ from: -within, to: within }] },
        mark: { type: "rect", color },
        encoding: { x: { ...x, field: "from" }, x2: { field: "to" } },
      })),
      {
        data: { values: [{ at: 0 }] },
        mark: { type: "rule", color: "#555555" },
        encoding: { x: { field: "at", type: "quantitative" } },
      },
      {
        mark: { type: "point", filled: true, size: 42, opacity: 0.85 },
        encoding: {
          x,
          y: { field: "policy", type: "nominal", title: null, scale: { domain: labels } },
          yOffset: { field: "arrivals", type: "nominal", scale: { domain: arrivals } },
          color: {
            field: "arrivals",
            type: "nominal",
            title: "arrivals",
            scale: { domain: arrivals, range: COLORS },
            legend,
          },
          shape: {
            field: "platform",
            type: "nominal",
            title: "platform",
            scale: { domain: platforms, range: SHAPES },
            legend,
          },
        },
      },
    ],
  } as unknown as Panel;
}

function valueOf({ row, arrivals, error }: ModelError) {
  return {
    policy: policyStyle(row.policy).label,
    platform: row.platform,
    arrivals,
    error: Number(Math.min(SHOWN, Math.max(-SHOWN, 100 * error)).toPrecision(5)),
  };
}
