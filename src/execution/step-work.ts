/**
 * What VMs do in a step and how long it takes them. VMs of one worker are worked out together as their step
 * starts, the others one by one as each gets its VM.
 */

import { storeUsd } from "../physics/billing.ts";
import { fillVm, type StoreTally, workerAt } from "../physics/fill.ts";
import { LoneWorkers } from "../physics/lone-workers.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import { VmSolver } from "../physics/vm.ts";
import { attemptEndMs, countsFor, requestsPaid } from "./attempts.ts";
import { noteLoneSlowest, recordSlowest } from "./critical-path.ts";
import type { LiveRun } from "./live.ts";
import type { LiveVm } from "./live-vm.ts";
import { END_MS, STEP_NOTES, STORE_BYTES, STORE_USD } from "./run-notes.ts";
import { BILLED_FROM_MS } from "./vm-notes.ts";
import { reportSpans, type SpanSink } from "./spans.ts";

/** Works out the VMs of one program. */
export class StepWork {
  readonly lone: LoneWorkers;
  readonly #program: Program;
  readonly #spans: SpanSink | undefined;
  readonly #solver = new VmSolver();
  readonly #tally: StoreTally = { gets: 0, puts: 0, bytes: 0 };

  constructor(program: Program, spans: SpanSink | undefined) {
    this.#program = program;
    this.#spans = spans;
    this.lone = new LoneWorkers(program);
  }

  /** Prepares a step of a run whose fan-outs are known. */
  begin(live: LiveRun, step: ProgramStep): void {
    const { draws, notes } = live;
    const own = (live.firstStep + step.index) * STEP_NOTES;
    const oneMs = this.lone.oneMs(step, draws);
    if (!Number.isNaN(oneMs)) {
      const first = live.resetWorkers(step.stages[0]!, 1);
      notes.workerMs.data[first] = oneMs;
      notes.slowest[own + STORE_USD] = 0;
      notes.slowest[own + STORE_BYTES] = 0;
      return;
    }
    let at = 0;
    for (const stage of step.stages) at = live.resetWorkers(stage, draws.workers[stage]!);
    if (!step.lone) return;
    const { lone } = this;
    const { price } = this.#program.platform;
    lone.solve(step, draws, 0, draws.workers[step.stages[0]!]!, notes.workerMs.data, at);
    notes.slowest[own + STORE_USD] = storeUsd(price, lone);
    notes.slowest[own + STORE_BYTES] = lone.bytes;
  }

  /** When a VM that begins at `fromMs` ends, ms; books its store requests and notes it if it is the slowest. */
  endMs(live: LiveRun, vm: LiveVm, step: ProgramStep, fromMs: number): number {
    if (!step.lone || this.#spans !== undefined) return this.#solvedEndMs(live, vm, step, fromMs);
    const worker = workerAt(step, vm.place);
    const { slowest, workerMs } = live.notes;
    const own = (live.firstStep + step.index) * STEP_NOTES;
    if (slowest[own + STORE_BYTES]! !== 0) {
      live.costUsd += slowest[own + STORE_USD]!;
      live.bytesRemote += slowest[own + STORE_BYTES]!;
    }
    const workMs = workerMs.data[live.firstWorkerMs(step.stages[0]!) + worker]!;
    const endMs = this.#cut(vm, fromMs, fromMs + workMs);
    if (endMs > slowest[own + END_MS]!)
      noteLoneSlowest(live, vm, step.index, worker, fromMs, endMs);
    return endMs;
  }

  #solvedEndMs(live: LiveRun, vm: LiveVm, step: ProgramStep, fromMs: number): number {
    const program = this.#program;
    const solver = this.#solver;
    const tally = this.#tally;
    const { failures } = program;
    live.draws.attempt = vm.tries;
    fillVm(program, step, vm.place, vm.cold, live.draws, solver, tally);
    solver.solve(step.vm);
    const { price } = program.platform;
    const cutMs = this.#cut(vm, fromMs, fromMs + solver.totalMs);
    const endMs =
      failures === null ? cutMs : attemptEndMs(program, failures, live, vm, step, fromMs, cutMs);
    const paid = failures === null ? 1 : requestsPaid(vm, fromMs, cutMs, endMs);
    live.costUsd += storeUsd(price, tally) * paid;
    live.bytesRemote += tally.bytes * paid;
    const { slowest, workerMs } = live.notes;
    for (let j = 0; j < solver.jobs; j++) {
      const first = live.firstWorkerMs(step.stages[solver.stage[j]!]!);
      workerMs.data[first + solver.worker[j]!] =
        solver.finishMs[j]! - solver.startMs[j]! - solver.startedMs(j);
    }
    if (failures !== null && !countsFor(live, vm, step)) return endMs;
    if (endMs > slowest[(live.firstStep + step.index) * STEP_NOTES + END_MS]!) {
      if (step.lone) noteLoneSlowest(live, vm, step.index, solver.worker[0]!, fromMs, endMs);
      else recordSlowest(live, vm, step, solver, fromMs, endMs);
    }
    if (this.#spans !== undefined)
      reportSpans(this.#spans, program, live, vm, solver, fromMs, endMs);
    return endMs;
  }

  // The platform ends a VM that has run for too long.
  #cut(vm: LiveVm, fromMs: number, endMs: number): number {
    const { runMsMax } = this.#program.platform;
    const billedFromMs = vm.notes.times[vm.first + BILLED_FROM_MS]!;
    if (endMs - billedFromMs <= runMsMax) return endMs;
    vm.timedOut = true;
    return Math.max(fromMs, billedFromMs + runMsMax);
  }
}
