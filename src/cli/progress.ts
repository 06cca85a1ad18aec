/** Progress on stderr: a bar with the time left on a terminal, a plain line now and then in a log. */

const LINE_EVERY_MS = 10_000;
const WIDTH = 24;

/** Counts finished cells, or whatever `unit` says, and says how long the rest will take. */
export class Progress {
  readonly #total: number;
  readonly #quiet: boolean;
  readonly #unit: string;
  readonly #startMs = performance.now();
  #done = 0;
  #skipped = 0;
  #saidMs = 0;

  constructor(total: number, quiet: boolean, unit = "cells") {
    this.#total = total;
    this.#quiet = quiet;
    this.#unit = unit;
  }

  /** Cells that need not be run again. */
  skip(count: number): void {
    this.#skipped = count;
    this.#done += count;
  }

  /** One more cell has ended. */
  advance(what: string): void {
    this.#done++;
    if (this.#quiet) return;
    const nowMs = performance.now();
    if (process.stderr.isTTY) {
      const filled = Math.round((WIDTH * this.#done) / this.#total);
      const bar = "#".repeat(filled).padEnd(WIDTH, ".");
      const line = `[${bar}] ${this.#done}/${this.#total} ${this.#left(nowMs)} ${what}`;
      process.stderr.write(`\r${line.slice(0, 79).padEnd(79)}`);
      if (this.#done === this.#total) this.clear();
    } else if (nowMs - this.#saidMs > LINE_EVERY_MS) {
      this.#saidMs = nowMs;
      process.stderr.write(`${this.#done} of ${this.#total} ${this.#unit}, ${this.#left(nowMs)}\n`);
    }
  }

  /** A line that is shown whatever else is, above the bar. */
  say(line: string): void {
    this.clear();
    process.stderr.write(`${line}\n`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (!this.#quiet && process.stderr.isTTY) process.stderr.write(`\r${" ".repeat(79)}\r`);
  }

  #left(nowMs: number): string {
    const ran = this.#done - this.#skipped;
    const leftS = (((nowMs - this.#startMs) / ran) * (this.#total - this.#done)) / 1000;
    return leftS >= 90 ? `${Math.round(leftS / 60)} min left` : `${Math.ceil(leftS)} s left`;
  }
}
