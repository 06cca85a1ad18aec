/** What befalls an attempt: a crash, an error, a second delivery, store requests that fail. Drawn by name. */

import type { Failures } from "../plan/failures.ts";
import type { RandomKey } from "../stats/random.ts";
import { ln, power } from "../stats/numeric.ts";
import { drawName, PURPOSE } from "./draws.ts";
import type { ProgramGroup, ProgramStep } from "./program.ts";

const HOUR_MS = 3_600_000;
/** Apart in the first part of a draw's name, so that attempts have their own luck. */
const NAMES_PER_ATTEMPT = 4_194_304;

/** How an attempt ends. */
export interface Fate {
  /** How long it lasts, ms; less than it needs unless it is whole. */
  readonly ms: number;
  readonly end: "whole" | "crash" | "error";
}

/**
 * How the attempt of the VM whose first worker is `worker` ends in a step that keeps it busy for `busyMs`. A crash takes an exponential
 * time; the error of an invocation of several steps strikes in one of them, each as likely.
 */
export function fateOf(
  failures: Failures,
  key: RandomKey,
  group: ProgramGroup,
  step: ProgramStep,
  worker: number,
  attempt: number,
  busyMs: number,
): Fate {
  const errorMs = busyMs * errorAt(failures, key, group, step, worker, attempt);
  const crashMs = crashAfterMs(failures, key, step, worker, attempt);
  if (Math.min(errorMs, crashMs) >= busyMs) return { ms: busyMs, end: "whole" };
  return crashMs < errorMs ? { ms: crashMs, end: "crash" } : { ms: errorMs, end: "error" };
}

function crashAfterMs(
  { crashesPerHour }: Failures,
  key: RandomKey,
  step: ProgramStep,
  worker: number,
  attempt: number,
): number {
  if (crashesPerHour === 0) return Number.POSITIVE_INFINITY;
  const u = key.uniform(attemptName(step.stages[0]!, PURPOSE.crash, attempt), worker);
  return (-ln(u) / crashesPerHour) * HOUR_MS;
}

// Part of the step that has passed at the error; 1 or more where there is none. Where u < p, u / p is
// uniform: its step, and the moment in it.
function errorAt(
  { invocationErrors }: Failures,
  key: RandomKey,
  group: ProgramGroup,
  step: ProgramStep,
  worker: number,
  attempt: number,
): number {
  if (invocationErrors === 0) return 1;
  const atHome = group.kind === "home" && worker === 0;
  const named = atHome ? group.name : step.stages[0]!;
  const u = key.uniform(attemptName(named, PURPOSE.invocationError, attempt), worker);
  if (u >= invocationErrors) return 1;
  const steps = atHome ? group.steps.length : 1;
  const moment = (u / invocationErrors) * steps - (atHome ? group.steps.indexOf(step.index) : 0);
  return moment < 0 ? 1 : moment;
}

/** Whether an invocation runs twice. */
export function runsTwice(
  { duplicates }: Failures,
  key: RandomKey,
  group: ProgramGroup,
  step: ProgramStep,
  worker: number,
  attempt: number,
): boolean {
  if (duplicates === 0) return false;
  const named = group.kind === "home" && worker === 0 ? group.name : step.stages[0]!;
  return key.uniform(attemptName(named, PURPOSE.duplicate, attempt), worker) < duplicates;
}

// Mean wait before the first repeat of a request, doubling up to the most: assumed, after the exponential back-off of the
// AWS SDKs (Reference Guide, "Retry behavior", standard mode), which give up after a few, here they go on.
const STORE_WAIT_MS = 500;
const STORE_WAIT_MS_MAX = 20_000;

/** The store requests of a run that fail, and the attempt that they belong to. */
export interface StoreLuck {
  readonly key: RandomKey;
  readonly storeErrors: number;
  readonly attempt: number;
}

/**
 * What failed requests add to `count` of them at once that take `requestMs`, ms: of the one that fails most
 * often, its repeats and the waits between them. `name` and `which` are those of the requests' own draw.
 */
export function repeatedMs(
  { key, storeErrors, attempt }: StoreLuck,
  name: number,
  which: number,
  count: number,
  requestMs: number,
): number {
  const u = key.uniform(name + attempt * NAMES_PER_ATTEMPT, which);
  const beyond = 1 - (count === 1 ? u : power(u, 1 / count));
  let addedMs = 0;
  let waitMs = STORE_WAIT_MS;
  for (let chance = storeErrors; chance > beyond; chance *= storeErrors) {
    addedMs += requestMs + waitMs;
    waitMs = Math.min(2 * waitMs, STORE_WAIT_MS_MAX);
  }
  return addedMs;
}

function attemptName(index: number, purpose: number, attempt: number): number {
  return drawName(index, purpose) + attempt * NAMES_PER_ATTEMPT;
}
