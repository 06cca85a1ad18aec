/** What speed costs: the plans of a policy that no other of its plans beats in both latency and money. */

import { assert } from "../check.ts";
import type { PerformanceModel } from "../model/prediction.ts";
import { power } from "../stats/numeric.ts";
import { decide } from "./decide.ts";
import type { Decision, Objective, PlanningTask, Policy } from "./policy.ts";

// Finite, so that a policy may calculate with it; no plan comes near.
const ANY = Number.MAX_VALUE;

/**
 * The cost-latency front of a policy: what it decides without a bound on latency, without one on cost,
 * and under `points` - 2 bounds between these two, SLOs and budgets in turn, each at equal ratios.
 * Plans as `nonDominated` keeps and orders them; the task's own bound is not looked at.
 * @throws InputError what the policy throws.
 */
export function paretoFront(
  policy: Policy,
  task: PlanningTask,
  judge: PerformanceModel,
  points: number,
): readonly Decision[] {
  assert(points >= 2, "a front has two ends");
  const { quantile } = task.objective;
  const decided = (objective: Objective) => decide(policy, { ...task, objective }, judge);
  const cheapest = decided({ minimize: "cost", quantile, latencyMsMax: ANY });
  const fastest = decided({ minimize: "latency", quantile, costUsdMax: ANY });
  const between = boundsBetween(cheapest, fastest, quantile, points - 2).map(decided);
  return nonDominated([cheapest, ...between, fastest]);
}

// Latency and cost change at very different rates along a front, so both are walked.
function boundsBetween(
  cheapest: Decision,
  fastest: Decision,
  quantile: number,
  count: number,
): readonly Objective[] {
  const slos = Math.ceil(count / 2);
  const budgets = count - slos;
  const [slow, fast] = [cheapest.prediction, fastest.prediction];
  return [
    ...spaced(slow.latencyMsAtQuantile, fast.latencyMsAtQuantile, slos).map(
      (latencyMsMax) => ({ minimize: "cost", quantile, latencyMsMax }) as const,
    ),
    ...spaced(slow.costUsdMean, fast.costUsdMean, budgets).map(
      (costUsdMax) => ({ minimize: "latency", quantile, costUsdMax }) as const,
    ),
  ];
}

// `count` values strictly between, at equal ratios.
function spaced(from: number, to: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => from * power(to / from, (i + 1) / (count + 1)));
}

/**
 * The decisions that no other one equals or beats in both mean cost and latency at the objective's
 * quantile, by increasing cost and so by decreasing latency. Of equals the first one stays.
 */
export function nonDominated<T extends Pick<Decision, "prediction">>(
  decisions: readonly T[],
): readonly T[] {
  const sorted = decisions
    .map((decision, place) => ({ decision, place, ...decision.prediction }))
    .sort(
      (a, b) =>
        a.costUsdMean - b.costUsdMean ||
        a.latencyMsAtQuantile - b.latencyMsAtQuantile ||
        a.place - b.place,
    );
  let fastestMs = Number.POSITIVE_INFINITY;
  return sorted.flatMap(({ decision, latencyMsAtQuantile }) => {
    if (latencyMsAtQuantile >= fastestMs) return [];
    fastestMs = latencyMsAtQuantile;
    return [decision];
  });
}
