/** What is alive: workflow runs and VMs, recycled so that memory follows the live ones, not the past. */

import { RunDraws } from "../physics/draws.ts";
import type { Program } from "../physics/program.ts";
import { RunRecovery } from "./recovery-units.ts";
import type { RunNotes } from "./run-notes.ts";

/** One workflow run under way. */
export class LiveRun {
  run = 0;
  arriveMs = 0;
  costUsd = 0;
  coldStarts = 0;
  vmUses = 0;
  gbMs = 0;
  bytesRemote = 0;
  retries = 0;
  /** Index in RUN_STATUS. */
  status = 0;
  stepsLeft = 0;
  /** VMs issued and not yet done; a failed run ends when it reaches 0. */
  vmsInFlight = 0;
  /** Pre-warm requests not yet due; the record is not reused before they are. */
  prewarmsToCome = 0;
  ended = false;
  readonly draws: RunDraws;
  /** Where its numbers by step and by stage lie: at `firstStep + step` and `firstStage + stage`. */
  readonly notes: RunNotes;
  readonly firstStep: number;
  readonly firstStage: number;
  /** What has failed of it; null where nothing can. */
  readonly recovery: RunRecovery | null;
  /** Per step: the ids of its VMs, by place. */
  readonly vms: Int32Array[];
  /** Per stage: how long each worker took, start-up excluded, ms. */
  readonly workerMs: Float64Array[];

  /** The run under way that has place `slot` in the notes. */
  constructor(program: Program, notes: RunNotes, slot: number) {
    this.draws = new RunDraws(program, false);
    this.notes = notes;
    this.firstStep = slot * program.steps.length;
    this.firstStage = slot * program.stages.length;
    this.recovery = program.failures === null ? null : new RunRecovery(program);
    this.vms = program.steps.map(() => new Int32Array(0));
    this.workerMs = program.stages.map(() => new Float64Array(0));
    notes.makeRoom(slot + 1);
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
    this.retries = 0;
    this.status = 0;
    this.vmsInFlight = 0;
    this.prewarmsToCome = 0;
    this.ended = false;
    this.stepsLeft = program.steps.length;
    this.recovery?.begin();
    this.notes.begin(program, this.firstStep, this.firstStage);
  }

  /** Makes room for `count` VMs of a step, none of them known. */
  resetVms(step: number, count: number): void {
    if (this.vms[step]!.length < count) this.vms[step] = new Int32Array(count);
    this.vms[step]!.fill(-1, 0, count);
    this.notes.vmCount[this.firstStep + step] = count;
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
  /** Failed invocations in its place before this one; how this one fails, if it does; whether it runs twice. */
  tries = 0;
  fails: "crash" | "error" | null = null;
  twice = false;
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
    this.tries = 0;
    this.fails = null;
    this.twice = false;
    this.pullsLeft = 0;
    this.pullsToCome = 0;
    this.held = false;
    this.inUse = true;
  }

  /** Becomes the next attempt in the same place. */
  repeat(): void {
    this.tries++;
    this.attempts = 0;
    this.fails = null;
    this.twice = false;
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
