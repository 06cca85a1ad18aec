/** How workloads differ in what they do: run times, bursts of arrivals, and what goes together. */

import type { TopLevelSpec } from "vega-lite";
import { type BehaviourMeasure, type Curves, WEIGHTINGS } from "../result/behaviour.ts";
import { PUBLISHED_BEHAVIOUR } from "../trace/published.ts";
import { page } from "./panel.ts";
import {
  linesIn,
  pointsOf,
  type ShareCurve,
  type SharePanel,
  sharePanel,
  WEIGHTING_STYLE,
} from "./share-curves.ts";

/** Distributions of latency, of the gaps between arrivals, and of correlations. */
export function behaviourCdf(curves: Curves<BehaviourMeasure>, platform: string): TopLevelSpec {
  const { latencyMsP50, burstyShare } = PUBLISHED_BEHAVIOUR;
  const panels: readonly SharePanel[] = [
    {
      title: "latency of runs",
      axis: "latency (s)",
      share: "runs (%)",
      scale: "log",
      curves: [
        ...bothWeightings(curves, "latency_ms", 1000),
        { name: "published", points: [[latencyMsP50 / 1000, 0.5]], kind: "points" },
      ],
    },
    {
      title: "gaps between arrivals",
      axis: "coefficient of variation (1: Poisson)",
      share: "share of weight (%)",
      scale: "linear",
      curves: [
        ...bothWeightings(curves, "gap_cv"),
        { name: "published", points: [[1, 1 - burstyShare]], kind: "points" },
      ],
    },
    {
      title: "neighbouring stages",
      axis: "correlation of their times",
      share: "share of weight (%)",
      scale: "linear",
      curves: bothWeightings(curves, "stage_correlation"),
    },
    {
      title: "workers of one stage",
      axis: "correlation of their times",
      share: "share of weight (%)",
      scale: "linear",
      curves: bothWeightings(curves, "worker_correlation"),
    },
  ];
  // One value, such as that of workloads which all arrive alike, is no curve.
  const drawn = panels.filter(({ curves }) =>
    curves.some(({ kind, points }) => kind === "steps" && points.length > 1),
  );
  const names = linesIn(drawn);
  return page(
    "Behaviour of workflows",
    drawn.map((panel) => sharePanel(panel, names, 300)),
    {
      columns: 2,
      note: `each run alone on ${platform}, stages at one vCPU or more; circles: published`,
    },
  );
}

function bothWeightings(
  curves: Curves<BehaviourMeasure>,
  measure: BehaviourMeasure,
  unit = 1,
): readonly ShareCurve[] {
  return WEIGHTINGS.flatMap((weighting) => {
    const cdf = curves.cdf(measure, weighting);
    if (cdf === undefined) return [];
    const points = pointsOf(cdf).map(([x, p]) => [x / unit, p] as const);
    return [{ name: WEIGHTING_STYLE[weighting].label, points, kind: "steps" }];
  });
}
