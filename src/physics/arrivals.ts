/** When workflow runs arrive. */

import { InputError } from "../check.ts";
import type { Arrivals } from "../plan/scenario.ts";
import { ln } from "../stats/numeric.ts";
import type { RandomKey } from "../stats/random.ts";

/** Name of the draws between arrivals, apart from those of the runs themselves. */
const GAP = -1;

/** Arrival times one by one, so that memory does not grow with the number of runs. */
export interface ArrivalProcess {
  /** Runs that start at time 0 without being waited for; the rest follow completions (closed loop) or times. */
  readonly openAtStart: number;
  /** Whether the next run starts when one ends. */
  readonly closed: boolean;
  /** Time of arrival number `run`, after `previousMs`; Infinity when there are no more. */
  next(run: number, previousMs: number): number;
}

/** The arrival process of a specification; its draws are named by the run. */
export function arrivalProcess(arrivals: Arrivals, root: RandomKey): ArrivalProcess {
  switch (arrivals.kind) {
    case "once":
      return {
        openAtStart: 1,
        closed: false,
        next: (run) => (run === 0 ? 0 : Number.POSITIVE_INFINITY),
      };
    case "poisson": {
      const meanMs = 1000 / arrivals.perSecond;
      return {
        openAtStart: 1,
        closed: false,
        next: (run, previousMs) => previousMs - meanMs * ln(root.uniform(run, GAP)),
      };
    }
    case "closed":
      return { openAtStart: arrivals.inFlight, closed: true, next: (_, previousMs) => previousMs };
    case "timestamps": {
      const { atMs } = arrivals;
      if (atMs.some((time, i) => i > 0 && time < atMs[i - 1]!))
        throw new InputError("usage", "arrival times must not decrease");
      return {
        openAtStart: 1,
        closed: false,
        next: (run) => atMs[run] ?? Number.POSITIVE_INFINITY,
      };
    }
  }
}
