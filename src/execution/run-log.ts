/** Columns of what happened, one row per workflow run; the only thing the simulator returns. */

/** Number columns of a run, in file order. Times in ms, money in USD. */
export const RUN_COLUMNS = [
  "run",
  "arriveMs",
  "finishMs",
  "latencyMs",
  "costUsd",
  "coldStarts",
  "vmUses",
  "gbS",
  "bytesRemote",
  /** Slowest / median worker of the widest stage; 1 without a parallel stage. */
  "skew",
  "hopMs",
  "queueMs",
  "coldMs",
  "initMs",
  "fetchMs",
  "computeMs",
  "stragglerMs",
  "storeMs",
  /** Attempts of invocations that were repeated. */
  "retries",
] as const;

/** Name of a column of a run. */
export type RunColumn = (typeof RUN_COLUMNS)[number];

/** Place of each column in a row. */
export const RUN_PLACE = Object.fromEntries(RUN_COLUMNS.map((name, i) => [name, i])) as Readonly<
  Record<RunColumn, number>
>;

/** How a run ended; the number is its code in the `status` column. */
export const RUN_STATUS = ["finished", "timed-out", "failed"] as const;

/** Code of a run that the time limit of a VM has ended. */
export const TIMED_OUT = 1;
/** Code of a run that was refused a VM until it gave up, or failed once more than it may be repeated. */
export const FAILED = 2;

/** Runs in the order of their number. Each column is a Float64Array(runs); `status` indexes RUN_STATUS. */
export interface RunLog {
  readonly runs: number;
  readonly columns: Readonly<Record<RunColumn, Float64Array>>;
  readonly status: Uint8Array;
  /** Simulated events handled, for events/s; not a result. */
  readonly events: number;
}

/** Receives each run's row (one number per RUN_COLUMNS, reused) and its status, in order of completion. */
export type RunSink = (row: Float64Array, status: number) => void;
