/** A characterisation as rows of points: distributions and scatters that tables and charts are made from again. */

import { SHAPE_MEASURES, type ShapeMeasure, type Weighting } from "../trace/published.ts";
import { WeightedCdf } from "../trace/shape-facts.ts";
import {
  BEHAVIOUR_MEASURES,
  type BehaviourMeasure,
  behaviourCurves,
  type Characterization,
  coldPoints,
  type Curves,
  type Point,
  popularityPoints,
  skewPoints,
  WEIGHTINGS,
} from "./behaviour.ts";
import { type RowOf, RowTable } from "./row-table.ts";

const COLUMNS = {
  population: "text",
  platform: "text",
  weighting: "text",
  measure: "text",
  x: "number",
  y: "number",
} as const;

/**
 * A point of a curve. For measures of shape and behaviour y = P(X <= x); `popularity`, `cold_by_rate` and
 * `skew_by_width` are points of their own; `workloads`, `workloads_run` and `joint_feasibility_error` are
 * single numbers x.
 */
export type CurveRow = RowOf<typeof COLUMNS>;

/** Points as CSV. */
export const CURVE_TABLE = new RowTable(COLUMNS);

/** Steps of P(X <= x) that behaviour is kept in. */
const STEPS = 100;

/**
 * All points of a characterisation. Shapes are kept whole, behaviour to a step of 1 %; the joint feasibility
 * error is that of the generated population, if it is one.
 */
export function curveRows(
  population: string,
  result: Characterization,
  jointFeasibilityError: number | undefined,
): readonly CurveRow[] {
  const { facts, samples, platform } = result;
  const behaviour = behaviourCurves(result);
  const rows = (weighting: Weighting, measure: string, points: readonly Point[]) =>
    points.map(([x, y]): CurveRow => ({ population, platform, weighting, measure, x, y }));
  const number = (weighting: Weighting, measure: string, x: number) =>
    rows(weighting, measure, [[x, 1]]);
  return [
    ...number("workflow", "workloads", facts.count),
    ...(jointFeasibilityError === undefined
      ? []
      : number("workflow", "joint_feasibility_error", jointFeasibilityError)),
    ...rows("execution", "popularity", popularityPoints(facts)),
    ...rows("workflow", "cold_by_rate", coldPoints(result)),
    ...rows("workflow", "skew_by_width", skewPoints(result)),
    ...WEIGHTINGS.flatMap((weighting) => [
      ...number(weighting, "workloads_run", samples[weighting].length),
      ...SHAPE_MEASURES.flatMap((measure) =>
        rows(weighting, measure, pointsOf(facts.cdf(measure, weighting))),
      ),
      ...BEHAVIOUR_MEASURES.flatMap((measure) =>
        rows(weighting, measure, inSteps(pointsOf(behaviour.cdf(measure, weighting)))),
      ),
    ]),
  ];
}

function pointsOf(cdf: WeightedCdf | undefined): readonly Point[] {
  return cdf === undefined ? [] : Array.from(cdf.values, (x, i): Point => [x, cdf.shares[i]!]);
}

// The first point in each step, and the last of all.
function inSteps(points: readonly Point[]): readonly Point[] {
  let step = -1;
  return points.filter(([, share], i) => {
    const own = Math.floor(STEPS * share);
    const kept = own > step || i === points.length - 1;
    step = Math.max(step, own);
    return kept;
  });
}

/** The curves of one population, read from rows. */
export class StoredCurves implements Curves<ShapeMeasure | BehaviourMeasure> {
  readonly #points = new Map<string, Point[]>();
  readonly platform: string;

  constructor(rows: readonly CurveRow[], population: string) {
    const own = rows.filter((row) => row.population === population);
    this.platform = own[0]?.platform ?? "";
    for (const { weighting, measure, x, y } of own) {
      const name = `${measure} per ${weighting}`;
      const known = this.#points.get(name) ?? [];
      known.push([x, y]);
      this.#points.set(name, known);
    }
  }

  /** Points of a measure, as they were written. */
  points(measure: string, weighting: Weighting): readonly Point[] {
    return this.#points.get(`${measure} per ${weighting}`) ?? [];
  }

  /** A single number; undefined where there is none. */
  number(measure: string, weighting: Weighting): number | undefined {
    return this.points(measure, weighting)[0]?.[0];
  }

  /** The distribution of a measure; undefined where no workload counts. */
  cdf(measure: ShapeMeasure | BehaviourMeasure, weighting: Weighting): WeightedCdf | undefined {
    const points = this.points(measure, weighting);
    if (points.length === 0) return undefined;
    const shares = points.map(([, y], i) => y - (points[i - 1]?.[1] ?? 0));
    return new WeightedCdf(
      Float64Array.from(points, ([x]) => x),
      Float64Array.from(shares),
    );
  }
}
