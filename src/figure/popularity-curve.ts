/** How few workflows make most of the executions. */

import type { TopLevelSpec } from "vega-lite";
import type { Point } from "../result/behaviour.ts";
import { type Panel, page } from "./panel.ts";
import { sharePanel, WEIGHTING_STYLE } from "./share-curves.ts";

/** Share of all executions that the busiest workloads make, against their share of the workloads; see `popularityPoints`. */
export function popularityCurve(points: readonly Point[]): TopLevelSpec {
  return page("Popularity", points.length === 0 ? [] : [panelOf(points)], {
    columns: 1,
    note: "circle: applications of Azure Functions, July 2019, as published",
  });
}

function panelOf(drawn: readonly Point[]): Panel {
  const { label } = WEIGHTING_STYLE.execution;
  const panel = {
    title: "executions by the busiest",
    axis: "busiest workflows (% of all, logarithmic)",
    share: "executions (%)",
    scale: "log",
    curves: [
      { name: label, points: drawn, kind: "steps" },
      { name: "published", points: [[18.6, 0.996]], kind: "points" },
    ],
  } as const;
  return sharePanel(panel, [label], 460);
}
