/** When workflow runs arrive. */

import { InputError } from "../check.ts";
import type { Arrivals } from "../plan/scenario.ts";
import { ln, power } from "../stats/numeric.ts";
import type { RandomKey } from "../stats/random.ts";
import { WeekCycle } from "./week-cycle.ts";

// Names of draws, apart from those of the runs themselves: a run's gap, a state's length, and where a
// process stands at time 0.
const GAP = -1;
const STATE = -2;
const START = -3;

const MINUTE_MS = 60_000;

/** Arrival times one by one, so that memory does not grow with the number of runs. */
export interface ArrivalProcess {
  /** Runs that start at time 0 without being waited for; the rest follow completions (closed loop) or times. */
  readonly openAtStart: number;
  /** Whether the next run starts when one ends. */
  readonly closed: boolean;
  /** Time of arrival number `run`, after `previousMs`; Infinity when there are no more. */
  next(run: number, previousMs: number): number;
}

/**
 * The arrival process of a specification; its draws are named by the run, or by the state that it is in.
 * Runs must be asked for in turn, as a process may remember where it stands.
 * @throws InputError usage, for times that decrease and for processes without a single run.
 */
export function arrivalProcess(arrivals: Arrivals, root: RandomKey): ArrivalProcess {
  switch (arrivals.kind) {
    case "once":
      return opened((run) => (run === 0 ? 0 : Number.POSITIVE_INFINITY));
    case "poisson": {
      const meanMs = 1000 / arrivals.perSecond;
      return opened((run, previousMs) => previousMs - meanMs * ln(root.uniform(run, GAP)));
    }
    case "closed":
      return { openAtStart: arrivals.inFlight, closed: true, next: (_, previousMs) => previousMs };
    case "timestamps":
      return times(arrivals.atMs);
    case "timer": {
      const firstMs = arrivals.everyMs * root.uniform(0, START);
      return opened((run) => firstMs + run * arrivals.everyMs);
    }
    case "bursty":
      return bursty(arrivals, root);
    case "diurnal": {
      const cycle = new WeekCycle(arrivals);
      return opened((run, previousMs) =>
        cycle.timeOf(cycle.runsBy(previousMs) - ln(root.uniform(run, GAP))),
      );
    }
    case "per-minute":
      return perMinute(arrivals, root);
  }
}

function opened(next: ArrivalProcess["next"]): ArrivalProcess {
  return { openAtStart: 1, closed: false, next };
}

function times(atMs: readonly number[]): ArrivalProcess {
  if (atMs.some((time, i) => i > 0 && time < atMs[i - 1]!))
    throw new InputError("usage", "arrival times must not decrease");
  return opened((run) => atMs[run] ?? Number.POSITIVE_INFINITY);
}

// A gap is a number of expected runs; it is used up at the rate of the state that time goes through.
function bursty(
  { calm, burst }: Extract<Arrivals, { kind: "bursty" }>,
  root: RandomKey,
): ArrivalProcess {
  if (!(calm.perSecond + burst.perSecond > 0))
    throw new InputError("usage", "bursty arrivals need a rate above 0");
  let inBurst = root.uniform(0, START) * (calm.meanMs + burst.meanMs) < burst.meanMs;
  let states = 0;
  const lengthMs = () => -(inBurst ? burst : calm).meanMs * ln(root.uniform(states++, STATE));
  let endMs = lengthMs();
  return opened((run, previousMs) => {
    let atMs = previousMs;
    let left = -ln(root.uniform(run, GAP));
    for (;;) {
      const perMs = (inBurst ? burst : calm).perSecond / 1000;
      if (left < perMs * (endMs - atMs)) return atMs + left / perMs;
      left -= perMs * (endMs - atMs);
      atMs = endMs;
      inBurst = !inBurst;
      endMs += lengthMs();
    }
  });
}

function perMinute(
  { counts, inside }: Extract<Arrivals, { kind: "per-minute" }>,
  root: RandomKey,
): ArrivalProcess {
  let minute = 0;
  // Part of the minute that has gone by.
  let gone = 0;
  if (inside === "poisson")
    return opened((run) => {
      let left = -ln(root.uniform(run, GAP));
      while (minute < counts.length && left >= counts[minute]! * (1 - gone)) {
        left -= counts[minute++]! * (1 - gone);
        gone = 0;
      }
      if (minute === counts.length) return Number.POSITIVE_INFINITY;
      gone += left / counts[minute]!;
      return (minute + gone) * MINUTE_MS;
    });
  let left = counts[0] ?? 0;
  return opened((run) => {
    while (left === 0 && minute < counts.length) {
      left = counts[++minute] ?? 0;
      gone = 0;
    }
    if (minute >= counts.length) return Number.POSITIVE_INFINITY;
    // The least of `left` uniform times in what remains of the minute.
    gone += (1 - gone) * (1 - power(root.uniform(run, GAP), 1 / left));
    left--;
    return (minute + gone) * MINUTE_MS;
  });
}
