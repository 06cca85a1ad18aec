/**
 * Search over rewrites of a plan of many groups: what helps is taken as it comes, group by group, where a
 * small plan has all its neighbours tried before each step; groups in series are fused in one go.
 */

import { checkPlan, fittingSizesMb } from "../plan/check-plan.ts";
import { type ExecutionPlan, groupOfStage } from "../plan/plan.ts";
import {
  type AtLarge,
  type FusedPair,
  fusedGroup,
  type Rewrite,
  withFused,
  withGroup,
} from "../plan/rewrites.ts";
import type { Scenario } from "../plan/scenario.ts";
import { groupGraph } from "./group-graph.ts";
import { meanOfSample } from "../model/prediction.ts";
import {
  bestOf,
  better,
  type Candidate,
  candidateOf,
  type Decision,
  decisionOf,
  type PlanningTask,
  type StopReason,
} from "./policy.ts";

/** A search on its way. */
interface Climb {
  readonly task: PlanningTask;
  readonly plansMax: number;
  plans: number;
  best: Candidate;
}

/**
 * From the best of `starts`, sizes first and then structures, again and again until none helps or
 * `plansMax` plans were seen. Rewrites that do not say how they change a large plan are left out.
 */
export function searchAtLarge(
  task: PlanningTask,
  starts: readonly ExecutionPlan[],
  structure: readonly Rewrite[],
  sizes: readonly Rewrite[],
  plansMax: number,
): Decision {
  const legal = starts.filter((plan) => checkPlan(task.scenario, plan).length === 0);
  const climb: Climb = { task, plansMax, plans: legal.length, best: bestOf(task, legal)! };
  const rewrites = [
    ...structure.filter(isSeries),
    ...sizes,
    ...structure.filter((r) => !isSeries(r)),
  ];
  let from: Candidate | undefined;
  while (from !== climb.best && climb.plans < plansMax) {
    from = climb.best;
    for (const rewrite of rewrites) take(climb, rewrite);
  }
  const stop: StopReason = climb.plans < plansMax ? "no-better-plan" : "plan-limit";
  return decisionOf(task, climb.best, stop, climb.plans);
}

function isSeries({ atLarge }: Rewrite): boolean {
  return atLarge?.by === "series";
}

function take(climb: Climb, rewrite: Rewrite): void {
  const { atLarge } = rewrite;
  if (atLarge?.by === "whole") {
    for (const plan of rewrite(climb.best.plan, climb.task.scenario)) consider(climb, plan);
  } else if (atLarge?.by === "group") sweep(climb, atLarge);
  else if (atLarge?.by === "series") while (fuseSeries(climb, atLarge));
}

// Whether a plan is better than the best so far, which it then is. Illegal ones are dropped.
function consider(climb: Climb, plan: ExecutionPlan): boolean {
  const { task } = climb;
  if (climb.plans >= climb.plansMax || checkPlan(task.scenario, plan).length > 0) return false;
  const candidate = candidateOf(task, plan);
  climb.plans++;
  if (!better(candidate.prediction, climb.best.prediction, task.objective)) return false;
  climb.best = candidate;
  return true;
}

// Every group to its best among its neighbours, as far as that leads, before the next one.
function sweep(climb: Climb, { of, after }: Extract<AtLarge, { by: "group" }>): void {
  const { scenario } = climb.task;
  for (let g = 0; g < climb.best.plan.groups.length; g++)
    for (let moved = true; moved; ) {
      moved = false;
      const { plan } = climb.best;
      for (const group of of(plan.groups[g]!, scenario)) {
        const next = withGroup(plan, g, group);
        if (consider(climb, after === undefined ? next : after(next))) moved = true;
      }
    }
}

/** Prices of a millisecond that say which pairs are better off fused, in multiples of the usual one. */
const PRICES = [0, 1, Number.POSITIVE_INFINITY];

// All pairs in series that gain by themselves, at the price at which the whole plan gains most.
function fuseSeries(climb: Climb, { after }: Extract<AtLarge, { by: "series" }>): boolean {
  const { task, best } = climb;
  const { scenario, model } = task;
  const pairs = pairsInSeries(scenario, best.plan);
  if (pairs.length === 0) return false;
  const together = withFused(best.plan, scenario, pairs);
  const groupOf = groupOfStage(together);
  const usual = best.prediction.costUsdMean / Math.max(1, best.prediction.latencyMsP50);
  const gains = pairs.map(({ a, b, group }) => {
    if (model.group === undefined) return { costUsd: 0, latencyMs: 1 };
    const [one, other] = [model.group(best.plan, a), model.group(best.plan, b)];
    const fused = model.group(together, groupOf.get(group.stages[0]!)!);
    const apartMs = meanOfSample(one.latencyMs) + meanOfSample(other.latencyMs);
    return {
      costUsd: one.costUsdMean + other.costUsdMean - fused.costUsdMean,
      latencyMs: apartMs - meanOfSample(fused.latencyMs),
    };
  });
  let improved = false;
  for (const price of PRICES) {
    const gaining = pairs.filter((_, i) => {
      const { costUsd, latencyMs } = gains[i]!;
      return price === Number.POSITIVE_INFINITY
        ? latencyMs > 0
        : costUsd + price * usual * latencyMs > 0;
    });
    if (gaining.length === 0) continue;
    const next = withFused(best.plan, scenario, gaining);
    if (consider(climb, after === undefined ? next : after(next))) improved = true;
  }
  return improved;
}

/**
 * Pairs of groups of which one waits for the other alone, or the other is all that waits for it, so that
 * fusing them makes no circle; each with the group they make. No group is in two of them.
 */
export function pairsInSeries(scenario: Scenario, plan: ExecutionPlan): readonly FusedPair[] {
  const { workflow, profile, platform } = scenario;
  const graph = groupGraph(
    scenario,
    plan.groups.map(({ stages }) => stages),
  )!;
  const readers = new Int32Array(plan.groups.length);
  for (const before of graph.before) for (const a of before) readers[a]!++;
  const taken = new Set<number>();
  return graph.order.flatMap((b) => {
    const before = graph.before[b]!;
    const a = before.find((one) => !taken.has(one) && (before.length === 1 || readers[one] === 1));
    if (a === undefined || taken.has(b)) return [];
    const runtimeOf = (g: number) => profile[plan.groups[g]!.stages[0]!]!.runtime;
    if (runtimeOf(a) !== runtimeOf(b)) return [];
    const group = fusedGroup(plan, scenario, a, b);
    if (group === undefined) return [];
    if (!fittingSizesMb(workflow, profile, platform, group).includes(group.memoryMb)) return [];
    taken.add(a).add(b);
    return [{ a, b, group }];
  });
}
