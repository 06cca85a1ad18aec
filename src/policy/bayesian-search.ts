/**
 * Bayesian optimisation on a lattice under one bound: the next trial is where a Gaussian process expects
 * most improvement, weighted by the probability that the bound is kept.
 * Source: Jones, Schonlau, Welch, "Efficient Global Optimization of Expensive Black-Box Functions", 1998;
 * the weight: Gardner et al., "Bayesian Optimization with Inequality Constraints", ICML'14.
 */

import { type GaussianProcess, likeliestProcess, type Point } from "../stats/gaussian-process.ts";
import { normalDensity, normalProbability } from "../stats/numeric.ts";
import type { RandomKey } from "../stats/random.ts";

/** What a trial found, on logarithmic scales: the value to minimise, and by how much it breaks the bound. */
export interface Finding {
  readonly goal: number;
  /** At most 0 where the bound is kept. */
  readonly excess: number;
}

/** How a search begins and ends. */
export interface TrialLimits {
  /** Trials before the process is first asked, spread over the lattice. */
  readonly starts: number;
  readonly trialsMin: number;
  readonly trialsMax: number;
  /** Once a trial keeps the bound, the search ends when no more than this is expected of the next. */
  readonly improvementMin: number;
}

/** Multiples of the lattice's edge, which is 1. */
const LENGTH_SCALES = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2];
/** A lattice with more points than this is asked at some of them only. */
const QUESTIONS_MAX = 512;
/** Of many dimensions fewer: an answer takes time in proportion to them. */
const COORDINATES_MAX = 65_536;

/** What draws are for: the first part of their name. */
const PURPOSE = { start: 0, question: 1 } as const;

/**
 * Tries points of the lattice with `rungs[d]` places in dimension d, none twice; `true` when it stopped
 * because too little is expected, or nothing is left, `false` at the limit of trials.
 */
export function bayesianSearch(
  rungs: readonly number[],
  attempt: (at: readonly number[]) => Finding,
  limits: TrialLimits,
  draws: RandomKey,
): boolean {
  const points: Point[] = [];
  const findings: Finding[] = [];
  const tried = new Map<string, readonly number[]>();
  const unit = (at: readonly number[]): Point =>
    at.map((place, d) => (rungs[d]! > 1 ? place / (rungs[d]! - 1) : 0));
  const go = (at: readonly number[]): void => {
    if (tried.has(at.join())) return;
    tried.set(at.join(), at);
    points.push(unit(at));
    findings.push(attempt(at));
  };
  for (const at of spreadPoints(rungs, limits.starts, draws)) go(at);
  while (tried.size < limits.trialsMax) {
    const gain = acquisition(points, findings);
    const best = [...tried.values()][bestOf(findings)]!;
    let next: { at: readonly number[]; gain: number } | undefined;
    for (const at of questions(rungs, best, tried.size, draws)) {
      if (tried.has(at.join())) continue;
      const expected = gain(unit(at));
      if (next === undefined || expected > next.gain) next = { at, gain: expected };
    }
    if (next === undefined) return true;
    const kept = findings.some((one) => one.excess <= 0);
    if (kept && tried.size >= limits.trialsMin && next.gain < limits.improvementMin) return true;
    go(next.at);
  }
  return false;
}

// Index of the least goal that keeps the bound, else of the least excess.
function bestOf(findings: readonly Finding[]): number {
  const rank = ({ goal, excess }: Finding) => (excess <= 0 ? [0, goal] : [1, excess]);
  return findings.reduce((best, one, i) => {
    const [a, b] = [rank(one), rank(findings[best]!)];
    return a[0]! < b[0]! || (a[0] === b[0] && a[1]! < b[1]!) ? i : best;
  }, 0);
}

// What is expected of a point. While nothing keeps the bound, the improvement sought is towards it.
function acquisition(
  points: readonly Point[],
  findings: readonly Finding[],
): (at: Point) => number {
  const excesses = findings.map((one) => one.excess);
  const excess = likeliestProcess(points, excesses, LENGTH_SCALES);
  const best = findings[bestOf(findings)]!;
  if (best.excess > 0) return (at) => expectedImprovement(excess, at, best.excess);
  const goals = findings.map((one) => one.goal);
  const goal = likeliestProcess(points, goals, LENGTH_SCALES);
  return (at) => {
    const gain = expectedImprovement(goal, at, best.goal);
    const { mean, deviation } = excess.posterior(at);
    const kept = deviation > 0 ? normalProbability(-mean / deviation) : Number(mean <= 0);
    return gain * kept;
  };
}

/** By how much `surrogate` expects a point to lie below `best`; 0 where it lies above in any case. */
export function expectedImprovement(surrogate: GaussianProcess, at: Point, best: number): number {
  const { mean, deviation } = surrogate.posterior(at);
  if (deviation === 0) return Math.max(0, best - mean);
  const z = (best - mean) / deviation;
  return (best - mean) * normalProbability(z) + deviation * normalDensity(z);
}

// A Latin hypercube: in each dimension every one of `count` equal parts holds one point.
function spreadPoints(rungs: readonly number[], count: number, draws: RandomKey): number[][] {
  const parts = rungs.map((_, d) => {
    const order = Array.from({ length: count }, (_part, i) => i);
    const keys = order.map((i) => draws.uniform(PURPOSE.start, d * count + i));
    return order.sort((a, b) => keys[a]! - keys[b]!);
  });
  return Array.from({ length: count }, (_, i) =>
    rungs.map((places, d) => Math.floor(((parts[d]![i]! + 0.5) / count) * places)),
  );
}

// All points of a small lattice; of a large one the neighbours of the best and some drawn for this trial.
function* questions(
  rungs: readonly number[],
  best: readonly number[],
  trial: number,
  draws: RandomKey,
): Iterable<readonly number[]> {
  const size = rungs.reduce((product, places) => product * places, 1);
  if (size <= QUESTIONS_MAX) {
    for (let i = 0; i < size; i++) yield latticePoint(rungs, i);
    return;
  }
  const drawn = Math.max(32, Math.min(QUESTIONS_MAX, Math.floor(COORDINATES_MAX / rungs.length)));
  const uniform = (i: number) => draws.uniform(PURPOSE.question, i);
  const first = trial * QUESTIONS_MAX * rungs.length;
  const some = drawn < QUESTIONS_MAX;
  for (let i = 0; i < (some ? drawn : rungs.length); i++) {
    const d = some ? Math.floor(uniform(first + drawn * rungs.length + i) * rungs.length) : i;
    for (const place of [best[d]! - 1, best[d]! + 1])
      if (place >= 0 && place < rungs[d]!) yield best.with(d, place);
  }
  for (let i = 0; i < drawn; i++)
    yield rungs.map((places, d) => Math.floor(uniform(first + i * rungs.length + d) * places));
}

function latticePoint(rungs: readonly number[], index: number): number[] {
  let rest = index;
  return rungs.map((places) => {
    const place = rest % places;
    rest = (rest - place) / places;
    return place;
  });
}
