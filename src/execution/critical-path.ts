/** Where a run's time went: notes each step's slowest VM, and closes a run into its row along the critical path. */

import type { LoneWorkers } from "../physics/lone-workers.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import type { VmSolver } from "../physics/vm.ts";
import { medianOf } from "../stats/order.ts";
import type { LiveRun } from "./live.ts";
import type { LiveVm } from "./live-vm.ts";
import { RUN_PLACE } from "./run-log.ts";
import {
  ARRIVE_MS,
  BYTES_REMOTE,
  CAUSED_BY,
  COST_USD,
  END_MS,
  GB_MS,
  SLOWEST,
  STEP_NOTES,
  STORE_BYTES,
} from "./run-notes.ts";
import { COLD_MS, GRANTED_MS, HOP_MS, INIT_MS, READY_MS } from "./vm-notes.ts";

// Places in a row, and in the notes of a step, as this module's own: imported numbers are read from memory each time.
const RUN = RUN_PLACE.run;
const ARRIVED_MS = RUN_PLACE.arriveMs;
const FINISH_MS = RUN_PLACE.finishMs;
const LATENCY_MS = RUN_PLACE.latencyMs;
const PAID_USD = RUN_PLACE.costUsd;
const COLD_STARTS = RUN_PLACE.coldStarts;
const VM_USES = RUN_PLACE.vmUses;
const GB_S = RUN_PLACE.gbS;
const BYTES = RUN_PLACE.bytesRemote;
const SKEW = RUN_PLACE.skew;
const HOP_COLUMN = RUN_PLACE.hopMs;
const QUEUE_COLUMN = RUN_PLACE.queueMs;
const COLD_COLUMN = RUN_PLACE.coldMs;
const INIT_COLUMN = RUN_PLACE.initMs;
const FETCH_COLUMN = RUN_PLACE.fetchMs;
const COMPUTE_COLUMN = RUN_PLACE.computeMs;
const STRAGGLER_COLUMN = RUN_PLACE.stragglerMs;
const STORE_COLUMN = RUN_PLACE.storeMs;
const RETRIES = RUN_PLACE.retries;
const STRIDE = STEP_NOTES;
const AT_END = END_MS;

/** Notes where the time of the step's slowest VM went: its start, then the chain of jobs that ends last. */
export function recordSlowest(
  live: LiveRun,
  vm: LiveVm,
  step: ProgramStep,
  solver: VmSolver,
  fromMs: number,
  endMs: number,
): void {
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
  const parts = live.notes.slowest;
  const at = (live.firstStep + step.index) * STRIDE;
  parts[at + END_MS] = endMs;
  parts[at] = vm.hopMs;
  parts[at + 1] = vm.grantedMs - live.readyMsOf(step.index) - vm.hopMs;
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
  const parts = live.notes.slowest;
  const at = (live.firstStep + step) * STRIDE;
  const { times } = vm.notes;
  const { first } = vm;
  const hopMs = times[first + HOP_MS]!;
  parts[at + END_MS] = endMs;
  parts[at + SLOWEST] = worker;
  parts[at] = hopMs;
  parts[at + 1] = times[first + GRANTED_MS]! - live.readyMsOf(step) - hopMs;
  parts[at + 2] = times[first + COLD_MS]!;
  parts[at + 3] = times[first + INIT_MS]!;
  parts[at + 4] = fromMs - times[first + READY_MS]!;
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
    const { totals } = live.notes;
    const { firstTotal } = live;
    const arriveMs = totals[firstTotal + ARRIVE_MS]!;
    row[RUN] = live.run;
    row[ARRIVED_MS] = arriveMs;
    row[FINISH_MS] = nowMs;
    row[LATENCY_MS] = nowMs - arriveMs;
    row[PAID_USD] = totals[firstTotal + COST_USD]!;
    row[COLD_STARTS] = live.coldStarts;
    row[VM_USES] = live.vmUses;
    row[GB_S] = totals[firstTotal + GB_MS]! / 1000;
    row[BYTES] = totals[firstTotal + BYTES_REMOTE]!;
    // A run that has not finished may not have drawn all its workers' times: those are another run's.
    row[SKEW] = live.status === 0 ? this.#skewOf(live) : 1;
    row[RETRIES] = live.retries;
    // No step is last where none has begun to work; what caused it is then another run's as well.
    let last = -1;
    let lastMs = -1;
    const { slowest, stepCounts } = live.notes;
    const { steps } = this.#program;
    for (let index = 0; index < steps.length; index++) {
      const endMs = slowest[(live.firstStep + index) * STRIDE + AT_END]!;
      if (endMs > lastMs) {
        last = index;
        lastMs = endMs;
      }
    }
    let hopMs = 0;
    let queueMs = 0;
    let coldMs = 0;
    let initMs = 0;
    let fetchMs = 0;
    let computeMs = 0;
    let storeMs = 0;
    let stragglerMs = 0;
    for (let index = last; index >= 0; index = stepCounts[live.countsOf(index) + CAUSED_BY]!) {
      const step = steps[index]!;
      const excessMs = step.lone ? this.#loneExcessMs(live, step) : excessMsOf(live, step);
      const at = (live.firstStep + index) * STRIDE;
      hopMs += slowest[at]!;
      queueMs += slowest[at + 1]!;
      coldMs += slowest[at + 2]!;
      initMs += slowest[at + 3]!;
      fetchMs += slowest[at + 4]!;
      computeMs += slowest[at + 5]!;
      storeMs += slowest[at + 6]!;
      if (excessMs === 0) continue;
      // The excess of the slowest worker over the median one is waiting for a straggler, not useful time.
      const fromComputeMs = Math.min(excessMs, computeMs);
      const fromFetchMs = Math.min(excessMs - fromComputeMs, fetchMs);
      const fromStoreMs = Math.min(excessMs - fromComputeMs - fromFetchMs, storeMs);
      computeMs -= fromComputeMs;
      fetchMs -= fromFetchMs;
      storeMs -= fromStoreMs;
      stragglerMs = stragglerMs + fromComputeMs + fromFetchMs + fromStoreMs;
    }
    row[HOP_COLUMN] = hopMs;
    row[QUEUE_COLUMN] = queueMs;
    row[COLD_COLUMN] = coldMs;
    row[INIT_COLUMN] = initMs;
    row[FETCH_COLUMN] = fetchMs;
    row[COMPUTE_COLUMN] = computeMs;
    row[STRAGGLER_COLUMN] = stragglerMs;
    row[STORE_COLUMN] = storeMs;
  }

  // Notes the work of the slowest worker and returns what it took over the median one. A worker that reads and writes
  // nothing only worked; another is drawn once more, which is cheaper than keeping what every worker did.
  #loneExcessMs(live: LiveRun, step: ProgramStep): number {
    const parts = live.notes.slowest;
    const stage = step.stages[0]!;
    const at = (live.firstStep + step.index) * STRIDE;
    const worker = parts[at + SLOWEST]!;
    const totalMs = live.notes.workerMs.data[live.firstWorkerMs(stage) + worker]!;
    parts[at + 5] = totalMs;
    parts[at + 6] = 0;
    if (parts[at + STORE_BYTES] !== 0) {
      const lone = this.#lone;
      lone.solve(step, live.draws, worker, worker + 1, this.#oneMs);
      parts[at + 4] = parts[at + 4]! + (lone.reads ? lone.fetchMs[0]! : 0);
      parts[at + 5] = lone.computeMs[0]!;
      parts[at + 6] = lone.writes ? lone.storeMs[0]! : 0;
    }
    if (live.draws.workers[stage]! < 2) return 0;
    return Math.max(0, totalMs - stageMedianMs(live, stage));
  }

  #skewOf(live: LiveRun): number {
    const widest = this.#program.widestStage;
    if (widest < 0) return 1;
    const workers = live.draws.workers[widest]!;
    const { data } = live.notes.workerMs;
    const first = live.firstWorkerMs(widest);
    let slowestMs = 0;
    for (let i = first; i < first + workers; i++) slowestMs = Math.max(slowestMs, data[i]!);
    const medianMs = stageMedianMs(live, widest);
    return medianMs > 0 ? slowestMs / medianMs : 1;
  }
}

// What the workers on the step's critical chain took over the median ones of their stages, ms.
function excessMsOf(live: LiveRun, step: ProgramStep): number {
  const { chainMs, chainJobs } = live.notes;
  let excessMs = 0;
  for (const stage of step.stages) {
    if (live.draws.workers[stage]! < 2) continue;
    const at = live.firstStage + stage;
    excessMs += Math.max(0, chainMs[at]! - chainJobs[at]! * stageMedianMs(live, stage));
  }
  return excessMs;
}

function stageMedianMs(live: LiveRun, stage: number): number {
  const known = live.notes.medianMs[live.firstStage + stage]!;
  if (!Number.isNaN(known)) return known;
  const { data } = live.notes.workerMs;
  const medianMs = medianOf(data, live.draws.workers[stage]!, live.firstWorkerMs(stage));
  live.notes.medianMs[live.firstStage + stage] = medianMs;
  return medianMs;
}
