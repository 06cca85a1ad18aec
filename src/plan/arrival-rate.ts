/** How many runs arrive in the long run, whatever the process. */

import { assert } from "../check.ts";
import { exp } from "../stats/numeric.ts";
import type { Arrivals } from "./scenario.ts";

/** Mean rate of a process, runs/ms: 0 for a single run, Infinity for a closed loop. */
export function ratePerMs(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case "once":
      return 0;
    case "poisson":
    case "diurnal":
      return arrivals.perSecond / 1000;
    case "closed":
      return Number.POSITIVE_INFINITY;
    case "timer":
      return 1 / arrivals.everyMs;
    case "bursty": {
      const { calm, burst } = arrivals;
      const runs = calm.perSecond * calm.meanMs + burst.perSecond * burst.meanMs;
      return runs / (calm.meanMs + burst.meanMs) / 1000;
    }
    case "timestamps": {
      const { atMs } = arrivals;
      const span = atMs.length < 2 ? 0 : atMs[atMs.length - 1]! - atMs[0]!;
      return span === 0 ? 0 : (atMs.length - 1) / span;
    }
    case "per-minute": {
      const { counts } = arrivals;
      return counts.reduce((sum, count) => sum + count, 0) / (60_000 * counts.length);
    }
  }
}

/**
 * Variance over mean of the number of runs in windows of `windowMs`: 1 for Poisson. For a bursty process
 * `1 + 2 p (1 - p) D^2 / (L k) (1 - (1 - exp(-k t)) / (k t))`, where p is the share of time in the burst, D the
 * difference of the rates, L their mean, and k the sum of both rates of leaving a state.
 * Source: Heffes and Lucantoni, IEEE JSAC 4(6), 1986, eq. 13.
 */
export function burstyDispersion(
  arrivals: Extract<Arrivals, { kind: "bursty" }>,
  windowMs: number,
): number {
  const { calm, burst } = arrivals;
  assert(windowMs > 0, "an index of dispersion needs a window");
  const share = burst.meanMs / (calm.meanMs + burst.meanMs);
  const leavePerMs = 1 / calm.meanMs + 1 / burst.meanMs;
  const apartPerMs = (burst.perSecond - calm.perSecond) / 1000;
  const forgotten = leavePerMs * windowMs;
  const remembered = 1 - (1 - exp(-forgotten)) / forgotten;
  const meanPerMs = ratePerMs(arrivals);
  return (
    1 + (2 * share * (1 - share) * apartPerMs * apartPerMs * remembered) / (meanPerMs * leavePerMs)
  );
}
