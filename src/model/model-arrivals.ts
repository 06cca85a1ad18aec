/** When the model's runs arrive: what decides which of them find warm VMs. */

import { arrivalProcess } from "../physics/arrivals.ts";
import type { Scenario } from "../plan/scenario.ts";
import { meanOf } from "../stats/families.ts";
import { ln } from "../stats/numeric.ts";
import { latinKey } from "../stats/latin-hypercube.ts";
import type { RandomKey } from "../stats/random.ts";

/** Arrivals of the model's runs as one period of an endless repetition, or a start that is always alike. */
export type ModelArrivals =
  | { readonly start: "warm" }
  | { readonly start: "cold" }
  | ReplayedArrivals;

/** Arrivals from which cold starts follow. */
export interface ReplayedArrivals {
  readonly start: "replayed";
  /** Float64Array(runs), ascending, ms; the first at 0. */
  readonly atMs: Float64Array;
  readonly periodMs: number;
}

/** Arrivals of `runs` runs. A single run is cold; a closed loop is taken as always warm. */
export function modelArrivals(scenario: Scenario, runs: number, root: RandomKey): ModelArrivals {
  const { arrivals, platform } = scenario;
  if (arrivals.kind === "once") return { start: "cold" };
  if (arrivals.kind === "closed" || meanOf(platform.keepAliveMs) === Number.POSITIVE_INFINITY)
    return { start: "warm" };
  const atMs = new Float64Array(runs);
  if (arrivals.kind === "poisson") {
    // Gaps in strata, so that the share of long ones is that of the law.
    const meanMs = 1000 / arrivals.perSecond;
    const gapMs = (run: number) => -meanMs * ln(latinKey(root, run, runs).uniform(GAP, 0));
    for (let run = 1; run < runs; run++) atMs[run] = atMs[run - 1]! + gapMs(run);
    return { start: "replayed", atMs, periodMs: atMs[runs - 1]! + gapMs(0) };
  }
  const times = arrivalProcess(arrivals, root);
  let count = 0;
  for (let lastMs = 0; count < runs; count++) {
    lastMs = times.next(count, lastMs);
    if (lastMs === Number.POSITIVE_INFINITY) break;
    atMs[count] = lastMs;
  }
  if (count < 2) return { start: "cold" };
  // Fewer times than runs: their sequence again and again, a mean gap apart.
  const firstMs = atMs[0]!;
  const spanMs = (atMs[count - 1]! - firstMs) * (count / (count - 1));
  for (let run = 0; run < runs; run++)
    atMs[run] = atMs[run % count]! - (run < count ? firstMs : 0) + Math.floor(run / count) * spanMs;
  return { start: "replayed", atMs, periodMs: atMs[runs - 1]! + spanMs / count };
}

/** Name of the gaps' draws, apart from those of the runs themselves. */
const GAP = -2;
