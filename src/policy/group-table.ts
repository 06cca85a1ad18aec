/** What each group of a plan takes and costs by itself, found out once and remembered for all plans. */

import { assert } from "../check.ts";
import type { GroupOutcome } from "../model/prediction.ts";
import type { ExecutionPlan, Passing, VmGroup } from "../plan/plan.ts";
import { edgeId } from "../workflow/workflow.ts";
import {
  type Block,
  crossingEdges,
  directClass,
  type Partition,
  planOfChoice,
} from "./plan-space.ts";
import type { PlanningTask } from "./policy.ts";

/** A partition with the passing of every edge between its groups: all but the options is chosen. */
export interface Structure {
  readonly partition: Partition;
  readonly passings: ReadonlyMap<string, Passing>;
  /** Places of the blocks that each block pulls from. */
  readonly pullsFrom: readonly (readonly number[])[];
  /** Passings around each block, as text. */
  readonly around: readonly string[];
}

/** One option of a block in its place. Latencies Float64Array(runs), ms; cost USD, without waiting. */
export interface Entry {
  readonly option: VmGroup;
  readonly latencyMs: Float64Array;
  readonly leastMs: Float64Array;
  readonly costUsd: number;
}

/** The least of each run over some entries: what none of them can go below. */
export type Least = Omit<Entry, "option">;

type OutcomeOf = (plan: ExecutionPlan, g: number) => GroupOutcome;

/** Sorts of producers that are tried one by one for a bound on their reader; more are taken at their best. */
const SORTS_MAX = 4;

/** Outcomes of blocks, by what they depend on. */
export class GroupTable {
  readonly #task: PlanningTask;
  readonly #group: OutcomeOf;
  readonly #groupAtBest: OutcomeOf;
  readonly #entries = new Map<string, readonly Entry[]>();
  readonly #fronts = new Map<string, readonly Entry[]>();
  readonly #least = new Map<string, Least>();
  readonly #idOf = new Map<Block, number>();
  readonly #classesOf = new Map<Block, ReadonlyMap<string, VmGroup>>();

  constructor(task: PlanningTask) {
    const { group, groupAtBest } = task.model;
    assert(group !== undefined && groupAtBest !== undefined, "the model tells groups apart");
    this.#task = task;
    this.#group = group;
    this.#groupAtBest = groupAtBest;
  }

  /** The structure of a partition and passings. */
  structure(partition: Partition, passings: ReadonlyMap<string, Passing>): Structure {
    const edges = crossingEdges(this.#task.scenario, partition);
    const blockOf = (id: string) => partition.findIndex((block) => block.stages.includes(id));
    const direct = edges.filter((edge) => passings.get(edgeId(edge)) === "direct");
    return {
      partition,
      passings,
      pullsFrom: partition.map((_, g) => [
        ...new Set(direct.flatMap(({ from, to }) => (blockOf(to) === g ? [blockOf(from)] : []))),
      ]),
      around: partition.map((block, g) => {
        const touching = edges
          .map(edgeId)
          .filter((id) => id.split("->").some((end) => block.stages.includes(end)));
        return `${this.#id(partition[g]!)}|${touching.map((id) => `${id}=${passings.get(id)}`).join()}`;
      }),
    };
  }

  /**
   * Entries of block `g` in the order of cost, given the groups it pulls from; `groups` has one for each
   * block.
   */
  entries(structure: Structure, groups: readonly VmGroup[], g: number): readonly Entry[] {
    const { partition, pullsFrom, around } = structure;
    const producers = pullsFrom[g]!.map((p) => {
      const block = this.#id(partition[p]!);
      return `${block}:${directClass(this.#task.scenario, groups[p]!)}`;
    });
    const key = `${around[g]}|${producers.join()}`;
    let found = this.#entries.get(key);
    if (found === undefined) {
      found = this.#entriesOf(structure, groups, g, this.#group);
      this.#entries.set(key, found);
    }
    return found;
  }

  #entriesOf(
    { partition, passings }: Structure,
    groups: readonly VmGroup[],
    g: number,
    outcomeOf: OutcomeOf,
  ): readonly Entry[] {
    return partition[g]!.options.map((option) => {
      const chosen = groups.map((one, i) => (i === g ? option : one));
      const plan = planOfChoice(this.#task.scenario, chosen, passings);
      const { latencyMs, leastMs, costUsdMean } = outcomeOf(plan, g);
      return { option, latencyMs, leastMs, costUsd: costUsdMean };
    }).toSorted((a, b) => a.costUsd - b.costUsd);
  }

  /**
   * Entries of block `g` but those that another one equals or beats in every run and in cost: complete
   * where nothing but latency and cost of a group counts, so with no direct passing and no home.
   */
  front(structure: Structure, groups: readonly VmGroup[], g: number): readonly Entry[] {
    const key = structure.around[g]!;
    const found = this.#fronts.get(key) ?? undominated(this.entries(structure, groups, g));
    this.#fronts.set(key, found);
    return found;
  }

  /** The least of block `g` whatever it and those it pulls from choose, but for blocks before `decided`. */
  least(structure: Structure, groups: readonly VmGroup[], g: number, decided: number): Least {
    const { partition, pullsFrom, around } = structure;
    const open = pullsFrom[g]!.filter((p) => p >= decided);
    const producers = pullsFrom[g]!.map((p) => {
      const block = this.#id(partition[p]!);
      return p >= decided ? block : `${block}:${directClass(this.#task.scenario, groups[p]!)}`;
    });
    const key = `${around[g]}|${producers.join()}`;
    let found = this.#least.get(key);
    if (found === undefined) {
      const classes = open.map((p) => this.#classes(partition[p]!).size);
      const sorts = classes.reduce((product, n) => product * n, 1);
      if (sorts > SORTS_MAX) {
        found = leastOf(this.#atBest(structure, groups, g));
        this.#least.set(key, found);
        return found;
      }
      const choices = open.reduce<readonly (readonly VmGroup[])[]>(
        (begun, p) =>
          begun.flatMap((some) =>
            [...this.#classes(partition[p]!).values()].map((option) =>
              some.map((one, i) => (i === p ? option : one)),
            ),
          ),
        [groups],
      );
      found = leastOf(choices.flatMap((some) => this.entries(structure, some, g)));
      this.#least.set(key, found);
    }
    return found;
  }

  // Entries of block `g` whoever it pulls from.
  #atBest(structure: Structure, groups: readonly VmGroup[], g: number): readonly Entry[] {
    const key = `${structure.around[g]}|at best`;
    const found =
      this.#entries.get(key) ?? this.#entriesOf(structure, groups, g, this.#groupAtBest);
    this.#entries.set(key, found);
    return found;
  }

  #id(block: Block): number {
    const id = this.#idOf.get(block) ?? this.#idOf.size;
    this.#idOf.set(block, id);
    return id;
  }

  // One option for each sort of producer that readers can tell apart.
  #classes(block: Block): ReadonlyMap<string, VmGroup> {
    let found = this.#classesOf.get(block);
    if (found === undefined) {
      found = new Map(
        block.options.map((option) => [directClass(this.#task.scenario, option), option]),
      );
      this.#classesOf.set(block, found);
    }
    return found;
  }
}

// In the order of cost, so that only an earlier entry can beat a later one.
function undominated(entries: readonly Entry[]): readonly Entry[] {
  const kept: Entry[] = [];
  for (const entry of entries)
    if (!kept.some((one) => one.latencyMs.every((ms, r) => ms <= entry.latencyMs[r]!)))
      kept.push(entry);
  return kept;
}

function leastOf(entries: readonly Entry[]): Least {
  const latencyMs = Float64Array.from(entries[0]!.latencyMs);
  const leastMs = Float64Array.from(entries[0]!.leastMs);
  let costUsd = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    for (let r = 0; r < latencyMs.length; r++) {
      if (entry.latencyMs[r]! < latencyMs[r]!) latencyMs[r] = entry.latencyMs[r]!;
      if (entry.leastMs[r]! < leastMs[r]!) leastMs[r] = entry.leastMs[r]!;
    }
    costUsd = Math.min(costUsd, entry.costUsd);
  }
  return { latencyMs, leastMs, costUsd };
}
