/** Independent replications of one simulation on all cores, pooled; as many as are asked for, or as a precision needs. */

import { Piscina } from "piscina";
import { RUN_COLUMNS, RUN_STATUS, type RunColumn, type RunLog } from "../execution/run-log.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Arrivals } from "../plan/scenario.ts";
import { type Estimate, meanEstimate, quantileOfSorted } from "../stats/summary.ts";

/** One replication, told to a thread. */
export interface ReplicationTask {
  /** Name or file of the workload. */
  readonly workload: string;
  readonly platform: string;
  readonly arrivals: Arrivals;
  readonly plan: ExecutionPlan;
  readonly runs: number;
  readonly warmupRuns: number;
  readonly seed: string;
}

/** What is asked of replications. */
export interface ReplicationOptions {
  /** The simulation; its seed is the first replication's. */
  readonly task: ReplicationTask;
  /** How many, or with `precision` how many at most. */
  readonly replications: number;
  /** Half-width of the 95 % interval of a P95 over the P95, at which to stop. */
  readonly precision: number | undefined;
  readonly jobs: number;
}

/** Replications as one, and what their spread says. */
export interface Replicated {
  /** Runs of all replications, one after the other in the order of their numbers. */
  readonly log: RunLog;
  readonly replications: number;
  /** Over replications: each gives one number, and these are independent whatever couples the runs of one. */
  readonly latencyMsP95: Estimate;
  readonly costUsdMean: Estimate;
  /** Whether the precision was reached; true where none was asked for. */
  readonly reached: boolean;
}

/** So few that Student's quantile alone is wide, and a variance by luck small does not stop too early. */
export const REPLICATIONS_LEAST = 5;
/** At most so many, unless it is said, when they are asked for by precision. */
export const REPLICATIONS_MOST = 100;

/** Seed of a replication by its number from 0. */
function seedOf(seed: string, number: number): string {
  return number === 0 ? seed : `${seed}/replication-${number + 1}`;
}

/**
 * Runs replications on threads. The stopping rule looks at replications 1 to k for growing k, never at the order in
 * which they end; what was begun beyond the last is dropped. So the result is the same for any number of threads.
 * Source: Law, Simulation Modeling and Analysis, 5th ed., §9.4.1, the sequential procedure of fixed relative precision.
 */
export async function replicate(options: ReplicationOptions): Promise<Replicated> {
  const { task, replications, precision } = options;
  const jobs = Math.min(options.jobs, replications);
  const pool = new Piscina<ReplicationTask, RunLog>({
    filename: new URL("./replication-worker.js", import.meta.url).href,
    maxThreads: jobs,
    // As for the threads of a sweep.
    minThreads: 0,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  const ended: Promise<RunLog>[] = [];
  const begin = () => {
    const one = pool.run({ ...task, seed: seedOf(task.seed, ended.length) });
    // Whoever waits for it hears of a failure; one that is dropped concerns nobody.
    one.catch(() => {});
    ended.push(one);
  };
  const logs: RunLog[] = [];
  try {
    while (logs.length < replications) {
      while (ended.length < Math.min(replications, logs.length + jobs)) begin();
      logs.push(await ended[logs.length]!);
      if (precision !== undefined && isPrecise(logs, precision)) break;
    }
  } finally {
    await pool.destroy();
  }
  return {
    log: pooled(logs),
    replications: logs.length,
    latencyMsP95: p95Over(logs),
    costUsdMean: over(logs, costUsdMeanOf),
    reached: precision === undefined || isPrecise(logs, precision),
  };
}

function isPrecise(logs: readonly RunLog[], precision: number): boolean {
  if (logs.length < REPLICATIONS_LEAST) return false;
  const { value, high } = p95Over(logs);
  return high !== null && high - value <= precision * value;
}

function p95Over(logs: readonly RunLog[]): Estimate {
  return over(logs, latencyMsP95Of);
}

function over(logs: readonly RunLog[], numberOf: (log: RunLog) => number): Estimate {
  return meanEstimate(Float64Array.from(logs, numberOf));
}

// Worked out once a log, as the stopping rule asks again and again.
const known = new WeakMap<RunLog, number>();

function latencyMsP95Of(log: RunLog): number {
  let p95 = known.get(log);
  if (p95 === undefined) {
    const finished = log.columns.latencyMs.filter((_, i) => log.status[i] === FINISHED).sort();
    p95 = finished.length === 0 ? Number.NaN : quantileOfSorted(finished, 0.95);
    known.set(log, p95);
  }
  return p95;
}

const FINISHED = RUN_STATUS.indexOf("finished");

function costUsdMeanOf(log: RunLog): number {
  return meanEstimate(log.columns.costUsd).value;
}

/** The runs of several logs as one; runs are numbered on. */
function pooled(logs: readonly RunLog[]): RunLog {
  const runs = logs.reduce((sum, log) => sum + log.runs, 0);
  const column = (name: RunColumn) => {
    const all = new Float64Array(runs);
    let first = 0;
    for (const log of logs) {
      all.set(log.columns[name], first);
      if (name === "run") for (let i = 0; i < log.runs; i++) all[first + i]! += first;
      first += log.runs;
    }
    return all;
  };
  const status = new Uint8Array(runs);
  let first = 0;
  for (const log of logs) {
    status.set(log.status, first);
    first += log.runs;
  }
  const columns = Object.fromEntries(RUN_COLUMNS.map((name) => [name, column(name)]));
  return {
    runs,
    columns: columns as Record<RunColumn, Float64Array>,
    status,
    events: logs.reduce((sum, log) => sum + log.events, 0),
  };
}
