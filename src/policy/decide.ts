/** A policy's decision, judged on more runs than it was searched on, so that the plan it names holds up. */

import type { PerformanceModel } from "../model/prediction.ts";
import {
  type Decision,
  type Objective,
  type PlanningTask,
  type Policy,
  predictionOf,
} from "./policy.ts";
import { better, violation } from "./policy.ts";

const ROUNDS_MAX = 6;
/** Beyond what the judge asks for, so that the next round does not stop just short of it. */
const FURTHER = 1.002;

/**
 * What `policy` decides, with the prediction of `judge`. A search picks the plan that looks best on its
 * own few runs, so that plan tends to break its bound on others: then the search is repeated under a
 * bound tightened by as much, and the best of the rounds is the answer. The prediction, and whether the
 * bound is kept, are the judge's; the lower bound stays the search's, under the bound it was given first.
 * @throws InputError what the policy throws.
 */
export function decide(policy: Policy, task: PlanningTask, judge: PerformanceModel): Decision {
  const { objective } = task;
  let bound = boundOf(objective);
  let best: Decision | undefined;
  let plansSeen = 0;
  let goalLowerBound: number | null = null;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = policy({ ...task, objective: withBound(objective, bound) });
    if (round === 0) goalLowerBound = found.goalLowerBound;
    plansSeen += found.plansSeen;
    const prediction = predictionOf(judge(found.plan), objective.quantile);
    if (best === undefined || better(prediction, best.prediction, objective))
      best = { ...found, prediction, feasible: violation(prediction, objective) === 0 };
    const excess = violation(prediction, objective);
    // A search that found nothing under a wider bound finds nothing under a tighter one.
    if (excess === 0 || !found.feasible || !(bound > 0)) break;
    bound /= (1 + excess) * FURTHER;
  }
  return { ...best!, plansSeen, goalLowerBound };
}

function boundOf(objective: Objective): number {
  return objective.minimize === "cost" ? objective.latencyMsMax : objective.costUsdMax;
}

function withBound(objective: Objective, bound: number): Objective {
  return objective.minimize === "cost"
    ? { ...objective, latencyMsMax: bound }
    : { ...objective, costUsdMax: bound };
}
