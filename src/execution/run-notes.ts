/**
 * Hot path: numbers of the runs under way, by run, by step and by stage, each kind in one array for all of them: a
 * run is a few lines of memory then, however many are alive.
 */

import type { Program } from "../physics/program.ts";
import { Blocks, grown } from "./blocks.ts";

/** Where the time of a step's slowest VM went, ms, in the order of its life. */
const PARTS = ["hop", "queue", "cold", "init", "fetch", "compute", "store"] as const;

// What is written and read together lies together.

/** Numbers of a step in `slowest`: the parts of its slowest VM so far, when that ends, and which worker it is in a lone step. */
export const END_MS = PARTS.length;
export const SLOWEST = END_MS + 1;
/** What each VM of a lone step pays the store, and moves through it; when the step was ready, ms. */
export const STORE_USD = SLOWEST + 1;
export const STORE_BYTES = STORE_USD + 1;
export const READY_MS = STORE_BYTES + 1;
export const STEP_NOTES = READY_MS + 1;

/** Whole numbers of a step in `stepCounts`: predecessors still to end, VMs to issue, VMs issued and not done, VMs in all. */
export const WAITING = 0;
export const TO_ISSUE = 1;
export const OUTSTANDING = 2;
export const VM_COUNT = 3;
/** Step whose end made this one ready; -1 for the arrival. */
export const CAUSED_BY = 4;
export const STEP_COUNTS = 5;

/** Numbers of a run in `totals`: when it came, what it has paid, the memory it has used, what it has moved. */
export const ARRIVE_MS = 0;
export const COST_USD = 1;
export const GB_MS = 2;
export const BYTES_REMOTE = 3;
export const TOTALS = 4;

/** Whole numbers of a run in `counts`. */
export const RUN = 0;
export const COLD_STARTS = 1;
export const VM_USES = 2;
export const RETRIES = 3;
/** Index in RUN_STATUS. */
export const STATUS = 4;
export const STEPS_LEFT = 5;
/** VMs issued and not yet done; a failed run ends when it reaches 0. */
export const VMS_IN_FLIGHT = 6;
/** Pre-warm requests not yet due; the record is not reused before they are. */
export const PREWARMS_TO_COME = 7;
export const COUNTS = 8;

/** Arrays over runs, (run, step) or (run, stage), runs by their place. */
export class RunNotes {
  /** Per run: TOTALS numbers, and COUNTS whole ones. */
  totals = new Float64Array(0);
  counts = new Int32Array(0);
  /** Per step: STEP_NOTES numbers, and STEP_COUNTS whole ones. */
  slowest = new Float64Array(0);
  stepCounts = new Int32Array(0);
  /** Per stage: time and number of the slowest VM's jobs on its critical chain. */
  chainMs = new Float64Array(0);
  chainJobs = new Int32Array(0);
  /** Per stage: median time of its workers, ms; NaN while not known. */
  medianMs = new Float64Array(0);
  /** Per step: the ids of its VMs, by place. */
  readonly vms = new Blocks((length) => new Int32Array(length));
  /** Per stage: how long each worker took, start-up excluded, ms. */
  readonly workerMs = new Blocks((length) => new Float64Array(length));
  readonly #stages: number;
  readonly #waiting: Int32Array;
  #runs = 0;

  constructor(program: Program) {
    this.#stages = program.stages.length;
    this.#waiting = Int32Array.from(program.steps, ({ predecessorCount }) => predecessorCount);
  }

  /** Makes room for so many runs at once. */
  makeRoom(runs: number): void {
    if (runs <= this.#runs) return;
    this.#runs = Math.max(runs, 2 * this.#runs);
    const steps = this.#runs * this.#waiting.length;
    const stages = this.#runs * this.#stages;
    this.totals = grown(this.totals, new Float64Array(this.#runs * TOTALS));
    this.counts = grown(this.counts, new Int32Array(this.#runs * COUNTS));
    this.slowest = grown(this.slowest, new Float64Array(steps * STEP_NOTES));
    this.stepCounts = grown(this.stepCounts, new Int32Array(steps * STEP_COUNTS));
    for (const name of ["chainMs", "medianMs"] as const)
      this[name] = grown(this[name], new Float64Array(stages));
    this.chainJobs = grown(this.chainJobs, new Int32Array(stages));
    this.vms.addOwners(steps);
    this.workerMs.addOwners(stages);
  }

  /** Notes that run number `run` has arrived at place `slot` and not begun any of its steps. */
  begin(slot: number, run: number, arriveMs: number): void {
    const { totals, counts, slowest, stepCounts } = this;
    const waiting = this.#waiting;
    const steps = waiting.length;
    const total = slot * TOTALS;
    totals[total + ARRIVE_MS] = arriveMs;
    totals[total + COST_USD] = 0;
    totals[total + GB_MS] = 0;
    totals[total + BYTES_REMOTE] = 0;
    const count = slot * COUNTS;
    for (let i = count; i < count + COUNTS; i++) counts[i] = 0;
    counts[count + RUN] = run;
    counts[count + STEPS_LEFT] = steps;
    for (let step = 0; step < steps; step++) {
      const own = slot * steps + step;
      const at = own * STEP_COUNTS;
      stepCounts[at + WAITING] = waiting[step]!;
      stepCounts[at + TO_ISSUE] = 0;
      stepCounts[at + OUTSTANDING] = 0;
      stepCounts[at + VM_COUNT] = 0;
      slowest[own * STEP_NOTES + READY_MS] = Number.POSITIVE_INFINITY;
      slowest[own * STEP_NOTES + END_MS] = -1;
    }
  }
}
