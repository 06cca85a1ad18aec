/**
 * Hot path: workflow runs through VMs, one handler per event kind, in the order of a VM's life:
 * arrive, (prewarm,) request, (pull,) work, done, release.
 */

import type { Clock } from "../des/simulator.ts";
import { stepStartUsd } from "../physics/billing.ts";
import { vmCount } from "../physics/fill.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import { callMs, dispatchedMs, dispatchOf, nextHopMs } from "../physics/start.ts";
import { samplerOf } from "../stats/families.ts";
import type { RandomKey } from "../stats/random.ts";
import { Arriving } from "./arriving.ts";
import { RunCloser } from "./critical-path.ts";
import { LiveRun } from "./live.ts";
import { LiveVm } from "./live-vm.ts";
import { CAUSED_BY, OUTSTANDING, RunNotes, TO_ISSUE, VM_COUNT, WAITING } from "./run-notes.ts";
import { ProducerNics, pullsToOutlive } from "./pulls.ts";
import { type Recovery, recoveryOf } from "./recovery.ts";
import { FAILED, RUN_COLUMNS, type RunSink, TIMED_OUT } from "./run-log.ts";
import type { Runs, RunsSetting } from "./runs.ts";
import { StepWork } from "./step-work.ts";
import { VmNotes } from "./vm-notes.ts";
import type { VmSupply } from "./vm-supply.ts";

const ARRIVE = 0;
const PREWARM = 1;
const REQUEST = 2;
const PULL = 3;
const PULL_END = 4;
const DONE = 5;
const RESTART = 6;

/** All that happens to the runs of one workflow between the first arrival and the last release. */
export class Simulation implements Runs {
  readonly #program: Program;
  readonly #root: RandomKey;
  readonly #arriving: Arriving;
  readonly #sink: RunSink;
  readonly #clock: Clock;
  readonly #stepWork: StepWork;
  readonly #closer: RunCloser;
  readonly #supply: VmSupply;
  readonly #nics = new ProducerNics();
  readonly #invokeMs: (u: number) => number;
  readonly #row = new Float64Array(RUN_COLUMNS.length);
  readonly #notes: RunNotes;
  readonly #live: LiveRun[] = [];
  readonly #freeRuns: number[] = [];
  readonly #vmNotes = new VmNotes();
  readonly #vms: LiveVm[] = [];
  readonly #freeVms: number[] = [];
  readonly #recovery: Recovery | null;

  constructor({ program, root, arrivals, runs, sink, clock, supply, spans }: RunsSetting) {
    this.#program = program;
    this.#notes = new RunNotes(program);
    this.#root = root;
    this.#arriving = new Arriving(arrivals, runs, clock, ARRIVE);
    this.#sink = sink;
    this.#clock = clock;
    this.#supply = supply;
    this.#stepWork = new StepWork(program, spans);
    this.#closer = new RunCloser(program, this.#stepWork.lone);
    this.#invokeMs = samplerOf(program.platform.invokeMs);
    this.#recovery = recoveryOf(program, {
      live: this.#live,
      vms: this.#vms,
      clock,
      supply,
      request: REQUEST,
      restart: RESTART,
      letGo: (vm) => this.#letGo(vm),
      release: (vm) => this.#release(vm),
      start: (id, step, cause) => this.#startStep(id, step, cause),
      endIfDrained: (id) => this.#endRunIfDrained(id),
    });
  }

  begin(): void {
    this.#arriving.begin();
  }

  /** Handles an event that the clock was given by this simulation. */
  handle(kind: number, subject: number): void {
    if (kind === REQUEST) this.#request(subject);
    else if (kind === DONE) this.#done(subject);
    else if (kind === ARRIVE) this.#arrive();
    else if (kind === PULL) this.#pull(subject);
    else if (kind === PULL_END) this.#pullEnd(subject);
    else if (kind === RESTART) this.#recovery!.restart(subject);
    else this.#prewarm(subject);
  }

  #arrive(): void {
    const nowMs = this.#clock.nowMs;
    const program = this.#program;
    const id =
      this.#freeRuns.pop() ??
      this.#live.push(new LiveRun(program, this.#notes, this.#live.length)) - 1;
    const live = this.#live[id]!;
    live.begin(this.#arriving.take(), nowMs);
    live.draws.draw(this.#root, live.run);
    if (!this.#arriving.closed) this.#arriving.expect(nowMs);
    live.costUsd += program.platform.price.usdPerTransition;
    for (const group of program.groups) {
      const aheadMs = group.plan.prewarmMs;
      if (aheadMs === null) continue;
      live.prewarmsToCome++;
      this.#clock.at(nowMs + aheadMs, PREWARM, id * program.steps.length + group.steps[0]!);
    }
    for (const step of program.steps)
      if (live.notes.stepCounts[live.countsOf(step.index) + WAITING] === 0)
        this.#startStep(id, step, -1);
  }

  // Asks for the VMs of a step before its inputs are there.
  #prewarm(subject: number): void {
    const steps = this.#program.steps;
    const id = Math.floor(subject / steps.length);
    const live = this.#live[id]!;
    const step = steps[subject % steps.length]!;
    live.prewarmsToCome--;
    if (live.ended && live.prewarmsToCome === 0) this.#freeRuns.push(id);
    if (live.ended || live.status !== 0) return;
    if (live.readyMsOf(step.index) !== Number.POSITIVE_INFINITY) return;
    const count = vmCount(this.#program, step, live.draws);
    live.resetVms(step.index, count);
    for (let place = 0; place < count; place++) {
      const vm = this.#newVm(id, step, place);
      if (this.#supply.acquire(this.#vms[vm]!, live, this.#clock.nowMs))
        this.#vms[vm]!.prewarmed = true;
      else {
        live.setVm(step.index, place, -1);
        this.#vms[vm]!.inUse = false;
        this.#freeVms.push(vm);
      }
    }
  }

  #startStep(id: number, step: ProgramStep, cause: number): void {
    const live = this.#live[id]!;
    if (this.#recovery?.defers(live, step, cause)) return;
    const { draws } = live;
    const nowMs = this.#clock.nowMs;
    const count = vmCount(this.#program, step, draws);
    if (
      live.notes.stepCounts[live.countsOf(step.index) + VM_COUNT] !== count ||
      !this.#hasPrewarmed(live, step.index, count)
    )
      live.resetVms(step.index, count);
    this.#stepWork.begin(live, step);
    if (this.#recovery === null) {
      live.setReadyMs(step.index, nowMs);
      live.notes.stepCounts[live.countsOf(step.index) + CAUSED_BY] = cause;
    }
    live.notes.stepCounts[live.countsOf(step.index) + TO_ISSUE] = count;
    if (step.continuesHome) {
      this.#continueHome(id, step);
      for (let place = 1; place < count; place++)
        this.#issue(id, step, place, callMs(this.#invokeMs, step, draws, place));
      return;
    }
    const { orchestrator, price } = this.#program.platform;
    live.costUsd += stepStartUsd(price, count);
    const dispatch = dispatchOf(this.#program, step, draws, count);
    const atOnce = Math.min(count, orchestrator.parallelStarts);
    for (let place = 0; place < atOnce; place++)
      this.#issue(id, step, place, dispatchedMs(dispatch, place, count));
  }

  #hasPrewarmed(live: LiveRun, step: number, count: number): boolean {
    return (
      this.#program.groups[this.#program.steps[step]!.group]!.plan.prewarmMs !== null &&
      live.someVm(step, count, (vm) => this.#vms[vm]!.prewarmed)
    );
  }

  #issue(id: number, step: ProgramStep, place: number, afterMs: number): void {
    const live = this.#live[id]!;
    let vm = live.vmAt(step.index, place);
    if (vm < 0) vm = this.#newVm(id, step, place);
    this.#vms[vm]!.hopMs = afterMs;
    live.notes.stepCounts[live.countsOf(step.index) + TO_ISSUE]!--;
    live.notes.stepCounts[live.countsOf(step.index) + OUTSTANDING]!++;
    live.vmsInFlight++;
    this.#clock.at(this.#clock.nowMs + afterMs, REQUEST, vm);
  }

  #newVm(id: number, step: ProgramStep, place: number): number {
    const index =
      this.#freeVms.pop() ?? this.#vms.push(new LiveVm(this.#vmNotes, this.#vms.length)) - 1;
    const vm = this.#vms[index]!;
    vm.begin(id, step.group, step.index, place);
    if (this.#recovery !== null) vm.tries = this.#recovery.firstTry(this.#live[id]!, step);
    this.#live[id]!.setVm(step.index, place, index);
    return index;
  }

  #request(index: number): void {
    const vm = this.#vms[index]!;
    const live = this.#live[vm.run]!;
    const nowMs = this.#clock.nowMs;
    if (live.status !== 0) {
      this.#abandon(index);
      return;
    }
    if (vm.prewarmed) {
      vm.prewarmed = false;
      vm.coldMs = Math.max(0, vm.readyMs - nowMs);
      vm.initMs = 0;
      vm.readyMs = Math.max(nowMs, vm.readyMs);
    } else if (!this.#supply.acquire(vm, live, nowMs)) {
      const waitMs = this.#supply.retryMs(vm.attempts++);
      if (waitMs === Number.POSITIVE_INFINITY) {
        live.status = FAILED;
        this.#abandon(index);
      } else this.#clock.at(nowMs + waitMs, REQUEST, index);
      return;
    }
    vm.grantedMs = nowMs;
    const step = this.#program.steps[vm.step]!;
    if (step.directIn.length === 0) this.#work(index, vm.readyMs);
    else this.#clock.at(vm.readyMs + this.#program.platform.direct.setupMs, PULL, index);
  }

  // Starts the pulls of a VM that reads directly from the VMs of its predecessors.
  #pull(index: number): void {
    const live = this.#live[this.#vms[index]!.run]!;
    const pulls = this.#nics.startAll(this.#program, live, this.#vms, index, this.#clock, PULL_END);
    if (pulls === 0) this.#work(index, this.#clock.nowMs);
  }

  #pullEnd(producer: number): void {
    const nowMs = this.#clock.nowMs;
    const { readers, nextMs } = this.#nics.end(nowMs, producer);
    if (nextMs < Number.POSITIVE_INFINITY)
      this.#clock.at(Math.max(nowMs, nextMs), PULL_END, producer);
    for (const reader of readers) {
      const vm = this.#vms[reader]!;
      if (--vm.pullsToCome === 0) this.#work(reader, nowMs);
      const source = this.#vms[producer]!;
      source.pullsLeft--;
      if (source.held && source.pullsLeft === 0) this.#release(producer);
    }
  }

  #continueHome(id: number, step: ProgramStep): void {
    const live = this.#live[id]!;
    const first = this.#program.groups[step.group]!.steps[0]!;
    const index = live.vmAt(first, 0);
    const vm = this.#vms[index]!;
    vm.continueAt(step.index, this.#clock.nowMs);
    live.setVm(step.index, 0, index);
    live.notes.stepCounts[live.countsOf(step.index) + TO_ISSUE]!--;
    live.notes.stepCounts[live.countsOf(step.index) + OUTSTANDING]!++;
    live.vmsInFlight++;
    this.#work(index, this.#clock.nowMs);
  }

  // Works out the VM ahead and schedules its end.
  #work(index: number, fromMs: number): void {
    const vm = this.#vms[index]!;
    const step = this.#program.steps[vm.step]!;
    this.#clock.at(this.#stepWork.endMs(this.#live[vm.run]!, vm, step, fromMs), DONE, index);
  }

  #done(index: number): void {
    if (this.#recovery?.takes(index)) return;
    const vm = this.#vms[index]!;
    const id = vm.run;
    const live = this.#live[id]!;
    const step = this.#program.steps[vm.step]!;
    live.notes.stepCounts[live.countsOf(step.index) + OUTSTANDING]!--;
    live.vmsInFlight--;
    if (vm.timedOut) live.status = TIMED_OUT;
    const staysHome =
      this.#program.groups[step.group]!.kind === "home" && vm.place === 0 && !step.lastOfGroup;
    // What must be outlived, which for a home may begin before its group has ended.
    if (live.status === 0 && step.directOut.length > 0)
      vm.pullsLeft += pullsToOutlive(this.#program, step, vm.place, live);
    if (live.status !== 0 || !staysHome) this.#letGo(index);
    if (live.status !== 0) {
      this.#endRunIfDrained(id);
      return;
    }
    if (live.notes.stepCounts[live.countsOf(step.index) + TO_ISSUE]! > 0) {
      const place =
        live.notes.stepCounts[live.countsOf(step.index) + VM_COUNT]! -
        live.notes.stepCounts[live.countsOf(step.index) + TO_ISSUE]!;
      this.#issue(id, step, place, nextHopMs(this.#program, step, live.draws, place));
    }
    if (live.notes.stepCounts[live.countsOf(step.index) + OUTSTANDING] === 0)
      this.#endStep(id, step);
  }

  // Releases a VM at once, or when the last pull from it has ended.
  #letGo(index: number): void {
    const vm = this.#vms[index]!;
    vm.held = vm.pullsLeft > 0;
    if (!vm.held) this.#release(index);
  }

  #release(index: number): void {
    const vm = this.#vms[index]!;
    this.#supply.release(vm, this.#live[vm.run]!, this.#clock.nowMs);
    this.#freeVms.push(index);
  }

  // A VM that was never granted, because its run has failed.
  #abandon(index: number): void {
    const vm = this.#vms[index]!;
    const live = this.#live[vm.run]!;
    live.notes.stepCounts[live.countsOf(vm.step) + OUTSTANDING]!--;
    live.vmsInFlight--;
    if (vm.prewarmed) this.#release(index);
    else {
      vm.inUse = false;
      this.#freeVms.push(index);
    }
    this.#endRunIfDrained(vm.run);
  }

  #endStep(id: number, step: ProgramStep): void {
    const live = this.#live[id]!;
    live.stepsLeft--;
    for (const next of this.#recovery?.reachedBy(live, step) ?? step.successors)
      if (--live.notes.stepCounts[live.countsOf(next) + WAITING]! === 0)
        this.#startStep(id, this.#program.steps[next]!, step.index);
    if (live.stepsLeft === 0) this.#endRun(id);
  }

  #endRunIfDrained(id: number): void {
    const live = this.#live[id]!;
    if (live.vmsInFlight > 0) return;
    for (const step of this.#program.steps) {
      if (
        live.readyMsOf(step.index) === Number.POSITIVE_INFINITY &&
        !this.#hasPrewarmed(
          live,
          step.index,
          live.notes.stepCounts[live.countsOf(step.index) + VM_COUNT]!,
        )
      )
        continue;
      for (
        let place = 0;
        place < live.notes.stepCounts[live.countsOf(step.index) + VM_COUNT]!;
        place++
      ) {
        const index = live.vmAt(step.index, place);
        if (index >= 0 && this.#vms[index]!.inUse && this.#vms[index]!.run === id)
          this.#release(index);
      }
    }
    this.#endRun(id);
  }

  #endRun(id: number): void {
    const live = this.#live[id]!;
    this.#closer.close(live, this.#clock.nowMs, this.#row);
    this.#sink(this.#row, live.status);
    live.ended = true;
    if (live.prewarmsToCome === 0) this.#freeRuns.push(id);
    if (this.#arriving.closed) this.#arriving.expect(this.#clock.nowMs);
  }
}
