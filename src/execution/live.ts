/** What is alive: workflow runs, recycled so that memory follows the live ones, not the past. */

import { RunDraws } from "../physics/draws.ts";
import type { Program } from "../physics/program.ts";
import { RandomKey } from "../stats/random.ts";
import { RunRecovery } from "./recovery-units.ts";
import {
  BYTES_REMOTE,
  COLD_STARTS,
  COST_USD,
  COUNTS,
  END_MS,
  GB_MS,
  PREWARMS_TO_COME,
  READY_MS,
  RETRIES,
  RUN,
  type RunNotes,
  STATUS,
  STEP_COUNTS,
  STEP_NOTES,
  STEPS_LEFT,
  TOTALS,
  VM_COUNT,
  VM_USES,
  VMS_IN_FLIGHT,
} from "./run-notes.ts";

/** One workflow run under way, as a view of the notes of all runs at its place. */
export class LiveRun {
  ended = false;
  draws: RunDraws;
  readonly notes: RunNotes;
  slot = 0;
  /** Where its numbers by step and by stage lie: at `firstStep + step` and `firstStage + stage`. */
  firstStep = 0;
  firstStage = 0;
  /** Where its sums lie in `notes.totals`, and its counts in `notes.counts`. */
  firstTotal = 0;
  firstCount = 0;
  readonly #steps: number;
  readonly #stages: number;
  /** What has failed of it; null where nothing can. */
  readonly recovery: RunRecovery | null;

  /** The run under way that has place `slot` in the notes. */
  constructor(program: Program, notes: RunNotes, slot: number) {
    this.draws = new RunDraws(program, false, new RandomKey(), true);
    this.notes = notes;
    this.#steps = program.steps.length;
    this.#stages = program.stages.length;
    this.moveTo(slot);
    this.recovery = program.failures === null ? null : new RunRecovery(program);
    notes.makeRoom(slot + 1);
  }

  /** Becomes a view of the run at another place. */
  moveTo(slot: number): void {
    this.slot = slot;
    this.firstStep = slot * this.#steps;
    this.firstStage = slot * this.#stages;
    this.firstTotal = slot * TOTALS;
    this.firstCount = slot * COUNTS;
  }

  /** Number of the run. */
  get run(): number {
    return this.notes.counts[this.firstCount + RUN]!;
  }

  get coldStarts(): number {
    return this.notes.counts[this.firstCount + COLD_STARTS]!;
  }

  set coldStarts(count: number) {
    this.notes.counts[this.firstCount + COLD_STARTS] = count;
  }

  get vmUses(): number {
    return this.notes.counts[this.firstCount + VM_USES]!;
  }

  set vmUses(count: number) {
    this.notes.counts[this.firstCount + VM_USES] = count;
  }

  get retries(): number {
    return this.notes.counts[this.firstCount + RETRIES]!;
  }

  set retries(count: number) {
    this.notes.counts[this.firstCount + RETRIES] = count;
  }

  /** Index in RUN_STATUS. */
  get status(): number {
    return this.notes.counts[this.firstCount + STATUS]!;
  }

  set status(status: number) {
    this.notes.counts[this.firstCount + STATUS] = status;
  }

  get stepsLeft(): number {
    return this.notes.counts[this.firstCount + STEPS_LEFT]!;
  }

  set stepsLeft(count: number) {
    this.notes.counts[this.firstCount + STEPS_LEFT] = count;
  }

  /** VMs issued and not yet done; a failed run ends when it reaches 0. */
  get vmsInFlight(): number {
    return this.notes.counts[this.firstCount + VMS_IN_FLIGHT]!;
  }

  set vmsInFlight(count: number) {
    this.notes.counts[this.firstCount + VMS_IN_FLIGHT] = count;
  }

  /** Pre-warm requests not yet due; the record is not reused before they are. */
  get prewarmsToCome(): number {
    return this.notes.counts[this.firstCount + PREWARMS_TO_COME]!;
  }

  set prewarmsToCome(count: number) {
    this.notes.counts[this.firstCount + PREWARMS_TO_COME] = count;
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

  /** Where the whole numbers of a step lie in `notes.stepCounts`. */
  countsOf(step: number): number {
    return (this.firstStep + step) * STEP_COUNTS;
  }

  /** When a step was ready, ms; Infinity before. */
  readyMsOf(step: number): number {
    return this.notes.slowest[(this.firstStep + step) * STEP_NOTES + READY_MS]!;
  }

  /** Notes when a step is ready. */
  setReadyMs(step: number, ms: number): void {
    this.notes.slowest[(this.firstStep + step) * STEP_NOTES + READY_MS] = ms;
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
  begin(run: number, arriveMs: number): void {
    this.ended = false;
    this.recovery?.begin();
    this.notes.begin(this.slot, run, arriveMs);
  }

  /** Makes room for `count` VMs of a step, none of them known. */
  resetVms(step: number, count: number): void {
    const { vms } = this.notes;
    const first = vms.reserve(this.firstStep + step, count);
    for (let i = first; i < first + count; i++) vms.data[i] = -1;
    this.notes.stepCounts[this.countsOf(step) + VM_COUNT] = count;
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
