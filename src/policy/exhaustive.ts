/**
 * The best plan there is: every plan of the space is looked at, or shown to be no better by a bound. The
 * yardstick for other policies on small workflows.
 * Source: Land and Doig, "An automatic method of solving discrete programming problems", Econometrica 28
 * (1960): branch and bound.
 */

import { InputError } from "../check.ts";
import type { VmGroup } from "../plan/plan.ts";
import { quantileOfSorted, sortedSample } from "../stats/summary.ts";
import { Composition } from "./composition.ts";
import { GroupTable, type Least, type Structure } from "./group-table.ts";
import {
  type Partition,
  partitionsOf,
  passingChoices,
  planOfChoice,
  plansOfSpace,
  spaceSize,
} from "./plan-space.ts";
import {
  bestOf,
  better,
  type Candidate,
  candidateOf,
  compare,
  type Decision,
  decisionOf,
  goal,
  type PlanningTask,
  type Score,
  type StopReason,
  violation,
} from "./policy.ts";
import { unfused } from "./unfused.ts";

const STAGES_MAX = 6;
/** Plans the model is asked for, and partial plans that are bounded; beyond either nothing is proven. */
const LIMITS = { plansMax: 200_000, boundsMax: 20_000_000 };
/** What sums in another order may differ by, relative. */
const ROUNDING = 1e-12;

/**
 * The proven best plan of the space of `plan-space`, on the task's model; where nothing keeps the bound,
 * the proven nearest. Stops unproven with `plan-limit` after 200,000 plans or 20 million bounds.
 * @throws InputError workflow, for more than 6 stages, or a stage that fits no memory size; policy, for a
 * model that cannot tell groups apart where the space has more than 200,000 plans.
 */
export function exhaustive(task: PlanningTask): Decision {
  const { scenario } = task;
  const { name, stages } = scenario.workflow;
  if (stages.length > STAGES_MAX)
    throw new InputError(
      "workflow",
      `exhaustive search takes at most ${STAGES_MAX} stages, "${name}" has ${stages.length}`,
    );
  const partitions = partitionsOf(scenario);
  // Refuses what fits nowhere, with the reason.
  if (partitions.length === 0) return unfused(task);
  return tellsGroupsApart(task, partitions)
    ? new BranchAndBound(task).best(partitions)
    : enumerate(task, partitions);
}

function tellsGroupsApart(task: PlanningTask, partitions: readonly Partition[]): boolean {
  const { scenario, model } = task;
  const partition = partitions[0]!;
  const groups = partition.map((block) => block.options[0]!);
  const plan = planOfChoice(scenario, groups, passingChoices(scenario, partition)[0]!);
  return model.groupAtBest !== undefined && model.group?.(plan, 0).exact === true;
}

function enumerate(task: PlanningTask, partitions: readonly Partition[]): Decision {
  const plans = spaceSize(task.scenario, partitions);
  if (plans > LIMITS.plansMax)
    throw new InputError(
      "policy",
      `exhaustive search of ${plans} plans needs a model whose groups do not depend on each other`,
    );
  return proven(task, bestOf(task, plansOfSpace(task.scenario, partitions))!, plans);
}

function proven(task: PlanningTask, best: Candidate, plansSeen: number): Decision {
  const keeps = violation(best.prediction, task.objective) === 0;
  // Where no plan keeps the bound, none can go below anything.
  const least = keeps ? goal(best.prediction, task.objective) : Number.POSITIVE_INFINITY;
  return decisionOf(task, best, "space-exhausted", plansSeen, least);
}

interface BoundedStructure {
  readonly structure: Structure;
  readonly score: Score;
}

class BranchAndBound {
  readonly #task: PlanningTask;
  readonly #table: GroupTable;
  #best: Candidate | undefined;
  #plans = 0;
  #bounds = 0;

  constructor(task: PlanningTask) {
    this.#task = task;
    this.#table = new GroupTable(task);
  }

  /** Structures in the order of their bounds, each searched until its bound is no better than the best. */
  best(partitions: readonly Partition[]): Decision {
    const task = this.#task;
    const structures = partitions
      .flatMap((partition) =>
        passingChoices(task.scenario, partition).map((passings) =>
          this.#bounded(partition, passings),
        ),
      )
      .toSorted((a, b) => compare(a.score, b.score, task.objective));
    for (const { structure, score } of structures)
      if (!this.#hopeless(score) && !this.#spent()) this.#search(structure);
    if (!this.#spent()) return proven(task, this.#best!, this.#plans);
    const stop: StopReason = "plan-limit";
    return decisionOf(task, this.#best ?? unfused(task), stop, this.#plans);
  }

  #spent(): boolean {
    return this.#plans >= LIMITS.plansMax || this.#bounds >= LIMITS.boundsMax;
  }

  // Whether nothing of at least this score can be better than the best plan so far.
  #hopeless(score: Score): boolean {
    return this.#best !== undefined && !better(score, this.#best.prediction, this.#task.objective);
  }

  #bounded(partition: Partition, passings: Structure["passings"]): BoundedStructure {
    const structure = this.#table.structure(partition, passings);
    const groups = partition.map((block) => block.options[0]!);
    const blocks = partition.map((_, g) => this.#table.least(structure, groups, g, 0));
    const composition = this.#composition(structure, blocks);
    return { structure, score: this.#score(composition, blocks, 0) };
  }

  #composition(structure: Structure, blocks: readonly Least[]): Composition {
    return new Composition(this.#task.scenario, structure, blocks[0]!.latencyMs.length);
  }

  // At most the score of any plan whose groups take at least this long and cost at least this much.
  #score(composition: Composition, blocks: readonly Least[], from: number): Score {
    this.#bounds++;
    const { scenario, objective } = this.#task;
    const sorted = sortedSample(composition.latencyMs(blocks, from));
    // Every run is one transition of its own.
    const { usdPerTransition } = scenario.platform.price;
    const costUsd = blocks.reduce((sum, block) => sum + block.costUsd, usdPerTransition);
    const latencyMs = quantileOfSorted(sorted, objective.quantile);
    return {
      latencyMsAtQuantile: composition.sameSums ? latencyMs : latencyMs * (1 - ROUNDING),
      costUsdMean: costUsd * (1 - ROUNDING),
    };
  }

  #search(structure: Structure): void {
    const { partition, pullsFrom } = structure;
    const table = this.#table;
    const groups: VmGroup[] = partition.map((block) => block.options[0]!);
    const blocks = partition.map((_, g) => table.least(structure, groups, g, 0));
    const composition = this.#composition(structure, blocks);
    composition.latencyMs(blocks, 0);
    const apart = composition.exact && pullsFrom.every((from) => from.length === 0);
    const decide = (g: number): void => {
      if (g === partition.length) {
        this.#evaluate(structure, groups);
        return;
      }
      const [group, block] = [groups[g]!, blocks[g]!];
      const readers = pullsFrom.flatMap((from, j) => (from.includes(g) ? [j] : []));
      const waiting = readers.map((j) => blocks[j]!);
      const entries = apart
        ? table.front(structure, groups, g)
        : table.entries(structure, groups, g);
      for (const entry of entries) {
        if (this.#spent()) return;
        groups[g] = entry.option;
        blocks[g] = entry;
        for (const j of readers) blocks[j] = table.least(structure, groups, j, g + 1);
        if (!this.#hopeless(this.#score(composition, blocks, g))) decide(g + 1);
      }
      groups[g] = group;
      blocks[g] = block;
      readers.forEach((j, i) => {
        blocks[j] = waiting[i]!;
      });
    };
    decide(0);
  }

  #evaluate(structure: Structure, groups: readonly VmGroup[]): void {
    const task = this.#task;
    const plan = planOfChoice(task.scenario, [...groups], structure.passings);
    const candidate = candidateOf(task, plan);
    this.#plans++;
    if (
      this.#best === undefined ||
      better(candidate.prediction, this.#best.prediction, task.objective)
    )
      this.#best = candidate;
  }
}
