/** Executions of functions as any trace tells them, in columns: a row is one worker of one run. */

import { NumberColumn } from "./samples.ts";

/** One execution of a function. Times in ms since any moment; what is unknown is undefined. */
export interface StageRecord {
  readonly run: string;
  readonly stage: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly cold?: boolean | undefined;
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
  "cold",
  "initMs",
  "handlerMs",
  "transferMs",
  "memoryMb",
  "memoryUsedMb",
  "bytesIn",
  "bytesOut",
] as const;

type ColumnName = (typeof COLUMN_NAMES)[number];

/** Executions in columns, some 100 bytes each, NaN for what is unknown. */
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
    return this.columns.run.length;
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
    columns.cold.push(record.cold === undefined ? Number.NaN : Number(record.cold));
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

/** The stages of each run, by run, in the order of their first start. */
export function stagesByRun(records: StageRecords): readonly (readonly StageOfRun[])[] {
  const { run, stage, startMs, endMs, bytesIn, bytesOut } = records.columns;
  const runs = Array.from({ length: records.runs }, () => new Map<number, StageOfRun>());
  for (let i = 0; i < records.length; i++) {
    const stages = runs[run.at(i)]!;
    let of = stages.get(stage.at(i));
    if (of === undefined) {
      of = {
        stage: stage.at(i),
        workers: 0,
        firstStartMs: Number.POSITIVE_INFINITY,
        lastEndMs: Number.NEGATIVE_INFINITY,
        bytesIn: Number.NaN,
        bytesOut: Number.NaN,
      };
      stages.set(of.stage, of);
    }
    of.workers++;
    of.firstStartMs = Math.min(of.firstStartMs, startMs.at(i));
    of.lastEndMs = Math.max(of.lastEndMs, endMs.at(i));
    of.bytesIn = plus(of.bytesIn, bytesIn.at(i));
    of.bytesOut = plus(of.bytesOut, bytesOut.at(i));
  }
  return runs.map((stages) =>
    [...stages.values()].toSorted((a, b) => a.firstStartMs - b.firstStartMs || a.stage - b.stage),
  );
}

function plus(sum: number, more: number): number {
  if (Number.isNaN(more)) return sum;
  return Number.isNaN(sum) ? more : sum + more;
}
