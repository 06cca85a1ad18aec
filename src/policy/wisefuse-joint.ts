/**
 * Our own planner: groups, bundles, sizes, layouts, passings and pre-warm leads chosen together. Prices
 * find good plans of every partition of a small workflow, or fuse a large one step by step; rewrites of
 * every kind polish the best; what no plan at all can go below is worked out from the physics.
 */

import { practicalMaxOf } from "../stats/families.ts";
import type { ExecutionPlan, Passing } from "../plan/plan.ts";
import { workersOf } from "../plan/check-plan.ts";
import { bundle, fuse, relayout, repass, resize, split, trade } from "../plan/rewrites.ts";
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
/** A partition is looked into when at the first price it is worth at most so much more than the best. */
const PROMISING = 1.6;
const POLISHED = 12;
const POLISH_PLANS = 300;
const FINALISTS = 20;
/** Plans times workers that the last search may look at. */
const EFFORT = 30_000;
const PATIENCE = 8;
const STRUCTURE = [fuse, split, relayout, bundle, repass];
const SIZES = [resize, repass, relayout, trade];

/** Plans all that a plan may decide. Its lower bound holds for any plan. */
export function wisefuseJoint(given: PlanningTask): Decision {
  const task = { ...given, sizing: "tuned" } as const;
  const start = withShortPassings(task, unfused(task).plan);
  const priced = new PricedSearch(task);
  const first = priced.price(start);
  const { price } = first;
  const found = [priced.fuse(first), priced.price(faastlane(task).plan, price)];
  found.push(...pricedPartitions(task, priced, start, price));
  found.sort((a, b) => order(a, b, task));
  for (const one of found.slice(0, POLISHED)) priced.polish(one, POLISH_PLANS);
  const finalists = priced.best(FINALISTS).map(({ plan }) => plan);
  const limits = { plansMax: Math.ceil(EFFORT / workersOfAll(task)), patience: PATIENCE };
  const decision = search(task, finalists, STRUCTURE, SIZES, limits);
  const plansSeen = decision.plansSeen + priced.seen;
  return { ...decision, stop: "no-better-plan", plansSeen, goalLowerBound: lowerBound(task) };
}

// A plan of wide stages is dearer to look at.
function workersOfAll({ scenario: { workflow } }: PlanningTask): number {
  return workflow.stages.reduce((sum, { id }) => sum + workersOf(workflow, id), 0);
}

// Every partition at one price, and those that may come out on top at the price that suits each.
function pricedPartitions(
  { scenario }: PlanningTask,
  priced: PricedSearch,
  start: ExecutionPlan,
  price: number,
): readonly Priced[] {
  if (scenario.workflow.stages.length > STAGES_ENUMERATED) return [];
  const rough = convexPartitions(scenario).flatMap((groups) => {
    const plan = priced.planOf(start, groups);
    return plan === undefined ? [] : [priced.atPrice(plan, price)];
  });
  const least = Math.min(...rough.map((one) => priced.worth(one, price)));
  return rough
    .filter((one) => priced.worth(one, price) <= least * PROMISING)
    .map((one) => {
      const inShort = priced.price(one.plan, price);
      const repassed = priced.polish(inShort, POLISH_PLANS, [repass]);
      return repassed === inShort.candidate.plan ? inShort : priced.price(repassed, price);
    });
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
