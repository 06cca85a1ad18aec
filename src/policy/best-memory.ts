/**
 * Best-memory: one size for all, the one that is best for latency; a VM per worker, data through the store.
 * Source: a baseline of Mahgoub et al., "ORION and the Three Rights", OSDI'22; its artifact has 8,000 MB
 * for the video workflow and 8,144 MB for the ML pipeline, below the largest of 10,240.
 * Ours, since the rule behind these sizes is not public: the smallest size whose quantile is within 1 % of
 * the fastest; money counts only as a budget.
 */

import { checkPlan } from "../plan/check-plan.ts";
import { unfusedPlan } from "../plan/plan.ts";
import { candidateOf, type Decision, decisionOf, type PlanningTask, violation } from "./policy.ts";
import { unfused } from "./unfused.ts";

/** A larger VM than one this near to the fastest gains nothing more. */
const AS_FAST = 1.01;

/** Unfused at the size best for latency: under an SLO whatever it costs, else among those within budget. */
export function bestMemory(task: PlanningTask): Decision {
  const { scenario, objective } = task;
  const sizes = scenario.platform.memorySizesMb
    .map((memoryMb) => unfusedPlan(scenario.workflow, () => memoryMb))
    .filter((plan) => checkPlan(scenario, plan).length === 0)
    .map((plan) => candidateOf(task, plan));
  const allowed = sizes.filter(
    ({ prediction }) => objective.minimize === "cost" || violation(prediction, objective) === 0,
  );
  // Without a size that fits, or that the budget pays for, the answer is unfused's.
  if (allowed.length === 0) return unfused({ ...task, sizing: "tuned" });
  const latencies = allowed.map(({ prediction }) => prediction.latencyMsAtQuantile);
  const fastestMs = Math.min(...latencies);
  const best = allowed[latencies.findIndex((ms) => ms <= fastestMs * AS_FAST)]!;
  return decisionOf(task, best, "space-exhausted", sizes.length);
}
