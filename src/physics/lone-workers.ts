/**
 * Hot path: VMs that hold one worker each. Nobody shares their CPU and NIC, so a worker's time is a sum, and
 * what its siblings have in common (bytes, requests, rates) is worked out once for all of them.
 */

import { yieldAt, speedAt } from "./compute.ts";
import { drawName, PURPOSE, type RunDraws, waitOf, workOf, worksOf } from "./draws.ts";
import { capOfBoth, fetchLatencyMs, objectsRead } from "./fill.ts";
import type { Program, ProgramEdge, ProgramStage, ProgramStep } from "./program.ts";
import { requestMs, storeRate } from "./transfer.ts";

/** Times of the workers of one lone step; the same bits as `VmSolver` gives. Reused from step to step. */
export class LoneWorkers {
  /** Store requests and bytes of each VM of the step last solved. */
  gets = 0;
  puts = 0;
  bytes = 0;
  /** Whether those last solved read and wrote through the store at all. */
  reads = false;
  writes = false;
  /**
   * Working (remote calls included) of each worker last solved, ms, from the first on; and reading and writing, where
   * there was any.
   */
  fetchMs = new Float64Array(16);
  computeMs = new Float64Array(16);
  storeMs = new Float64Array(16);
  readonly #program: Program;
  /** Work done per ms in a VM of each step. */
  readonly #speed: Float64Array;
  /** Whether the workers of each step only compute: nothing to read, write or wait for. */
  readonly #computesOnly: readonly boolean[];

  constructor(program: Program) {
    this.#program = program;
    this.#computesOnly = program.steps.map(
      ({ lone, stages }) => lone && computesOnly(program, stages[0]!),
    );
    this.#speed = Float64Array.from(program.steps, (step) => (step.lone ? speedOf(step) : 1));
  }

  /** Time of the one worker of a step that it spends on nothing but work, ms; NaN where `solve` is to be asked. */
  oneMs(step: ProgramStep, draws: RunDraws): number {
    const index = step.stages[0]!;
    if (draws.workers[index] !== 1 || !this.#computesOnly[step.index]!) return Number.NaN;
    return workOf(this.#program.stages[index]!, draws, 0) / this.#speed[step.index]!;
  }

  /** Fills `totalMs`, from place `at` on, with the times of workers `from` up to `to` of a lone step. */
  solve(
    step: ProgramStep,
    draws: RunDraws,
    from: number,
    to: number,
    totalMs: Float64Array,
    at = 0,
  ): void {
    const stage = this.#program.stages[step.stages[0]!]!;
    const count = to - from;
    if (count > this.fetchMs.length) this.#grow(2 * count);
    this.gets = 0;
    this.puts = 0;
    this.bytes = 0;
    if (this.#computesOnly[step.index]!) {
      const { computeMs } = this;
      const speed = this.#speed[step.index]!;
      worksOf(stage, draws, from, to, computeMs);
      this.reads = false;
      this.writes = false;
      for (let i = 0; i < count; i++) {
        const ms = computeMs[i]! / speed;
        computeMs[i] = ms;
        totalMs[at + i] = ms;
      }
      return;
    }
    this.reads = this.#fetch(stage, draws, from, to, step.vm.nicBytesPerMs);
    this.#compute(stage, draws, from, to, this.#speed[step.index]!, totalMs, at, this.reads);
    this.writes = this.#store(stage, draws, from, to, step.vm.nicBytesPerMs, totalMs, at);
  }

  // False when there is nothing to read.
  #fetch(
    stage: ProgramStage,
    draws: RunDraws,
    from: number,
    to: number,
    nicBytesPerMs: number,
  ): boolean {
    const { fetchMs } = this;
    const { store } = this.#program.platform;
    let cap = 0;
    let bytes = 0;
    for (const edge of stage.inEdges) {
      if (!isStored(edge, draws)) continue;
      if (bytes === 0) fetchMs.fill(0, 0, to - from);
      const receivers = draws.workers[edge.to]!;
      const producers = edge.from < 0 ? 1 : draws.workers[edge.from]!;
      const total = draws.bytes[edge.index]!;
      const bytesOne = edge.shape === "broadcast" ? total : total / receivers;
      const objects = Math.max(1, Math.round(objectsRead(edge, producers, receivers)));
      const bytesEach = bytesOne / objects;
      for (let worker = from; worker < to; worker++)
        fetchMs[worker - from]! += fetchLatencyMs(
          store.get,
          edge,
          bytesEach,
          objects,
          draws,
          worker,
        );
      const rate = storeRate(store, bytesEach, Math.min(objects, edge.parallelRequests));
      cap = capOfBoth(cap, bytes, rate, bytesOne);
      bytes += bytesOne;
      this.gets += objects;
      this.bytes += bytesOne;
    }
    if (bytes === 0) return false;
    const transferMs = bytes / Math.min(nicBytesPerMs, cap);
    for (let i = 0; i < to - from; i++) fetchMs[i] = fetchMs[i]! + transferMs;
    return true;
  }

  // Leaves in `totalMs` what has passed when the work is done.
  #compute(
    stage: ProgramStage,
    draws: RunDraws,
    from: number,
    to: number,
    speed: number,
    totalMs: Float64Array,
    at: number,
    reads: boolean,
  ): void {
    const { fetchMs, computeMs } = this;
    const count = to - from;
    worksOf(stage, draws, from, to, computeMs);
    for (let i = 0; i < count; i++) {
      const waitMs = waitOf(stage, draws, from + i);
      const ms = computeMs[i]! / speed;
      computeMs[i] = waitMs + ms;
      totalMs[at + i] = (reads ? fetchMs[i]! : 0) + waitMs + ms;
    }
  }

  // False when there is nothing to write.
  #store(
    stage: ProgramStage,
    draws: RunDraws,
    from: number,
    to: number,
    nicBytesPerMs: number,
    totalMs: Float64Array,
    at: number,
  ): boolean {
    const { storeMs } = this;
    const { store } = this.#program.platform;
    const { put } = store;
    let cap = 0;
    let bytes = 0;
    for (const edge of stage.outEdges) {
      if (!isStored(edge, draws)) continue;
      if (bytes === 0) storeMs.fill(0, 0, to - from);
      const bytesOne = draws.bytes[edge.index]! / draws.workers[edge.from]!;
      const name = drawName(edge.index, PURPOSE.put);
      for (let worker = from; worker < to; worker++) {
        const u = put.sigma === 0 ? 0.5 : draws.key.uniform(name, worker);
        storeMs[worker - from]! += requestMs(put, bytesOne, 1, u);
      }
      cap = capOfBoth(cap, bytes, storeRate(store, bytesOne, 1), bytesOne);
      bytes += bytesOne;
      this.puts++;
      this.bytes += bytesOne;
    }
    if (bytes === 0) return false;
    const transferMs = bytes / Math.min(nicBytesPerMs, cap);
    for (let i = 0; i < to - from; i++) {
      totalMs[at + i] = totalMs[at + i]! + storeMs[i]! + transferMs;
      storeMs[i] = storeMs[i]! + transferMs;
    }
    return true;
  }

  #grow(capacity: number): void {
    this.fetchMs = new Float64Array(capacity);
    this.computeMs = new Float64Array(capacity);
    this.storeMs = new Float64Array(capacity);
  }
}

function speedOf({ vm }: ProgramStep): number {
  const law = vm.laws[0]!;
  return speedAt(law, vm.vcpus) * yieldAt(law.parallelYield, Math.min(vm.vcpus, law.maxVcpus));
}

// Whether no worker of a stage ever reads, writes or waits.
function computesOnly({ stages }: Program, index: number): boolean {
  const { waitMs, inEdges, outEdges } = stages[index]!;
  const isIdle = ({ passing, bytes }: ProgramEdge) =>
    passing !== "object-store" || bytes.constant === 0;
  return waitMs.constant === 0 && inEdges.every(isIdle) && outEdges.every(isIdle);
}

// Whether an edge goes through the object store in this run.
function isStored(edge: ProgramEdge, draws: RunDraws): boolean {
  return edge.passing === "object-store" && draws.bytes[edge.index] !== 0;
}
