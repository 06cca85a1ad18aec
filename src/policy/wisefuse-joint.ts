/**
 * Our own planner: groups, bundles, sizes, layouts, passings and pre-warm leads chosen together. Prices
 * find good plans of every partition of a small workflow, or fuse a large one step by step; rewrites of
 * every kind polish the best; what no plan at all can go below is worked out from the physics.
 */

import { InputError } from "../check.ts";
import { workersOf } from "../plan/check-plan.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import { bundle, fuse, lead, relayout, repass, resize, split, trade } from "../plan/rewrites.ts";
import { faastlane } from "./faastlane.ts";
import { lowerBound } from "./lower-bound.ts";
import { convexPartitions } from "./plan-space.ts";
import { orion } from "./orion.ts";
import { photons } from "./photons.ts";
import { compare, type Decision, type PlanningTask, type Policy, unlessRefused } from "./policy.ts";
import { type Priced, PricedSearch } from "./priced.ts";
import { search, STAGES_MANY } from "./search.ts";
import { sonic } from "./sonic.ts";
import { noFitMessage } from "./unfused.ts";
import { wisefuse } from "./wisefuse.ts";

/** Up to here every partition is priced: at most 52. */
const STAGES_ENUMERATED = 5;
/** Workers up to which a workflow is looked into thoroughly; a wider one costs more and gets less. */
const WORKERS_THOROUGH = 16;
/** A partition is looked into when at the first price it is worth at most so much more than the best. */
const PROMISING = 0.6;
const POLISHED = 12;
const POLISH_PLANS = 300;
const FINALISTS = 20;
/** Plans that the last search may look at. */
const SEARCHED = 1500;
/** The same from so many stages on, where they cost little more than what they change. */
const SEARCHED_MANY = 2000;
const PATIENCE = 8;
/** Up to here no decision of the policies below is better: finding them all takes seconds. */
const STAGES_COMPARED = 8;
const RIVALS: readonly Policy[] = [faastlane, photons, sonic, orion, wisefuse];
const STRUCTURE = [fuse, split, relayout, bundle, repass];
const SIZES = [resize, repass, relayout, lead, trade];

/**
 * Plans all that a plan may decide. Its lower bound holds for any plan.
 * @throws InputError workflow, when a stage fits no memory size of the platform.
 */
export const wisefuseJoint: Policy = Object.assign(plan, { rivals: rivalsOf });

function rivalsOf({ scenario }: PlanningTask): readonly Policy[] {
  return scenario.workflow.stages.length <= STAGES_COMPARED ? RIVALS : [];
}

function plan(task: PlanningTask): Decision {
  const { workflow } = task.scenario;
  const ids = workflow.stages.map(({ id }) => id);
  const priced = new PricedSearch(task);
  const start = priced.planOf(ids.map((id) => [id]));
  if (start === undefined) throw new InputError("workflow", noFitMessage(task.scenario));
  const workers = ids.reduce((sum, id) => sum + workersOf(workflow, id), 0);
  const part = Math.min(1, WORKERS_THOROUGH / workers);
  const share = (count: number) => Math.ceil(count * part);
  const first = priced.price(start);
  const whole = priced.planOf([ids]);
  const found = [
    priced.fuse(first),
    ...(whole === undefined ? [] : [priced.price(whole, first.price)]),
    ...(ids.length > STAGES_ENUMERATED
      ? []
      : pricedPartitions(task, priced, first.price, 1 + PROMISING * part)),
  ];
  found.sort((a, b) => compare(a.candidate.prediction, b.candidate.prediction, task.objective));
  for (const one of found.slice(0, share(POLISHED))) priced.polish(one, share(POLISH_PLANS));
  for (const known of task.rivalPlans ?? plansOfRivals(task)) priced.consider(known);
  const finalists = priced.best(share(FINALISTS)).map(({ plan }) => plan);
  const plansMax = ids.length >= STAGES_MANY ? SEARCHED_MANY : share(SEARCHED);
  const limits = { plansMax, patience: PATIENCE };
  const decision = search(task, finalists, STRUCTURE, SIZES, limits);
  const plansSeen = decision.plansSeen + priced.seen;
  return { ...decision, stop: "no-better-plan", plansSeen, goalLowerBound: lowerBound(task) };
}

function plansOfRivals(task: PlanningTask): readonly ExecutionPlan[] {
  const tuned = { ...task, sizing: "tuned" } as const;
  return rivalsOf(task).flatMap((rival) => unlessRefused(() => rival(tuned).plan) ?? []);
}

// Every partition at one price, and those that may come out on top at the price that suits each.
function pricedPartitions(
  { scenario }: PlanningTask,
  priced: PricedSearch,
  price: number,
  promising: number,
): readonly Priced[] {
  const rough = convexPartitions(scenario).flatMap((groups) => {
    const plan = priced.planOf(groups);
    return plan === undefined ? [] : [priced.atPrice(plan, price)];
  });
  const least = Math.min(...rough.map((one) => priced.worth(one, price)));
  return rough
    .filter((one) => priced.worth(one, price) <= least * promising)
    .map((one) => {
      const inShort = priced.price(one.plan, price);
      const repassed = priced.polish(inShort, POLISH_PLANS, [repass]);
      return repassed === inShort.candidate.plan ? inShort : priced.price(repassed, price);
    });
}
