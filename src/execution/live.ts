/** What is alive: workflow runs and VMs, recycled so that memory follows the live ones, not the past. */

import { RunDraws } from "../physics/draws.ts";
import type { Program } from "../physics/program.ts";

/** Where the time of a step's slowest VM went, ms, in the order of its life. */
export const PARTS = ["hop", "queue", "cold", "init", "fetch", "compute", "store"] as const;
const PART_COUNT = PARTS.length;

/** One workflow run under way. */
export class LiveRun {
  run = 0;
  arriveMs = 0;
  costUsd = 0;
  coldStarts = 0;
  vmUses = 0;
  gbMs = 0;
  bytesRemote = 0;
  /** Index in RUN_STATUS. */
  status = 0;
  stepsLeft = 0;
  /** VMs issued and not yet done; a failed run ends when it reaches 0. */
  vmsInFlight = 0;
  /** Pre-warm requests not yet due; the record is not reused before they are. */
  prewarmsToCome = 0;
  ended = false;
  readonly draws: RunDraws;
  /** Per step: predecessors still to end, VMs still to issue, VMs issued and not done. */
  readonly waiting: Int32Array;
  readonly toIssue: Int32Array;
  readonly outstanding: Int32Array;
  readonly vmCount: Int32Array;
  readonly readyMs: Float64Array;
  readonly endMs: Float64Array;
  /** Step whose end made this one ready; -1 for the arrival. */
  readonly causedBy: Int32Array;
  /** Parts of the slowest VM so far: [step * PARTS + part]. */
  readonly parts: Float64Array;
  /** Per lone step: worker of the slowest VM so far, and what each of its VMs pays for and moves through the store. */
  readonly slowest: Int32Array;
  readonly storeUsd: Float64Array;
  readonly storeBytes: Float64Array;
  /** Per stage: time and number of the slowest VM's jobs on its critical chain. */
  readonly chainMs: Float64Array;
  readonly chainJobs: Int32Array;
  /** Per stage: median time of its workers, ms; NaN while not known. */
  readonly medianMs: Float64Array;
  /** Per step: the ids of its VMs, by place. */
  readonly vms: Int32Array[];
  /** Per stage: how long each worker took, start-up excluded, ms. */
  readonly workerMs: Float64Array[];

  constructor(program: Program) {
    const steps = program.steps.length;
    const stages = program.stages.length;
    this.draws = new RunDraws(program, false);
    this.waiting = new Int32Array(steps);
    this.toIssue = new Int32Array(steps);
    this.outstanding = new Int32Array(steps);
    this.vmCount = new Int32Array(steps);
    this.readyMs = new Float64Array(steps);
    this.endMs = new Float64Array(steps);
    this.causedBy = new Int32Array(steps);
    this.parts = new Float64Array(steps * PART_COUNT);
    this.slowest = new Int32Array(steps);
    this.storeUsd = new Float64Array(steps);
    this.storeBytes = new Float64Array(steps);
    this.chainMs = new Float64Array(stages);
    this.chainJobs = new Int32Array(stages);
    this.medianMs = new Float64Array(stages);
    this.vms = program.steps.map(() => new Int32Array(0));
    this.workerMs = program.stages.map(() => new Float64Array(0));
  }

  /** Becomes run number `run`. */
  begin(program: Program, run: number, arriveMs: number): void {
    this.run = run;
    this.arriveMs = arriveMs;
    this.costUsd = 0;
    this.coldStarts = 0;
    this.vmUses = 0;
    this.gbMs = 0;
    this.bytesRemote = 0;
    this.status = 0;
    this.vmsInFlight = 0;
    this.prewarmsToCome = 0;
    this.ended = false;
    this.vmCount.fill(0);
    this.stepsLeft = program.steps.length;
    this.endMs.fill(-1);
    this.chainMs.fill(0);
    this.chainJobs.fill(0);
    this.medianMs.fill(Number.NaN);
    for (const step of program.steps) {
      this.waiting[step.index] = step.predecessorCount;
      this.outstanding[step.index] = 0;
      this.toIssue[step.index] = 0;
      this.readyMs[step.index] = Number.POSITIVE_INFINITY;
    }
  }

  /** Makes room for `count` VMs of a step, none of them known. */
  resetVms(step: number, count: number): void {
    if (this.vms[step]!.length < count) this.vms[step] = new Int32Array(count);
    this.vms[step]!.fill(-1, 0, count);
    this.vmCount[step] = count;
  }

  /** Makes room for the times of `count` workers of a stage. */
  resetWorkers(stage: number, count: number): void {
    if (this.workerMs[stage]!.length < count) this.workerMs[stage] = new Float64Array(count);
  }
}

/** One VM in use by one run. */
export class LiveVm {
  run = 0;
  group = 0;
  step = 0;
  /** Place among the VMs of its step, and the worker that names its draws. */
  place = 0;
  firstWorker = 0;
  attempts = 0;
  /** When the platform gave it; when its code could run. */
  grantedMs = 0;
  readyMs = 0;
  coldMs = 0;
  initMs = 0;
  cold = false;
  /** Asked for ahead of its inputs, and not yet needed. */
  prewarmed = false;
  /** When billing began, less what is not billed. */
  billedFromMs = 0;
  timedOut = false;
  /** From the orchestrator's or the home VM's call to the request, ms. */
  hopMs = 0;
  inUse = false;
  /** Pulls from this VM still to end before it may go; and pulls it waits for itself. */
  pullsLeft = 0;
  pullsToCome = 0;
  held = false;

  /** Becomes a VM of one step of one run. */
  begin(run: number, group: number, step: number, place: number): void {
    this.run = run;
    this.group = group;
    this.step = step;
    this.place = place;
    this.attempts = 0;
    this.hopMs = 0;
    this.prewarmed = false;
    this.timedOut = false;
    this.pullsLeft = 0;
    this.pullsToCome = 0;
    this.held = false;
    this.inUse = true;
  }

  /** Goes on with a further step of its run, without a new start. */
  continueAt(step: number, nowMs: number): void {
    this.step = step;
    this.hopMs = 0;
    this.coldMs = 0;
    this.initMs = 0;
    this.grantedMs = nowMs;
    this.readyMs = nowMs;
  }
}
