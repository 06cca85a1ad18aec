/**
 * Our own planner: groups, bundles, sizes, layouts, passings and pre-warm leads chosen together. Prices
 * find good plans of every partition of a small workflow, or fuse a large one step by step; rewrites of
 * every kind polish the best; what no plan at all can go below is worked out from the physics.
 */

import { practicalMaxOf } from "../stats/families.ts";
import type { ExecutionPlan, Passing } from "../plan/plan.ts";
import { bundle, relayout, repass, resize, trade } from "../plan/rewrites.ts";
import { edgeId, innerEdges } from "../workflow/workflow.ts";
import { faastlane } from "./faastlane.ts";
import { lowerBound } from "./lower-bound.ts";
import { convexPartitions } from "./plan-space.ts";
import { better, type Decision, type PlanningTask } from "./policy.ts";
import { type Priced, PricedSearch } from "./priced.ts";
import { search } from "./search.ts";
import { unfused } from "./unfused.ts";

/** Up to here every partition is priced: at most 203. */
const STAGES_ENUMERATED = 5;
const POLISHED = 5;
const POLISH_PLANS = 300;
const FINALISTS = 6;

/** Plans all that a plan may decide. Its lower bound holds for any plan. */
export function wisefuseJoint(given: PlanningTask): Decision {
  const task = { ...given, sizing: "tuned" } as const;
  const start = withShortPassings(task, unfused(task).plan);
  const priced = new PricedSearch(task);
  const first = priced.price(start);
  const { price } = first;
  const found = [priced.fuse(first), priced.price(faastlane(task).plan, price)];
  if (task.scenario.workflow.stages.length <= STAGES_ENUMERATED)
    for (const groups of convexPartitions(task.scenario)) {
      const plan = priced.planOf(start, groups);
      if (plan !== undefined) found.push(priced.price(plan, price));
    }
  found.sort((a, b) => order(a, b, task));
  for (const one of found.slice(0, POLISHED)) {
    const polished = priced.polish(one, POLISH_PLANS);
    if (polished !== one.candidate.plan) priced.price(polished, one.price);
  }
  const finalists = priced.best(FINALISTS).map(({ plan }) => plan);
  const sizes = [resize, repass, relayout, bundle, trade];
  const decision = search(task, finalists, [], sizes, { plansMax: 2000, patience: 1 });
  const plansSeen = decision.plansSeen + priced.seen;
  return { ...decision, stop: "no-better-plan", plansSeen, goalLowerBound: lowerBound(task) };
}

function order(a: Priced, b: Priced, { objective }: PlanningTask): number {
  if (better(a.candidate.prediction, b.candidate.prediction, objective)) return -1;
  return better(b.candidate.prediction, a.candidate.prediction, objective) ? 1 : 0;
}

// What fits into a payload travels as one.
function withShortPassings({ scenario }: PlanningTask, plan: ExecutionPlan): ExecutionPlan {
  const { payloadBytesMax } = scenario.platform.orchestrator;
  const passing: Record<string, Passing> = {};
  for (const edge of innerEdges(scenario.workflow))
    passing[edgeId(edge)] =
      practicalMaxOf(edge.bytes) <= payloadBytesMax ? "inline" : "object-store";
  return { ...plan, passing };
}
