/**
 * SONIC: chooses how each edge's data travels - within the producer's VM, directly, or through the store -
 * by a Viterbi pass for performance per dollar; one size per stage; no bundling for skew.
 * Source: Mahgoub, Shankar, Mitra, Klimovic, Chaterji, Bagchi, "SONIC: Application-aware Data Passing for
 * Chained Serverless Applications", ATC'21.
 */

import { checkPlan } from "../plan/check-plan.ts";
import {
  type ExecutionPlan,
  groupOfStage,
  type Passing,
  unfusedPlan,
  type VmGroup,
} from "../plan/plan.ts";
import { fusePair, resize, withFused } from "../plan/rewrites.ts";
import { vcpusOf } from "../platform/platform.ts";
import { type Edge, edgeId, innerEdges } from "../workflow/workflow.ts";
import {
  type Candidate,
  candidateOf,
  type Decision,
  decisionOf,
  type PlanningTask,
} from "./policy.ts";
import { STAGES_MANY } from "./search.ts";
import { better } from "./policy.ts";
import { pairsInSeries, searchAtLarge } from "./search-at-large.ts";
import { unfused } from "./unfused.ts";

const OPTIONS = ["object-store", "direct", "local"] as const;
const ROUNDS_MAX = 64;
/** From so many stages on, passings are chosen level by level, of so many levels at most, after the sizes. */
const LEVELS_MAX = 32;
const PLANS_LARGE = 8000;

/**
 * Sizes first as `unfused`, then alternates the Viterbi pass over passings with the best step of one
 * stage's size, until neither helps. From 64 stages on, sizes once and then passings once, those of the
 * edges into one level alike.
 */
export function sonic(task: PlanningTask): Decision {
  const start = unfused(task);
  if (task.scenario.workflow.stages.length >= STAGES_MANY) return sonicAtLarge(task, start);
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

// Sizes stage by stage first, on data through the store; then the pass over passings, once.
function sonicAtLarge(task: PlanningTask, start: Decision): Decision {
  const sized =
    task.sizing === "default"
      ? start
      : searchAtLarge(task, [start.plan], [], [resize], PLANS_LARGE);
  const survivors = [sized.plan, start.plan].map((plan) => viterbi(task, plan));
  const best = [sized, ...survivors].reduce((a, b) =>
    better(b.prediction, a.prediction, task.objective) ? b : a,
  );
  return decisionOf(task, best, sized.stop, start.plansSeen + sized.plansSeen + 2);
}

// Stages in order of data flow; for each option of the latest edge the best way to have reached it.
function viterbi(task: PlanningTask, start: ExecutionPlan): Candidate {
  let survivors: Candidate[] = [candidateOf(task, start)];
  for (const edges of edgesAlike(task)) {
    const next: Candidate[] = [];
    for (const option of OPTIONS) {
      let best: Candidate | undefined;
      for (const survivor of survivors) {
        const plan = withPassings(task, survivor.plan, edges, option);
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

// What is decided at once: each edge, or of a large workflow all edges into stages equally far from the start.
function edgesAlike(task: PlanningTask): readonly (readonly Edge[])[] {
  const edges = edgesInOrder(task);
  if (task.scenario.workflow.stages.length < STAGES_MANY) return edges.map((edge) => [edge]);
  const depth = new Map<string, number>();
  for (const { from, to } of edges)
    depth.set(to, Math.max(depth.get(to) ?? 0, 1 + (depth.get(from) ?? 0)));
  const deepest = Math.max(0, ...depth.values());
  const width = Math.ceil(deepest / LEVELS_MAX);
  const levels = Array.from({ length: Math.ceil(deepest / width) }, (): Edge[] => []);
  for (const edge of edges) levels[Math.floor((depth.get(edge.to)! - 1) / width)]!.push(edge);
  return levels;
}

function edgesInOrder(task: PlanningTask): readonly Edge[] {
  const { workflow } = task.scenario;
  const place = new Map(workflow.stages.map((stage, i) => [stage.id, i]));
  return [...innerEdges(workflow)].sort(
    (a, b) => place.get(a.to)! - place.get(b.to)! || place.get(a.from)! - place.get(b.from)!,
  );
}

function withPassings(
  task: PlanningTask,
  plan: ExecutionPlan,
  edges: readonly Edge[],
  option: (typeof OPTIONS)[number],
): ExecutionPlan | undefined {
  const next = option === "local" ? withLocal(task, plan, edges) : withRemote(plan, edges, option);
  if (next === undefined || next === plan) return next;
  const legal = withSlots(task, next);
  return checkPlan(task.scenario, legal).length === 0 ? legal : undefined;
}

// An earlier choice may already have put both ends of an edge into one VM.
function withRemote(
  plan: ExecutionPlan,
  edges: readonly Edge[],
  option: Passing,
): ExecutionPlan | undefined {
  const groupOf = groupOfStage(plan);
  const apart = edges.filter(({ from, to }) => groupOf.get(from) !== groupOf.get(to));
  if (apart.length === 0) return undefined;
  const passing = { ...plan.passing };
  for (const edge of apart) passing[edgeId(edge)] = option;
  return { ...plan, passing };
}

// Both ends of an edge in one VM; of many edges, of those whose ends are in series and none twice.
function withLocal(
  task: PlanningTask,
  plan: ExecutionPlan,
  edges: readonly Edge[],
): ExecutionPlan | undefined {
  const { scenario } = task;
  const groupOf = groupOfStage(plan);
  if (edges.length === 1) {
    const [from, to] = [groupOf.get(edges[0]!.from)!, groupOf.get(edges[0]!.to)!];
    return from === to ? plan : fusePair(plan, scenario, from, to);
  }
  const ends = new Set(edges.map(({ from, to }) => `${groupOf.get(from)} ${groupOf.get(to)}`));
  const pairs = pairsInSeries(scenario, plan).filter(({ a, b }) => ends.has(`${a} ${b}`));
  return pairs.length === 0 ? undefined : withFused(plan, scenario, pairs);
}

// Receivers on the producer's VM run in waves, as many at once as it has vCPUs.
function withSlots(task: PlanningTask, plan: ExecutionPlan): ExecutionPlan {
  const groups = plan.groups.map((group): VmGroup => {
    if (group.stages.length === 1) return group;
    const slots = Math.max(1, Math.floor(vcpusOf(task.scenario.platform, group.memoryMb)));
    return { ...group, concurrency: slots, isolation: "processes" };
  });
  return { ...plan, groups };
}
