/**
 * Hot path: what one VM has to do in one step. Turns the run's luck, the plan's bundle and the edges'
 * passings into the demands of the VM's jobs.
 */

import type { RequestLatency } from "../platform/platform.ts";
import { DRAWS_PER_WORKER, drawName, PURPOSE, type RunDraws, waitOf, workOf } from "./draws.ts";
import { repeatedMs } from "./failures.ts";
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

/** The worker at a place of the step's bundling order. */
export function workerAt({ order }: ProgramStep, place: number): number {
  return order === null ? place : order[place]!;
}

/**
 * Sets the jobs of VM `vm` of `step` in the solver. `cold` adds the handler start of processes; `tally` receives its store requests and bytes.
 */
export function fillVm(
  program: Program,
  step: ProgramStep,
  vm: number,
  cold: boolean,
  draws: RunDraws,
  solver: VmSolver,
  tally: StoreTally,
): void {
  const group = program.groups[step.group]!;
  tally.gets = 0;
  tally.puts = 0;
  tally.bytes = 0;
  let jobs = 0;
  for (const s of step.stages)
    jobs += lastOf(step, group, vm, draws.workers[s]!) - firstOf(step, group, vm);
  solver.begin(jobs);
  let end = 0;
  for (let place = 0; place < step.stages.length; place++) {
    const stage = program.stages[step.stages[place]!]!;
    const first = firstOf(step, group, vm);
    const begin = end;
    end += lastOf(step, group, vm, draws.workers[stage.index]!) - first;
    // A lone worker runs in the VM's own process; only siblings are forked, each with its own start.
    const forked = !group.threads && end - begin > 1;
    const startMs = forked ? program.platform.local.processStartMs : 0;
    const initCpuMs = forked && cold ? stage.profile.initCpuMs : 0;
    for (let j = begin; j < end; j++) {
      const worker = workerAt(step, first + j - begin);
      const at = solver.set(j, place, worker);
      const { demand } = solver;
      demand[at + START] = startMs;
      demand[at + INIT] = initCpuMs;
      demand[at + WAIT] = waitOf(stage, draws, worker);
      demand[at + COMPUTE] = workOf(stage, draws, worker);
    }
    for (const edge of stage.inEdges)
      addFetches(program, edge, group, vm, draws, solver, begin, end, tally);
    for (const edge of stage.outEdges)
      addStores(program, edge, group, vm, draws, solver, begin, end, tally);
  }
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

// One edge's reads of jobs `begin` up to `end`, the stage's workers in this VM.
function addFetches(
  program: Program,
  edge: ProgramEdge,
  group: ProgramGroup,
  vm: number,
  draws: RunDraws,
  solver: VmSolver,
  begin: number,
  end: number,
  tally: StoreTally,
): void {
  const total = draws.bytes[edge.index]!;
  if (total === 0 || edge.passing === "inline" || edge.passing === "direct") return;
  const receivers = draws.workers[edge.to]!;
  const producers = edge.from < 0 ? 1 : draws.workers[edge.from]!;
  const all = edge.shape === "broadcast";
  const jobs = end - begin;
  // Threads share what everyone reads: each sibling loads its part of it.
  const bytes = all ? (group.threads ? total / jobs : total) : total / receivers;
  const remote = edge.passing === "local" ? remoteReadFraction(program, edge, group, vm, draws) : 1;
  const { store, local } = program.platform;
  const { demand, fetchCap } = solver;
  if (remote < 1) {
    const localMs = (bytes * (1 - remote)) / local.bytesPerMs;
    for (let j = begin; j < end; j++) demand[j * PHASES + FETCH_LATENCY]! += localMs;
  }
  if (remote === 0) return;
  const objects = Math.max(1, Math.round(remote * objectsRead(edge, producers, receivers)));
  const remoteBytes = bytes * remote;
  const bytesEach = remoteBytes / objects;
  const rate = storeRate(store, bytesEach, Math.min(objects, edge.parallelRequests));
  for (let j = begin; j < end; j++) {
    const at = j * PHASES;
    demand[at + FETCH_LATENCY]! += fetchLatencyMs(
      store.get,
      edge,
      bytesEach,
      objects,
      draws,
      solver.worker[j]!,
    );
    fetchCap[j] = capOfBoth(fetchCap[j]!, demand[at + FETCH]!, rate, remoteBytes);
    demand[at + FETCH]! += remoteBytes;
  }
  tally.gets += jobs * objects;
  tally.bytes += jobs * remoteBytes;
}

/** Objects that one reader of an edge fetches. */
export function objectsRead(edge: ProgramEdge, producers: number, receivers: number): number {
  if (edge.shape === "pairwise" || edge.shape === "scatter") return 1;
  return edge.shape === "gather" ? Math.ceil(producers / receivers) : producers;
}

/** Latency of one reader's requests, ms: rounds of at most `parallelRequests` reads, one after the other. */
export function fetchLatencyMs(
  get: RequestLatency,
  edge: ProgramEdge,
  bytes: number,
  objects: number,
  draws: RunDraws,
  worker: number,
): number {
  const name = drawName(edge.index, PURPOSE.get);
  let sumMs = 0;
  for (let round = 0, left = objects; left > 0; round++, left -= edge.parallelRequests) {
    const u = get.sigma === 0 ? 0.5 : draws.key.uniform(name, worker * DRAWS_PER_WORKER + round);
    const count = Math.min(left, edge.parallelRequests);
    const oneMs = requestMs(get, bytes, count, u);
    sumMs += oneMs;
    if (draws.storeErrors > 0) {
      const named = drawName(edge.index, PURPOSE.getError);
      sumMs += repeatedMs(draws, named, worker * DRAWS_PER_WORKER + round, count, oneMs);
    }
  }
  return sumMs;
}

// One edge's writes of jobs `begin` up to `end`, the stage's workers in this VM.
function addStores(
  program: Program,
  edge: ProgramEdge,
  group: ProgramGroup,
  vm: number,
  draws: RunDraws,
  solver: VmSolver,
  begin: number,
  end: number,
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
  const { store } = program.platform;
  const { put } = store;
  const { demand, storeCap, worker } = solver;
  const name = drawName(edge.index, PURPOSE.put);
  const rate = storeRate(store, bytes, 1);
  for (let j = begin; j < end; j++) {
    const at = j * PHASES;
    const u = put.sigma === 0 ? 0.5 : draws.key.uniform(name, worker[j]!);
    const putMs = requestMs(put, bytes, 1, u);
    demand[at + STORE_LATENCY]! += putMs;
    if (draws.storeErrors > 0) {
      const named = drawName(edge.index, PURPOSE.putError);
      demand[at + STORE_LATENCY]! += repeatedMs(draws, named, worker[j]!, 1, putMs);
    }
    storeCap[j] = capOfBoth(storeCap[j]!, demand[at + STORE]!, rate, bytes);
    demand[at + STORE]! += bytes;
  }
  tally.puts += end - begin;
  tally.bytes += (end - begin) * bytes;
}

/** Rate limit of `knownBytes` at `knownRate` followed by `bytes` at `rate`: one edge's data after another's. */
export function capOfBoth(
  knownRate: number,
  knownBytes: number,
  rate: number,
  bytes: number,
): number {
  if (knownBytes === 0) return rate;
  return (knownBytes + bytes) / (knownBytes / knownRate + bytes / rate);
}
