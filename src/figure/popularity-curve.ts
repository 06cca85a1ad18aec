/** How few workflows make most of the executions. */

import type { TopLevelSpec } from "vega-lite";
import type { ShapeFacts } from "../trace/shape-facts.ts";
import { type Panel, page } from "./panel.ts";
import { sharePanel, WEIGHTING_STYLE } from "./share-curves.ts";

const STEP = 1.05;

/** Share of all executions that the busiest workloads make, against their share of the workloads. */
export function popularityCurve(facts: ShapeFacts): TopLevelSpec {
  const rates = facts.perDay.values
    .filter((rate) => !Number.isNaN(rate))
    .toSorted()
    .reverse();
  const panels = rates.length === 0 ? [] : [panelOf(rates)];
  return page("Popularity", panels, {
    columns: 1,
    note: "circle: applications of Azure Functions, July 2019, as published",
  });
}

function panelOf(rates: Float64Array): Panel {
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  let made = 0;
  const points = Array.from(rates, (rate, i) => {
    made += rate;
    return [(100 * (i + 1)) / rates.length, made / total] as const;
  });
  // As many for each power of ten, as the axis has it.
  let next = 1;
  const drawn = points.filter((_, i) => {
    if (i + 1 < next && i + 1 < points.length) return false;
    next = Math.max(i + 2, (i + 1) * STEP);
    return true;
  });
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
