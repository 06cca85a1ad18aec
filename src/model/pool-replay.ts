/** Hot path: which VM uses start cold, from when they are asked for and for how long: one pool, replayed. */

import { EventQueue } from "../des/event-queue.ts";
import { WarmPool } from "../physics/warm-pool.ts";

/** Uses of one group's VMs within one period of an endless repetition. */
export interface PoolUses {
  /** When each is asked for, ms from the period's start, or later; in any order. */
  readonly requestMs: Float64Array;
  /** How long each lasts when it starts warm, ms; NaN for what is no use of its own. */
  readonly warmMs: Float64Array;
  /** How much longer when it starts cold, ms. */
  coldMs(use: number): number;
  /** How long its VM is kept afterwards, ms. */
  keepMs(use: number): number;
}

/**
 * 1 for each use that finds no idle VM, the most recently used being taken first. The repetition begins
 * `lookBackMs` before the period, which is how far back a use must look to know what is warm.
 */
export function replayPool(uses: PoolUses, periodMs: number, lookBackMs: number): Uint8Array {
  const { warmMs } = uses;
  // What is asked for after the period's end belongs to the next one's beginning.
  const requestMs = uses.requestMs.map((ms) => ms % periodMs);
  const cold = new Uint8Array(requestMs.length);
  // A plain array, whose sort is near linear on what is nearly sorted.
  const order = Array.from(requestMs.keys())
    .filter((use) => !Number.isNaN(warmMs[use]))
    .sort((a, b) => requestMs[a]! - requestMs[b]! || a - b);
  const pool = new WarmPool();
  const releases = new EventQueue();
  const ask = (use: number, nowMs: number): void => {
    while (releases.nextMs <= nowMs) {
      releases.pop();
      pool.put(releases.timeMs, releases.timeMs + uses.keepMs(releases.subject));
    }
    cold[use] = pool.take(nowMs) ? 0 : 1;
    const endMs = nowMs + warmMs[use]! + (cold[use] === 1 ? uses.coldMs(use) : 0);
    releases.push(endMs, 0, use);
  };
  const periodsBack = Math.min(PERIODS_BACK_MAX, Math.ceil(lookBackMs / periodMs));
  for (let back = periodsBack; back > 0; back--)
    for (const use of order) {
      const atMs = requestMs[use]! - back * periodMs;
      if (atMs >= -lookBackMs) ask(use, atMs + periodsBack * periodMs);
    }
  for (const use of order) ask(use, requestMs[use]! + periodsBack * periodMs);
  return cold;
}

/** Beyond, more VMs are in use at once than the period has runs, and all but a few are warm. */
const PERIODS_BACK_MAX = 4;
