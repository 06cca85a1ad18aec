/** What one group may be: explored from the best at each price towards its neighbours, and remembered. */

import type { GroupOutcome } from "../model/prediction.ts";
import { fittingSizesMb, workersOf } from "../plan/check-plan.ts";
import type { VmGroup } from "../plan/plan.ts";
import { bundlesOf, layoutsOf, sizesAround } from "../plan/rewrites.ts";
import type { Scenario } from "../plan/scenario.ts";

/** A way to lay out and size a group, with what it then takes and costs. */
export interface BlockOption {
  readonly group: VmGroup;
  readonly outcome: GroupOutcome;
}

/** Kinds of neighbours, those that lead furthest for least first. */
const NEIGHBOURS: readonly ((group: VmGroup, scenario: Scenario) => VmGroup[])[] = [
  (group, scenario) => sizesAround(group, scenario, [3]),
  (group, scenario) => sizesAround(group, scenario, [1]),
  bundlesOf,
  layoutsOf,
];

/** The options of one set of stages whose data travels in given ways. */
export class BlockOptions {
  readonly #scenario: Scenario;
  readonly #evaluate: (group: VmGroup) => GroupOutcome;
  readonly #known = new Map<string, BlockOption>();
  /** How many kinds of neighbours of an option are known. */
  readonly #explored = new Map<BlockOption, number>();

  /** `evaluate` predicts a legal group of these stages. */
  constructor(
    scenario: Scenario,
    stages: readonly string[],
    evaluate: (group: VmGroup) => GroupOutcome,
  ) {
    this.#scenario = scenario;
    this.#evaluate = evaluate;
    for (const group of firstOptions(scenario, stages)) this.add(group);
  }

  /** The least cost plus `price` times mean latency over the runs `tail`; no neighbour of it is less. */
  best(price: number, tail: readonly number[]): BlockOption {
    for (;;) {
      let best: BlockOption | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const option of this.#known.values()) {
        const value = worthOf(option.outcome, price, tail);
        if (value < least) [best, least] = [option, value];
      }
      // The cheaper kinds first: what is not the best among them needs no others.
      const kinds = this.#explored.get(best!) ?? 0;
      if (kinds === NEIGHBOURS.length) return best!;
      this.#explored.set(best!, kinds + 1);
      for (const next of NEIGHBOURS[kinds]!(best!.group, this.#scenario)) this.add(next);
    }
  }

  /** The `count` known options of least cost plus `price` times mean latency over the runs `tail`. */
  near(price: number, tail: readonly number[], count: number): readonly BlockOption[] {
    return [...this.#known.values()]
      .map((option) => ({ option, value: worthOf(option.outcome, price, tail) }))
      .sort((a, b) => a.value - b.value)
      .slice(0, count)
      .map(({ option }) => option);
  }

  /** Adds an option to start from, where it fits and is new. */
  add(given: VmGroup): void {
    const group = { ...given, prewarmMs: null };
    const { workersPerVm, memoryMb, concurrency, isolation, assignment } = group;
    const key = `${workersPerVm} ${memoryMb} ${concurrency} ${isolation} ${assignment}`;
    if (this.#known.has(key)) return;
    const { workflow, profile, platform } = this.#scenario;
    if (!fittingSizesMb(workflow, profile, platform, group).includes(memoryMb)) return;
    this.#known.set(key, { group, outcome: this.#evaluate(group) });
  }
}

/**
 * Where to begin: one worker a VM and all in one, these also as many at once as vCPUs; about one vCPU for
 * each worker at work, and what just fits. Empty when no VM holds the stages.
 */
export function firstOptions(scenario: Scenario, stages: readonly string[]): VmGroup[] {
  const { workflow, profile, platform } = scenario;
  const widest = Math.max(...stages.map((id) => workersOf(workflow, id)));
  const layouts: readonly Pick<VmGroup, "workersPerVm" | "concurrency">[] =
    widest === 1
      ? [{ workersPerVm: "all", concurrency: "all" }]
      : [
          { workersPerVm: 1, concurrency: "all" },
          { workersPerVm: "all", concurrency: "all" },
          { workersPerVm: "all", concurrency: Math.min(widest, 2) },
        ];
  return layouts.flatMap((layout) => {
    const group = {
      stages,
      ...layout,
      memoryMb: 0,
      isolation: "threads",
      assignment: "consecutive",
      prewarmMs: null,
    } as const;
    const sizesMb = fittingSizesMb(workflow, profile, platform, group);
    if (sizesMb.length === 0) return [];
    const held = layout.workersPerVm === 1 ? 1 : widest;
    const atWork = layout.concurrency === "all" ? held : layout.concurrency;
    const wishedMb = atWork * platform.memoryMbPerVcpu;
    const nearMb = sizesMb.findLast((mb) => mb <= wishedMb) ?? sizesMb[0]!;
    return [...new Set([nearMb, sizesMb[0]!])].map((memoryMb) => ({ ...group, memoryMb }));
  });
}

/** What a group is worth at a price: its cost, and its mean latency over the runs `tail` times the price, USD. */
export function worthOf(
  { costUsdMean, latencyMs }: GroupOutcome,
  price: number,
  tail: readonly number[],
): number {
  let sum = 0;
  for (const run of tail) sum += latencyMs[run]!;
  return costUsdMean + price * (sum / tail.length);
}
