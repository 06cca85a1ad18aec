/** What is alive: workflow runs, recycled so that memory follows the live ones, not the past. */

import { RunDraws } from "../physics/draws.ts";
import type { Program } from "../physics/program.ts";
import { RandomKey } from "../stats/random.ts";
import { RunRecovery } from "./recovery-units.ts";
import {
  ARRIVE_MS,
  BYTES_REMOTE,
  COST_USD,
  END_MS,
  GB_MS,
  type RunNotes,
  STEP_NOTES,
  TOTALS,
} from "./run-notes.ts";

/** One workflow run under way: its counts, and where its other numbers lie in the notes of all runs. */
export class LiveRun {
  run = 0;
  coldStarts = 0;
  vmUses = 0;
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
  /** Where its sums lie in `notes.totals`. */
  readonly firstTotal: number;
  /** What has failed of it; null where nothing can. */
  readonly recovery: RunRecovery | null;

  /** The run under way that has place `slot` in the notes. */
  constructor(program: Program, notes: RunNotes, slot: number) {
    this.draws = new RunDraws(program, false, new RandomKey(), true);
    this.notes = notes;
    this.firstStep = slot * program.steps.length;
    this.firstStage = slot * program.stages.length;
    this.firstTotal = slot * TOTALS;
    this.recovery = program.failures === null ? null : new RunRecovery(program);
    notes.makeRoom(slot + 1);
  }

  get costUsd(): number {
    return this.notes.totals[this.firstTotal + COST_USD]!;
  }

  set costUsd(costUsd: number) {
    this.notes.totals[this.firstTotal + COST_USD] = costUsd;
  }

  get gbMs(): number {
    return this.notes.totals[this.firstTotal + GB_MS]!;
  }

  set gbMs(gbMs: number) {
    this.notes.totals[this.firstTotal + GB_MS] = gbMs;
  }

  get bytesRemote(): number {
    return this.notes.totals[this.firstTotal + BYTES_REMOTE]!;
  }

  set bytesRemote(bytes: number) {
    this.notes.totals[this.firstTotal + BYTES_REMOTE] = bytes;
  }

  /** Books the use of a VM. */
  bill(usd: number, gbMs: number): void {
    const { totals } = this.notes;
    const { firstTotal } = this;
    totals[firstTotal + COST_USD] = totals[firstTotal + COST_USD]! + usd;
    totals[firstTotal + GB_MS] = totals[firstTotal + GB_MS]! + gbMs;
  }

  /** When the slowest VM of a step so far ends, ms; -1 where none does. */
  endMsOf(step: number): number {
    return this.notes.slowest[(this.firstStep + step) * STEP_NOTES + END_MS]!;
  }

  /** Has a step end anew. */
  forgetEnd(step: number): void {
    this.notes.slowest[(this.firstStep + step) * STEP_NOTES + END_MS] = -1;
  }

  /** Becomes run number `run`. */
  begin(program: Program, run: number, arriveMs: number): void {
    this.run = run;
    const { totals } = this.notes;
    const { firstTotal } = this;
    totals[firstTotal + ARRIVE_MS] = arriveMs;
    totals[firstTotal + COST_USD] = 0;
    totals[firstTotal + GB_MS] = 0;
    totals[firstTotal + BYTES_REMOTE] = 0;
    this.coldStarts = 0;
    this.vmUses = 0;
    this.retries = 0;
    this.status = 0;
    this.vmsInFlight = 0;
    this.prewarmsToCome = 0;
    this.ended = false;
    this.stepsLeft = program.steps.length;
    this.recovery?.begin();
    this.notes.begin(program, this.firstStep);
  }

  /** Makes room for `count` VMs of a step, none of them known. */
  resetVms(step: number, count: number): void {
    const { vms, vmCount } = this.notes;
    const first = vms.reserve(this.firstStep + step, count);
    for (let i = first; i < first + count; i++) vms.data[i] = -1;
    vmCount[this.firstStep + step] = count;
  }

  /** Id of the VM that has a place in a step; -1 when not known. */
  vmAt(step: number, place: number): number {
    const { vms } = this.notes;
    return vms.data[vms.first[this.firstStep + step]! + place]!;
  }

  /** Notes which VM has a place in a step. */
  setVm(step: number, place: number, id: number): void {
    const { vms } = this.notes;
    vms.data[vms.first[this.firstStep + step]! + place] = id;
  }

  /** Whether any of the first `count` VMs of a step is known and is so. */
  someVm(step: number, count: number, isSo: (id: number) => boolean): boolean {
    if (this.notes.vms.roomOf(this.firstStep + step) < count) return false;
    for (let place = 0; place < count; place++) {
      const id = this.vmAt(step, place);
      if (id >= 0 && isSo(id)) return true;
    }
    return false;
  }

  /** Makes room for the times of `count` workers of a stage, and returns where they begin. */
  resetWorkers(stage: number, count: number): number {
    this.notes.medianMs[this.firstStage + stage] = Number.NaN;
    return this.notes.workerMs.reserve(this.firstStage + stage, count);
  }

  /** Where the times of a stage's workers begin in `notes.workerMs.data`. */
  firstWorkerMs(stage: number): number {
    return this.notes.workerMs.first[this.firstStage + stage]!;
  }
}
