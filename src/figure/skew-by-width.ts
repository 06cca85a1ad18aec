/** How unequal the workers of a stage are, against how many there are. */

import type { TopLevelSpec } from "vega-lite";
import type { Characterization } from "../result/behaviour.ts";
import { logAxis, page, type Panel } from "./panel.ts";

/** Slowest over fastest worker against the workers of a stage, a point per parallel stage. */
export function skewByWidth({ samples }: Characterization): TopLevelSpec {
  const values = samples.workflow.flatMap(({ behaviour: { skew } }) =>
    skew.map(({ workers, slowestOverFastest }) => ({
      workers: Number(workers.toPrecision(6)),
      ratio: Number(slowestOverFastest.toPrecision(6)),
    })),
  );
  return page("Skew and width", values.length === 0 ? [] : [panelOf(values)], {
    columns: 1,
    note: "median run of each stage; published: 98.2 % above the line",
  });
}

function panelOf(values: readonly { readonly workers: number; readonly ratio: number }[]): Panel {
  const widths = values.map(({ workers }) => workers);
  const ratios = [1, ...values.map(({ ratio }) => ratio)];
  const x = {
    field: "workers",
    type: "quantitative",
    title: "workers of the stage",
    scale: { type: "log", nice: false, padding: 8 },
    axis: logAxis(Math.min(...widths), Math.max(...widths)),
  };
  const y = {
    field: "ratio",
    type: "quantitative",
    title: "slowest over fastest",
    scale: { type: "log", nice: false, padding: 8 },
    axis: logAxis(1, Math.max(...ratios)),
  };
  return {
    title: [],
    width: 460,
    height: 280,
    layer: [
      {
        data: { values },
        mark: { type: "point", filled: true, size: 26, opacity: 0.6, color: "#0072b2" },
        encoding: { x, y },
      },
      {
        data: { values: [{ ratio: 2 }] },
        mark: { type: "rule", strokeWidth: 2, strokeDash: [5, 3], color: "#b00020" },
        encoding: { y },
      },
    ],
  } as unknown as Panel;
}
