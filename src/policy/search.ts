/** Best-first search over rewrites of a plan, with a limit and a reason for stopping. */

import { checkPlan } from "../plan/check-plan.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Rewrite } from "../plan/rewrites.ts";
import { searchAtLarge } from "./search-at-large.ts";
import {
  better,
  type Candidate,
  candidateOf,
  type Decision,
  decisionOf,
  type PlanningTask,
  type StopReason,
} from "./policy.ts";

/** From so many stages on, a plan has too many neighbours to try them all for one step. */
export const STAGES_MANY = 64;

/** When a search must stop. */
export interface SearchLimits {
  /** Plans evaluated. */
  readonly plansMax: number;
  /** Expansions in a row that bring no better plan. */
  readonly patience: number;
}

/**
 * Climbs from `start` by the best rewrite of each round until none helps. `seen` counts the plans looked
 * at. Illegal rewrites are dropped.
 */
function climb(
  task: PlanningTask,
  start: Candidate,
  rewrites: readonly Rewrite[],
  seen: { plans: number },
  plansMax: number,
): Candidate {
  let best = start;
  for (;;) {
    const from = best;
    for (const rewrite of rewrites) {
      for (const plan of rewrite(from.plan, task.scenario)) {
        if (seen.plans >= plansMax) return best;
        if (checkPlan(task.scenario, plan).length > 0) continue;
        const candidate = candidateOf(task, plan);
        seen.plans++;
        if (better(candidate.prediction, best.prediction, task.objective)) best = candidate;
      }
      // Dearer rewrites only where the plainer ones are at their end.
      if (best !== from) break;
    }
    if (best === from) return best;
  }
}

/**
 * Best-first over structures: expands the best plan not yet expanded, until nothing better turns up. Each
 * new structure is first sized by climbing, so that it is judged at its best. Illegal plans are dropped.
 * From 64 stages on `searchAtLarge` takes its place.
 */
export function search(
  task: PlanningTask,
  starts: readonly ExecutionPlan[],
  structure: readonly Rewrite[],
  sizes: readonly Rewrite[],
  limits: SearchLimits,
): Decision {
  const { scenario, objective } = task;
  if (scenario.workflow.stages.length >= STAGES_MANY)
    return searchAtLarge(task, starts, structure, sizes, limits.plansMax);
  const structures = new Set<string>();
  const seen = { plans: 0 };
  const frontier: Candidate[] = [];
  let best: Candidate | undefined;
  let improved = false;
  const consider = (plan: ExecutionPlan): void => {
    const key = structureKey(plan);
    if (structures.has(key) || seen.plans >= limits.plansMax) return;
    if (checkPlan(scenario, plan).length > 0) return;
    structures.add(key);
    seen.plans++;
    const candidate = climb(task, candidateOf(task, plan), sizes, seen, limits.plansMax);
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
    if (seen.plans >= limits.plansMax) {
      stop = "plan-limit";
      break;
    }
    improved = false;
    const { plan } = frontier.pop()!;
    for (const rewrite of structure) for (const next of rewrite(plan, scenario)) consider(next);
    idle = improved ? 0 : idle + 1;
  }
  return decisionOf(task, best!, stop, seen.plans);
}

// What a plan is apart from its sizes.
function structureKey(plan: ExecutionPlan): string {
  const groups = plan.groups.map((group) => ({ ...group, memoryMb: 0 }));
  return JSON.stringify({ ...plan, groups });
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
