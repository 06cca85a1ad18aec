/** Shapes and popularity of workloads as plain text of at most 80 columns, published numbers beside them. */

import { CountLaw } from "../stats/count-law.ts";
import {
  POPULARITY,
  PUBLISHED_BEHAVIOUR,
  PUBLISHED_SHAPES,
  SHAPE_MEASURES,
  type ShapeMeasure,
  type Weighting,
} from "../trace/published.ts";
import type { ShapeFacts } from "../trace/shape-facts.ts";
import type { Curves } from "./behaviour.ts";
import { aligned, grouped } from "./text-table.ts";

// Of fewer workloads nobody asks for the busiest five.
const FEW = 20;
const SHAPE_QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/**
 * Quantiles of width, depth and nodes under one weighting. Below each is what was published under the same
 * weighting for Azure Durable Functions, with the Kolmogorov-Smirnov distance. Ends with a newline.
 */
export function shapeTable(facts: Curves<ShapeMeasure>, weighting: Weighting): string {
  const header = [[`per ${weighting}`, "mean", ...SHAPE_QUANTILES.map(percentile), "max", "KS"]];
  const body = SHAPE_MEASURES.flatMap((measure) => {
    const cdf = facts.cdf(measure, weighting);
    if (cdf === undefined) return [];
    const points = PUBLISHED_SHAPES[weighting].cdf[measure];
    const law = points && new CountLaw(points);
    const own = [
      measure,
      cdf.mean.toFixed(2),
      ...SHAPE_QUANTILES.map((p) => shown(cdf.quantile(p))),
      shown(cdf.values.at(-1)!),
      points === undefined ? "" : cdf.distanceFrom(points).toFixed(4),
    ];
    if (law === undefined) return [own];
    const given = SHAPE_QUANTILES.map((p) => shown(law.quantile(p)));
    return [own, ["  published", "", ...given, shown(law.max), ""]];
  });
  return body.length === 0 ? "" : `${aligned(header, body).join("\n")}\n`;
}

/** Who runs how often: the busiest workloads' share of all executions, and how many run rarely; not of a few. */
export function popularityTable(facts: ShapeFacts): string {
  const rates = facts.perDay.values().filter((rate) => !Number.isNaN(rate));
  if (rates.length < FEW) return "";
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const rare = rates.filter((rate) => rate < POPULARITY.ordinary.perDay).length / rates.length;
  const { topFiveShare } = PUBLISHED_BEHAVIOUR;
  const share = (part: number) => `${(100 * part).toFixed(1)} %`;
  const top = Math.max(1, Math.round(0.186 * rates.length));
  const body = [
    ["executions a day", grouped(Math.round(total)), "50 million"],
    ["share of the five busiest", share(facts.topShare(5)), share(topFiveShare)],
    ["share of the busiest 18.6 %", share(facts.topShare(top)), "99.6 %"],
    ["run less than 100 times a day", share(rare), share(POPULARITY.ordinary.rarerShare)],
    ["rates, busiest over rarest", ratioText(rates), "8 orders"],
  ];
  return `${aligned([["popularity", "here", "published"]], body).join("\n")}\n`;
}

function ratioText(rates: Float64Array): string {
  const sorted = rates.toSorted();
  return `${(sorted.at(-1)! / sorted[0]!).toExponential(0).replace("e+", "e")} times`;
}

function percentile(p: number): string {
  return `P${Number((100 * p).toPrecision(4))}`;
}

function shown(value: number): string {
  return Number.isInteger(value) ? grouped(value) : value.toFixed(1);
}
