/**
 * Numbers with their uncertainty. Every interval is a 95 % interval and takes the runs of a sample
 * as independent; an end is null where so small a sample cannot give one.
 */

import { mean, quantileSorted, sampleCorrelation, sampleVariance } from "simple-statistics";
import { assert } from "../check.ts";
import type { RandomKey } from "./random.ts";

/** A value and the ends of its 95 % interval, in the unit of the sample. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

const CONFIDENCE_TAIL = 0.025;
const Z_975 = 1.959963984540054;

// 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom.
const T_975 = [
  12.70620474, 4.30265273, 3.182446305, 2.776445105, 2.570581836, 2.446911851, 2.364624252,
  2.306004135, 2.262157163, 2.228138852, 2.20098516, 2.17881283, 2.160368656, 2.144786688,
  2.131449546, 2.119905299, 2.109815578, 2.10092204, 2.093024054, 2.085963447, 2.079613845,
  2.073873068, 2.06865761, 2.063898562, 2.059538553, 2.055529439, 2.051830516, 2.048407142,
  2.045229642, 2.042272456,
];

/** A sorted copy of a sample, ascending. */
export function sortedSample(sample: ArrayLike<number>): Float64Array {
  return Float64Array.from(sample).sort();
}

/**
 * Quantile p of an ascending sample: linear between the order statistics around (n - 1) p, which is
 * type 7 of Hyndman and Fan (1996) and the default of R and numpy.
 * @example quantileOfSorted(Float64Array.of(1, 2, 3, 4), 0.95) // 3.85
 */
export function quantileOfSorted(sorted: Float64Array, p: number): number {
  assert(sorted.length > 0, "a quantile needs a sample");
  return quantileSorted(indexable(sorted), p);
}

/**
 * Quantile p of an ascending sample with the order statistics that enclose it: exact whatever the
 * distribution, as the number of observations below the quantile is binomial(n, p).
 * An end is null when the sample is too small for it (P95 has an upper end from 72 runs on).
 * Source: Conover, Practical Nonparametric Statistics, 3rd ed., §3.2.
 */
export function quantileEstimate(sorted: Float64Array, p: number): Estimate {
  const { low, high } = binomialRanks(sorted.length, p);
  return {
    value: quantileOfSorted(sorted, p),
    low: low >= 1 ? sorted[low - 1]! : null,
    high: high <= sorted.length ? sorted[high - 1]! : null,
  };
}

/**
 * A share of `count` independent trials with Wilson's score interval, which stays within 0 and 1.
 * @example shareEstimate(0.95, 2000) // 0.95, between 0.9396 and 0.9587
 * Source: Wilson, JASA 22(158), 1927.
 */
export function shareEstimate(
  share: number,
  count: number,
): Readonly<Record<keyof Estimate, number>> {
  const z2 = (Z_975 * Z_975) / count;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (Z_975 / (1 + z2)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count));
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Mean of a sample with Student's t interval; ends are null for a single observation. */
export function meanEstimate(sample: Float64Array): Estimate {
  assert(sample.length > 0, "a mean needs a sample");
  const value = mean(indexable(sample));
  if (sample.length < 2) return { value, low: null, high: null };
  const variance = sampleVariance(indexable(sample));
  const half = tQuantile975(sample.length - 1) * Math.sqrt(variance / sample.length);
  return { value, low: value - half, high: value + half };
}

/** Pearson's correlation of two samples of one length; NaN when either never varies. */
export function correlation(a: Float64Array, b: Float64Array): number {
  assert(a.length === b.length, "a correlation needs samples of one length");
  return a.length < 2 ? Number.NaN : sampleCorrelation(indexable(a), indexable(b));
}

/**
 * 97.5 % quantile of Student's t; relative error below 1e-6.
 * Source: Abramowitz and Stegun, 26.7.5, above 30 degrees of freedom.
 */
export function tQuantile975(degrees: number): number {
  assert(degrees >= 1, "Student's t needs a degree of freedom");
  if (degrees <= T_975.length) return T_975[degrees - 1]!;
  const z = Z_975;
  const z2 = z * z;
  return (
    z +
    (z * (z2 + 1)) / (4 * degrees) +
    (z * ((5 * z2 + 16) * z2 + 3)) / (96 * degrees * degrees) +
    (z * (((3 * z2 + 19) * z2 + 17) * z2 - 15)) / (384 * degrees * degrees * degrees)
  );
}

/** How often to resample, and the key that the draws derive from. */
export interface Resampling {
  readonly key: RandomKey;
  readonly resamples: number;
}

/**
 * Quantile p of `sample` over quantile p of `reference`, where entry i of both had the same luck.
 * The interval is the percentile bootstrap over whole pairs, so what the two share cancels.
 * Draw (b, j) of the key names pairs 2j and 2j + 1 of resample b. Cost: O(resamples × n); 2,000
 * runs and 1,000 resamples take about 20 ms.
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, §13.3.
 */
export function pairedQuantileRatio(
  sample: Float64Array,
  reference: Float64Array,
  p: number,
  resampling: Resampling,
): Estimate {
  return pairedBootstrap(sample, reference, p, (a, b) => a / b, resampling);
}

/** Quantile p of `sample` less quantile p of `reference`, with the interval of `pairedQuantileRatio`. */
export function pairedQuantileDifference(
  sample: Float64Array,
  reference: Float64Array,
  p: number,
  resampling: Resampling,
): Estimate {
  return pairedBootstrap(sample, reference, p, (a, b) => a - b, resampling);
}

function pairedBootstrap(
  sample: Float64Array,
  reference: Float64Array,
  p: number,
  compare: (a: number, b: number) => number,
  { key, resamples }: Resampling,
): Estimate {
  const n = sample.length;
  assert(n === reference.length, "a paired comparison needs samples of one length");
  const above = descending(sample);
  const below = descending(reference);
  const once = new Int32Array(n).fill(1);
  const value = compare(resampledQuantile(above, once, p), resampledQuantile(below, once, p));
  if (n < 2) return { value, low: null, high: null };
  const counts = new Int32Array(n);
  const compared = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    drawCounts(counts, key, b);
    compared[b] = compare(resampledQuantile(above, counts, p), resampledQuantile(below, counts, p));
  }
  compared.sort();
  return {
    value,
    low: quantileOfSorted(compared, CONFIDENCE_TAIL),
    high: quantileOfSorted(compared, 1 - CONFIDENCE_TAIL),
  };
}

// How often each pair is in resample b: n draws with replacement, two from each block.
function drawCounts(counts: Int32Array, key: RandomKey, b: number): void {
  const n = counts.length;
  const scale = n / 4294967296;
  counts.fill(0);
  for (let i = 0; i < n; i += 2) {
    key.block(b, i >> 1);
    counts[Math.floor((key.high >>> 0) * scale)]! += 1;
    if (i + 1 < n) counts[Math.floor((key.low >>> 0) * scale)]! += 1;
  }
}

interface Descending {
  readonly values: Float64Array;
  /** Where in the sample each value stands. */
  readonly index: Int32Array;
}

function descending(sample: Float64Array): Descending {
  const index = Int32Array.from(sample, (_, i) => i).sort(
    (i, j) => sample[j]! - sample[i]! || i - j,
  );
  return { values: Float64Array.from(index, (i) => sample[i]!), index };
}

// Type 7 quantile of the resample that holds observation i counts[i] times. From the top, as P95 is
// near it.
function resampledQuantile(sample: Descending, counts: Int32Array, p: number): number {
  const n = counts.length;
  const position = (n - 1) * p;
  const below = Math.floor(position);
  const skipToUpper = Math.max(0, n - 2 - below);
  const skipToLower = n - 1 - below;
  let k = 0;
  let seen = counts[sample.index[0]!]!;
  while (seen <= skipToUpper) seen += counts[sample.index[++k]!]!;
  const upper = sample.values[k]!;
  while (seen <= skipToLower) seen += counts[sample.index[++k]!]!;
  const lower = sample.values[k]!;
  return lower + (position - below) * (upper - lower);
}

/**
 * Ranks, from 1, of the order statistics around quantile p: the number of observations at or below
 * it is binomial(n, p). `low` is 0 and `high` n + 1 where no observation is far enough out.
 */
export function binomialRanks(n: number, p: number): { low: number; high: number } {
  const spread = 10 * Math.sqrt(n * p * (1 - p)) + 10;
  const first = Math.max(0, Math.floor(n * p - spread));
  const last = Math.min(n, Math.ceil(n * p + spread));
  const mode = Math.floor(n * p);
  const weight = new Float64Array(last - first + 1);
  weight[mode - first] = 1;
  for (let k = mode; k < last; k++)
    weight[k + 1 - first] = (weight[k - first]! * (n - k) * p) / ((k + 1) * (1 - p));
  for (let k = mode; k > first; k--)
    weight[k - 1 - first] = (weight[k - first]! * k * (1 - p)) / ((n - k + 1) * p);
  const total = weight.reduce((sum, w) => sum + w, 0);
  let cumulative = 0;
  let low = first;
  let high = first;
  for (let k = first; k <= last; k++) {
    cumulative += weight[k - first]! / total;
    if (cumulative <= CONFIDENCE_TAIL) low = k + 1;
    if (cumulative < 1 - CONFIDENCE_TAIL) high = k + 1;
  }
  return { low, high: high + 1 };
}

// simple-statistics is typed for plain arrays; it only indexes and reads the length.
function indexable(values: Float64Array): readonly number[] {
  return values as unknown as readonly number[];
}
