/**
 * Every run of every cell as one Arrow IPC file: typed columns that Python, R and DuckDB open as
 * they are.
 */

import {
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { assert, InputError } from "../check.ts";
import { RUN_COLUMNS, RUN_STATUS, type RunColumn, type RunLog } from "../execution/run-log.ts";

/** What a file keeps of a log: all but the count of events, which is no result. */
export type StoredRuns = Omit<RunLog, "events">;

/** The runs of one cell, under the cell's name. */
export interface CellRuns {
  readonly cell: string;
  readonly log: StoredRuns;
}

const NAMES = new Dictionary(new Utf8(), new Int32(), 0);
const STATUSES = new Dictionary(new Utf8(), new Int32(), 1);

// New columns come last.
const BEFORE_STATUS = RUN_COLUMNS.filter((column) => column !== "retries");

/** Name of a run's column in the file: snake case, its unit last. */
function runColumnName(column: RunColumn): string {
  return column.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Bytes of an Arrow IPC file with a record batch per cell: `cell` (dictionary), `run` (int32), the
 * other run columns (float64), `status` (dictionary), `retries` (float64). The float64 columns are wrapped, not copied,
 * until they are written.
 */
export function runsToArrow(cells: readonly CellRuns[]): Uint8Array {
  const schema = new Schema(fields());
  const names = vectorFromArray(
    cells.map(({ cell }) => cell),
    new Utf8(),
  );
  const statuses = vectorFromArray([...RUN_STATUS], new Utf8());
  const batches = cells.map(({ log }, c) => {
    const columns = [
      makeData({
        type: NAMES,
        length: log.runs,
        nullCount: 0,
        data: new Int32Array(log.runs).fill(c),
        dictionary: names,
      }),
      ...BEFORE_STATUS.map((column) => numberData(column, log)),
      makeData({
        type: STATUSES,
        length: log.runs,
        nullCount: 0,
        data: Int32Array.from(log.status),
        dictionary: statuses,
      }),
      numberData("retries", log),
    ];
    return new RecordBatch(
      schema,
      makeData({ type: new Struct(fields()), length: log.runs, nullCount: 0, children: columns }),
    );
  });
  return tableToIPC(new Table(schema, batches), "file");
}

/**
 * The runs of each cell, by the cell's name, from a file as `runsToArrow` writes it; files from before runs had
 * retries had none.
 * @throws InputError file, for bytes that are no Arrow file and for missing columns.
 */
export function runsFromArrow(bytes: Uint8Array, file?: string): ReadonlyMap<string, StoredRuns> {
  const runs = new Map<string, StoredRuns>();
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
    const columns = Object.fromEntries(RUN_COLUMNS.map((name) => [name, known(name)])) as Record<
      RunColumn,
      Float64Array
    >;
    const status = column("status");
    const log: StoredRuns = {
      runs: batch.numRows,
      columns,
      status: Uint8Array.from({ length: batch.numRows }, (_, i) => statusCode(status.get(i), file)),
    };
    const cell = String(column("cell").get(0));
    assert(!runs.has(cell), `cell ${cell} has two record batches`);
    runs.set(cell, log);
  }
  return runs;
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
  const shape = { length: log.runs, nullCount: 0 };
  return column === "run"
    ? makeData({ ...shape, type: new Int32(), data: Int32Array.from(data) })
    : makeData({ ...shape, type: new Float64(), data });
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
