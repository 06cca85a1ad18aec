/**
 * Hot path: the runs of a plain program, where a VM is asked for when its inputs are there, works as soon as it has
 * started and goes with its step: no home, no direct passing, no pre-warming, no failures. A VM is a few numbers
 * then, and so is a run; `Simulation` has the same life with all that can come in between, and the same rows.
 */

import type { Clock } from "../des/simulator.ts";
import { stepStartUsd } from "../physics/billing.ts";
import { vmCount, workerAt } from "../physics/fill.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import { coldStartOf, dispatchedMs, dispatchOf, fixedHopMs, nextHopMs } from "../physics/start.ts";
import { Arriving } from "./arriving.ts";
import { grown } from "./blocks.ts";
import { RunCloser } from "./critical-path.ts";
import { LiveVm } from "./live-vm.ts";
import { FAILED, RUN_COLUMNS, type RunSink, TIMED_OUT } from "./run-log.ts";
import {
  CAUSED_BY,
  END_MS,
  OUTSTANDING,
  READY_MS,
  SLOWEST,
  STEP_NOTES,
  STORE_BYTES,
  STORE_USD,
  TO_ISSUE,
  VM_COUNT,
  WAITING,
  STEP_COUNTS,
  COUNTS,
  VMS_IN_FLIGHT,
  STATUS,
  VM_USES,
} from "./run-notes.ts";
import { RunSlots } from "./run-slots.ts";
import type { Runs, RunsSetting } from "./runs.ts";
import { StepWork } from "./step-work.ts";
import { VmNotes } from "./vm-notes.ts";
import { COLD, REFUSED, type VmSupply } from "./vm-supply.ts";

const ARRIVE = 0;
const REQUEST = 1;
const DONE = 2;

// Layouts of the notes as this module's own: numbers that are imported are read from memory each time.
const NOTES = STEP_NOTES;
const ENDS = END_MS;
const WORKER = SLOWEST;
const STORE_PAID = STORE_USD;
const STORED = STORE_BYTES;
const READY = READY_MS;
const OF_STEP = STEP_COUNTS;
const LEFT = OUTSTANDING;
const ISSUE = TO_ISSUE;
const OF_RUN = COUNTS;
const IN_FLIGHT = VMS_IN_FLIGHT;
const ENDED_AS = STATUS;
const USES = VM_USES;

/** Whole numbers of a VM: its run by place, its step, its place in it, and refusals so far (-1: timed out). */
const RUN = 0;
const STEP = 1;
const PLACE = 2;
const REFUSALS = 3;
const VM_COUNTS = 4;
const ENDED_BY_FORCE = -1;

/** Whether a program is plain. */
export function isPlain({ steps, groups, failures }: Program): boolean {
  return (
    failures === null &&
    groups.every(({ plan, steps: own }) => plan.prewarmMs === null && own.length === 1) &&
    steps.every(({ directIn, directOut }) => directIn.length === 0 && directOut.length === 0)
  );
}

/** All that happens to the runs of one plain workflow between the first arrival and the last release. */
export class PlainRuns implements Runs {
  readonly #program: Program;
  readonly #arriving: Arriving;
  readonly #sink: RunSink;
  readonly #clock: Clock;
  readonly #supply: VmSupply;
  readonly #work: StepWork;
  readonly #closer: RunCloser;
  readonly #row = new Float64Array(RUN_COLUMNS.length);
  /** The hop into each step where it never varies, ms; else NaN. */
  readonly #fixedHopMs: Float64Array;
  readonly #firstSteps: readonly ProgramStep[];
  readonly #slots: RunSlots;
  // VMs by place: VM_COUNTS whole numbers each, and the hop until it is granted, then when its bill began, ms.
  #vmCounts = new Int32Array(64 * VM_COUNTS);
  #vmMs = new Float64Array(64);
  #vms = 0;
  readonly #freeVms: number[] = [];
  /** The VM that the solver works out. */
  readonly #vm = new LiveVm(new VmNotes(), 0);

  constructor({ program, root, arrivals, runs, sink, clock, supply }: RunsSetting) {
    this.#program = program;
    this.#arriving = new Arriving(arrivals, runs, clock, ARRIVE);
    this.#sink = sink;
    this.#clock = clock;
    this.#supply = supply;
    this.#work = new StepWork(program, undefined);
    this.#closer = new RunCloser(program, this.#work.lone);
    this.#fixedHopMs = Float64Array.from(program.steps, (step) => fixedHopMs(program, step));
    this.#firstSteps = program.steps.filter((step) => step.predecessorCount === 0);
    this.#slots = new RunSlots(program, root);
  }

  begin(): void {
    this.#arriving.begin();
  }

  handle(kind: number, subject: number): void {
    if (kind === DONE) this.#done(subject);
    else if (kind === REQUEST) this.#request(subject);
    else this.#arrive();
  }

  #arrive(): void {
    const nowMs = this.#clock.nowMs;
    const { live } = this.#slots;
    const slot = this.#slots.begin(this.#arriving.take(), nowMs);
    if (!this.#arriving.closed) this.#arriving.expect(nowMs);
    live.costUsd = this.#program.platform.price.usdPerTransition;
    for (const step of this.#firstSteps) this.#startStep(slot, step, -1);
  }

  #startStep(slot: number, step: ProgramStep, cause: number): void {
    const { live } = this.#slots;
    const { draws, notes } = live;
    const nowMs = this.#clock.nowMs;
    const { orchestrator, price } = this.#program.platform;
    const at = live.countsOf(step.index);
    const counts = notes.stepCounts;
    const count = vmCount(this.#program, step, draws);
    this.#work.begin(live, step);
    live.setReadyMs(step.index, nowMs);
    counts[at + CAUSED_BY] = cause;
    counts[at + VM_COUNT] = count;
    live.costUsd += stepStartUsd(price, count);
    const atOnce = Math.min(count, orchestrator.parallelStarts);
    counts[at + TO_ISSUE] = count - atOnce;
    counts[at + OUTSTANDING] = atOnce;
    live.vmsInFlight += atOnce;
    const hopMs = this.#fixedHopMs[step.index]!;
    if (count === 1 && !Number.isNaN(hopMs)) this.#issue(slot, step.index, 0, hopMs);
    else {
      const dispatch = dispatchOf(this.#program, step, draws, count);
      for (let place = 0; place < atOnce; place++)
        this.#issue(slot, step.index, place, dispatchedMs(dispatch, place, count));
    }
  }

  #issue(slot: number, step: number, place: number, afterMs: number): void {
    const vm = this.#freeVms.pop() ?? this.#makeVm();
    const counts = this.#vmCounts;
    const at = vm * VM_COUNTS;
    counts[at + RUN] = slot;
    counts[at + STEP] = step;
    counts[at + PLACE] = place;
    counts[at + REFUSALS] = 0;
    this.#vmMs[vm] = afterMs;
    this.#clock.at(this.#clock.nowMs + afterMs, REQUEST, vm);
  }

  #makeVm(): number {
    const vm = this.#vms++;
    if (vm === this.#vmMs.length) {
      this.#vmCounts = grown(this.#vmCounts, new Int32Array(2 * vm * VM_COUNTS));
      this.#vmMs = grown(this.#vmMs, new Float64Array(2 * vm));
    }
    return vm;
  }

  #request(vm: number): void {
    const nowMs = this.#clock.nowMs;
    const program = this.#program;
    const vmCounts = this.#vmCounts;
    const own = vm * VM_COUNTS;
    const slot = vmCounts[own + RUN]!;
    const live = this.#slots.show(slot);
    const { counts } = live.notes;
    const ofRun = slot * OF_RUN;
    if (counts[ofRun + ENDED_AS] !== 0) {
      this.#abandon(vm, slot);
      return;
    }
    const step = program.steps[vmCounts[own + STEP]!]!;
    const granted = this.#supply.grant(step.group, nowMs);
    if (granted === REFUSED) {
      const waitMs = this.#supply.retryMs(vmCounts[own + REFUSALS]!);
      vmCounts[own + REFUSALS]!++;
      if (waitMs === Number.POSITIVE_INFINITY) {
        live.status = FAILED;
        this.#abandon(vm, slot);
      } else this.#clock.at(nowMs + waitMs, REQUEST, vm);
      return;
    }
    const place = vmCounts[own + PLACE]!;
    counts[ofRun + USES]!++;
    let coldMs = 0;
    let initMs = 0;
    let billedFromMs = nowMs;
    if (granted === COLD) {
      const start = coldStartOf(program, program.groups[step.group]!, live.draws, place);
      coldMs = start.coldMs;
      initMs = start.initMs;
      billedFromMs = nowMs + start.unbilledMs;
      live.coldStarts++;
    }
    const readyMs = nowMs + coldMs + initMs;
    const afterMs = this.#vmMs[vm]!;
    this.#vmMs[vm] = billedFromMs;
    if (!step.lone) {
      this.#solve(vm, step, place, granted === COLD, afterMs, coldMs, initMs);
      return;
    }
    const { slowest, workerMs } = live.notes;
    const at = (live.firstStep + step.index) * NOTES;
    const worker = workerAt(step, place);
    if (slowest[at + STORED]! !== 0) {
      live.costUsd += slowest[at + STORE_PAID]!;
      live.bytesRemote += slowest[at + STORED]!;
    }
    let endMs =
      readyMs + workerMs.data[workerMs.first[live.firstStage + step.stages[0]!]! + worker]!;
    const { runMsMax } = program.platform;
    if (endMs - billedFromMs > runMsMax) {
      vmCounts[own + REFUSALS] = ENDED_BY_FORCE;
      endMs = Math.max(readyMs, billedFromMs + runMsMax);
    }
    if (endMs > slowest[at + ENDS]!) {
      slowest[at + ENDS] = endMs;
      slowest[at + WORKER] = worker;
      slowest[at] = afterMs;
      slowest[at + 1] = nowMs - slowest[at + READY]! - afterMs;
      slowest[at + 2] = coldMs;
      slowest[at + 3] = initMs;
      slowest[at + 4] = 0;
    }
    this.#clock.at(endMs, DONE, vm);
  }

  // Works out a VM of several workers, or of one with others before or after it.
  #solve(
    vm: number,
    step: ProgramStep,
    place: number,
    cold: boolean,
    afterMs: number,
    coldMs: number,
    initMs: number,
  ): void {
    const nowMs = this.#clock.nowMs;
    const one = this.#vm;
    one.place = place;
    one.step = step.index;
    one.cold = cold;
    one.hopMs = afterMs;
    one.grantedMs = nowMs;
    one.readyMs = nowMs + coldMs + initMs;
    one.coldMs = coldMs;
    one.initMs = initMs;
    one.billedFromMs = this.#vmMs[vm]!;
    one.timedOut = false;
    const endMs = this.#work.endMs(this.#slots.live, one, step, one.readyMs);
    if (one.timedOut) this.#vmCounts[vm * VM_COUNTS + REFUSALS] = ENDED_BY_FORCE;
    this.#clock.at(endMs, DONE, vm);
  }

  #done(vm: number): void {
    const vmCounts = this.#vmCounts;
    const own = vm * VM_COUNTS;
    const slot = vmCounts[own + RUN]!;
    const stepIndex = vmCounts[own + STEP]!;
    const place = vmCounts[own + PLACE]!;
    const timedOut = vmCounts[own + REFUSALS] === ENDED_BY_FORCE;
    const live = this.#slots.show(slot);
    const { stepCounts, counts } = live.notes;
    const step = this.#program.steps[stepIndex]!;
    const at = (live.firstStep + stepIndex) * OF_STEP;
    const ofRun = slot * OF_RUN;
    const left = stepCounts[at + LEFT]! - 1;
    stepCounts[at + LEFT] = left;
    const inFlight = counts[ofRun + IN_FLIGHT]! - 1;
    counts[ofRun + IN_FLIGHT] = inFlight;
    if (timedOut) counts[ofRun + ENDED_AS] = TIMED_OUT;
    this.#supply.end(live, step.group, place, this.#vmMs[vm]!, this.#clock.nowMs, timedOut);
    this.#freeVms.push(vm);
    if (counts[ofRun + ENDED_AS] !== 0) {
      if (inFlight === 0) this.#endRun(slot);
    } else if (stepCounts[at + ISSUE]! > 0) this.#issueNext(slot, step);
    else if (left === 0) this.#endStep(slot, step);
  }

  // The orchestrator starts another VM as one has ended.
  #issueNext(slot: number, step: ProgramStep): void {
    const { live } = this.#slots;
    const { stepCounts } = live.notes;
    const at = live.countsOf(step.index);
    const place = stepCounts[at + VM_COUNT]! - stepCounts[at + ISSUE]!;
    stepCounts[at + ISSUE]!--;
    stepCounts[at + LEFT]!++;
    live.vmsInFlight++;
    const afterMs = nextHopMs(this.#program, step, live.draws, place);
    this.#issue(slot, step.index, place, afterMs);
  }

  // A VM that was never granted, because its run has failed.
  #abandon(vm: number, slot: number): void {
    const { live } = this.#slots;
    this.#freeVms.push(vm);
    if (--live.vmsInFlight === 0) this.#endRun(slot);
  }

  #endStep(slot: number, step: ProgramStep): void {
    const { live } = this.#slots;
    const { stepCounts } = live.notes;
    const { steps } = this.#program;
    live.stepsLeft--;
    for (const next of step.successors) {
      const at = live.countsOf(next) + WAITING;
      const left = stepCounts[at]! - 1;
      stepCounts[at] = left;
      if (left === 0) this.#startStep(slot, steps[next]!, step.index);
    }
    if (live.stepsLeft === 0) this.#endRun(slot);
  }

  #endRun(slot: number): void {
    const { live } = this.#slots;
    this.#closer.close(live, this.#clock.nowMs, this.#row);
    this.#sink(this.#row, live.status);
    this.#slots.free(slot);
    if (this.#arriving.closed) this.#arriving.expect(this.#clock.nowMs);
  }
}
