/**
 * Plans by price: when a millisecond at the objective's quantile is worth so many USD, every group can
 * choose its bundle, size and layout by itself, and two neighbours can tell whether they are better off
 * fused. The price is searched for until the plan meets the objective's bound. Grows linearly with the
 * workflow, where rewriting a plan step by step grows with its square.
 */

import type { GroupOutcome } from "../model/prediction.ts";
import { checkPlan, smallestFitMb } from "../plan/check-plan.ts";
import { type ExecutionPlan, groupOfStage, type VmGroup } from "../plan/plan.ts";
import {
  bundle,
  bundlesOf,
  fuse,
  fusePair,
  layoutsOf,
  lead,
  relayout,
  repass,
  resize,
  sizesAround,
  split,
  withGroup,
} from "../plan/rewrites.ts";
import { innerEdges } from "../workflow/workflow.ts";
import { better, type Candidate, candidateOf, type PlanningTask } from "./policy.ts";

/** Runs about the quantile that say what a group's latency adds to it: those above this quantile of all. */
const TAIL = 0.8;
const PRICE_STEPS = 14;
const WEIGHT_ROUNDS = 3;
const FUSION_ROUNDS = 16;
const POLISH_MAX = 1500;
const REWRITES = [repass, relayout, resize, bundle, split, fuse, lead];

/** Looks for good plans near a start; counts what it looks at. */
export class PricedSearch {
  readonly #task: PlanningTask;
  readonly #group: NonNullable<PlanningTask["model"]["group"]>;
  /** The best plan seen so far. */
  best: Candidate;
  /** Plans and lone groups looked at. */
  seen = 1;

  /** Starts at a legal plan; the task's model must tell groups apart. */
  constructor(task: PlanningTask, start: ExecutionPlan) {
    this.#task = task;
    this.#group = task.model.group!;
    this.best = candidateOf(task, start);
  }

  /**
   * From `start`: sizes and bundles under the best price, then fuses while that pays, each time priced
   * anew; then rewrites of every kind at that price, and once more the best price.
   */
  run(start: ExecutionPlan): void {
    let { plan, price } = this.#atBestPrice(start, this.#firstPrice());
    for (let round = 0; round < FUSION_ROUNDS; round++) {
      const before = this.best;
      const fused = this.#fuseWherePaid(plan, price);
      if (fused === plan) break;
      ({ plan, price } = this.#atBestPrice(fused, price));
      if (this.best === before) break;
    }
    plan = this.#polish(this.best.plan, price);
    this.#atBestPrice(plan, price);
  }

  /** Takes any rewrite that makes the plan worth less at this price, until none does. */
  #polish(start: ExecutionPlan, price: number): ExecutionPlan {
    const { scenario } = this.#task;
    const worth = ({ prediction }: Candidate) =>
      prediction.costUsdMean + price * prediction.latencyMsAtQuantile;
    let plan = start;
    let least = worth(this.#consider(plan));
    const tried = new Set<string>();
    const seenMax = this.seen + POLISH_MAX;
    for (let idle = 0, turn = 0; idle < REWRITES.length; turn++) {
      const rewrite = REWRITES[turn % REWRITES.length]!;
      let better = false;
      for (const next of rewrite(plan, scenario)) {
        const key = JSON.stringify([next.groups, next.passing]);
        if (tried.has(key)) continue;
        tried.add(key);
        if (checkPlan(scenario, next).length > 0) continue;
        const value = worth(this.#consider(next));
        if (this.seen > seenMax) return plan;
        if (value >= least) continue;
        [plan, least, better] = [next, value, true];
        break;
      }
      if (better) turn--;
      idle = better ? 0 : idle + 1;
    }
    return plan;
  }

  // USD per ms at which the whole plan's cost and latency weigh alike.
  #firstPrice(): number {
    const { costUsdMean, latencyMsAtQuantile } = this.best.prediction;
    return costUsdMean / Math.max(1, latencyMsAtQuantile);
  }

  /** Doubles or halves the price until the bound is crossed, then closes in on it. */
  #atBestPrice(start: ExecutionPlan, firstPrice: number): { plan: ExecutionPlan; price: number } {
    const { minimize } = this.#task.objective;
    let price = firstPrice;
    let [low, high] = [0, Number.POSITIVE_INFINITY];
    let plan = start;
    let best: { plan: ExecutionPlan; price: number; candidate: Candidate } | undefined;
    for (let step = 0; step < PRICE_STEPS; step++) {
      plan = this.#atPrice(plan, price);
      const candidate = this.#consider(plan);
      if (
        best === undefined ||
        better(candidate.prediction, best.candidate.prediction, this.#task.objective)
      )
        best = { plan, price, candidate };
      // A dearer millisecond makes plans faster and dearer.
      const keeps = this.#keepsBound(candidate);
      if (keeps === (minimize === "cost")) high = price;
      else low = price;
      price =
        high === Number.POSITIVE_INFINITY
          ? 4 * price
          : low === 0
            ? price / 4
            : Math.sqrt(low * high);
      if (low > 0 && high / low < 1.02) break;
    }
    return best!;
  }

  #keepsBound({ prediction }: Candidate): boolean {
    const { objective } = this.#task;
    return objective.minimize === "cost"
      ? prediction.latencyMsAtQuantile <= objective.latencyMsMax
      : prediction.costUsdMean <= objective.costUsdMax;
  }

  #consider(plan: ExecutionPlan): Candidate {
    this.seen++;
    const candidate = candidateOf(this.#task, plan);
    if (better(candidate.prediction, this.best.prediction, this.#task.objective))
      this.best = candidate;
    return candidate;
  }

  /** Every group at its best for the price, given how often it lies on the critical path. */
  #atPrice(start: ExecutionPlan, price: number): ExecutionPlan {
    let plan = start;
    let weights: Float64Array | undefined;
    for (let round = 0; round < WEIGHT_ROUNDS; round++) {
      const view = this.#view(plan);
      weights = view.weights.map((weight, g) => (weight + (weights?.[g] ?? weight)) / 2);
      let changed = false;
      for (let g = 0; g < plan.groups.length; g++) {
        const group = this.#climb(plan, g, price * weights[g]!, view.tail);
        if (group === plan.groups[g]) continue;
        plan = withGroup(plan, g, group);
        changed = true;
      }
      if (!changed) break;
    }
    return plan;
  }

  /** The group's best neighbour of neighbours: one rung, bundle or layout at a time while that pays. */
  #climb(plan: ExecutionPlan, g: number, price: number, tail: readonly number[]): VmGroup {
    const { scenario } = this.#task;
    let best = plan.groups[g]!;
    let bestValue = this.#value(plan, g, best, price, tail);
    // One kind of change after the other, so that dear bundles are only looked at from good sizes.
    const kinds = [sizesAround, bundlesOf, layoutsOf];
    for (let idle = 0, turn = 0; idle < kinds.length; turn++) {
      const from = best;
      for (const group of kinds[turn % kinds.length]!(from, scenario)) {
        if (!this.#fits(group)) continue;
        const value = this.#value(plan, g, group, price, tail);
        if (value < bestValue) [best, bestValue] = [group, value];
      }
      if (best !== from) turn--;
      idle = best === from ? idle + 1 : 0;
    }
    return best;
  }

  #fits(group: VmGroup): boolean {
    const { workflow, profile, platform } = this.#task.scenario;
    const fitMb = smallestFitMb(workflow, profile, platform, group);
    return fitMb !== undefined && group.memoryMb >= fitMb;
  }

  #value(
    plan: ExecutionPlan,
    g: number,
    group: VmGroup,
    price: number,
    tail: readonly number[],
  ): number {
    this.seen++;
    const one = this.#group(group === plan.groups[g] ? plan : withGroup(plan, g, group), g);
    return one.costUsdMean + price * meanOver(one.latencyMs, tail);
  }

  /** The plan with its neighbours fused that together cost less at this price, the dearest pairs first. */
  #fuseWherePaid(plan: ExecutionPlan, price: number): ExecutionPlan {
    const { scenario } = this.#task;
    const { weights, tail } = this.#view(plan);
    const groupOf = groupOfStage(plan);
    const pairs = new Map<string, readonly [number, number]>();
    for (const edge of innerEdges(scenario.workflow)) {
      const [a, b] = [groupOf.get(edge.from)!, groupOf.get(edge.to)!];
      if (a !== b) pairs.set(`${a},${b}`, [a, b]);
    }
    const gains: { a: number; b: number; gain: number; group: VmGroup }[] = [];
    for (const [a, b] of pairs.values()) {
      const fused = fusePair(plan, scenario, a, b);
      if (fused === undefined || checkPlan(scenario, fused).length > 0) continue;
      const place = a < b ? a : a - 1;
      const most = Math.max(weights[a]!, weights[b]!);
      const group = this.#climb(fused, place, price * most, tail);
      const apart =
        this.#value(plan, a, plan.groups[a]!, price * weights[a]!, tail) +
        this.#value(plan, b, plan.groups[b]!, price * weights[b]!, tail);
      const gain = apart - this.#value(fused, place, group, price * most, tail);
      if (gain > 0) gains.push({ a, b, gain, group });
    }
    gains.sort((x, y) => y.gain - x.gain || x.a - y.a || x.b - y.b);
    return this.#fuseAll(plan, gains);
  }

  // Fuses each group at most once a round, by its stages, because places move as groups go.
  #fuseAll(
    start: ExecutionPlan,
    gains: readonly { a: number; b: number; group: VmGroup }[],
  ): ExecutionPlan {
    const { scenario } = this.#task;
    const taken = new Set<number>();
    let plan = start;
    for (const { a, b, group } of gains) {
      if (taken.has(a) || taken.has(b)) continue;
      const placeOf = (g: number) => groupOfStage(plan).get(start.groups[g]!.stages[0]!)!;
      const [first, second] = [placeOf(a), placeOf(b)];
      const fused = fusePair(plan, scenario, first, second);
      if (fused === undefined) continue;
      const next = withGroup(fused, first < second ? first : first - 1, group);
      if (checkPlan(scenario, next).length > 0) continue;
      plan = next;
      taken.add(a).add(b);
    }
    return plan;
  }

  /** Where the plan's tail runs spend their time: how often each group is critical in them. */
  #view(plan: ExecutionPlan): { weights: Float64Array; tail: readonly number[] } {
    const parts = plan.groups.map((_, g) => this.#group(plan, g));
    return criticality(plan, this.#task, parts);
  }
}

// Forward along the groups run by run, and back along the path that decides each of the tail's runs.
function criticality(
  plan: ExecutionPlan,
  task: PlanningTask,
  parts: readonly GroupOutcome[],
): { weights: Float64Array; tail: readonly number[] } {
  const groupOf = groupOfStage(plan);
  const before = plan.groups.map(() => new Set<number>());
  const after = plan.groups.map(() => new Set<number>());
  for (const edge of innerEdges(task.scenario.workflow)) {
    const [a, b] = [groupOf.get(edge.from)!, groupOf.get(edge.to)!];
    if (a === b) continue;
    before[b]!.add(a);
    after[a]!.add(b);
  }
  const waiting = before.map((groups) => groups.size);
  const order = waiting.flatMap((count, g) => (count === 0 ? [g] : []));
  for (const g of order)
    for (const next of after[g]!) {
      waiting[next] = waiting[next]! - 1;
      if (waiting[next] === 0) order.push(next);
    }
  const runs = parts[0]!.latencyMs.length;
  const ends = parts.map(() => new Float64Array(runs));
  const makespanMs = new Float64Array(runs);
  for (const g of order) {
    const end = ends[g]!;
    for (const from of before[g]!)
      for (let r = 0; r < runs; r++) end[r] = Math.max(end[r]!, ends[from]![r]!);
    const { latencyMs } = parts[g]!;
    for (let r = 0; r < runs; r++) {
      end[r]! += latencyMs[r]!;
      makespanMs[r] = Math.max(makespanMs[r]!, end[r]!);
    }
  }
  const { quantile } = task.objective;
  const ranked = Array.from(makespanMs.keys()).sort((x, y) => makespanMs[x]! - makespanMs[y]!);
  const centre = Math.round(quantile * (runs - 1));
  const half = Math.max(4, Math.round(((1 - TAIL) / 2) * runs));
  const from = Math.max(0, Math.min(centre - half, runs - 2 * half));
  const tail = ranked.slice(from, from + 2 * half);
  const weights = new Float64Array(parts.length);
  for (const r of tail) {
    let at: number | undefined;
    for (const g of order) if (at === undefined || ends[g]![r]! > ends[at]![r]!) at = g;
    while (at !== undefined) {
      weights[at]! += 1 / tail.length;
      let cause: number | undefined;
      for (const g of before[at]!)
        if (cause === undefined || ends[g]![r]! > ends[cause]![r]!) cause = g;
      at = cause;
    }
  }
  return { weights, tail };
}

function meanOver(values: Float64Array, places: readonly number[]): number {
  let sum = 0;
  for (const place of places) sum += values[place]!;
  return sum / places.length;
}
