/** Executions of functions as any trace tells them, in columns: a row is one worker of one run. */

import { NumberColumn } from "./samples.ts";

/** One execution of a function. Times in ms since any moment; what is unknown is undefined. */
export interface StageRecord {
  readonly run: string;
  readonly stage: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Start of runtime and handler, before `startMs`, ms. */
  readonly initMs?: number | undefined;
  /** Start of the handler alone, where it is told apart, ms. */
  readonly handlerMs?: number | undefined;
  /** Part of the execution that read input and wrote output, ms. */
  readonly transferMs?: number | undefined;
  readonly memoryMb?: number | undefined;
  readonly memoryUsedMb?: number | undefined;
  readonly bytesIn?: number | undefined;
  readonly bytesOut?: number | undefined;
}

const COLUMN_NAMES = [
  "run",
  "stage",
  "startMs",
  "endMs",
  "initMs",
  "handlerMs",
  "transferMs",
  "memoryMb",
  "memoryUsedMb",
  "bytesIn",
  "bytesOut",
] as const;

type ColumnName = (typeof COLUMN_NAMES)[number];

/** Executions in columns, at most 80 bytes each, NaN for what is unknown. */
export class StageRecords {
  readonly columns: Readonly<Record<ColumnName, NumberColumn>>;
  /** Names by index, in the order they first came. */
  readonly stages: string[] = [];
  /** Stages that must have ended before each stage, as far as the trace says so. */
  readonly parents = new Map<string, Set<string>>();
  /** Whether the trace says so at all; else the graph is inferred from times. */
  namesParents = false;
  readonly #runs = new Map<string, number>();
  readonly #stageIndex = new Map<string, number>();

  constructor() {
    const entries = COLUMN_NAMES.map((name) => [name, new NumberColumn()] as const);
    this.columns = Object.fromEntries(entries) as Record<ColumnName, NumberColumn>;
  }

  /** Executions so far. */
  get length(): number {
    return this.columns.stage.length;
  }

  /** Runs so far. */
  get runs(): number {
    return this.#runs.size;
  }

  /** Adds an execution. */
  add(record: StageRecord): void {
    const { columns } = this;
    let run = this.#runs.get(record.run);
    if (run === undefined) this.#runs.set(record.run, (run = this.#runs.size));
    let stage = this.#stageIndex.get(record.stage);
    if (stage === undefined) {
      this.#stageIndex.set(record.stage, (stage = this.stages.length));
      this.stages.push(record.stage);
    }
    columns.run.push(run);
    columns.stage.push(stage);
    columns.startMs.push(record.startMs);
    columns.endMs.push(record.endMs);
    columns.initMs.push(record.initMs ?? Number.NaN);
    columns.handlerMs.push(record.handlerMs ?? Number.NaN);
    columns.transferMs.push(record.transferMs ?? Number.NaN);
    columns.memoryMb.push(record.memoryMb ?? Number.NaN);
    columns.memoryUsedMb.push(record.memoryUsedMb ?? Number.NaN);
    columns.bytesIn.push(record.bytesIn ?? Number.NaN);
    columns.bytesOut.push(record.bytesOut ?? Number.NaN);
  }

  /** Says that `parent` must have ended before `stage` starts. */
  addParent(stage: string, parent: string): void {
    this.namesParents = true;
    const known = this.parents.get(stage);
    if (known === undefined) this.parents.set(stage, new Set([parent]));
    else known.add(parent);
  }
}

/** What one run did with one stage. */
export interface StageOfRun {
  readonly stage: number;
  workers: number;
  firstStartMs: number;
  lastEndMs: number;
  /** Sums over the workers; NaN when none tells. */
  bytesIn: number;
  bytesOut: number;
}

/**
 * The stages of each run, in the order of their first start. Kept in columns and handed out as
 * objects one run at a time: runs are many, and nobody needs two at once. Empties the columns of
 * the records that it takes over: runs and bytes.
 */
export class StagesByRun implements Iterable<readonly StageOfRun[]> {
  /** Number of runs. */
  readonly length: number;
  readonly #end: Int32Array;
  readonly #columns = ENTRY_NAMES.map(() => new NumberColumn());

  constructor(records: StageRecords) {
    this.length = records.runs;
    this.#end = new Int32Array(records.runs);
    const { order, first } = rowsByRun(records);
    for (let run = 0; run < this.length; run++) {
      for (const of of stagesOf(records, order.subarray(first[run]!, first[run + 1]!)))
        ENTRY_NAMES.forEach((name, c) => this.#columns[c]!.push(of[name]));
      this.#end[run] = this.#columns[0]!.length;
    }
    // What is told by run is told here from now on.
    for (const name of ["run", "bytesIn", "bytesOut"] as const) records.columns[name].clear();
  }

  *[Symbol.iterator](): Generator<readonly StageOfRun[]> {
    for (let run = 0, i = 0; run < this.length; run++) {
      const stages: StageOfRun[] = [];
      for (; i < this.#end[run]!; i++) stages.push(this.#entry(i));
      yield stages;
    }
  }

  /** What `visit` returns for each run, in one list. */
  collect<T>(visit: (run: readonly StageOfRun[]) => readonly T[]): T[] {
    const all: T[] = [];
    for (const run of this) all.push(...visit(run));
    return all;
  }

  #entry(i: number): StageOfRun {
    const [stage, workers, firstStartMs, lastEndMs, bytesIn, bytesOut] = this.#columns;
    return {
      stage: stage!.at(i),
      workers: workers!.at(i),
      firstStartMs: firstStartMs!.at(i),
      lastEndMs: lastEndMs!.at(i),
      bytesIn: bytesIn!.at(i),
      bytesOut: bytesOut!.at(i),
    };
  }
}

const ENTRY_NAMES = [
  "stage",
  "workers",
  "firstStartMs",
  "lastEndMs",
  "bytesIn",
  "bytesOut",
] as const satisfies readonly (keyof StageOfRun)[];

// Rows sorted by run, and where each run's begin.
function rowsByRun({ columns: { run }, length, runs }: StageRecords): {
  readonly order: Int32Array;
  readonly first: Int32Array;
} {
  const first = new Int32Array(runs + 1);
  for (let i = 0; i < length; i++) first[run.at(i) + 1]!++;
  for (let r = 0; r < runs; r++) first[r + 1] = first[r + 1]! + first[r]!;
  const next = first.slice();
  const order = new Int32Array(length);
  for (let i = 0; i < length; i++) order[next[run.at(i)]!++] = i;
  return { order, first };
}

function stagesOf(records: StageRecords, rows: Int32Array): readonly StageOfRun[] {
  const { stage, startMs, endMs, bytesIn, bytesOut } = records.columns;
  const stages: StageOfRun[] = [];
  for (const i of rows) {
    let of = stages.find((one) => one.stage === stage.at(i));
    if (of === undefined) {
      of = {
        stage: stage.at(i),
        workers: 0,
        firstStartMs: Number.POSITIVE_INFINITY,
        lastEndMs: Number.NEGATIVE_INFINITY,
        bytesIn: Number.NaN,
        bytesOut: Number.NaN,
      };
      stages.push(of);
    }
    of.workers++;
    of.firstStartMs = Math.min(of.firstStartMs, startMs.at(i));
    of.lastEndMs = Math.max(of.lastEndMs, endMs.at(i));
    of.bytesIn = plus(of.bytesIn, bytesIn.at(i));
    of.bytesOut = plus(of.bytesOut, bytesOut.at(i));
  }
  return stages.toSorted((a, b) => a.firstStartMs - b.firstStartMs || a.stage - b.stage);
}

function plus(sum: number, more: number): number {
  if (Number.isNaN(more)) return sum;
  return Number.isNaN(sum) ? more : sum + more;
}
