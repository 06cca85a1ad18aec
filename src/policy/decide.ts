/** A policy's decision, judged on more runs than it was searched on, so that the plan it names holds up. */

import type { PerformanceModel } from "../model/prediction.ts";
import {
  better,
  bounded,
  boundOf,
  type Decision,
  type Objective,
  type PlanningTask,
  type Policy,
  predictionOf,
  unlessRefused,
  violation,
} from "./policy.ts";

/** Searches of a workflow of few stages, and of many, whose plans hold up sooner and take longer to find. */
const ROUNDS_MAX = 6;
const ROUNDS_MANY = 2;
const STAGES_MANY = 500;
/** A bound is not worth moving by less. */
const STEP_MIN = 1.003;

/**
 * What `policy` decides, with the prediction of `judge`. A search sees few runs, and these are a little
 * luckier or less lucky than the judge's: its plan breaks the bound, or stays needlessly far from it. So
 * the search is repeated under a bound moved by as much, between those whose plans held up and those
 * whose plans did not, and the best of the rounds and of the policy's rivals on the judge's runs is the
 * answer. Whether the bound is kept is the judge's to say; the lower bound stays the search's, under the
 * bound it was given first.
 * @throws InputError what the policy throws.
 */
export function decide(policy: Policy, task: PlanningTask, judge: PerformanceModel): Decision {
  const rivals = (policy.rivals?.(task) ?? []).flatMap(
    (rival) => unlessRefused(() => decide(rival, { ...task, sizing: "tuned" }, judge)) ?? [],
  );
  const rivalPlans = rivals.map(({ plan }) => plan);
  const own = searched(policy, { ...task, rivalPlans }, judge);
  const { objective } = task;
  const best = rivals.reduce<Decision>(
    (one, other) => (better(other.prediction, one.prediction, objective) ? other : one),
    own,
  );
  const { plan, prediction, feasible } = best;
  const plansSeen = rivals.reduce((sum, rival) => sum + rival.plansSeen, own.plansSeen);
  return { ...own, plan, prediction, feasible, plansSeen };
}

function searched(policy: Policy, task: PlanningTask, judge: PerformanceModel): Decision {
  const { objective } = task;
  const asked = boundOf(objective);
  const many = task.scenario.workflow.stages.length >= STAGES_MANY;
  const roundsMax = many ? ROUNDS_MANY : ROUNDS_MAX;
  let bound = asked;
  // Bounds whose plans held up, or that are too tight to find any; and those whose plans did not.
  let [least, broken] = [0, Number.POSITIVE_INFINITY];
  let best: Decision | undefined;
  let last = "";
  let plansSeen = 0;
  let goalLowerBound: number | null = null;
  for (let round = 0; round < roundsMax; round++) {
    const found = policy({ ...task, objective: withBound(objective, bound) });
    if (round === 0) goalLowerBound = found.goalLowerBound;
    plansSeen += found.plansSeen;
    const prediction = predictionOf(judge(found.plan), objective.quantile);
    if (best === undefined || better(prediction, best.prediction, objective))
      best = { ...found, prediction, feasible: violation(prediction, objective) === 0 };
    const plan = JSON.stringify(found.plan);
    const ratio = bounded(prediction, objective) / asked;
    const again = plan === last;
    if ((again && !(ratio > 1 && found.feasible)) || !(asked > 0)) break;
    last = plan;
    if (round === 0 && !found.feasible) {
      // Nothing keeps the bound on the search's runs: unless they are the unlucky ones, nothing will.
      const unlucky = bounded(found.prediction, objective) / bounded(prediction, objective);
      if (unlucky < STEP_MIN) break;
      bound = asked * unlucky;
      continue;
    }
    if (ratio <= 1 || !found.feasible) least = Math.max(least, bound);
    else broken = Math.min(broken, bound);
    // A plan that came again although it does not hold up must not keep the next bound on the search's runs.
    const from = again ? Math.min(bound, bounded(found.prediction, objective)) : bound;
    const next = from / (ratio > 1 ? ratio * STEP_MIN : ratio);
    bound = next > least && next < broken ? next : Math.sqrt(least * broken);
    if (!(bound < Number.POSITIVE_INFINITY) || !(bound > 0)) break;
    if (least > 0 && Math.max(bound / least, least / bound) < STEP_MIN) break;
  }
  return { ...best!, plansSeen, goalLowerBound };
}

function withBound(objective: Objective, bound: number): Objective {
  return objective.minimize === "cost"
    ? { ...objective, latencyMsMax: bound }
    : { ...objective, costUsdMax: bound };
}
