/**
 * Hot path: numbers by step and by stage of the runs under way, each kind in one array for all of them: a run is
 * a few lines of memory then, however many are alive.
 */

import type { Program } from "../physics/program.ts";

/** Where the time of a step's slowest VM went, ms, in the order of its life. */
export const PARTS = ["hop", "queue", "cold", "init", "fetch", "compute", "store"] as const;

/** Arrays over (run, step) or (run, stage), runs by their place. */
export class RunNotes {
  /** Per step: predecessors still to end, VMs still to issue, VMs issued and not done, VMs in all. */
  waiting = new Int32Array(0);
  toIssue = new Int32Array(0);
  outstanding = new Int32Array(0);
  vmCount = new Int32Array(0);
  readyMs = new Float64Array(0);
  endMs = new Float64Array(0);
  /** Step whose end made this one ready; -1 for the arrival. */
  causedBy = new Int32Array(0);
  /** Parts of the slowest VM so far: [step * PARTS + part]. */
  parts = new Float64Array(0);
  /** Per lone step: worker of the slowest VM so far, and what each of its VMs pays for and moves through the store. */
  slowest = new Int32Array(0);
  storeUsd = new Float64Array(0);
  storeBytes = new Float64Array(0);
  /** Per stage: time and number of the slowest VM's jobs on its critical chain. */
  chainMs = new Float64Array(0);
  chainJobs = new Int32Array(0);
  /** Per stage: median time of its workers, ms; NaN while not known. */
  medianMs = new Float64Array(0);
  readonly #steps: number;
  readonly #stages: number;
  #runs = 0;

  constructor(program: Program) {
    this.#steps = program.steps.length;
    this.#stages = program.stages.length;
  }

  /** Makes room for so many runs at once. */
  makeRoom(runs: number): void {
    if (runs <= this.#runs) return;
    this.#runs = Math.max(runs, 2 * this.#runs);
    const steps = this.#runs * this.#steps;
    const stages = this.#runs * this.#stages;
    for (const name of [
      "waiting",
      "toIssue",
      "outstanding",
      "vmCount",
      "causedBy",
      "slowest",
    ] as const)
      this[name] = grown(this[name], new Int32Array(steps));
    for (const name of ["readyMs", "endMs", "storeUsd", "storeBytes"] as const)
      this[name] = grown(this[name], new Float64Array(steps));
    this.parts = grown(this.parts, new Float64Array(steps * PARTS.length));
    for (const name of ["chainMs", "medianMs"] as const)
      this[name] = grown(this[name], new Float64Array(stages));
    this.chainJobs = grown(this.chainJobs, new Int32Array(stages));
  }

  /** Notes that a run has not begun any of its steps. */
  begin(program: Program, firstStep: number, firstStage: number): void {
    for (let step = 0; step < this.#steps; step++) {
      const at = firstStep + step;
      this.waiting[at] = program.steps[step]!.predecessorCount;
      this.toIssue[at] = 0;
      this.outstanding[at] = 0;
      this.vmCount[at] = 0;
      this.readyMs[at] = Number.POSITIVE_INFINITY;
      this.endMs[at] = -1;
    }
    for (let at = firstStage; at < firstStage + this.#stages; at++) {
      this.chainMs[at] = 0;
      this.chainJobs[at] = 0;
      this.medianMs[at] = Number.NaN;
    }
  }
}

function grown<T extends Int32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
