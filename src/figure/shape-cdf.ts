/** Width, depth and nodes of workflows: per execution above, per workflow below, never in one line. */

import type { TopLevelSpec } from "vega-lite";
import { type Curves, WEIGHTINGS } from "../result/behaviour.ts";
import {
  PUBLISHED_SHAPES,
  SHAPE_MEASURES,
  type ShapeMeasure,
  type Weighting,
} from "../trace/published.ts";
import { page } from "./panel.ts";
import { linesIn, pointsOf, type SharePanel, sharePanel, WEIGHTING_STYLE } from "./share-curves.ts";

const AXES = {
  width: "width (workers on the widest level)",
  depth: "depth (levels)",
  nodes: "nodes (workers in all)",
} as const;

/** Cumulative distributions of the shapes of workloads, with the points that were published. */
export function shapeCdf(facts: Curves<ShapeMeasure>): TopLevelSpec {
  const panels = WEIGHTINGS.flatMap((weighting) =>
    SHAPE_MEASURES.flatMap((measure) => panelOf(facts, measure, weighting)),
  );
  const names = linesIn(panels);
  return page(
    "Shapes of workflows",
    panels.map((panel) => sharePanel(panel, names)),
    {
      columns: 3,
      note: "circles: Azure Durable Functions, October 2021, as published; per workflow second-hand",
    },
  );
}

function panelOf(
  facts: Curves<ShapeMeasure>,
  measure: keyof typeof AXES,
  weighting: Weighting,
): readonly SharePanel[] {
  const cdf = facts.cdf(measure, weighting);
  if (cdf === undefined) return [];
  const { label } = WEIGHTING_STYLE[weighting];
  const published = PUBLISHED_SHAPES[weighting].cdf[measure];
  return [
    {
      title: `${measure} ${label}`,
      axis: AXES[measure],
      share: `${weighting}s (%)`,
      scale: "log",
      curves: [
        { name: label, points: pointsOf(cdf), kind: "steps" },
        ...(published === undefined
          ? []
          : [{ name: "published", points: published, kind: "points" as const }]),
      ],
    },
  ];
}
