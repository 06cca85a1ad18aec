/**
 * Which task a thread takes next. A policy that plans one scenario for several objectives meets the same groups again,
 * and all cells of a scenario share its models: a thread stays where it is while there is something to do.
 */

import type { SweepTask } from "./worker.ts";

/** Tasks of one policy in one scenario, longest expected first. */
interface Block {
  readonly scenario: string;
  readonly places: number[];
  leftMs: number;
  started: boolean;
}

/** Hands out the places of tasks, each once, to threads that ask. The order changes no result. */
export class Schedule {
  readonly #timesMs: readonly number[];
  readonly #blocks: readonly Block[];
  readonly #at = new Map<number, Block>();

  /** Over the tasks at `places`; `timesMs` is what each task of the sweep is expected to take. */
  constructor(tasks: readonly SweepTask[], places: readonly number[], timesMs: readonly number[]) {
    this.#timesMs = timesMs;
    const blocks = new Map<string, Block>();
    for (const place of places) {
      const { scenario, planner } = keysOf(tasks[place]!, place);
      const key = `${scenario} ${planner}`;
      const block = blocks.get(key) ?? { scenario, places: [], leftMs: 0, started: false };
      blocks.set(key, block);
      block.places.push(place);
      block.leftMs += timesMs[place]!;
    }
    this.#blocks = [...blocks.values()];
    for (const { places: own } of this.#blocks)
      own.sort((a, b) => timesMs[b]! - timesMs[a]! || a - b);
  }

  /** The next task of a thread, or undefined when there is none left. */
  next(thread: number): number | undefined {
    const block = this.#blockFor(this.#at.get(thread));
    if (block === undefined) return undefined;
    this.#at.set(thread, block);
    block.started = true;
    const place = block.places.shift()!;
    block.leftMs -= this.#timesMs[place]!;
    return place;
  }

  // Its own block; one that nobody has begun, of its scenario or of one that nobody is at; else what is left most.
  #blockFor(own: Block | undefined): Block | undefined {
    if (own !== undefined && own.places.length > 0) return own;
    const left = this.#blocks.filter((block) => block.places.length > 0);
    const fresh = left.filter((block) => !block.started);
    const begun = new Set(this.#blocks.filter((one) => one.started).map((one) => one.scenario));
    return (
      longest(fresh.filter(({ scenario }) => scenario === own?.scenario)) ??
      this.#scenarioWithMost(fresh.filter(({ scenario }) => !begun.has(scenario))) ??
      this.#scenarioWithMost(fresh) ??
      longest(left)
    );
  }

  #scenarioWithMost(blocks: readonly Block[]): Block | undefined {
    const sums = new Map<string, number>();
    for (const { scenario, leftMs } of blocks)
      sums.set(scenario, (sums.get(scenario) ?? 0) + leftMs);
    const most = Math.max(...sums.values());
    return longest(blocks.filter(({ scenario }) => sums.get(scenario) === most));
  }
}

function longest(blocks: readonly Block[]): Block | undefined {
  let best: Block | undefined;
  for (const block of blocks) if (best === undefined || block.leftMs > best.leftMs) best = block;
  return best;
}

function keysOf(task: SweepTask, place: number): { scenario: string; planner: string } {
  if (task.kind === "study") return { scenario: `study ${place}`, planner: "" };
  const { workload, platform, policy, variation, level } = task.cell;
  // A plan that is given stands in the scenario as it is.
  const varied = policy === "fixed" ? [] : [variation, level];
  return { scenario: JSON.stringify([workload, platform, ...varied]), planner: policy };
}
