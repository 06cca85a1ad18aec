/** How unequal the workers of a stage are, against how many there are. */

import type { TopLevelSpec } from "vega-lite";
import type { Point } from "../result/behaviour.ts";
import { page, type Panel } from "./panel.ts";
import { logChannel, scatterPanel } from "./scatter.ts";

/** Slowest over fastest worker against the workers of a stage, a point per parallel stage; see `skewPoints`. */
export function skewByWidth(points: readonly Point[]): TopLevelSpec {
  const values = points.map(([workers, ratio]) => ({
    workers: Number(workers.toPrecision(6)),
    ratio: Number(ratio.toPrecision(6)),
  }));
  return page("Skew and width", values.length === 0 ? [] : [panelOf(values)], {
    columns: 1,
    note: "median run of each stage; published: 98.2 % above the line",
  });
}

function panelOf(values: readonly { readonly workers: number; readonly ratio: number }[]): Panel {
  const widths = values.map(({ workers }) => workers);
  const ratios = [1, ...values.map(({ ratio }) => ratio)];
  const x = logChannel("workers", "workers of the stage", Math.min(...widths), Math.max(...widths));
  const y = logChannel("ratio", "slowest over fastest", 1, Math.max(...ratios));
  return scatterPanel(values, x, y, { values: [{ ratio: 2 }], encoding: { y } });
}
