/**
 * Hot path: what one VM has to do in one step. Turns the run's luck, the plan's bundle and the edges'
 * passings into the demands of the VM's jobs.
 */

import type { Platform } from "../platform/platform.ts";
import { DRAWS_PER_WORKER, drawName, PURPOSE, type RunDraws, valueOf, workOf } from "./draws.ts";
import type { Program, ProgramEdge, ProgramGroup, ProgramStep } from "./program.ts";
import { requestMs, storeRate } from "./transfer.ts";
import {
  COMPUTE,
  FETCH,
  FETCH_LATENCY,
  INIT,
  PHASES,
  START,
  STORE,
  STORE_LATENCY,
  type VmSolver,
  WAIT,
} from "./vm.ts";

/** Store requests and bytes of one VM's step. */
export interface StoreTally {
  gets: number;
  puts: number;
  bytes: number;
}

/** VMs that a step needs for the fan-outs of this run. */
export function vmCount(program: Program, step: ProgramStep, draws: RunDraws): number {
  if (step.whole) return 1;
  const { bundle } = program.groups[step.group]!;
  const workers = draws.workers[step.stages[0]!]!;
  return bundle >= workers ? 1 : Math.ceil(workers / bundle);
}

/**
 * Sets the jobs of VM `vm` of `step` in the solver and returns its first worker, which names the VM's
 * own draws. `cold` adds the handler start of processes; `tally` receives its store requests and bytes.
 */
export function fillVm(
  program: Program,
  step: ProgramStep,
  vm: number,
  cold: boolean,
  draws: RunDraws,
  solver: VmSolver,
  tally: StoreTally,
): number {
  const group = program.groups[step.group]!;
  const { platform } = program;
  tally.gets = 0;
  tally.puts = 0;
  tally.bytes = 0;
  let jobs = 0;
  for (const s of step.stages)
    jobs += lastOf(step, group, vm, draws.workers[s]!) - firstOf(step, group, vm);
  solver.begin(jobs);
  let j = 0;
  for (let place = 0; place < step.stages.length; place++) {
    const stage = program.stages[step.stages[place]!]!;
    const first = firstOf(step, group, vm);
    const last = lastOf(step, group, vm, draws.workers[stage.index]!);
    for (let i = first; i < last; i++, j++) {
      const worker = step.order === null ? i : step.order[i]!;
      const at = solver.set(j, place, worker);
      const { demand } = solver;
      // A lone worker runs in the VM's own process; only siblings are forked, each with its own start.
      if (!group.threads && last - first > 1) {
        demand[at + START] = platform.local.processStartMs;
        if (cold) demand[at + INIT] = stage.profile.initCpuMs;
      }
      demand[at + WAIT] = valueOf(
        stage.waitMs,
        draws.key,
        drawName(stage.index, PURPOSE.wait),
        worker,
      );
      demand[at + COMPUTE] = workOf(stage, draws, worker);
      solver.fetchCap[j] = 0;
      solver.storeCap[j] = 0;
      for (const edge of stage.inEdges)
        addFetch(program, edge, group, vm, last - first, draws, solver, j, tally);
      for (const edge of stage.outEdges)
        addStore(program, edge, group, vm, draws, solver, j, tally);
    }
  }
  return firstOf(step, group, vm);
}

/** vCPU-ms of the handlers that VM `place` of the group starts once, before any worker. */
export function vmInitCpuMs(
  program: Program,
  group: ProgramGroup,
  place: number,
  draws: RunDraws,
): number {
  if (group.threads) return group.initCpuMs;
  let cpuMs = 0;
  for (const s of group.stages) {
    const stage = program.stages[s]!;
    const step = program.steps[stage.step]!;
    const workers = lastOf(step, group, place, draws.workers[stage.index]!);
    if (workers - firstOf(step, group, place) === 1) cpuMs += stage.profile.initCpuMs;
  }
  return cpuMs;
}

function firstOf(step: ProgramStep, group: ProgramGroup, vm: number): number {
  return step.whole || vm === 0 ? 0 : vm * group.bundle;
}

function lastOf(step: ProgramStep, group: ProgramGroup, vm: number, workers: number): number {
  return step.whole ? workers : Math.min(workers, (vm + 1) * group.bundle);
}

// Part of an edge inside a group whose producers sit outside the reader's VM.
function remoteReadFraction(
  program: Program,
  edge: ProgramEdge,
  group: ProgramGroup,
  vm: number,
  draws: RunDraws,
): number {
  const sameStep = program.stages[edge.from]!.step === program.stages[edge.to]!.step;
  if (sameStep) return 0;
  if (vm > 0) return 1;
  const producers = draws.workers[edge.from]!;
  return edge.shape === "pairwise" ? 0 : Math.max(0, producers - group.bundle) / producers;
}

function addFetch(
  program: Program,
  edge: ProgramEdge,
  group: ProgramGroup,
  vm: number,
  siblings: number,
  draws: RunDraws,
  solver: VmSolver,
  j: number,
  tally: StoreTally,
): void {
  const total = draws.bytes[edge.index]!;
  if (total === 0 || edge.passing === "inline" || edge.passing === "direct") return;
  const receivers = draws.workers[edge.to]!;
  const producers = edge.from < 0 ? 1 : draws.workers[edge.from]!;
  const all = edge.shape === "broadcast";
  // Threads share what everyone reads: each sibling loads its part of it.
  const bytes = all ? (group.threads ? total / siblings : total) : total / receivers;
  const remote = edge.passing === "local" ? remoteReadFraction(program, edge, group, vm, draws) : 1;
  const at = j * PHASES;
  const { platform } = program;
  if (remote < 1)
    solver.demand[at + FETCH_LATENCY]! += (bytes * (1 - remote)) / platform.local.bytesPerMs;
  if (remote === 0) return;
  const objects = Math.max(1, Math.round(remote * objectsRead(edge, producers, receivers)));
  const bytesEach = (bytes * remote) / objects;
  const lanes = Math.min(objects, edge.parallelRequests);
  solver.demand[at + FETCH_LATENCY]! += fetchLatencyMs(
    platform,
    edge,
    bytesEach,
    objects,
    draws,
    solver.worker[j]!,
  );
  const rate = storeRate(platform.store, bytesEach, lanes);
  solver.fetchCap[j] = capOfBoth(
    solver.fetchCap[j]!,
    solver.demand[at + FETCH]!,
    rate,
    bytes * remote,
  );
  solver.demand[at + FETCH]! += bytes * remote;
  tally.gets += objects;
  tally.bytes += bytes * remote;
}

function objectsRead(edge: ProgramEdge, producers: number, receivers: number): number {
  if (edge.shape === "pairwise" || edge.shape === "scatter") return 1;
  return edge.shape === "gather" ? Math.ceil(producers / receivers) : producers;
}

// Rounds of at most `parallelRequests` reads, one after the other.
function fetchLatencyMs(
  platform: Platform,
  edge: ProgramEdge,
  bytes: number,
  objects: number,
  draws: RunDraws,
  worker: number,
): number {
  const { get } = platform.store;
  const name = drawName(edge.index, PURPOSE.get);
  let sumMs = 0;
  for (let round = 0, left = objects; left > 0; round++, left -= edge.parallelRequests) {
    const u = get.sigma === 0 ? 0.5 : draws.key.uniform(name, worker * DRAWS_PER_WORKER + round);
    sumMs += requestMs(get, bytes, Math.min(left, edge.parallelRequests), u);
  }
  return sumMs;
}

function addStore(
  program: Program,
  edge: ProgramEdge,
  group: ProgramGroup,
  vm: number,
  draws: RunDraws,
  solver: VmSolver,
  j: number,
  tally: StoreTally,
): void {
  const total = draws.bytes[edge.index]!;
  if (total === 0 || edge.passing === "inline" || edge.passing === "direct") return;
  let remote = 1;
  if (edge.passing === "local") {
    const sameStep = program.stages[edge.from]!.step === program.stages[edge.to]!.step;
    if (sameStep) return;
    const receivers = draws.workers[edge.to]!;
    const outside = Math.max(0, receivers - group.bundle) / receivers;
    if (vm === 0) remote = edge.shape === "broadcast" && outside > 0 ? 1 : outside;
    if (edge.shape === "pairwise" && vm === 0) remote = 0;
  }
  const bytes = (total / draws.workers[edge.from]!) * remote;
  if (bytes === 0) return;
  const { put } = program.platform.store;
  const name = drawName(edge.index, PURPOSE.put);
  const u = put.sigma === 0 ? 0.5 : draws.key.uniform(name, solver.worker[j]!);
  const at = j * PHASES;
  solver.demand[at + STORE_LATENCY]! += requestMs(put, bytes, 1, u);
  const rate = storeRate(program.platform.store, bytes, 1);
  solver.storeCap[j] = capOfBoth(solver.storeCap[j]!, solver.demand[at + STORE]!, rate, bytes);
  solver.demand[at + STORE]! += bytes;
  tally.puts++;
  tally.bytes += bytes;
}

// Rate limit of `knownBytes` at `knownRate` followed by `bytes` at `rate`: one edge's data after another's.
function capOfBoth(knownRate: number, knownBytes: number, rate: number, bytes: number): number {
  if (knownBytes === 0) return rate;
  return (knownBytes + bytes) / (knownBytes / knownRate + bytes / rate);
}
