/**
 * Hot path: runs that never meet. Where VMs start at once, are kept for ever and are not counted, no run can
 * delay another: a chain of steps is then worked out run by run, in the order of arrival, without a list of events.
 */

import type { ArrivalProcess } from "../physics/arrivals.ts";
import { stepStartUsd, vmUseUsd } from "../physics/billing.ts";
import { vmCount, workerAt } from "../physics/fill.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import { dispatchOf, neverCold } from "../physics/start.ts";
import type { RandomKey } from "../stats/random.ts";
import { sortInto } from "../stats/order.ts";
import { noteLoneSlowest, RunCloser } from "./critical-path.ts";
import { LiveRun } from "./live.ts";
import { LiveVm } from "./live-vm.ts";
import { RUN_COLUMNS, type RunSink } from "./run-log.ts";
import { CAUSED_BY, RunNotes, STEP_NOTES, STORE_BYTES, STORE_USD } from "./run-notes.ts";
import { StepWork } from "./step-work.ts";
import { VmNotes } from "./vm-notes.ts";
import { MB_PER_GB } from "./vm-supply.ts";

/**
 * Whether the runs of a program are alone with their luck: no cold start, no limit, no time-out, no closed
 * loop, and steps one after the other whose VMs hold one worker each and start together.
 */
export function runsAreAlone(program: Program, arrivals: ArrivalProcess): boolean {
  const { concurrency, orchestrator, runMsMax } = program.platform;
  return (
    !arrivals.closed &&
    neverCold(program) &&
    concurrency.limit === Number.POSITIVE_INFINITY &&
    concurrency.burst === Number.POSITIVE_INFINITY &&
    runMsMax === Number.POSITIVE_INFINITY &&
    orchestrator.parallelStarts === Number.POSITIVE_INFINITY &&
    orchestrator.dispatchSpreadMs.every(({ y }) => y === 0) &&
    program.groups.every((group) => group.plan.prewarmMs === null) &&
    chainOf(program) !== undefined
  );
}

// Lone steps in their order, undefined where two may overlap or pull from each other.
function chainOf({ steps }: Program): readonly ProgramStep[] | undefined {
  const chain: ProgramStep[] = [];
  const starts = steps.filter((step) => step.predecessorCount === 0);
  if (starts.length !== 1) return undefined;
  for (let step = starts[0]; step !== undefined; step = steps[step.successors[0] ?? -1]) {
    if (!step.lone || step.successors.length > 1 || step.directOut.length > 0) return undefined;
    chain.push(step);
  }
  return chain.length === steps.length ? chain : undefined;
}

/** Works out the runs of a program whose runs are alone; rows as `Simulation` gives them. */
export class LoneRuns {
  readonly #program: Program;
  readonly #chain: readonly ProgramStep[];
  readonly #root: RandomKey;
  readonly #sink: RunSink;
  readonly #work: StepWork;
  readonly #closer: RunCloser;
  readonly #live: LiveRun;
  readonly #vm = new LiveVm(new VmNotes(), 0);
  readonly #row = new Float64Array(RUN_COLUMNS.length);
  /** Times of the workers of the step at hand, ascending. */
  #sortedMs = new Float64Array(16);

  constructor(program: Program, root: RandomKey, sink: RunSink) {
    this.#program = program;
    this.#chain = chainOf(program)!;
    this.#root = root;
    this.#sink = sink;
    this.#work = new StepWork(program, undefined);
    this.#closer = new RunCloser(program, this.#work.lone);
    this.#live = new LiveRun(program, new RunNotes(program), 0);
  }

  /** Works out at most `runs` runs and returns how many events they would have been. */
  run(arrivals: ArrivalProcess, runs: number): number {
    const program = this.#program;
    const live = this.#live;
    let events = 0;
    let nowMs = 0;
    for (let run = 0; run < runs; run++) {
      const atMs = arrivals.next(run, nowMs);
      if (atMs === Number.POSITIVE_INFINITY) break;
      nowMs = Math.max(nowMs, atMs);
      live.begin(run, nowMs);
      live.draws.draw(this.#root, run);
      live.costUsd += program.platform.price.usdPerTransition;
      let endMs = nowMs;
      let cause = -1;
      for (const step of this.#chain) {
        endMs = this.#stepEndMs(step, cause, endMs);
        cause = step.index;
      }
      events += 1 + 2 * live.vmUses;
      this.#closer.close(live, endMs, this.#row);
      this.#sink(this.#row, live.status);
    }
    return events;
  }

  // When the last VM of a step that is ready at `readyMs` ends.
  #stepEndMs(step: ProgramStep, cause: number, readyMs: number): number {
    const program = this.#program;
    const live = this.#live;
    const { price } = program.platform;
    const count = vmCount(program, step, live.draws);
    this.#work.begin(live, step);
    live.setReadyMs(step.index, readyMs);
    live.notes.stepCounts[live.countsOf(step.index) + CAUSED_BY] = cause;
    live.costUsd += stepStartUsd(price, count);
    const { hopMs } = dispatchOf(program, step, live.draws, count);
    const fromMs = readyMs + hopMs;
    const stage = step.stages[0]!;
    const { workerMs, medianMs } = live.notes;
    if (count > this.#sortedMs.length) this.#sortedMs = new Float64Array(2 * count);
    const sortedMs = this.#sortedMs;
    sortInto(sortedMs, workerMs.data, count, live.firstWorkerMs(stage));
    medianMs[live.firstStage + stage] = 0.5 * (sortedMs[(count - 1) >> 1]! + sortedMs[count >> 1]!);
    this.#note(step, count, hopMs, fromMs);
    this.#bill(step, count, fromMs);
    return fromMs + sortedMs[count - 1]!;
  }

  // The slowest worker is the first whose end is the last.
  #note(step: ProgramStep, count: number, hopMs: number, fromMs: number): void {
    const workMs = this.#live.notes.workerMs.data;
    const first = this.#live.firstWorkerMs(step.stages[0]!);
    const endMs = fromMs + this.#sortedMs[count - 1]!;
    let place = 0;
    while (fromMs + workMs[first + workerAt(step, place)]! !== endMs) place++;
    const vm = this.#vm;
    vm.hopMs = hopMs;
    vm.grantedMs = fromMs;
    vm.readyMs = fromMs;
    noteLoneSlowest(this.#live, vm, step.index, workerAt(step, place), fromMs, endMs);
  }

  // In the order in which the VMs end, as the bits of a sum are those of its order.
  #bill(step: ProgramStep, count: number, fromMs: number): void {
    const live = this.#live;
    const { price } = this.#program.platform;
    const { memoryMb } = this.#program.groups[step.group]!;
    const memoryGb = memoryMb / MB_PER_GB;
    const own = (live.firstStep + step.index) * STEP_NOTES;
    const storeUsd = live.notes.slowest[own + STORE_USD]!;
    const storeBytes = live.notes.slowest[own + STORE_BYTES]!;
    const sortedMs = this.#sortedMs;
    let { costUsd, gbMs, bytesRemote } = live;
    live.vmUses += count;
    for (let i = 0; i < count; i++) {
      costUsd += storeUsd;
      bytesRemote += storeBytes;
    }
    for (let i = 0; i < count; i++) {
      const activeMs = fromMs + sortedMs[i]! - fromMs;
      costUsd += vmUseUsd(price, memoryMb, activeMs);
      gbMs += memoryGb * activeMs;
    }
    live.costUsd = costUsd;
    live.gbMs = gbMs;
    live.bytesRemote = bytesRemote;
  }
}
