/**
 * Every run of every cell as one Arrow IPC file: typed columns that Python, R and DuckDB open as
 * they are. Written batch by batch, in memory that does not grow with the runs.
 */

import {
  AsyncByteQueue,
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  tableFromIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { assert, InputError } from "../check.ts";
import { RUN_COLUMNS, RUN_STATUS, type RunColumn } from "../execution/run-log.ts";
import { byColumn, type StoredRuns } from "./run-batches.ts";

/** The runs of one cell, under the cell's name. */
export interface CellRuns {
  readonly cell: string;
  readonly log: StoredRuns;
}

/** Takes the next bytes of a file; what it is given may change once it returns. */
export type ByteSink = (bytes: Uint8Array) => void;

const NAMES = new Dictionary(new Utf8(), new Int32(), 0);
const STATUSES = new Dictionary(new Utf8(), new Int32(), 1);

// New columns come last.
const BEFORE_STATUS = RUN_COLUMNS.filter((column) => column !== "retries");

/** Name of a run's column in the file: snake case, its unit last. */
function runColumnName(column: RunColumn): string {
  return column.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Writes an Arrow IPC file: `cell` (dictionary), `run` (int32), the other run columns (float64), `status`
 * (dictionary), `retries` (float64). The float64 columns are not copied.
 */
export class RunsWriter {
  readonly #cells: readonly string[];
  readonly #schema = new Schema(fields());
  readonly #names: Vector<Utf8>;
  readonly #statuses = vectorFromArray([...RUN_STATUS], new Utf8());
  readonly #writer = new RecordBatchFileWriter();

  /** Begins a file of the runs of these cells. */
  constructor(cells: readonly string[], sink: ByteSink) {
    this.#cells = cells;
    this.#names = vectorFromArray([...cells], new Utf8());
    this.#writer.reset(new Outlet(sink), this.#schema);
  }

  /** Writes runs of one of the cells as a record batch, after those that it had. */
  add({ cell, log }: CellRuns): void {
    const place = this.#cells.indexOf(cell);
    assert(place >= 0, `cell ${cell} is not of this file`);
    this.#writer.write(this.#batch(place, log));
  }

  /** Writes the end of the file. */
  end(): void {
    this.#writer.finish();
  }

  #batch(place: number, log: StoredRuns): RecordBatch {
    const shape = { length: log.runs, nullCount: 0 };
    const children = [
      makeData({
        ...shape,
        type: NAMES,
        data: new Int32Array(log.runs).fill(place),
        dictionary: this.#names,
      }),
      ...BEFORE_STATUS.map((column) => numberData(column, log)),
      makeData({
        ...shape,
        type: STATUSES,
        data: Int32Array.from(log.status),
        dictionary: this.#statuses,
      }),
      numberData("retries", log),
    ];
    const data = makeData({ ...shape, type: new Struct(fields()), children });
    return new RecordBatch(this.#schema, data);
  }
}

/**
 * The runs of each cell, by the cell's name, from a file as `RunsWriter` writes it; files from before runs had
 * retries had none.
 * @throws InputError file, for bytes that are no Arrow file and for missing columns.
 */
export function runsFromArrow(bytes: Uint8Array, file?: string): ReadonlyMap<string, StoredRuns> {
  const batches = new Map<string, StoredRuns[]>();
  for (const batch of batchesOf(bytes, file)) {
    if (batch.numRows === 0) continue;
    const column = (name: string): Vector => {
      const vector = batch.getChild(name);
      if (vector === null) throw new InputError("file", `column missing: ${name}`, file);
      return vector;
    };
    const known = (name: RunColumn) =>
      name === "retries" && batch.getChild(name) === null
        ? new Float64Array(batch.numRows)
        : Float64Array.from(numbers(column(runColumnName(name))));
    const status = column("status");
    const log: StoredRuns = {
      runs: batch.numRows,
      columns: byColumn(known),
      status: Uint8Array.from({ length: batch.numRows }, (_, i) => statusCode(status.get(i), file)),
    };
    const cell = String(column("cell").get(0));
    batches.set(cell, [...(batches.get(cell) ?? []), log]);
  }
  return new Map(Array.from(batches, ([cell, logs]) => [cell, joined(logs)]));
}

function joined(logs: readonly StoredRuns[]): StoredRuns {
  if (logs.length === 1) return logs[0]!;
  const runs = logs.reduce((sum, log) => sum + log.runs, 0);
  const columns = byColumn(() => new Float64Array(runs));
  const status = new Uint8Array(runs);
  let at = 0;
  for (const log of logs) {
    for (const name of RUN_COLUMNS) columns[name].set(log.columns[name], at);
    status.set(log.status, at);
    at += log.runs;
  }
  return { runs, columns, status };
}

function fields(): Field[] {
  return [
    new Field("cell", NAMES, false),
    ...BEFORE_STATUS.map(
      (column) =>
        new Field(runColumnName(column), column === "run" ? new Int32() : new Float64(), false),
    ),
    new Field("status", STATUSES, false),
    new Field("retries", new Float64(), false),
  ];
}

function numberData(column: RunColumn, log: StoredRuns) {
  const data = log.columns[column];
  assert(data.length === log.runs, `column ${column} has ${data.length} of ${log.runs} runs`);
  const shape = { length: data.length, nullCount: 0 };
  return column === "run"
    ? makeData({ ...shape, type: new Int32(), data: Int32Array.from(data) })
    : makeData({ ...shape, type: new Float64(), data });
}

// The library's writer fills a queue that is read later; this one passes on and keeps nothing.
class Outlet extends AsyncByteQueue {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    super();
    this.#sink = sink;
  }

  override write(bytes: Uint8Array): void {
    this.#sink(bytes);
  }
}

function batchesOf(bytes: Uint8Array, file: string | undefined): readonly RecordBatch[] {
  const magic = new TextDecoder().decode(bytes.subarray(0, 6));
  if (magic !== "ARROW1") throw new InputError("file", "not an Arrow file", file);
  try {
    return tableFromIPC(bytes).batches;
  } catch (error) {
    // The library says in its own ways that lengths and places in a file make no sense.
    throw new InputError("file", `broken Arrow file: ${String(error).split("\n")[0]}`, file);
  }
}

function numbers(vector: Vector): ArrayLike<number> {
  return vector.toArray() as ArrayLike<number>;
}

function statusCode(name: unknown, file: string | undefined): number {
  const code = (RUN_STATUS as readonly unknown[]).indexOf(name);
  if (code < 0) throw new InputError("file", `status: unknown value "${String(name)}"`, file);
  return code;
}
