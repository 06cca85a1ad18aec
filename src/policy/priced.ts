/**
 * Plans by price: when a millisecond at the objective's quantile is worth so many USD, every group can
 * choose its bundle, size and layout by itself, and two neighbours can tell whether they are better off
 * fused. The price is searched for until the plan meets the objective's bound. Grows linearly with the
 * workflow, where rewriting a plan step by step grows with its square.
 */

import { checkPlan, fitsPayload } from "../plan/check-plan.ts";
import { type ExecutionPlan, groupOfStage, type Passing, type VmGroup } from "../plan/plan.ts";
import {
  bundle,
  fuse,
  lead,
  LEAD_STEP_MS,
  relayout,
  repass,
  resize,
  type Rewrite,
  split,
  withFused,
  withGroup,
} from "../plan/rewrites.ts";
import { graphOf } from "../workflow/graph.ts";
import { edgeId, innerEdges } from "../workflow/workflow.ts";
import { BlockOptions, firstOptions, worthOf } from "./block-options.ts";
import { criticalityOf, type GroupGraph, groupGraph } from "./group-graph.ts";
import { pairsInSeries } from "./search-at-large.ts";
import {
  better,
  type Candidate,
  candidateOf,
  compare,
  type PlanningTask,
  violation,
} from "./policy.ts";

const PRICE_STEPS = 14;
const WEIGHT_ROUNDS = 4;
const FUSION_ROUNDS = 24;
/** Options of each group that are tried in the whole plan. */
const NEAR = 8;
const GROUPS_REFINED = 24;
/** From so many groups on, only those in series are fused, all that gain at once; and prices are fewer. */
const GROUPS_MANY = 250;
const PRICE_STEPS_MANY = 5;
const FUSION_ROUNDS_MANY = 3;
/** How long before its inputs a group's VMs may be asked for: about as long as they take to start. */
const LEADS_MS = [400, 1000, 2500];
const REWRITES: readonly Rewrite[] = [repass, resize, relayout, bundle, split, fuse, lead];

/** A plan with the price that chose it, USD per ms. */
export interface Priced {
  readonly candidate: Candidate;
  readonly price: number;
}

/** What is saved where groups `a` and `b` are the group at `place` of the plan `fused`, USD. */
type GainOf = (a: number, b: number, fused: ExecutionPlan, place: number) => number;

/** Looks for good plans of one task whose model tells groups apart; remembers what groups can be. */
export class PricedSearch {
  readonly #task: PlanningTask;
  readonly #blocks = new Map<string, BlockOptions>();
  readonly #best = new Map<string, Candidate>();
  readonly #polished = new Set<string>();
  /** Plans predicted as wholes. */
  seen = 0;

  constructor(task: PlanningTask) {
    this.#task = task;
  }

  /**
   * The best plans considered so far, the best first, at most `count`: one of each structure, because what
   * falls between two prices is found by moves of its sizes.
   */
  best(count: number): readonly Candidate[] {
    const { objective } = this.#task;
    return [...this.#best.values()]
      .sort((a, b) => compare(a.prediction, b.prediction, objective))
      .slice(0, count);
  }

  /**
   * A plan of the given groups, each anyhow laid out, what fits into a payload travelling as one and the
   * rest through the store; undefined where no VM holds one of them, or they wait in a circle.
   */
  planOf(groups: readonly (readonly string[])[]): ExecutionPlan | undefined {
    const { scenario } = this.#task;
    const { workflow, platform } = scenario;
    const groupOf = new Map(groups.flatMap((stages, g) => stages.map((id) => [id, g] as const)));
    const passing: Record<string, Passing> = {};
    for (const edge of innerEdges(workflow)) {
      const across = fitsPayload(platform, edge) ? "inline" : "object-store";
      passing[edgeId(edge)] = groupOf.get(edge.from) === groupOf.get(edge.to) ? "local" : across;
    }
    const first = groups.map((stages) => firstOptions(scenario, stages)[0]);
    if (first.some((group) => group === undefined)) return undefined;
    const schema = "wisefuse/plan@1";
    const chosen = first.map((group) => group!);
    const plan = { schema, workflow: workflow.name, groups: chosen, passing } as const;
    return this.#ifLegal(plan);
  }

  /** Predicts a legal plan and remembers it if it is among the best. */
  consider(plan: ExecutionPlan): Candidate {
    this.seen++;
    const candidate = candidateOf(this.#task, plan);
    const key = structureOf(plan);
    const known = this.#best.get(key);
    if (known === undefined || better(candidate.prediction, known.prediction, this.#task.objective))
      this.#best.set(key, candidate);
    return candidate;
  }

  /** What a plan is worth at a price: its cost, and its latency at the quantile times the price, USD. */
  worth({ prediction }: Candidate, price: number): number {
    return prediction.costUsdMean + price * prediction.latencyMsAtQuantile;
  }

  /** The groups and passings of `start`, each group at its best under one price. */
  atPrice(start: ExecutionPlan, price: number): Candidate {
    const blocks = start.groups.map((_, g) => this.#block(start, g));
    return this.consider(this.#atPrice(start, this.#graph(start), blocks, price));
  }

  /** The groups and passings of `start`, each group at its best under the price that suits the bound. */
  price(start: ExecutionPlan, firstPrice?: number): Priced {
    const { objective } = this.#task;
    const graph = this.#graph(start);
    const blocks = start.groups.map((group, g) => {
      const block = this.#block(start, g);
      block.add(group);
      return block;
    });
    let price = firstPrice ?? usualPrice(this.consider(start));
    let [low, high] = [0, Number.POSITIVE_INFINITY];
    let best: Priced | undefined;
    const steps = blocks.length >= GROUPS_MANY ? PRICE_STEPS_MANY : PRICE_STEPS;
    for (let step = 0; step < steps; step++) {
      const plan = this.#atPrice(start, graph, blocks, price);
      const candidate = this.consider(plan);
      if (best === undefined || better(candidate.prediction, best.candidate.prediction, objective))
        best = { candidate, price };
      // A dearer millisecond makes plans faster and dearer.
      const keeps = violation(candidate.prediction, objective) === 0;
      if (keeps === (objective.minimize === "cost")) high = price;
      else low = price;
      price =
        high === Number.POSITIVE_INFINITY
          ? 4 * price
          : low === 0
            ? price / 4
            : Math.sqrt(low * high);
      if (low > 0 && high / low < 1.02) break;
    }
    return { candidate: this.#refined(best!, graph), price: best!.price };
  }

  // The price looks at groups one by one and at means; the plan as a whole, with options nearly as good.
  #refined({ candidate, price }: Priced, graph: GroupGraph): Candidate {
    const { objective } = this.#task;
    let best = candidate;
    if (candidate.plan.groups.length > GROUPS_REFINED) return best;
    const { weights, tail } = this.#view(candidate.plan, graph);
    for (let g = 0; g < candidate.plan.groups.length; g++)
      for (const { group } of this.#block(candidate.plan, g).near(
        price * weights[g]!,
        tail,
        NEAR,
      )) {
        const other = this.consider(withGroup(best.plan, g, group));
        if (better(other.prediction, best.prediction, objective)) best = other;
      }
    this.#considerLeads(best.plan, graph);
    return best;
  }

  // The plan with the VMs of all groups but the first asked for some time before their inputs are there.
  #considerLeads(plan: ExecutionPlan, graph: GroupGraph): void {
    const { readyMs } = this.#view(plan, graph);
    for (const aheadMs of LEADS_MS) {
      const groups = plan.groups.map((group, g) => {
        const askedMs = LEAD_STEP_MS * Math.floor((readyMs[g]! - aheadMs) / LEAD_STEP_MS);
        return graph.before[g]!.length === 0
          ? group
          : { ...group, prewarmMs: Math.max(0, askedMs) };
      });
      if (groups.some((group, g) => group !== plan.groups[g])) this.consider({ ...plan, groups });
    }
  }

  // Every group at its best for the price, given how often it lies on the critical path: always, to begin.
  #atPrice(
    start: ExecutionPlan,
    graph: GroupGraph,
    blocks: readonly BlockOptions[],
    price: number,
  ): ExecutionPlan {
    const { quantile } = this.#task.objective;
    const everyRun = Array.from({ length: this.#task.model.runs }, (_, run) => run);
    let chosen = blocks.map((block) => block.best(price, everyRun));
    let weights: Float64Array | undefined;
    for (let round = 0; round < WEIGHT_ROUNDS; round++) {
      const outcomes = chosen.map((option) => option.outcome);
      const view = criticalityOf(graph, outcomes, quantile);
      weights = view.weights.map((weight, g) => (weight + (weights?.[g] ?? weight)) / 2);
      const next = blocks.map((block, g) => block.best(price * weights![g]!, view.tail));
      const settled = next.every((option, g) => option === chosen[g]);
      chosen = next;
      if (settled) break;
    }
    return { ...start, groups: chosen.map((option) => option.group) };
  }

  // Each group by itself, and how they decide the plan's latency about the quantile.
  #view(plan: ExecutionPlan, graph: GroupGraph) {
    const { model, objective } = this.#task;
    const outcomes = plan.groups.map((_, g) => model.group!(plan, g));
    return { outcomes, ...criticalityOf(graph, outcomes, objective.quantile) };
  }

  // Of a legal plan, whose groups wait for each other in no circle.
  #graph({ groups }: ExecutionPlan): GroupGraph {
    return groupGraph(
      this.#task.scenario,
      groups.map((group) => group.stages),
    )!;
  }

  // Groups of the same stages whose data travels alike have the same options, in whatever plan.
  #block(plan: ExecutionPlan, g: number): BlockOptions {
    const { scenario, model } = this.#task;
    const { stages } = plan.groups[g]!;
    const members = new Set(stages);
    const { placeOf, into, out } = graphOf(scenario.workflow);
    let key = stages.join();
    for (const id of stages) {
      const place = placeOf.get(id)!;
      for (const { edge } of [...into[place]!, ...out[place]!])
        if (members.has(edge.from) !== members.has(edge.to))
          key += ` ${plan.passing[edgeId(edge)]}`;
    }
    let block = this.#blocks.get(key);
    if (block === undefined) {
      const evaluate = (group: VmGroup) => model.group!(withGroup(plan, g, group), g);
      block = new BlockOptions(scenario, stages, evaluate);
      this.#blocks.set(key, block);
    }
    return block;
  }

  /** Fuses neighbours while that pays at the price, each time priced anew. */
  fuse(start: Priced): Priced {
    let priced = start;
    const many = start.candidate.plan.groups.length >= GROUPS_MANY;
    const rounds = many ? FUSION_ROUNDS_MANY : FUSION_ROUNDS;
    for (let round = 0; round < rounds; round++) {
      const fused = this.#fuseWherePaid(priced);
      if (fused === undefined) break;
      const next = this.price(fused, priced.price);
      const { objective } = this.#task;
      if (!better(next.candidate.prediction, priced.candidate.prediction, objective)) break;
      priced = next;
    }
    return priced;
  }

  // The plan with the pairs fused that together cost less.
  #fuseWherePaid({ candidate, price }: Priced): ExecutionPlan | undefined {
    const { plan } = candidate;
    const graph = this.#graph(plan);
    const { weights, tail, outcomes } = this.#view(plan, graph);
    const valueOf = (g: number) => worthOf(outcomes[g]!, price * weights[g]!, tail);
    const gainOf: GainOf = (a, b, fused, place) => {
      const weighed = price * Math.max(weights[a]!, weights[b]!);
      const { outcome } = this.#block(fused, place).best(weighed, tail);
      return valueOf(a) + valueOf(b) - worthOf(outcome, weighed, tail);
    };
    return plan.groups.length >= GROUPS_MANY
      ? this.#seriesFused(plan, gainOf)
      : this.#pairsFused(plan, graph, gainOf);
  }

  // All pairs in series that gain by themselves.
  #seriesFused(plan: ExecutionPlan, gainOf: GainOf): ExecutionPlan | undefined {
    const { scenario } = this.#task;
    const pairs = pairsInSeries(scenario, plan);
    const together = withFused(plan, scenario, pairs);
    const placeOf = groupOfStage(together);
    const gaining = pairs.filter(
      ({ a, b, group }) => gainOf(a, b, together, placeOf.get(group.stages[0]!)!) > 0,
    );
    if (gaining.length === 0) return undefined;
    return this.#ifLegal(withFused(plan, scenario, gaining));
  }

  // Pairs that an edge connects, those that gain most first, each group once.
  #pairsFused(plan: ExecutionPlan, graph: GroupGraph, gainOf: GainOf): ExecutionPlan | undefined {
    const gains: { a: number; b: number; gain: number }[] = [];
    graph.before.forEach((befores, b) => {
      for (const a of befores) {
        const fused = this.#fused(plan, a, b);
        if (fused === undefined) continue;
        const gain = gainOf(a, b, fused, a < b ? a : a - 1);
        if (gain > 0) gains.push({ a, b, gain });
      }
    });
    gains.sort((x, y) => y.gain - x.gain || x.a - y.a || x.b - y.b);
    const taken = new Set<number>();
    let next = plan;
    for (const { a, b } of gains) {
      if (taken.has(a) || taken.has(b)) continue;
      const groupOf = groupOfStage(next);
      const placeOf = (g: number) => groupOf.get(plan.groups[g]!.stages[0]!)!;
      const fused = this.#fused(next, placeOf(a), placeOf(b));
      if (fused === undefined) continue;
      next = fused;
      taken.add(a).add(b);
    }
    return next === plan ? undefined : next;
  }

  // The plan with groups a and b as one at place a (b's place is gone), or undefined where that may not be.
  #fused(plan: ExecutionPlan, a: number, b: number): ExecutionPlan | undefined {
    const { scenario } = this.#task;
    const { placeOf } = graphOf(scenario.workflow);
    const stages = [...plan.groups[a]!.stages, ...plan.groups[b]!.stages].sort(
      (one, other) => placeOf.get(one)! - placeOf.get(other)!,
    );
    const group = firstOptions(scenario, stages)[0];
    return group === undefined
      ? undefined
      : this.#ifLegal(withFused(plan, scenario, [{ a, b, group }]));
  }

  #ifLegal(plan: ExecutionPlan): ExecutionPlan | undefined {
    return checkPlan(this.#task.scenario, plan).length > 0 ? undefined : plan;
  }

  /** Takes any rewrite that makes the plan worth less at the price, until none does or `plansMax` are seen. */
  polish({ candidate, price }: Priced, plansMax: number, rewrites = REWRITES): ExecutionPlan {
    const { scenario } = this.#task;
    const worth = (one: Candidate) => this.worth(one, price);
    let { plan } = candidate;
    let least = worth(candidate);
    const seenMax = this.seen + plansMax;
    for (let idle = 0, turn = 0; idle < rewrites.length; turn++) {
      let improved = false;
      for (const next of rewrites[turn % rewrites.length]!(plan, scenario)) {
        const key = JSON.stringify([next.groups, next.passing]);
        if (this.#polished.has(key)) continue;
        this.#polished.add(key);
        if (checkPlan(scenario, next).length > 0) continue;
        if (this.seen >= seenMax) return plan;
        const value = worth(this.consider(next));
        if (value >= least) continue;
        [plan, least, improved] = [next, value, true];
        break;
      }
      if (improved) turn--;
      idle = improved ? 0 : idle + 1;
    }
    return plan;
  }
}

// Which stages share VMs, how many workers a VM holds, and how data travels.
function structureOf({ groups, passing }: ExecutionPlan): string {
  return JSON.stringify([groups.map((group) => [group.stages, group.workersPerVm]), passing]);
}

/** USD per ms at which a plan's cost and latency weigh alike. */
function usualPrice({ prediction }: Candidate): number {
  return prediction.costUsdMean / Math.max(1, prediction.latencyMsAtQuantile);
}
