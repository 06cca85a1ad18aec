/**
 * SONIC: chooses how each edge's data travels - within the producer's VM, directly, or through the store -
 * by a Viterbi pass for performance per dollar; one size per stage; no bundling for skew.
 * Source: Mahgoub, Shankar, Mitra, Klimovic, Chaterji, Bagchi, "SONIC: Application-aware Data Passing for
 * Chained Serverless Applications", ATC'21.
 */

import { checkPlan } from "../plan/check-plan.ts";
import { type ExecutionPlan, groupOfStage, unfusedPlan } from "../plan/plan.ts";
import { fusePair, resize, withGroup } from "../plan/rewrites.ts";
import { vcpusOf } from "../platform/platform.ts";
import { type Edge, edgeId, innerEdges } from "../workflow/workflow.ts";
import {
  type Candidate,
  candidateOf,
  type Decision,
  decisionOf,
  type PlanningTask,
} from "./policy.ts";
import { better } from "./policy.ts";
import { unfused } from "./unfused.ts";

const OPTIONS = ["object-store", "direct", "local"] as const;
const ROUNDS_MAX = 64;

/**
 * Sizes first as `unfused`, then alternates the Viterbi pass over passings with the best step of one
 * stage's size, until neither helps.
 */
export function sonic(task: PlanningTask): Decision {
  const start = unfused(task);
  const passed = viterbi(task, start.plan);
  const plain: Candidate = { plan: start.plan, prediction: start.prediction };
  // Everything through the store is one of SONIC's own choices.
  let best = better(passed.prediction, plain.prediction, task.objective) ? passed : plain;
  let plansSeen = start.plansSeen + 1;
  if (task.sizing === "default") return decisionOf(task, best, "fixed", plansSeen);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let next = best;
    for (const plan of resize(best.plan, task.scenario)) {
      if (checkPlan(task.scenario, plan).length > 0) continue;
      const candidate = candidateOf(task, withSlots(task, plan));
      plansSeen++;
      if (better(candidate.prediction, next.prediction, task.objective)) next = candidate;
    }
    if (next === best) break;
    const repassed = viterbi(task, apart(task, next.plan));
    plansSeen++;
    best = better(repassed.prediction, next.prediction, task.objective) ? repassed : next;
  }
  return decisionOf(task, best, "no-better-plan", plansSeen);
}

// The same sizes with every stage on its own and every edge through the store.
function apart(task: PlanningTask, plan: ExecutionPlan): ExecutionPlan {
  const groupOf = groupOfStage(plan);
  return unfusedPlan(task.scenario.workflow, (id) => plan.groups[groupOf.get(id)!]!.memoryMb);
}

// Stages in order of data flow; for each option of the latest edge the best way to have reached it.
function viterbi(task: PlanningTask, start: ExecutionPlan): Candidate {
  let survivors: Candidate[] = [candidateOf(task, start)];
  for (const edge of edgesInOrder(task)) {
    const next: Candidate[] = [];
    for (const option of OPTIONS) {
      let best: Candidate | undefined;
      for (const survivor of survivors) {
        const plan = withPassing(task, survivor.plan, edge, option);
        if (plan === undefined) continue;
        const candidate = candidateOf(task, plan);
        if (best === undefined || perDollar(candidate) > perDollar(best)) best = candidate;
      }
      if (best !== undefined) next.push(best);
    }
    survivors = next;
  }
  return survivors.reduce((best, one) => (perDollar(one) > perDollar(best) ? one : best));
}

// SONIC's objective: (1 / latency) (1 / price).
function perDollar(candidate: Candidate): number {
  const { latencyMsAtQuantile, costUsdMean } = candidate.prediction;
  return 1 / (latencyMsAtQuantile * costUsdMean);
}

function edgesInOrder(task: PlanningTask): readonly Edge[] {
  const { workflow } = task.scenario;
  const place = new Map(workflow.stages.map((stage, i) => [stage.id, i]));
  return [...innerEdges(workflow)].sort(
    (a, b) => place.get(a.to)! - place.get(b.to)! || place.get(a.from)! - place.get(b.from)!,
  );
}

function withPassing(
  task: PlanningTask,
  plan: ExecutionPlan,
  edge: Edge,
  option: (typeof OPTIONS)[number],
): ExecutionPlan | undefined {
  const groupOf = groupOfStage(plan);
  const [from, to] = [groupOf.get(edge.from)!, groupOf.get(edge.to)!];
  // An earlier choice may already have put both ends into one VM.
  if (from === to) return option === "local" ? plan : undefined;
  const next =
    option === "local"
      ? fusePair(plan, task.scenario, from, to)
      : { ...plan, passing: { ...plan.passing, [edgeId(edge)]: option } };
  if (next === undefined) return undefined;
  const legal = withSlots(task, next);
  return checkPlan(task.scenario, legal).length === 0 ? legal : undefined;
}

// Receivers on the producer's VM run in waves, as many at once as it has vCPUs.
function withSlots(task: PlanningTask, plan: ExecutionPlan): ExecutionPlan {
  return plan.groups.reduce((all, group, g) => {
    if (group.stages.length === 1) return all;
    const slots = Math.max(1, Math.floor(vcpusOf(task.scenario.platform, group.memoryMb)));
    return withGroup(all, g, { ...group, concurrency: slots, isolation: "processes" });
  }, plan);
}
