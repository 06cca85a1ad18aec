/** Runs as they end, gathered in the order of their number: what a file of runs is written from. */

import { assert } from "../check.ts";
import {
  RUN_COLUMNS,
  RUN_PLACE,
  type RunColumn,
  type RunLog,
  type RunSink,
} from "../execution/run-log.ts";

/** What a file keeps of a log: all but the count of events, which is no result. */
export type StoredRuns = Omit<RunLog, "events">;

/** Runs of a batch of a file: ten megabytes. */
export const BATCH_RUNS = 65_536;

interface Batch {
  /** In the order of RUN_COLUMNS. */
  readonly columns: readonly Float64Array[];
  readonly status: Uint8Array;
  /** How many of its runs have ended. */
  ended: number;
}

/** A log in parts of so many runs, the last of fewer; they are views of it. */
export function* batchesOf(log: StoredRuns, batchRuns: number): Generator<StoredRuns> {
  for (let from = 0; from < log.runs; from += batchRuns) {
    const to = Math.min(log.runs, from + batchRuns);
    const columns = byColumn((name) => log.columns[name].subarray(from, to));
    yield { runs: to - from, columns, status: log.status.subarray(from, to) };
  }
}

/**
 * Gathers runs into batches of `batchRuns` and hands each on when all of its runs have ended, and all batches before
 * it. Holds as many batches as have runs under way.
 */
export class RunBatches {
  readonly #batchRuns: number;
  readonly #give: (runs: StoredRuns) => void;
  /** By number; those before `#next` have been handed on. */
  readonly #open = new Map<number, Batch>();
  #next = 0;

  /** `give` receives one batch after the other. */
  constructor(batchRuns: number, give: (runs: StoredRuns) => void) {
    this.#batchRuns = batchRuns;
    this.#give = give;
  }

  /** Takes a run; a sink for `simulateEach`. */
  readonly sink: RunSink = (row, status) => {
    const run = row[RUN_PLACE.run]!;
    const number = Math.floor(run / this.#batchRuns);
    const batch = this.#open.get(number) ?? this.#begun(number);
    const place = run - number * this.#batchRuns;
    for (let c = 0; c < row.length; c++) batch.columns[c]![place] = row[c]!;
    batch.status[place] = status;
    batch.ended++;
    while (this.#open.get(this.#next)?.ended === this.#batchRuns) this.#giveNext();
  };

  /** Hands on the last batch, which may have fewer runs. */
  end(): void {
    if (this.#open.size > 0) this.#giveNext();
    assert(this.#open.size === 0, `runs are missing before batch ${this.#next}`);
  }

  #begun(number: number): Batch {
    const columns = RUN_COLUMNS.map(() => new Float64Array(this.#batchRuns));
    const batch = { columns, status: new Uint8Array(this.#batchRuns), ended: 0 };
    this.#open.set(number, batch);
    return batch;
  }

  #giveNext(): void {
    const { columns, status, ended } = this.#open.get(this.#next)!;
    this.#open.delete(this.#next);
    this.#next++;
    const column = (name: RunColumn) => columns[RUN_PLACE[name]]!.subarray(0, ended);
    this.#give({ runs: ended, columns: byColumn(column), status: status.subarray(0, ended) });
  }
}

/** Columns by their names. */
export function byColumn(
  column: (name: RunColumn) => Float64Array,
): Record<RunColumn, Float64Array> {
  return Object.fromEntries(RUN_COLUMNS.map((name) => [name, column(name)])) as Record<
    RunColumn,
    Float64Array
  >;
}
