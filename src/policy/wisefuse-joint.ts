/**
 * Our own planner: groups, bundles, sizes, layouts, passings and pre-warm leads chosen together. A search
 * by price finds the neighbourhood, rewrites of every kind polish it, and no other policy's plan is left
 * out; what no plan at all can go below is worked out from the physics.
 */

import { resize, trade } from "../plan/rewrites.ts";
import { lowerBound } from "./lower-bound.ts";
import { faastlane } from "./faastlane.ts";
import type { Decision, PlanningTask } from "./policy.ts";
import { PricedSearch } from "./priced.ts";
import { search } from "./search.ts";
import { unfused } from "./unfused.ts";

const LIMITS = { plansMax: 20_000, patience: 6 };

/** Never worse than any other policy's plan on the same task. */
export function wisefuseJoint(task: PlanningTask): Decision {
  const rough = { ...task, model: task.model.sketch?.() ?? task.model };
  const start = unfused({ ...rough, sizing: "tuned" }).plan;
  const priced = new PricedSearch(rough, start);
  priced.run(start);
  priced.run(faastlane({ ...rough, sizing: "tuned" }).plan);
  const decision = search(task, [priced.best.plan], [], [resize, trade], LIMITS);
  const goalLowerBound = lowerBound(task);
  return { ...decision, plansSeen: decision.plansSeen + priced.seen, goalLowerBound };
}
