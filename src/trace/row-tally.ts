/** Counts the rows of a file that cannot be used, and refuses the file when they are too many. */

import { InputError, type InputFault } from "../check.ts";
import { columnOf, type CsvRow } from "./csv.ts";
import type { ImportOptions } from "./trace-format.ts";

const BAD_FRACTION_MAX = 0.01;
const FAULTS_KEPT = 20;

/** Rows of one file: how many, and what is wrong with those that cannot be used. */
export class RowTally {
  readonly #file: string;
  readonly #faults: InputFault[] = [];
  #rows = 0;
  #bad = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Counts a row, good or bad. */
  row(): void {
    this.#rows++;
  }

  /** Counts the row as bad for what stands in one of its cells. */
  bad(row: CsvRow, cell: number, where: string, expected: string): void {
    const found = row.cells[cell];
    const got = found === undefined ? "no cell" : `"${found.slice(0, 40)}"`;
    this.fault(row.line, columnOf(row, cell), where, `expected ${expected}, got ${got}`);
  }

  /** Counts the row as bad for any other reason. */
  fault(line: number, column: number, where: string, message: string): void {
    this.#bad++;
    if (this.#faults.length < FAULTS_KEPT) this.#faults.push({ where, message, line, column });
  }

  /**
   * Says how many rows were left out.
   * @throws InputError workload, with the first 20, when more than 1 % are bad and that is not allowed.
   */
  close({ allowBadRows, note }: Pick<ImportOptions, "allowBadRows" | "note">): void {
    if (this.#bad === 0) return;
    const count = `${this.#bad} of ${this.#rows} rows cannot be used`;
    if (this.#bad > BAD_FRACTION_MAX * this.#rows && !allowBadRows) {
      const last = { where: "", message: `${count}; --allow-bad-rows goes on without them` };
      throw new InputError("workload", [...this.#faults, last], this.#file);
    }
    note(`${this.#file}: ${count}; the first in line ${this.#faults[0]!.line}`);
  }
}
