/** Where a run's time went: notes each step's slowest VM, and closes a run into its row along the critical path. */

import type { Program, ProgramStep } from "../physics/program.ts";
import type { VmSolver } from "../physics/vm.ts";
import { type LiveRun, type LiveVm, PARTS } from "./live.ts";
import { RUN_COLUMNS } from "./run-log.ts";

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

/** Notes where the time of the step's slowest VM went: its start, then the chain of jobs that ends last. */
export function recordSlowest(
  live: LiveRun,
  vm: LiveVm,
  step: ProgramStep,
  solver: VmSolver,
  fromMs: number,
  endMs: number,
): void {
  live.endMs[step.index] = endMs;
  for (const stage of step.stages) {
    live.chainMs[stage] = 0;
    live.chainJobs[stage] = 0;
  }
  let initMs = vm.initMs;
  let fetchMs = fromMs - vm.readyMs;
  let computeMs = 0;
  let storeMs = 0;
  for (let j = solver.lastJob; j >= 0; j = solver.trigger[j]!) {
    const stage = step.stages[solver.stage[j]!]!;
    const startedMs = solver.startedMs(j);
    live.chainMs[stage]! += solver.finishMs[j]! - solver.startMs[j]! - startedMs;
    live.chainJobs[stage]!++;
    initMs += startedMs;
    fetchMs += solver.fetchedMs(j);
    computeMs += solver.computedMs(j);
    storeMs += solver.storedMs(j);
  }
  const { parts } = live;
  const at = step.index * PARTS.length;
  parts[at] = vm.hopMs;
  parts[at + 1] = vm.grantedMs - live.readyMs[step.index]! - vm.hopMs;
  parts[at + 2] = vm.coldMs;
  parts[at + 3] = initMs;
  parts[at + 4] = fetchMs;
  parts[at + 5] = computeMs;
  parts[at + 6] = storeMs;
}

/** Fills `row` (one number per RUN_COLUMNS) from a run that ended at `nowMs`. */
export function closeRun(
  program: Program,
  live: LiveRun,
  nowMs: number,
  scratch: Float64Array,
  row: Float64Array,
): void {
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
  row[COLUMN.skew] = live.status === 0 ? skewOf(program, live, scratch) : 1;
  row.fill(0, COLUMN.hopMs);
  // No step is last where none has begun to work; what caused it is then another run's as well.
  let last = -1;
  let lastMs = -1;
  for (const step of program.steps)
    if (live.endMs[step.index]! > lastMs) {
      last = step.index;
      lastMs = live.endMs[last]!;
    }
  for (let step = last; step >= 0; step = live.causedBy[step]!)
    addStep(program, live, step, scratch, row);
}

function addStep(
  program: Program,
  live: LiveRun,
  step: number,
  scratch: Float64Array,
  row: Float64Array,
): void {
  const at = step * PARTS.length;
  for (let part = 0; part < PARTS.length; part++)
    row[PART_COLUMN[part]!] = row[PART_COLUMN[part]!]! + live.parts[at + part]!;
  let excessMs = 0;
  for (const stage of program.steps[step]!.stages) {
    const workers = live.draws.workers[stage]!;
    if (workers < 2) continue;
    const medianMs = medianOf(live.workerMs[stage]!, workers, scratch);
    excessMs += Math.max(0, live.chainMs[stage]! - live.chainJobs[stage]! * medianMs);
  }
  // The excess of the slowest worker over the median one is waiting for a straggler, not useful time.
  for (const column of [COLUMN.computeMs, COLUMN.fetchMs, COLUMN.storeMs]) {
    const movedMs = Math.min(excessMs, row[column]!);
    row[column] = row[column]! - movedMs;
    row[COLUMN.stragglerMs] = row[COLUMN.stragglerMs]! + movedMs;
    excessMs -= movedMs;
  }
}

function skewOf(program: Program, live: LiveRun, scratch: Float64Array): number {
  const widest = program.widestStage;
  if (widest < 0) return 1;
  const workers = live.draws.workers[widest]!;
  const times = live.workerMs[widest]!;
  let slowestMs = 0;
  for (let i = 0; i < workers; i++) slowestMs = Math.max(slowestMs, times[i]!);
  const medianMs = medianOf(times, workers, scratch);
  return medianMs > 0 ? slowestMs / medianMs : 1;
}

// Insertion sort while it wins, the engine's own above.
function medianOf(values: Float64Array, count: number, scratch: Float64Array): number {
  if (count > 32 || count > scratch.length) {
    const sorted = values.slice(0, count).sort();
    return 0.5 * (sorted[(count - 1) >> 1]! + sorted[count >> 1]!);
  }
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    let at = i;
    while (at > 0 && scratch[at - 1]! > value) {
      scratch[at] = scratch[at - 1]!;
      at--;
    }
    scratch[at] = value;
  }
  return 0.5 * (scratch[(count - 1) >> 1]! + scratch[count >> 1]!);
}
