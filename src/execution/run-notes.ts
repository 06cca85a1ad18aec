/**
 * Hot path: numbers of the runs under way, by run, by step and by stage, each kind in one array for all of them: a
 * run is a few lines of memory then, however many are alive.
 */

import type { Program } from "../physics/program.ts";
import { Blocks, grown } from "./blocks.ts";

/** Where the time of a step's slowest VM went, ms, in the order of its life. */
export const PARTS = ["hop", "queue", "cold", "init", "fetch", "compute", "store"] as const;

// What is written and read together lies together: a step's slowest VM in `STEP_NOTES` numbers, the parts first.
/** When the slowest VM of a step so far ends, ms; which worker it is, in a lone step. */
export const END_MS = PARTS.length;
export const SLOWEST = END_MS + 1;
/** What each VM of a lone step pays the store, and moves through it. */
export const STORE_USD = SLOWEST + 1;
export const STORE_BYTES = STORE_USD + 1;
/** Numbers of a step in `slowest`. */
export const STEP_NOTES = STORE_BYTES + 1;

/** Numbers of a run in `totals`: when it came, what it has paid, the memory it has used, what it has moved. */
export const ARRIVE_MS = 0;
export const COST_USD = 1;
export const GB_MS = 2;
export const BYTES_REMOTE = 3;
export const TOTALS = 4;

/** Arrays over runs, (run, step) or (run, stage), runs by their place. */
export class RunNotes {
  /** Per run: TOTALS numbers. */
  totals = new Float64Array(0);
  /** Per step: predecessors still to end, VMs still to issue, VMs issued and not done, VMs in all. */
  waiting = new Int32Array(0);
  toIssue = new Int32Array(0);
  outstanding = new Int32Array(0);
  vmCount = new Int32Array(0);
  readyMs = new Float64Array(0);
  /** Step whose end made this one ready; -1 for the arrival. */
  causedBy = new Int32Array(0);
  /** Per step: STEP_NOTES numbers, of its slowest VM so far and of its store. */
  slowest = new Float64Array(0);
  /** Per stage: time and number of the slowest VM's jobs on its critical chain. */
  chainMs = new Float64Array(0);
  chainJobs = new Int32Array(0);
  /** Per stage: median time of its workers, ms; NaN while not known. */
  medianMs = new Float64Array(0);
  /** Per step: the ids of its VMs, by place. */
  readonly vms = new Blocks((length) => new Int32Array(length));
  /** Per stage: how long each worker took, start-up excluded, ms. */
  readonly workerMs = new Blocks((length) => new Float64Array(length));
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
    this.totals = grown(this.totals, new Float64Array(this.#runs * TOTALS));
    for (const name of ["waiting", "toIssue", "outstanding", "vmCount", "causedBy"] as const)
      this[name] = grown(this[name], new Int32Array(steps));
    this.readyMs = grown(this.readyMs, new Float64Array(steps));
    this.slowest = grown(this.slowest, new Float64Array(steps * STEP_NOTES));
    for (const name of ["chainMs", "medianMs"] as const)
      this[name] = grown(this[name], new Float64Array(stages));
    this.chainJobs = grown(this.chainJobs, new Int32Array(stages));
    this.vms.addOwners(steps);
    this.workerMs.addOwners(stages);
  }

  /** Notes that a run has not begun any of its steps. */
  begin(program: Program, firstStep: number): void {
    for (let step = 0; step < this.#steps; step++) {
      const at = firstStep + step;
      this.waiting[at] = program.steps[step]!.predecessorCount;
      this.toIssue[at] = 0;
      this.outstanding[at] = 0;
      this.vmCount[at] = 0;
      this.readyMs[at] = Number.POSITIVE_INFINITY;
      this.slowest[at * STEP_NOTES + END_MS] = -1;
    }
  }
}
