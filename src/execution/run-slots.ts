/** Hot path: the runs under way of a plain program, each a few numbers at a place of its own, seen one at a time. */

import { RunDraws, runsAreAlike } from "../physics/draws.ts";
import type { Program } from "../physics/program.ts";
import { RandomKey } from "../stats/random.ts";
import { grown } from "./blocks.ts";
import { LiveRun } from "./live.ts";
import { RunNotes } from "./run-notes.ts";

/** Places of runs, recycled; `live` shows the run that was asked for last. */
export class RunSlots {
  readonly live: LiveRun;
  readonly #program: Program;
  readonly #root: RandomKey;
  readonly #notes: RunNotes;
  readonly #free: number[] = [];
  #slots = 0;
  /** Luck by place; null where runs are alike but for their keys, two words each. */
  readonly #draws: RunDraws[] | null;
  #keys = new Int32Array(128);

  constructor(program: Program, root: RandomKey) {
    this.#program = program;
    this.#root = root;
    this.#notes = new RunNotes(program);
    this.live = new LiveRun(program, this.#notes, 0);
    this.#draws = runsAreAlike(program) ? null : [];
  }

  /** Begins run number `run` with its luck, and returns its place. */
  begin(run: number, nowMs: number): number {
    const slot = this.#free.pop() ?? this.#add();
    const root = this.#root;
    const { live } = this;
    live.moveTo(slot);
    live.begin(run, nowMs);
    if (this.#draws === null) {
      root.block(run, 0);
      this.#keys[2 * slot] = root.high;
      this.#keys[2 * slot + 1] = root.low;
      live.draws.key.set(root.high, root.low);
    } else {
      live.draws = this.#draws[slot]!;
      live.draws.draw(root, run);
    }
    return slot;
  }

  /** The run at a place. */
  show(slot: number): LiveRun {
    const { live } = this;
    live.moveTo(slot);
    if (this.#draws === null) live.draws.key.set(this.#keys[2 * slot]!, this.#keys[2 * slot + 1]!);
    else live.draws = this.#draws[slot]!;
    return live;
  }

  /** Lets another run have the place of one that has ended. */
  free(slot: number): void {
    this.#free.push(slot);
  }

  #add(): number {
    const slot = this.#slots++;
    this.#notes.makeRoom(slot + 1);
    if (this.#draws !== null)
      this.#draws.push(new RunDraws(this.#program, false, new RandomKey(), true));
    else if (2 * slot === this.#keys.length)
      this.#keys = grown(this.#keys, new Int32Array(4 * slot));
    return slot;
  }
}
