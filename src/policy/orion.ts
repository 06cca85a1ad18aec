/**
 * ORION: the three rights - one bundle size per parallel stage, a size per stage, and VMs asked for before
 * they are needed. No fusion; data through the object store.
 * Source: Mahgoub, Yi, Shankar, Elnikety, Chaterji, Bagchi, "ORION and the Three Rights: Sizing, Bundling,
 * and Prewarming for Serverless DAGs", OSDI'22, and its artifact: sizes grow one step at a time where the
 * P95 of the whole run drops most, from the smallest; workers of a bundle are processes, memory grows with
 * them; leads in steps of 100 ms for the least latency at a target utilisation.
 * Ours: rungs of the platform's ladder as steps, so drops are compared per MB; the second objective; the
 * order in which bundles are tried, each sized anew; that the target is 0.5, taken over the cost of a run;
 * from 64 stages on, which stages are tried, that steps nearly as steep as the steepest go with it, and that
 * bundles keep the sizes found for single workers.
 */

import { LEAD_STEP_MS, withGroup } from "../plan/rewrites.ts";
import { graphOf } from "../workflow/graph.ts";
import type { GroupOutcome } from "../model/prediction.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import { criticalityOf, groupGraph } from "./group-graph.ts";
import {
  better,
  type Candidate,
  candidateOf,
  type Decision,
  decisionOf,
  type PlanningTask,
  type Prediction,
  violation,
} from "./policy.ts";
import { STAGES_MANY } from "./search.ts";
import {
  type BundleOption,
  bundleOptions,
  planOfChoices,
  type StageChoice,
  withStageChoice,
} from "./stage-choice.ts";

/** Bundles in a row that may bring nothing before larger ones are given up: the gain is U-shaped. */
const BUNDLE_PATIENCE = 2;
/** Plans of the sizing path that leads are tried on: with them smaller sizes may keep the bound. */
const PREWARM_PLANS = 3;
const FIRST_LEADS = 8;
/** From so many stages on only those count that decide the quantile, and steep steps are taken together. */
const STEEP_ENOUGH = 0.25;
/** Cost of a run without idle VMs over its cost with them; its least value. */
const UTILISATION_MIN = 0.5;

/** Bundles stage by stage, each sized by the steepest drop of the quantile; then leads. */
export function orion(task: PlanningTask): Decision {
  const options = bundleOptions(task.scenario);
  const seen = { plans: 0 };
  let bundles = options.map((of) => of[0]!);
  let sized = sizedPath(task, bundles, seen);
  if (options.length >= STAGES_MANY) {
    const best = bundledAtSize(task, options, sized.best, seen);
    return decisionOf(
      task,
      prewarmed(task, { ...sized, best }, seen),
      "no-better-plan",
      seen.plans,
    );
  }
  options.forEach((of, s) => {
    let idle = 0;
    for (const option of of.slice(1)) {
      if (idle >= BUNDLE_PATIENCE) break;
      const next = bundles.with(s, option);
      const path = sizedPath(task, next, seen);
      idle++;
      if (!better(path.best.prediction, sized.best.prediction, task.objective)) continue;
      [sized, bundles, idle] = [path, next, 0];
    }
  });
  return decisionOf(task, prewarmed(task, sized, seen), "no-better-plan", seen.plans);
}

// Each stage's bundles at its size, or at what fits: sizing a large workflow anew for each takes too long.
function bundledAtSize(
  task: PlanningTask,
  options: readonly (readonly BundleOption[])[],
  start: Candidate,
  seen: { plans: number },
): Candidate {
  let best = start;
  options.forEach((of, s) => {
    let idle = 0;
    for (const { workersPerVm, sizesMb } of of.slice(1)) {
      if (idle >= BUNDLE_PATIENCE) break;
      const memoryMb = sizesMb.find((size) => size >= best.plan.groups[s]!.memoryMb);
      if (memoryMb === undefined) break;
      const plan = withStageChoice(best.plan, s, { memoryMb, workersPerVm });
      const next = candidateOf(task, plan);
      seen.plans++;
      idle++;
      if (!better(next.prediction, best.prediction, task.objective)) continue;
      [best, idle] = [next, 0];
    }
  });
  return best;
}

/** The way sizing went: the plan after each step, and the best that was looked at. */
interface SizedPath {
  readonly steps: readonly Candidate[];
  readonly best: Candidate;
}

// From the smallest sizes, up where latency drops most per MB; until the SLO is met or the budget is spent.
function sizedPath(
  task: PlanningTask,
  bundles: readonly BundleOption[],
  seen: { plans: number },
): SizedPath {
  const { scenario, objective } = task;
  const look = (plan: ExecutionPlan): Candidate => {
    seen.plans++;
    return candidateOf(task, plan);
  };
  const smallest: readonly StageChoice[] = bundles.map(({ workersPerVm, sizesMb }) => ({
    workersPerVm,
    memoryMb: sizesMb[0]!,
  }));
  let at = look(planOfChoices(scenario, smallest));
  let best = at;
  const steps = [at];
  const critical = bundles.length < STAGES_MANY ? undefined : criticalStages(task);
  while (objective.minimize === "latency" || violation(at.prediction, objective) > 0) {
    let steepest: Step | undefined;
    const all: Step[] = [];
    for (const s of critical?.(at.plan) ?? bundles.keys()) {
      const { memoryMb: nowMb, workersPerVm } = at.plan.groups[s]!;
      const memoryMb = bundles[s]!.sizesMb.find((size) => size > nowMb);
      if (memoryMb === undefined || workersPerVm === "all") continue;
      const to = look(withStageChoice(at.plan, s, { memoryMb, workersPerVm }));
      if (better(to.prediction, best.prediction, objective)) best = to;
      if (objective.minimize === "latency" && overspends(task, at, to)) continue;
      const drop = (latencyOf(at) - latencyOf(to)) / (memoryMb - nowMb);
      const step = { s, to, drop };
      if (steepest === undefined || drop > steepest.drop) steepest = step;
      all.push(step);
    }
    if (steepest === undefined) break;
    let next = steepest.to;
    if (critical !== undefined && steepest.drop > 0) {
      const together = look(withSteps(at, all, steepest.drop));
      if (latencyOf(together) < latencyOf(next) && !overspends(task, at, together)) next = together;
    }
    if (better(next.prediction, best.prediction, objective)) best = next;
    at = next;
    steps.push(at);
  }
  return { steps, best };
}

/** One stage a rung larger. */
interface Step {
  readonly s: number;
  readonly to: Candidate;
  readonly drop: number;
}

// All steps at once that drop nearly as much as the steepest.
function withSteps(at: Candidate, steps: readonly Step[], steepest: number): ExecutionPlan {
  const groups = [...at.plan.groups];
  for (const { s, to, drop } of steps)
    if (drop >= STEEP_ENOUGH * steepest) groups[s] = to.plan.groups[s]!;
  return { ...at.plan, groups };
}

// The stages, each a group of its own, that decide some run about the quantile: no other size lowers it.
function criticalStages({ scenario, model, objective }: PlanningTask) {
  const apart = scenario.workflow.stages.map(({ id }) => [id]);
  const graph = groupGraph(scenario, apart)!;
  let known: ExecutionPlan | undefined;
  let outcomes: GroupOutcome[] = [];
  return (plan: ExecutionPlan): Iterable<number> => {
    const { group } = model;
    if (group === undefined) return plan.groups.keys();
    const before = known;
    outcomes = plan.groups.map((one, g) =>
      one === before?.groups[g] ? outcomes[g]! : group(plan, g),
    );
    known = plan;
    const { weights } = criticalityOf(graph, outcomes, objective.quantile);
    return [...weights.keys()].filter((g) => weights[g]! > 0);
  };
}

// Small VMs may be the dearer ones, so a path that begins beyond the budget climbs until it is kept.
function overspends(task: PlanningTask, from: Candidate, to: Candidate): boolean {
  const kept = violation(from.prediction, task.objective) === 0;
  return kept && violation(to.prediction, task.objective) > 0;
}

function latencyOf(candidate: Candidate): number {
  return candidate.prediction.latencyMsAtQuantile;
}

// Leads for the plans that they could bring furthest; none where the model predicts no gain from them.
function prewarmed(task: PlanningTask, path: SizedPath, seen: { plans: number }): Candidate {
  const { into } = graphOf(task.scenario.workflow);
  const many = path.best.plan.groups.length >= STAGES_MANY;
  const counts = many ? criticalStages(task)(path.best.plan) : path.best.plan.groups.keys();
  const later = [...counts].filter((g) => into[g]!.length > 0);
  // What leads cannot better: no VM is ready sooner than when asked for at the run's arrival, none idles free.
  const hopeOf = ({ plan, prediction }: Candidate): Prediction => {
    const asked = later.reduce(
      (all, g) => withGroup(all, g, { ...all.groups[g]!, prewarmMs: 0 }),
      plan,
    );
    seen.plans++;
    return { ...candidateOf(task, asked).prediction, costUsdMean: prediction.costUsdMean };
  };
  const comesFirst = (a: Prediction, b: Prediction) => better(a, b, task.objective);
  if (hopeOf(path.best).latencyMsAtQuantile >= latencyOf(path.best)) return path.best;
  const nth = many ? Math.ceil(path.steps.length / PREWARM_PLANS) : 1;
  return [path.best, ...path.steps.filter((step, i) => step !== path.best && i % nth === 0)]
    .map((start) => ({ start, hope: hopeOf(start) }))
    .sort((a, b) => Number(comesFirst(b.hope, a.hope)) - Number(comesFirst(a.hope, b.hope)))
    .slice(0, many ? 1 : PREWARM_PLANS)
    .map(({ start }) => later.reduce((at, g) => withBestLead(task, start, at, g, seen), start))
    .reduce((a, b) => (comesFirst(b.prediction, a.prediction) ? b : a), path.best);
}

// Coarse leads over the length of a run first, then around the best of them in halved steps.
function withBestLead(
  task: PlanningTask,
  start: Candidate,
  from: Candidate,
  g: number,
  seen: { plans: number },
): Candidate {
  let best = from;
  const consider = (prewarmMs: number): void => {
    if (prewarmMs < 0) return;
    const group = { ...from.plan.groups[g]!, prewarmMs };
    const candidate = candidateOf(task, withGroup(from.plan, g, group));
    seen.plans++;
    const utilisation = start.prediction.costUsdMean / candidate.prediction.costUsdMean;
    if (utilisation < UTILISATION_MIN) return;
    if (better(candidate.prediction, best.prediction, task.objective)) best = candidate;
  };
  let stepMs = LEAD_STEP_MS;
  while (stepMs * FIRST_LEADS < start.prediction.latencyMsP50) stepMs *= 2;
  for (let i = 0; i < FIRST_LEADS; i++) consider(i * stepMs);
  while (best !== from && stepMs > LEAD_STEP_MS) {
    stepMs /= 2;
    const leadMs = best.plan.groups[g]!.prewarmMs!;
    consider(leadMs - stepMs);
    consider(leadMs + stepMs);
  }
  return best;
}
