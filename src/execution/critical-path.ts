/** Where a run's time went: notes each step's slowest VM, and closes a run into its row along the critical path. */

import type { LoneWorkers } from "../physics/lone-workers.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import type { VmSolver } from "../physics/vm.ts";
import { medianOf } from "../stats/order.ts";
import type { LiveRun, LiveVm } from "./live.ts";
import { RUN_COLUMNS } from "./run-log.ts";
import { PARTS } from "./run-notes.ts";

const COLUMN = Object.fromEntries(RUN_COLUMNS.map((name, i) => [name, i])) as Record<
  (typeof RUN_COLUMNS)[number],
  number
>;
const PART_COLUMN = [
  COLUMN.hopMs,
  COLUMN.queueMs,
  COLUMN.coldMs,
  COLUMN.initMs,
  COLUMN.fetchMs,
  COLUMN.computeMs,
  COLUMN.storeMs,
];

const MOVABLE = [COLUMN.computeMs, COLUMN.fetchMs, COLUMN.storeMs];

/** Notes where the time of the step's slowest VM went: its start, then the chain of jobs that ends last. */
export function recordSlowest(
  live: LiveRun,
  vm: LiveVm,
  step: ProgramStep,
  solver: VmSolver,
  fromMs: number,
  endMs: number,
): void {
  live.notes.endMs[live.firstStep + step.index] = endMs;
  for (const stage of step.stages) {
    live.notes.chainMs[live.firstStage + stage] = 0;
    live.notes.chainJobs[live.firstStage + stage] = 0;
  }
  let initMs = vm.initMs;
  let fetchMs = fromMs - vm.readyMs;
  let computeMs = 0;
  let storeMs = 0;
  for (let j = solver.lastJob; j >= 0; j = solver.trigger[j]!) {
    const stage = step.stages[solver.stage[j]!]!;
    const startedMs = solver.startedMs(j);
    live.notes.chainMs[live.firstStage + stage]! +=
      solver.finishMs[j]! - solver.startMs[j]! - startedMs;
    live.notes.chainJobs[live.firstStage + stage]!++;
    initMs += startedMs;
    fetchMs += solver.fetchedMs(j);
    computeMs += solver.computedMs(j);
    storeMs += solver.storedMs(j);
  }
  const { parts } = live.notes;
  const at = (live.firstStep + step.index) * PARTS.length;
  parts[at] = vm.hopMs;
  parts[at + 1] = vm.grantedMs - live.notes.readyMs[live.firstStep + step.index]! - vm.hopMs;
  parts[at + 2] = vm.coldMs;
  parts[at + 3] = initMs;
  parts[at + 4] = fetchMs;
  parts[at + 5] = computeMs;
  parts[at + 6] = storeMs;
}

/** Notes where the time of a lone step's slowest VM went, but for its work, which is looked up as the run closes. */
export function noteLoneSlowest(
  live: LiveRun,
  vm: LiveVm,
  step: number,
  worker: number,
  fromMs: number,
  endMs: number,
): void {
  live.notes.endMs[live.firstStep + step] = endMs;
  live.notes.slowest[live.firstStep + step] = worker;
  const { parts } = live.notes;
  const at = (live.firstStep + step) * PARTS.length;
  parts[at] = vm.hopMs;
  parts[at + 1] = vm.grantedMs - live.notes.readyMs[live.firstStep + step]! - vm.hopMs;
  parts[at + 2] = vm.coldMs;
  parts[at + 3] = vm.initMs;
  parts[at + 4] = fromMs - vm.readyMs;
}

/** Closes the runs of one program into their rows. */
export class RunCloser {
  readonly #program: Program;
  readonly #lone: LoneWorkers;
  readonly #oneMs = new Float64Array(1);

  constructor(program: Program, lone: LoneWorkers) {
    this.#program = program;
    this.#lone = lone;
  }

  /** Fills `row` (one number per RUN_COLUMNS) from a run that ended at `nowMs`. */
  close(live: LiveRun, nowMs: number, row: Float64Array): void {
    row[COLUMN.run] = live.run;
    row[COLUMN.arriveMs] = live.arriveMs;
    row[COLUMN.finishMs] = nowMs;
    row[COLUMN.latencyMs] = nowMs - live.arriveMs;
    row[COLUMN.costUsd] = live.costUsd;
    row[COLUMN.coldStarts] = live.coldStarts;
    row[COLUMN.vmUses] = live.vmUses;
    row[COLUMN.gbS] = live.gbMs / 1000;
    row[COLUMN.bytesRemote] = live.bytesRemote;
    // A run that has not finished may not have drawn all its workers' times: those are another run's.
    row[COLUMN.skew] = live.status === 0 ? this.#skewOf(live) : 1;
    row.fill(0, COLUMN.hopMs);
    row[COLUMN.retries] = live.retries;
    // No step is last where none has begun to work; what caused it is then another run's as well.
    let last = -1;
    let lastMs = -1;
    for (const { index } of this.#program.steps) {
      const endMs = live.notes.endMs[live.firstStep + index]!;
      if (endMs > lastMs) {
        last = index;
        lastMs = endMs;
      }
    }
    for (let step = last; step >= 0; step = live.notes.causedBy[live.firstStep + step]!)
      this.#addStep(live, step, row);
  }

  #addStep(live: LiveRun, index: number, row: Float64Array): void {
    const step = this.#program.steps[index]!;
    if (step.lone) this.#addLoneWork(live, step);
    const at = (live.firstStep + index) * PARTS.length;
    for (let part = 0; part < PARTS.length; part++)
      row[PART_COLUMN[part]!] = row[PART_COLUMN[part]!]! + live.notes.parts[at + part]!;
    let excessMs = 0;
    for (const stage of step.stages) {
      if (live.draws.workers[stage]! < 2) continue;
      const medianMs = stageMedianMs(live, stage);
      excessMs += Math.max(
        0,
        live.notes.chainMs[live.firstStage + stage]! -
          live.notes.chainJobs[live.firstStage + stage]! * medianMs,
      );
    }
    // The excess of the slowest worker over the median one is waiting for a straggler, not useful time.
    for (const column of MOVABLE) {
      const movedMs = Math.min(excessMs, row[column]!);
      row[column] = row[column]! - movedMs;
      row[COLUMN.stragglerMs] = row[COLUMN.stragglerMs]! + movedMs;
      excessMs -= movedMs;
    }
  }

  // A worker that reads and writes nothing only worked; another is drawn once more, which is cheaper than keeping
  // what every worker did.
  #addLoneWork(live: LiveRun, step: ProgramStep): void {
    const { parts } = live.notes;
    const stage = step.stages[0]!;
    const at = (live.firstStep + step.index) * PARTS.length;
    const worker = live.notes.slowest[live.firstStep + step.index]!;
    const totalMs = live.workerMs[stage]![worker]!;
    parts[at + 5] = totalMs;
    parts[at + 6] = 0;
    live.notes.chainMs[live.firstStage + stage] = totalMs;
    live.notes.chainJobs[live.firstStage + stage] = 1;
    if (live.notes.storeBytes[live.firstStep + step.index] === 0) return;
    const lone = this.#lone;
    lone.solve(step, live.draws, worker, worker + 1, this.#oneMs);
    parts[at + 4] = parts[at + 4]! + lone.fetchMs[0]!;
    parts[at + 5] = lone.computeMs[0]!;
    parts[at + 6] = lone.storeMs[0]!;
  }

  #skewOf(live: LiveRun): number {
    const widest = this.#program.widestStage;
    if (widest < 0) return 1;
    const workers = live.draws.workers[widest]!;
    const times = live.workerMs[widest]!;
    let slowestMs = 0;
    for (let i = 0; i < workers; i++) slowestMs = Math.max(slowestMs, times[i]!);
    const medianMs = stageMedianMs(live, widest);
    return medianMs > 0 ? slowestMs / medianMs : 1;
  }
}

function stageMedianMs(live: LiveRun, stage: number): number {
  const known = live.notes.medianMs[live.firstStage + stage]!;
  if (!Number.isNaN(known)) return known;
  const medianMs = medianOf(live.workerMs[stage]!, live.draws.workers[stage]!);
  live.notes.medianMs[live.firstStage + stage] = medianMs;
  return medianMs;
}
