/**
 * ORION: the three rights - one bundle size per parallel stage, a size per stage, and VMs asked for before
 * they are needed. No fusion; data through the object store.
 * Source: Mahgoub, Yi, Shankar, Elnikety, Chaterji, Bagchi, "ORION and the Three Rights: Sizing, Bundling,
 * and Prewarming for Serverless DAGs", OSDI'22, and its artifact: sizes grow one step at a time where the
 * P95 of the whole run drops most, from the smallest; workers of a bundle are processes, memory grows with
 * them; leads in steps of 100 ms for the least latency at a target utilisation.
 * Ours: rungs of the platform's ladder as steps, so drops are compared per MB; the second objective; the
 * order in which bundles are tried, each sized anew; that the target is 0.5, taken over the cost of a run.
 */

import { LEAD_STEP_MS, withGroup } from "../plan/rewrites.ts";
import { innerEdges } from "../workflow/workflow.ts";
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
import {
  type BundleOption,
  bundleOptions,
  planOfChoices,
  type StageChoice,
  withChoice,
} from "./stage-choice.ts";

/** Bundles in a row that may bring nothing before larger ones are given up: the gain is U-shaped. */
const BUNDLE_PATIENCE = 2;
/** Plans of the sizing path that leads are tried on: with them smaller sizes may keep the bound. */
const PREWARM_PLANS = 3;
const FIRST_LEADS = 8;
/** Cost of a run without idle VMs over its cost with them; its least value. */
const UTILISATION_MIN = 0.5;

/** Bundles stage by stage, each sized by the steepest drop of the quantile; then leads. */
export function orion(task: PlanningTask): Decision {
  const options = bundleOptions(task.scenario);
  const seen = { plans: 0 };
  let bundles = options.map((of) => of[0]!);
  let sized = sizedPath(task, bundles, seen);
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
  const look = (choices: readonly StageChoice[]): Candidate => {
    seen.plans++;
    return candidateOf(task, planOfChoices(scenario, choices));
  };
  let choices: readonly StageChoice[] = bundles.map(({ workersPerVm, sizesMb }) => ({
    workersPerVm,
    memoryMb: sizesMb[0]!,
  }));
  let at = look(choices);
  let best = at;
  const steps = [at];
  while (objective.minimize === "latency" || violation(at.prediction, objective) > 0) {
    let steepest: { choices: readonly StageChoice[]; to: Candidate; drop: number } | undefined;
    for (const [s, { sizesMb }] of bundles.entries()) {
      const nowMb = choices[s]!.memoryMb;
      const memoryMb = sizesMb.find((size) => size > nowMb);
      if (memoryMb === undefined) continue;
      const next = withChoice(choices, s, { memoryMb });
      const to = look(next);
      if (better(to.prediction, best.prediction, objective)) best = to;
      if (objective.minimize === "latency" && overspends(task, at, to)) continue;
      const drop = (latencyOf(at) - latencyOf(to)) / (memoryMb - nowMb);
      if (steepest === undefined || drop > steepest.drop) steepest = { choices: next, to, drop };
    }
    if (steepest === undefined) break;
    [choices, at] = [steepest.choices, steepest.to];
    steps.push(at);
  }
  return { steps, best };
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
  const { workflow } = task.scenario;
  const later = path.best.plan.groups.flatMap((group, g) =>
    innerEdges(workflow).some((edge) => group.stages.includes(edge.to)) ? [g] : [],
  );
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
  return [path.best, ...path.steps.filter((step) => step !== path.best)]
    .map((start) => ({ start, hope: hopeOf(start) }))
    .sort((a, b) => Number(comesFirst(b.hope, a.hope)) - Number(comesFirst(a.hope, b.hope)))
    .slice(0, PREWARM_PLANS)
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
