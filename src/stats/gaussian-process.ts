/**
 * Regression by a Gaussian process with a Matérn 5/2 kernel: what a few observations say about a smooth
 * function, and how surely. For some tens of points: O(n³) to fit, O(n²) per question.
 * Source: Rasmussen, Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1 and §4.2.
 */

import { assert } from "../check.ts";
import { exp, ln } from "./numeric.ts";

/** A point of the input space; coordinates of the order of 1. */
export type Point = readonly number[];

/** What the process says of one point, in the unit of the observations. */
interface Posterior {
  readonly mean: number;
  readonly deviation: number;
}

/** Observations that a process has been fitted to. */
export interface GaussianProcess {
  /** The function's value at a point, without noise. */
  posterior(at: Point): Posterior;
  /** Logarithm of the probability density of the (standardised) observations. */
  readonly logLikelihood: number;
}

/** Variance of the noise, relative to that of the observations: keeps the matrix well conditioned. */
const NOISE = 1e-6;

/** Matérn kernel with smoothness 5/2 and variance 1, at distance `r` in units of the length scale. */
export function matern52(r: number): number {
  const a = Math.sqrt(5) * r;
  return (1 + a + (a * a) / 3) * exp(-a);
}

/**
 * The process given observations `values` at `points`, standardised by their mean and deviation.
 * `lengthScale` is the distance over which the function changes, in the unit of the points.
 */
export function fitGaussianProcess(
  points: readonly Point[],
  values: readonly number[],
  lengthScale: number,
): GaussianProcess {
  const n = points.length;
  assert(n > 0 && values.length === n, "a process needs a value for every point");
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / n;
  // Equal observations say nothing of the scale; then it is 1.
  const scale = variance > 0 ? Math.sqrt(variance) : 1;
  const kernel = (a: Point, b: Point) => matern52(distance(a, b) / lengthScale);
  const covariance = points.map((a, i) =>
    points.slice(0, i + 1).map((b, j) => kernel(a, b) + (i === j ? NOISE : 0)),
  );
  const lower = cholesky(covariance);
  const whitened = solveLower(
    lower,
    values.map((value) => (value - mean) / scale),
  );
  const weights = solveUpper(lower, whitened);
  const logDiagonal = lower.reduce((sum, row, i) => sum + ln(row[i]!), 0);
  return {
    logLikelihood: -0.5 * dot(whitened, whitened) - logDiagonal - 0.5 * n * ln(2 * Math.PI),
    posterior(at) {
      const known = points.map((point) => kernel(point, at));
      const explained = solveLower(lower, known);
      const left = Math.max(0, 1 - dot(explained, explained));
      return { mean: mean + scale * dot(known, weights), deviation: scale * Math.sqrt(left) };
    },
  };
}

/** The process of the length scale among `lengthScales` under which the observations are likeliest. */
export function likeliestProcess(
  points: readonly Point[],
  values: readonly number[],
  lengthScales: readonly number[],
): GaussianProcess {
  const fitted = lengthScales.map((scale) => fitGaussianProcess(points, values, scale));
  return fitted.reduce((best, one) => (one.logLikelihood > best.logLikelihood ? one : best));
}

function distance(a: Point, b: Point): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (a[i]! - b[i]!);
  return Math.sqrt(sum);
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

// The lower triangle L with L Lᵀ = A, of a positive definite A given by its own lower triangle.
function cholesky(a: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = [];
  for (let i = 0; i < a.length; i++) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!;
      const other = j === i ? row : lower[j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!;
      if (i === j) assert(sum > 0, "a covariance is positive definite");
      row.push(i === j ? Math.sqrt(sum) : sum / other[j]!);
    }
    lower.push(row);
  }
  return lower;
}

// x with L x = b.
function solveLower(lower: readonly (readonly number[])[], b: readonly number[]): number[] {
  const x: number[] = [];
  for (let i = 0; i < b.length; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i]![k]! * x[k]!;
    x.push(sum / lower[i]![i]!);
  }
  return x;
}

// x with Lᵀ x = b.
function solveUpper(lower: readonly (readonly number[])[], b: readonly number[]): number[] {
  const x = [...b];
  for (let i = b.length - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < b.length; k++) sum -= lower[k]![i]! * x[k]!;
    x[i] = sum / lower[i]![i]!;
  }
  return x;
}
