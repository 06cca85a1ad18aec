/** One VM in use, recycled. */

import {
  BILLED_FROM_MS,
  COLD_MS,
  GRANTED_MS,
  HOP_MS,
  INIT_MS,
  READY_MS,
  VM_NOTES,
  type VmNotes,
} from "./vm-notes.ts";

/** One VM in use by one run. */
export class LiveVm {
  /** Where its times lie: in `notes.times` from `first` on. */
  readonly notes: VmNotes;
  readonly first: number;
  run = 0;
  group = 0;
  step = 0;
  /** Place among the VMs of its step, and the worker that names its draws. */
  place = 0;
  firstWorker = 0;
  attempts = 0;
  cold = false;
  /** Asked for ahead of its inputs, and not yet needed. */
  prewarmed = false;
  timedOut = false;
  /** Failed invocations in its place before this one; how this one fails, if it does; whether it runs twice. */
  tries = 0;
  fails: "crash" | "error" | null = null;
  twice = false;
  inUse = false;
  /** Pulls from this VM still to end before it may go; and pulls it waits for itself. */
  pullsLeft = 0;
  pullsToCome = 0;
  held = false;

  /** The VM that has place `slot` in the notes. */
  constructor(notes: VmNotes, slot: number) {
    this.notes = notes;
    this.first = slot * VM_NOTES;
    notes.makeRoom(slot + 1);
  }

  /** From the orchestrator's or the home VM's call to the request, ms. */
  get hopMs(): number {
    return this.notes.times[this.first + HOP_MS]!;
  }

  set hopMs(ms: number) {
    this.notes.times[this.first + HOP_MS] = ms;
  }

  /** When the platform gave it, ms. */
  get grantedMs(): number {
    return this.notes.times[this.first + GRANTED_MS]!;
  }

  set grantedMs(ms: number) {
    this.notes.times[this.first + GRANTED_MS] = ms;
  }

  /** When its code could run, ms. */
  get readyMs(): number {
    return this.notes.times[this.first + READY_MS]!;
  }

  set readyMs(ms: number) {
    this.notes.times[this.first + READY_MS] = ms;
  }

  /** Sandbox and runtime start, ms. */
  get coldMs(): number {
    return this.notes.times[this.first + COLD_MS]!;
  }

  set coldMs(ms: number) {
    this.notes.times[this.first + COLD_MS] = ms;
  }

  /** Handler start, ms. */
  get initMs(): number {
    return this.notes.times[this.first + INIT_MS]!;
  }

  set initMs(ms: number) {
    this.notes.times[this.first + INIT_MS] = ms;
  }

  /** When billing began, less what is not billed, ms. */
  get billedFromMs(): number {
    return this.notes.times[this.first + BILLED_FROM_MS]!;
  }

  set billedFromMs(ms: number) {
    this.notes.times[this.first + BILLED_FROM_MS] = ms;
  }

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
