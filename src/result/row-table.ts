/** Tables of plain rows with columns of their own: one line per row of CSV, and back. */

import { writeToString } from "fast-csv";
import { InputError } from "../check.ts";
import { tableNumber } from "./cell-table.ts";
import { recordsOf } from "./csv-records.ts";

/** What a column holds; null is an empty field. */
type ColumnKind = "text" | "number" | "number or null";

/** Columns by name, in file order. */
type Columns = Readonly<Record<string, ColumnKind>>;

/** A row with these columns. */
export type RowOf<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends "text"
    ? string
    : C[Name] extends "number"
      ? number
      : number | null;
};

/** Reads, writes and recognises the rows of one kind. */
export class RowTable<C extends Columns> {
  readonly #columns: C;

  constructor(columns: C) {
    this.#columns = columns;
  }

  /** Those of `rows` that are of this table, numbers to nine digits as they are stored. */
  rowsAmong(rows: readonly object[]): readonly RowOf<C>[] {
    return rows.map(rounded).filter((row) => this.#holds(row));
  }

  /** The header, then a line per row, each ended by a newline; numbers to nine digits. */
  async toCsv(rows: readonly object[]): Promise<string> {
    const names = Object.keys(this.#columns);
    const lines = this.rowsAmong(rows).map((row) => names.map((name) => fieldOf(row[name])));
    return writeToString(lines, {
      headers: names,
      alwaysWriteHeaders: true,
      includeEndRowDelimiter: true,
    });
  }

  /**
   * Rows from CSV text as `toCsv` writes it.
   * @throws InputError file, for missing columns and for fields of another kind.
   */
  async fromCsv(text: string, file: string): Promise<readonly RowOf<C>[]> {
    const { header, records } = await recordsOf(text, file);
    const missing = Object.keys(this.#columns).filter((name) => !header.includes(name));
    if (missing.length > 0)
      throw new InputError("file", `columns missing: ${missing.join(", ")}`, file);
    return records.map((record, i) => this.#rowOf(record, i + 2, file));
  }

  #rowOf(record: Record<string, string>, line: number, file: string): RowOf<C> {
    const row = Object.fromEntries(
      Object.entries(this.#columns).map(([name, kind]) => {
        const text = record[name] ?? "";
        const value = kind === "text" ? text : text === "" ? null : Number(text);
        if (!isOf(kind, value))
          throw new InputError(
            "file",
            [{ where: name, line, message: `expected a ${kind}, got "${text}"` }],
            file,
          );
        return [name, value];
      }),
    );
    if (!this.#holds(row)) throw new InputError("file", `line ${line} is no row`, file);
    return row;
  }

  #holds(row: object): row is RowOf<C> {
    const fields = new Map<string, unknown>(Object.entries(row));
    return Object.entries(this.#columns).every(([name, kind]) => isOf(kind, fields.get(name)));
  }
}

function isOf(kind: ColumnKind, value: unknown): boolean {
  if (kind === "text") return typeof value === "string";
  if (value === null) return kind === "number or null";
  return typeof value === "number" && !Number.isNaN(value);
}

// What is drawn at once must be what is drawn again from the file.
function rounded(row: object): object {
  const fields: Record<string, unknown> = { ...row };
  for (const [name, value] of Object.entries(fields))
    if (typeof value === "number") fields[name] = tableNumber(value);
  return fields;
}

function fieldOf(value: string | number | null | undefined): string {
  return String(value ?? "");
}
