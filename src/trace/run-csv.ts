/**
 * Run CSV: one row per execution of a function, with SeBS-Flow's column names. Columns of our own,
 * all optional, say what those leave open: `parents`, `memory_mb`, `transfer_ms`, `handler_ms`.
 */

import type { CsvRow } from "./csv.ts";
import { nameOfFile } from "./names.ts";
import { observedWorkload } from "./observed-workload.ts";
import { RowTally } from "./row-tally.ts";
import { StageRecords } from "./stage-records.ts";
import { type Columns, numberIn, tableRows } from "./table.ts";
import type { ImportOptions, TraceFile, TraceFormat } from "./trace-format.ts";

const REQUIRED = ["func", "start", "end", "request_id"] as const;
const NUMBERS = [
  "blob.download",
  "blob.upload",
  "provider.init_duration",
  "max_mem_used",
  "billing.mem",
  "memory_mb",
  "handler_ms",
  "transfer_ms",
] as const;
const OPTIONAL = [...NUMBERS, "parents"] as const;

type Column = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

// An orchestrator that a platform reports as a function of its own is no stage.
const ORCHESTRATORS = ["run_workflow"];

// SeBS-Flow names its files after how functions were called and their memory: burst_1024.csv.
const NAMED_SIZE = /(?:burst|warm|cold|sequential)_(\d+)(?:_processed)?\.csv/;

/** Run CSV: the richest of the foreign formats, and what `simulate --spans` writes. */
export const runCsv: TraceFormat = {
  name: "run-csv",
  description: "a row per function execution, SeBS-Flow's column names",
  files: "one or more .csv; one per memory size gives the scaling",
  supplies: ["graph", "fan-out", "durations", "bytes", "arrivals"],
  partly: { scaling: "the sizes that were run", "cold start": "where starts were timed" },
  async *read(files, options) {
    const records = new StageRecords();
    for (const [i, file] of files.entries()) await addFile(records, file, i, options);
    const names = files.map((file) => file.name).join(", ");
    yield observedWorkload(
      records,
      { name: nameOfFile(files[0]!.name), source: `run CSV ${names}`, file: names },
      options,
    );
  },
};

async function addFile(
  records: StageRecords,
  file: TraceFile,
  number: number,
  options: ImportOptions,
): Promise<void> {
  const tally = new RowTally(file.name);
  const named = NAMED_SIZE.exec(file.name)?.[1];
  for await (const { header, rows } of tableRows<Column>(file, REQUIRED, OPTIONAL))
    for (const row of rows)
      addRow(records, row, header.columns, {
        prefix: `${number}/`,
        namedMb: named === undefined ? undefined : Number(named),
        tally,
      });
  tally.close(options);
}

function addRow(
  records: StageRecords,
  row: CsvRow,
  columns: Columns<Column>,
  {
    prefix,
    namedMb,
    tally,
  }: { readonly prefix: string; readonly namedMb: number | undefined; readonly tally: RowTally },
): void {
  tally.row();
  const text = (name: Column) => row.cells[columns[name]]?.trim() ?? "";
  const stage = text("func");
  if (ORCHESTRATORS.includes(stage)) return;
  for (const name of ["func", "request_id"] as const)
    if (text(name) === "") return tally.bad(row, columns[name], name, "a name");
  const start = numberIn(row, columns.start, "start", tally);
  if (start === undefined) return;
  const end = numberIn(row, columns.end, "end", tally);
  if (end === undefined) return;
  if (end < start) return tally.bad(row, columns.end, "end", `at least the start ${start}`);
  const known: Partial<Record<Column, number>> = {};
  for (const name of NUMBERS) {
    if (text(name) === "") continue;
    const value = numberIn(row, columns[name], name, tally);
    if (value === undefined) return;
    known[name] = value;
  }
  const initUs = known["provider.init_duration"];
  records.add({
    run: `${prefix}${text("request_id")}`,
    stage,
    startMs: start * 1000,
    endMs: end * 1000,
    // 0 stands for a warm start.
    initMs: initUs === undefined || initUs === 0 ? undefined : initUs / 1000,
    handlerMs: known.handler_ms,
    transferMs: known.transfer_ms,
    memoryMb: known.memory_mb ?? known["billing.mem"] ?? namedMb,
    memoryUsedMb: known.max_mem_used,
    bytesIn: known["blob.download"],
    bytesOut: known["blob.upload"],
  });
  if (columns.parents >= 0) records.namesParents = true;
  for (const parent of text("parents").split(";"))
    if (parent.trim() !== "") records.addParent(stage, parent.trim());
}
