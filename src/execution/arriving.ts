/** Expects the runs of one workflow: asks for each arrival as the one before it is there, and tells the clock. */

import type { Clock } from "../des/simulator.ts";
import type { ArrivalProcess } from "../physics/arrivals.ts";

/** The arrivals of at most `runs` runs, as events of one kind without a subject. */
export class Arriving {
  /** Whether the next run starts when one ends. */
  readonly closed: boolean;
  readonly #arrivals: ArrivalProcess;
  readonly #runs: number;
  readonly #clock: Clock;
  readonly #kind: number;
  #expected = 0;
  #begun = 0;

  constructor(arrivals: ArrivalProcess, runs: number, clock: Clock, kind: number) {
    this.closed = arrivals.closed;
    this.#arrivals = arrivals;
    this.#runs = runs;
    this.#clock = clock;
    this.#kind = kind;
  }

  /** Expects the first arrivals. */
  begin(): void {
    for (let i = 0; i < this.#arrivals.openAtStart; i++) this.expect(0);
  }

  /** Number of the run that has arrived. */
  take(): number {
    return this.#begun++;
  }

  /** Expects the arrival after one at `previousMs`, if there is any. */
  expect(previousMs: number): void {
    if (this.#expected >= this.#runs) return;
    const atMs = this.#arrivals.next(this.#expected, previousMs);
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#expected++;
    this.#clock.at(Math.max(atMs, this.#clock.nowMs), this.#kind, 0);
  }
}
