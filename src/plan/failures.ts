/** What goes wrong on a platform, and what is done about it. */

/** Repeats of what has failed: the first after `intervalMs`, each later one after `backoffRate` times as long. */
export interface RetryRule {
  readonly intervalMs: number;
  readonly backoffRate: number;
  /** Repeats after the first attempt; 0 for none. */
  readonly maxAttempts: number;
}

/** How often what fails. There are no usual rates: all that is not said is 0. */
export interface Failures {
  /** Hazard of a VM while its code runs, per VM-hour. */
  readonly crashesPerHour: number;
  /** Chance that an invocation of a VM ends in an error, at a moment uniform over its time. */
  readonly invocationErrors: number;
  /** Chance that a request to the object store fails; the worker repeats it until it does not. */
  readonly storeErrors: number;
  /** Chance that an invocation runs twice; both are billed, the first result counts. */
  readonly duplicates: number;
  /** What the orchestrator does about an invocation that failed. */
  readonly retry: RetryRule;
}

/** Retrier of Amazon States Language whose fields are left out. Source: Amazon States Language, "Retrying after error" (unverified). */
export const STATES_LANGUAGE_RETRY: RetryRule = {
  intervalMs: 1000,
  backoffRate: 2,
  maxAttempts: 3,
};

/** Most repeats of a rule: names of draws hold no larger attempt. */
export const RETRIES_MAX = 20;

/** Nothing fails. */
export const NO_FAILURES: Failures = {
  crashesPerHour: 0,
  invocationErrors: 0,
  storeErrors: 0,
  duplicates: 0,
  retry: STATES_LANGUAGE_RETRY,
};

/** The failures of a scenario, null where none can happen. */
export function failuresOrNull(failures: Failures | undefined): Failures | null {
  if (failures === undefined) return null;
  const { crashesPerHour, invocationErrors, storeErrors, duplicates } = failures;
  const rates = [crashesPerHour, invocationErrors, storeErrors, duplicates];
  return rates.some((rate) => rate > 0) ? failures : null;
}

/** Wait before what has failed is repeated for the `repeat`-th time (from 0), ms; Infinity when it must not be. */
export function retryWaitMs(rule: RetryRule, repeat: number): number {
  if (repeat >= rule.maxAttempts) return Number.POSITIVE_INFINITY;
  let waitMs = rule.intervalMs;
  for (let i = 0; i < repeat; i++) waitMs *= rule.backoffRate;
  return waitMs;
}
