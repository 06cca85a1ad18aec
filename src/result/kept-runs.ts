/** Runs kept so that those under one policy can be paired with the same ones under another, in bounded memory. */

import { rootKey, type RandomKey } from "../stats/random.ts";

/** What a pair compares. */
export interface KeptRun {
  /** ms; NaN where the run failed or timed out. */
  readonly latencyMs: number;
  readonly costUsd: number;
}

/** The kept runs of one workflow under one policy, by their number. */
export type KeptByRun = ReadonlyMap<number, KeptRun>;

interface Kept {
  readonly key: RandomKey;
  readonly runs: Map<number, KeptRun>;
}

/**
 * Keeps all runs while they are few; then, each time they are too many, half of them. Which ones is named by workflow and
 * number of the run alone, so they are the same under every policy.
 */
export class KeptRuns {
  readonly #most: number;
  readonly #all: Kept[] = [];
  #count = 0;
  /** One in how many runs is kept: a power of two. */
  oneIn = 1;

  /** Keeps at most `most` runs. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Begins a workflow under a policy: where its kept runs will be, and what takes its runs. */
  begin(name: string): {
    readonly runs: KeptByRun;
    readonly add: (run: number, of: KeptRun) => void;
  } {
    const kept: Kept = { key: rootKey(`kept/${name}`), runs: new Map() };
    this.#all.push(kept);
    return { runs: kept.runs, add: (run, of) => this.#add(kept, run, of) };
  }

  #add(kept: Kept, run: number, of: KeptRun): void {
    if (!this.#keeps(kept.key, run)) return;
    kept.runs.set(run, of);
    this.#count++;
    while (this.#count > this.#most) this.#halve();
  }

  #halve(): void {
    this.oneIn *= 2;
    for (const { key, runs } of this.#all)
      for (const run of runs.keys())
        if (!this.#keeps(key, run)) {
          runs.delete(run);
          this.#count--;
        }
  }

  #keeps(key: RandomKey, run: number): boolean {
    if (this.oneIn === 1) return true;
    key.block(run, 0);
    return (key.low & (this.oneIn - 1)) === 0;
  }
}
