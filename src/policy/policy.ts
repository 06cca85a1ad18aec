/** What a policy is given and what it answers. */

import { InputError } from "../check.ts";
import { meanOfSample, type Outcome, type PerformanceModel } from "../model/prediction.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { quantileOfSorted, sortedSample } from "../stats/summary.ts";

/** What to minimise and what to keep to. Latency means its quantile `quantile`; money is USD per run. */
export type Objective =
  | { readonly minimize: "cost"; readonly quantile: number; readonly latencyMsMax: number }
  | { readonly minimize: "latency"; readonly quantile: number; readonly costUsdMax: number };

/** How a baseline's VM size is chosen: by the sizing search under the objective, or the smallest that fits. */
export const SIZINGS = ["tuned", "default"] as const;

/** One of SIZINGS. */
export type Sizing = (typeof SIZINGS)[number];

/** What a plan is expected to do. */
export interface Prediction {
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
  readonly latencyMsP99: number;
  /** Latency at the objective's quantile. */
  readonly latencyMsAtQuantile: number;
  readonly costUsdMean: number;
}

/** Why a search ended. */
export type StopReason = "no-better-plan" | "space-exhausted" | "plan-limit" | "fixed";

/** A policy's answer. Infeasible is an answer: `feasible` is false and `plan` is the nearest found. */
export interface Decision {
  readonly plan: ExecutionPlan;
  readonly prediction: Prediction;
  readonly feasible: boolean;
  readonly stop: StopReason;
  readonly plansSeen: number;
  /**
   * What no plan of the policy's search space can go below while it keeps the objective's bound, on the
   * search's model: USD per run or ms at the quantile. Infinity when it proves that none keeps it, null
   * when it proves nothing.
   */
  readonly goalLowerBound: number | null;
}

/** A scenario to plan for, with a model of it. */
export interface PlanningTask {
  readonly scenario: Scenario;
  readonly objective: Objective;
  readonly sizing: Sizing;
  readonly model: PerformanceModel;
  /** Plans of rivals that held up; none where the task is not judged. */
  readonly rivalPlans?: readonly ExecutionPlan[];
}

/** A way to plan. Pure: the same task gives the same decision. */
export interface Policy {
  (task: PlanningTask): Decision;
  /** Policies whose decisions on this task it answers with where its own are not as good. */
  rivals?(task: PlanningTask): readonly Policy[];
}

/** A plan with its prediction. */
export interface Candidate {
  readonly plan: ExecutionPlan;
  readonly prediction: Prediction;
}

/**
 * What is planned; undefined where a policy refuses the task. Some policies begin with one size for all, and refuse
 * stages that no one size suits.
 */
export function unlessRefused<T>(planned: () => T): T | undefined {
  try {
    return planned();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The plan as the model sees it. */
export function candidateOf(task: PlanningTask, plan: ExecutionPlan): Candidate {
  return { plan, prediction: predictionOf(task.model(plan), task.objective.quantile) };
}

/** The first of the best of some plans, none rewritten; undefined where there is none. */
export function bestOf(task: PlanningTask, plans: Iterable<ExecutionPlan>): Candidate | undefined {
  let best: Candidate | undefined;
  for (const plan of plans) {
    const candidate = candidateOf(task, plan);
    if (best === undefined || better(candidate.prediction, best.prediction, task.objective))
      best = candidate;
  }
  return best;
}

/** Quantiles and mean of an outcome. */
export function predictionOf(outcome: Outcome, quantile: number): Prediction {
  const sorted = sortedSample(outcome.latencyMs);
  return {
    latencyMsP50: quantileOfSorted(sorted, 0.5),
    latencyMsP95: quantileOfSorted(sorted, 0.95),
    latencyMsP99: quantileOfSorted(sorted, 0.99),
    latencyMsAtQuantile: quantileOfSorted(sorted, quantile),
    costUsdMean: meanOfSample(outcome.costUsd),
  };
}

/** What an objective looks at: latency at its quantile, and mean cost. */
export type Score = Pick<Prediction, "latencyMsAtQuantile" | "costUsdMean">;

/** By how much a prediction breaks the objective's bound, as a ratio minus 1; 0 when it keeps it. */
export function violation(prediction: Score, objective: Objective): number {
  const [value, bound] = [bounded(prediction, objective), boundOf(objective)];
  // Nothing keeps a bound of zero and no ratio to it is finite; then the least value is the nearest.
  const excess = bound > 0 ? value / bound - 1 : value;
  return excess > 0 ? excess : 0;
}

/** Whether `a` serves the objective better than `b`: keeps the bound, then is least; else violates it less. */
export function better(a: Score, b: Score, objective: Objective): boolean {
  const [va, vb] = [violation(a, objective), violation(b, objective)];
  if (va !== vb) return va < vb;
  const [pa, pb] = [goal(a, objective), goal(b, objective)];
  if (pa !== pb) return pa < pb;
  return bounded(a, objective) < bounded(b, objective);
}

/** Orders scores, what serves the objective best first. */
export function compare(a: Score, b: Score, objective: Objective): number {
  return better(a, b, objective) ? -1 : better(b, a, objective) ? 1 : 0;
}

/** What the objective minimises: USD per run, or ms at its quantile. */
export function goal(prediction: Score, objective: Objective): number {
  return objective.minimize === "cost" ? prediction.costUsdMean : prediction.latencyMsAtQuantile;
}

/** What the objective puts a bound on: ms at its quantile, or USD per run. */
export function bounded(prediction: Score, objective: Objective): number {
  return objective.minimize === "cost" ? prediction.latencyMsAtQuantile : prediction.costUsdMean;
}

/** The objective's bound, ms or USD per run. */
export function boundOf(objective: Objective): number {
  return objective.minimize === "cost" ? objective.latencyMsMax : objective.costUsdMax;
}

/** The decision for the best candidate seen. */
export function decisionOf(
  task: PlanningTask,
  best: Candidate,
  stop: StopReason,
  plansSeen: number,
  goalLowerBound: number | null = null,
): Decision {
  const feasible = violation(best.prediction, task.objective) === 0;
  const { plan, prediction } = best;
  return { plan, prediction, feasible, stop, plansSeen, goalLowerBound };
}
