/** `--replications`, `--until`, `--jobs` of `simulate`: what they mean, and what is said of the answer. */

import type { Estimate } from "../stats/summary.ts";
import { jobsOf, wholeNumber } from "./arguments.ts";
import {
  REPLICATIONS_LEAST,
  REPLICATIONS_MOST,
  type Replicated,
  type ReplicationOptions,
} from "./replications.ts";
import { fail } from "./usage.ts";

/** How often to repeat a simulation, as yargs gives it. */
export interface RepeatOptions {
  readonly runs: number;
  readonly replications?: number | undefined;
  /** Such as `p95:1%`. */
  readonly until?: string | undefined;
  readonly jobs?: number | undefined;
  readonly spans?: string | undefined;
  readonly timeline?: string | undefined;
}

/** Pooled runs are held in memory. */
const RUNS_MAX = 10_000_000;

/**
 * What was asked for, or undefined where one simulation is.
 * @throws InputError usage.
 */
export function repetitionsOf(
  options: RepeatOptions,
): Omit<ReplicationOptions, "task"> | undefined {
  const { replications, until, runs } = options;
  if (replications === undefined && until === undefined) {
    if (options.jobs !== undefined) fail("--jobs", "needs --replications or --until");
    return undefined;
  }
  refuseDetails(options, "is of one simulation, without --replications");
  const precision = until === undefined ? undefined : precisionOf(until);
  const least = precision === undefined ? 1 : REPLICATIONS_LEAST;
  const count = wholeNumber("--replications", replications ?? REPLICATIONS_MOST, least);
  if (count * runs > RUNS_MAX)
    fail("--replications", `expected at most ${RUNS_MAX} runs in all, got ${count} × ${runs}`);
  return { replications: count, precision, jobs: jobsOf(options.jobs) };
}

/**
 * Refuses to write down single runs where they are not at hand, saying why.
 * @throws InputError usage.
 */
export function refuseDetails(
  options: Pick<RepeatOptions, "spans" | "timeline">,
  why: string,
): void {
  for (const name of ["spans", "timeline"] as const)
    if (options[name] !== undefined) fail(`--${name}`, why);
}

function precisionOf(text: string): number {
  const percent = Number(/^p95:([\d.]+)%$/i.exec(text)?.[1]);
  if (percent > 0 && percent < 100) return percent / 100;
  return fail("--until", `expected a precision such as p95:1%, got ${text}`);
}

/** Lines under the table: intervals from the spread of replications. */
export function replicationText(replicated: Replicated, precision: number | undefined): string {
  const { replications, latencyMsP95, costUsdMean } = replicated;
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  const spread = ({ value, high }: Estimate) =>
    high === null || value === 0 ? "" : ` ± ${percent((high - value) / value)}`;
  const stop =
    precision === undefined
      ? ""
      : replicated.reached
        ? `; P95 within ${percent(precision)}`
        : `; P95 is not within ${percent(precision)} yet: allow more --replications or --runs`;
  const seconds = (latencyMsP95.value / 1000).toPrecision(5);
  const perThousand = (1000 * costUsdMean.value).toPrecision(5);
  return `${replications} replications${stop}\nover replications: P95 ${seconds} s${spread(latencyMsP95)}, USD per 1k runs ${perThousand}${spread(costUsdMean)}\n`;
}

/** The same as data. */
export function replicationJson({ replications, latencyMsP95, costUsdMean, reached }: Replicated) {
  return {
    replications,
    reached,
    replication_latency_ms_p95: latencyMsP95,
    replication_cost_usd_mean: costUsdMean,
  };
}
