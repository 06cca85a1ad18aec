/** Rows of a table with a header, read by column names whatever their order. */

import { InputError, suggestion } from "../check.ts";
import { type CsvRow, csvRows } from "./csv.ts";
import type { RowTally } from "./row-tally.ts";
import type { TraceFile } from "./trace-format.ts";

/** Place of each column by name; -1 for one that the file lacks and may lack. */
export type Columns<Name extends string> = Readonly<Record<Name, number>>;

/** A header, found. */
export interface Header<Name extends string> {
  readonly names: readonly string[];
  readonly columns: Columns<Name>;
}

/**
 * The rows below the header of a CSV file, a piece at a time; the header comes first with no rows.
 * @throws InputError workload, naming every column that is required and missing.
 */
export async function* tableRows<Name extends string>(
  file: TraceFile,
  required: readonly Name[],
  optional: readonly Name[] = [],
): AsyncGenerator<{ readonly header: Header<Name>; readonly rows: readonly CsvRow[] }> {
  let header: Header<Name> | undefined;
  for await (const rows of csvRows(file)) {
    if (header === undefined && rows.length > 0) {
      header = headerOf(rows[0]!, required, optional, file.name);
      yield { header, rows: rows.slice(1) };
    } else if (header !== undefined) yield { header, rows };
  }
  if (header === undefined)
    throw new InputError("workload", `expected a header with ${quoted(required)}`, file.name);
}

/** The names in the first row of a file. */
export async function headerNames(file: TraceFile): Promise<readonly string[]> {
  for await (const rows of csvRows(file))
    if (rows.length > 0) return rows[0]!.cells.map((name) => name.trim());
  throw new InputError("workload", "is empty", file.name);
}

/** A number of a row, at least `least`; undefined, and counted as a bad row, when it is none. */
export function numberIn(
  row: CsvRow,
  cell: number,
  where: string,
  tally: RowTally,
  least = 0,
): number | undefined {
  const written = row.cells[cell];
  const value = written === undefined || written.trim() === "" ? Number.NaN : Number(written);
  if (Number.isFinite(value) && value >= least) return value;
  tally.bad(row, cell, where, least === 0 ? "a number of at least 0" : "a number");
  return undefined;
}

function headerOf<Name extends string>(
  row: CsvRow,
  required: readonly Name[],
  optional: readonly Name[],
  file: string,
): Header<Name> {
  const names = row.cells.map((name) => name.trim());
  const faults = required
    .filter((name) => !names.includes(name))
    .map((name) => ({
      where: "",
      message: `expected a column "${name}"${suggestion(name, names)}`,
      line: row.line,
      column: 1,
    }));
  if (faults.length > 0) throw new InputError("workload", faults, file);
  const places = [...required, ...optional].map((name) => [name, names.indexOf(name)]);
  return { names, columns: Object.fromEntries(places) as Record<Name, number> };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
