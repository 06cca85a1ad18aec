/**
 * CherryPick: a size per stage by Bayesian optimisation, each stage alone, a VM per worker, data through
 * the object store.
 * Source: Alipourfard, Liu, Chen, Venkataraman, Yu, Zhang, "CherryPick: Adaptively Unearthing the Best Cloud
 * Configurations for Big Data Analytics", NSDI'17: a Gaussian process with a Matérn 5/2 kernel, expected
 * improvement weighted by the probability that the bound is kept, logarithmic observations, an end when
 * less than 10 % is expected and 6 configurations were tried. As a baseline of ORION, OSDI'22: a size per
 * function, and 5 starting configurations.
 * Ours: the ladder as lattice; a second process for the cost, which here is not price times latency; that
 * the search goes on, up to 40 trials, while nothing keeps the bound; the draws of the starting points.
 */

import { ln } from "../stats/numeric.ts";
import { rootKey } from "../stats/random.ts";
import { bayesianSearch, type TrialLimits } from "./bayesian-search.ts";
import {
  better,
  bounded,
  boundOf,
  type Candidate,
  candidateOf,
  type Decision,
  decisionOf,
  goal,
  type PlanningTask,
} from "./policy.ts";
import { bundleOptions, planOfChoices } from "./stage-choice.ts";

const LIMITS: TrialLimits = { starts: 5, trialsMin: 6, trialsMax: 40, improvementMin: 0.1 };

/** Bayesian optimisation over the ladder's sizes, stage by stage one dimension. */
export function cherrypick(task: PlanningTask): Decision {
  const { scenario, objective } = task;
  const sizesMb = bundleOptions(scenario).map((of) => of[0]!.sizesMb);
  let best: Candidate | undefined;
  let plansSeen = 0;
  const attempt = (at: readonly number[]) => {
    const choices = at.map((place, s) => ({ memoryMb: sizesMb[s]![place]!, workersPerVm: 1 }));
    const candidate = candidateOf(task, planOfChoices(scenario, choices));
    const { prediction } = candidate;
    plansSeen++;
    if (best === undefined || better(prediction, best.prediction, objective)) best = candidate;
    return {
      goal: ln(goal(prediction, objective)),
      excess: lnRatio(bounded(prediction, objective), boundOf(objective)),
    };
  };
  const rungs = sizesMb.map((sizes) => sizes.length);
  const ended = bayesianSearch(rungs, attempt, LIMITS, rootKey("cherrypick"));
  return decisionOf(task, best!, ended ? "no-better-plan" : "plan-limit", plansSeen);
}

// Of a bound of 0 every value is far beyond, the smaller the nearer.
function lnRatio(value: number, bound: number): number {
  return ln(value) - ln(Math.max(bound, Number.MIN_VALUE));
}
