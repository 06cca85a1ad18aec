/** Best-first search over rewrites of a plan, with a limit and a reason for stopping. */

import { checkPlan } from "../plan/check-plan.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Rewrite } from "../plan/rewrites.ts";
import {
  better,
  type Candidate,
  candidateOf,
  type Decision,
  decisionOf,
  type PlanningTask,
  type StopReason,
} from "./policy.ts";

/** When a search must stop. */
export interface SearchLimits {
  /** Plans evaluated. */
  readonly plansMax: number;
  /** Expansions in a row that bring no better plan. */
  readonly patience: number;
}

/**
 * Expands the best plan not yet expanded, until nothing better turns up. Illegal rewrites are dropped.
 * O(plans log plans) besides the model.
 */
export function search(
  task: PlanningTask,
  starts: readonly ExecutionPlan[],
  rewrites: readonly Rewrite[],
  limits: SearchLimits,
): Decision {
  const { scenario, objective } = task;
  const seen = new Set<string>();
  const frontier: Candidate[] = [];
  let best: Candidate | undefined;
  let improved = false;
  const consider = (plan: ExecutionPlan): void => {
    const key = JSON.stringify(plan);
    if (seen.has(key) || seen.size >= limits.plansMax) return;
    if (checkPlan(scenario, plan).length > 0) return;
    seen.add(key);
    const candidate = candidateOf(task, plan);
    insert(frontier, candidate, task);
    if (best === undefined || better(candidate.prediction, best.prediction, objective)) {
      best = candidate;
      improved = true;
    }
  };
  for (const plan of starts) consider(plan);
  let idle = 0;
  let stop: StopReason = "space-exhausted";
  while (frontier.length > 0) {
    if (idle >= limits.patience) {
      stop = "no-better-plan";
      break;
    }
    if (seen.size >= limits.plansMax) {
      stop = "plan-limit";
      break;
    }
    improved = false;
    const { plan } = frontier.pop()!;
    for (const rewrite of rewrites) for (const next of rewrite(plan, scenario)) consider(next);
    idle = improved ? 0 : idle + 1;
  }
  return decisionOf(task, best!, stop, seen.size);
}

// Keeps the frontier sorted with the best last; equals stay in the order they came.
function insert(frontier: Candidate[], candidate: Candidate, task: PlanningTask): void {
  let low = 0;
  let high = frontier.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (better(candidate.prediction, frontier[middle]!.prediction, task.objective))
      low = middle + 1;
    else high = middle;
  }
  frontier.splice(low, 0, candidate);
}

/** The best of a few plans, none rewritten. */
export function bestOf(task: PlanningTask, plans: readonly ExecutionPlan[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const plan of plans) {
    const candidate = candidateOf(task, plan);
    if (best === undefined || better(candidate.prediction, best.prediction, task.objective))
      best = candidate;
  }
  return best;
}
