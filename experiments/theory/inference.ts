/** Verdicts over many comparisons at once: Student's t, Holm's correction, and whether p-values are honest. */

import { exp } from "../../src/stats/numeric.ts";
import { meanEstimate } from "../../src/stats/summary.ts";
import type { Truth } from "./family.ts";

/** Probability that any of all comparisons of a run fails although every formula holds. */
export const FAMILY_WISE_ALPHA = 0.01;

/** A sample against its formula. */
export interface Comparison {
  readonly observed: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly observations: number;
  readonly standardError: number;
  /** Two-sided; 1 inside the bounds where theory gives bounds. */
  readonly p: number;
}

/** Compares the mean of independent observations with where the truth must lie. */
export function compare(sample: Float64Array, truth: Truth): Comparison {
  const { value, low, high } = meanEstimate(sample);
  const n = sample.length;
  const squares = sample.reduce((sum, x) => sum + (x - value) * (x - value), 0);
  const standardError = Math.sqrt(squares / (n - 1) / n);
  const outside = Math.max(truth.low - value, value - truth.high, 0);
  const exact = truth.low === truth.high;
  const p = !exact && outside === 0 ? 1 : twoSidedP(outside / standardError, n - 1);
  return { observed: value, low: low!, high: high!, observations: n, standardError, p };
}

/**
 * Probability that Student's t lies farther than `t` from 0, for a whole number of degrees of freedom.
 * Absolute error near 1e-15, so below that it is noise. Source: Abramowitz and Stegun, 26.7.3 and 26.7.4.
 */
export function twoSidedP(t: number, degrees: number): number {
  const theta = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  const odd = degrees % 2 === 1;
  let term = odd ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  const inside = odd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
  return Math.min(1, Math.max(0, 1 - inside));
}

/**
 * Which p-values are rejected when the chance of any false rejection is `alpha`, whatever their dependence.
 * Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979.
 */
export function holm(p: readonly number[], alpha: number): readonly boolean[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const rejected = p.map(() => false);
  for (const [rank, i] of order.entries()) {
    if (p[i]! > alpha / (p.length - rank)) break;
    rejected[i] = true;
  }
  return rejected;
}

/**
 * P-value of Kolmogorov and Smirnov's test that a sample is uniform on (0, 1): small when intervals are
 * too narrow or too wide. Source: Stephens, JASA 69(347), 1974, for the finite-sample factor.
 */
export function uniformityP(sample: readonly number[]): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const n = sorted.length;
  let distance = 0;
  for (const [i, u] of sorted.entries()) distance = Math.max(distance, (i + 1) / n - u, u - i / n);
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  if (lambda < 0.2) return 1;
  let p = 0;
  for (let k = 1; k <= 100; k++) p += (k % 2 === 1 ? 2 : -2) * exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, p));
}
