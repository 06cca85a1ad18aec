/** When the VMs of a step end, started by the orchestrator together or each in its turn. */

import { PURPOSE } from "../physics/draws.ts";
import {
  type Density,
  densityOfSample,
  meanOfDensity,
  mixture,
  quantilesOf,
  series,
  shifted,
  slowest,
  slowestOf,
} from "../stats/density.ts";
import { LatinKey } from "../stats/latin-hypercube.ts";
import type { RandomKey } from "../stats/random.ts";
import type { LawfulKind } from "./vm-kinds.ts";

/** How VMs are started: the law of the hop, and equally likely spreads from the first to the last, ms. */
export interface Starts {
  readonly hopMs: Density;
  readonly spreadsMs: Float64Array;
}

/** The ends of the VMs of a step, ms after it is ready. */
export interface Ends {
  /** The last one. */
  readonly lastMs: Density;
  /** Mean of each VM's, by place. */
  readonly meansMs: Float64Array;
  /** Mean of the latest start. */
  readonly lastStartMs: number;
}

/**
 * Ends of `count` VMs that all start at once but for the spread. The spread is one draw of the run that
 * moves every start, so it is conditioned on too. O(count x cells) for each spread.
 */
export function startedTogether(
  kinds: readonly LawfulKind[],
  { hopMs, spreadsMs }: Starts,
  count: number,
): Ends {
  const delayMs = (spreadMs: number, place: number) =>
    count > 1 ? (spreadMs * place) / (count - 1) : 0;
  const slowestMs = (spreadMs: number) =>
    slowest(
      spreadMs === 0 || count === 1
        ? kinds.map((kind) => slowestOf(kind.timeMs, kind.places.length))
        : kinds.flatMap((kind) =>
            kind.places.map((place) => shifted(kind.timeMs, delayMs(spreadMs, place))),
          ),
    );
  const distinct = spreadsMs.every((one) => one === spreadsMs[0])
    ? spreadsMs.slice(0, 1)
    : spreadsMs;
  const weight = 1 / distinct.length;
  const lastMs = mixture(Array.from(distinct, (ms) => ({ weight, of: slowestMs(ms) })));
  const spreadMs = spreadsMs.reduce((sum, one) => sum + one, 0) / spreadsMs.length;
  const hopMeanMs = meanOfDensity(hopMs);
  const meansMs = new Float64Array(count);
  for (const kind of kinds) {
    const timeMs = meanOfDensity(kind.timeMs);
    for (const place of kind.places) meansMs[place] = hopMeanMs + delayMs(spreadMs, place) + timeMs;
  }
  const lastStartMs = hopMeanMs + delayMs(spreadMs, count - 1);
  return { lastMs: series(hopMs, lastMs), meansMs, lastStartMs };
}

/** Schedules drawn, as a power of two. */
const SCHEDULE_BITS = 8;

/**
 * Ends of `count` VMs of which `parallel` may run at once, the others each after an end. Who waits for
 * whom has no closed form, so schedules are drawn from the laws of hop, spread and VMs.
 * O(count x parallel) for each schedule.
 */
export function startedInTurn(
  kinds: readonly LawfulKind[],
  starts: Starts,
  count: number,
  parallel: number,
  parent: RandomKey,
): Ends {
  const timeMs: ((p: number) => number)[] = [];
  for (const kind of kinds) {
    const quantile = quantilesOf(kind.timeMs);
    for (const place of kind.places) timeMs[place] = quantile;
  }
  const hopQuantile = quantilesOf(starts.hopMs);
  const spreads = Float64Array.from(starts.spreadsMs).sort();
  const key = new LatinKey();
  key.derive(parent, PURPOSE.invoke, 0);
  const schedules = 1 << SCHEDULE_BITS;
  const busyMs = new Float64Array(parallel);
  const lastMs = new Float64Array(schedules);
  const meansMs = new Float64Array(count);
  let lastStartMs = 0;
  for (let point = 0; point < schedules; point++) {
    // Each point elsewhere in its strata, or no VM of many would ever be as slow as one in many is.
    key.begin(schedules, (point + 0.5) / schedules);
    key.point = point;
    const hopMs = hopQuantile(key.uniform(PURPOSE.hop, 0));
    const spreadMs = spreads[Math.floor(key.uniform(PURPOSE.dispatch, 0) * spreads.length)]!;
    let atMs = 0;
    for (let place = 0; place < count; place++) {
      const slot = place < parallel ? place : earliest(busyMs);
      atMs = hopMs + (place < parallel ? (spreadMs * place) / (count - 1) : busyMs[slot]!);
      const endMs = atMs + timeMs[place]!(key.uniform(PURPOSE.work, place));
      busyMs[slot] = endMs;
      lastMs[point] = Math.max(lastMs[point]!, endMs);
      meansMs[place]! += endMs / schedules;
    }
    lastStartMs += atMs / schedules;
  }
  return { lastMs: densityOfSample(lastMs), meansMs, lastStartMs };
}

function earliest(endsMs: Float64Array): number {
  let best = 0;
  for (let i = 1; i < endsMs.length; i++) if (endsMs[i]! < endsMs[best]!) best = i;
  return best;
}
