/** From densities under conditions to a sample of equally likely values. */

import { type Density, meanOfDensity, quantilesOf } from "../stats/density.ts";
import { normalQuantile } from "../stats/numeric.ts";

/** A density and where its condition lies: the normal scores of its shared draws. */
export interface ConditionedDensity {
  readonly density: Density;
  readonly scores: Float64Array;
}

/** Points that cover shared luck, as a normal score in ascending order, and quantiles evenly. */
export interface MixingPoints {
  readonly score: Float64Array;
  readonly p: Float64Array;
}

/** `count` Hammersley points. */
export function mixingPoints(count: number): MixingPoints {
  const score = Float64Array.from({ length: count }, (_, i) => normalQuantile((i + 0.5) / count));
  const p = Float64Array.from({ length: count }, (_, i) => bitsReversed(i) + 0.5 / count);
  return { score, p };
}

/**
 * The values of a quantity at the points. Shared luck is continuous, and the conditions are but points
 * of it: each has the score of its draws along the direction in which the mean grows, and between
 * neighbours quantiles are interpolated. Beyond the outermost the mean moves on as it does among all.
 */
export function mixedValues(
  conditions: readonly ConditionedDensity[],
  { score, p }: MixingPoints,
): Float64Array {
  const slopes = slopesOf(conditions);
  const steepness = Math.sqrt(slopes.reduce((sum, slope) => sum + slope * slope, 0));
  const ordered = conditions
    .map(({ density, scores }) => ({
      quantile: quantilesOf(density),
      at: steepness === 0 ? 0 : slopes.reduce((sum, b, d) => sum + b * scores[d]!, 0) / steepness,
    }))
    .sort((a, b) => a.at - b.at);
  const last = ordered.length - 1;
  let above = 0;
  return score.map((at, i) => {
    while (above <= last && ordered[above]!.at < at) above++;
    const low = ordered[Math.max(0, above - 1)]!;
    const high = ordered[Math.min(last, above)]!;
    const value = low.quantile(p[i]!);
    if (low === high) return Math.max(0, value + steepness * (at - low.at));
    return value + ((at - low.at) / (high.at - low.at)) * (high.quantile(p[i]!) - value);
  });
}

// How the mean grows with each draw's score: least squares, as the scores hardly correlate.
function slopesOf(conditions: readonly ConditionedDensity[]): readonly number[] {
  const means = conditions.map(({ density }) => meanOfDensity(density));
  return Array.from(conditions[0]!.scores, (_, d) => {
    let across = 0;
    let square = 0;
    conditions.forEach(({ scores }, k) => {
      across += means[k]! * scores[d]!;
      square += scores[d]! * scores[d]!;
    });
    return square === 0 ? 0 : across / square;
  });
}

// The van der Corput sequence in base 2.
function bitsReversed(i: number): number {
  let value = 0;
  let weight = 0.5;
  for (let left = i; left > 0; left >>= 1, weight /= 2) if (left % 2 === 1) value += weight;
  return value;
}
