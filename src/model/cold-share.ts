/** How often a run finds no idle VM, from the arrival rate, the keep-alive and the time VMs are in use. */

import { ratePerMs } from "../plan/arrival-rate.ts";
import type { Arrivals } from "../plan/scenario.ts";
import { exp, ln } from "../stats/numeric.ts";

/** Probability of a cold start, by its cause. */
export interface ColdShare {
  /** After a pause longer than the keep-alive: hits every group of the run alike. */
  readonly afterPause: number;
  /** Because other runs hold the warm VMs: each group by itself. */
  readonly besideOthers: number;
}

/**
 * Probability that a run starts cold. With Poisson arrivals of rate r and use time S the number of runs
 * in service is Poisson(rS); a run that finds n others is cold when level n + 1 was last reached more
 * than the keep-alive K ago: `sum_n P(n) exp(-r K P(n) / P(N <= n))`.
 * Assumes most-recently-used reuse; exact for non-overlapping runs, where it is exp(-rK).
 */
export function coldShare(arrivals: Arrivals, useMs: number, keepAliveMs: number): ColdShare {
  const perMs = ratePerMs(arrivals);
  if (perMs === 0) return { afterPause: 1, besideOthers: 0 };
  if (perMs === Number.POSITIVE_INFINITY || keepAliveMs === Number.POSITIVE_INFINITY)
    return { afterPause: 0, besideOthers: 0 };
  const load = perMs * useMs;
  let p = exp(-load);
  let below = 0;
  const afterPause = p * exp(-perMs * keepAliveMs);
  let share = 0;
  const last = Math.ceil(load + 8 * Math.sqrt(load + 1));
  for (let n = 0; n <= last; n++) {
    below += p;
    if (below > 0) share += p * exp(-(perMs * keepAliveMs * p) / below);
    p = n < 700 ? (p * load) / (n + 1) : exp((n + 1) * ln(load) - load - lnFactorial(n + 1));
  }
  return { afterPause, besideOthers: Math.max(0, Math.min(1, share) - afterPause) };
}

// Stirling's series; relative error below 1e-9 for n > 10.
function lnFactorial(n: number): number {
  return n * ln(n) - n + 0.5 * ln(2 * Math.PI * n) + 1 / (12 * n);
}
