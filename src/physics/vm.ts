/**
 * Hot path: one VM, exactly. Jobs share vCPUs and NIC as a fluid processor-sharing system; each job goes
 * start, init, fetch, wait, compute, store in its own time. Closed in itself, so solved in one go.
 */

import { assert } from "../check.ts";
import { type SpeedLaw, speedAt, yieldAt } from "./compute.ts";

/** A job's phases, in the order of its life; `demand` and `spent` are laid out by them. */
export const START = 0;
export const INIT = 1;
export const FETCH_LATENCY = 2;
export const FETCH = 3;
export const WAIT = 4;
export const COMPUTE = 5;
export const STORE_LATENCY = 6;
export const STORE = 7;
export const PHASES = 8;

/** A remainder that would end within this time ends now, ms. */
const INSTANT_MS = 1e-9;

function isTransfer(phase: number): boolean {
  return phase === FETCH || phase === STORE;
}

/** What the solver must know of the VM. */
export interface VmSetting {
  readonly vcpus: number;
  readonly nicBytesPerMs: number;
  /** Jobs in flight at once. */
  readonly concurrency: number;
  /** Compute law of each stage of the step. */
  readonly laws: readonly SpeedLaw[];
  /** Edges between the stages of the step, by place in `laws`. */
  readonly inner: readonly {
    readonly from: number;
    readonly to: number;
    readonly pairwise: boolean;
  }[];
}

/** Jobs of one VM, their demands going in and their times coming out; reused from VM to VM. */
export class VmSolver {
  jobs = 0;
  /** Place of each job's stage, and the worker it is. */
  stage = new Int32Array(0);
  worker = new Int32Array(0);
  /** Demand of phase p of job j at [j * PHASES + p]: ms, vCPU-ms, ms, bytes, ms, work, ms, bytes. */
  demand = new Float64Array(0);
  /** Rate limits of the two transfers, bytes per ms. */
  fetchCap = new Float64Array(0);
  storeCap = new Float64Array(0);
  /** When each job starts and ends, ms after the VM's. */
  startMs = new Float64Array(0);
  finishMs = new Float64Array(0);
  /** Time spent in each phase, same layout as `demand`. */
  spent = new Float64Array(0);
  /** The job whose end let this one start; -1 for none. */
  trigger = new Int32Array(0);
  /** When the last job ends, ms, and which one it is. */
  totalMs = 0;
  lastJob = 0;

  #remaining = new Float64Array(0);
  #rate = new Float64Array(0);
  #since = new Float64Array(0);
  #phase = new Int32Array(0);
  #active = new Int32Array(0);
  #activeCount = 0;
  #missing = new Int32Array(0);
  #first = new Int32Array(0);
  #count = new Int32Array(0);
  #done = new Int32Array(0);
  #nextReady = new Int32Array(0);
  #headReady = new Int32Array(0);
  #tailReady = new Int32Array(0);
  #busy = new Int32Array(0);
  #speed = new Float64Array(0);
  #cpuChanged = false;
  #transfersChanged = false;
  #nowMs = 0;

  /** Makes room for `jobs` and clears their demands. */
  begin(jobs: number): void {
    if (jobs > this.stage.length) this.#grow(Math.max(16, 2 * jobs));
    this.jobs = jobs;
    this.demand.fill(0, 0, jobs * PHASES);
  }

  /** Sets the demands of job `j`. Times in ms, CPU in vCPU-ms or law units, sizes in bytes. */
  set(j: number, stage: number, worker: number): number {
    this.stage[j] = stage;
    this.worker[j] = worker;
    return j * PHASES;
  }

  /** Time job `j` spent starting: process and handler, ms. */
  startedMs(j: number): number {
    return this.spent[j * PHASES + START]! + this.spent[j * PHASES + INIT]!;
  }

  /** Time job `j` spent reading its inputs, ms. */
  fetchedMs(j: number): number {
    return this.spent[j * PHASES + FETCH_LATENCY]! + this.spent[j * PHASES + FETCH]!;
  }

  /** Time job `j` spent on its work, remote calls included, ms. */
  computedMs(j: number): number {
    return this.spent[j * PHASES + WAIT]! + this.spent[j * PHASES + COMPUTE]!;
  }

  /** Time job `j` spent writing its outputs, ms. */
  storedMs(j: number): number {
    return this.spent[j * PHASES + STORE_LATENCY]! + this.spent[j * PHASES + STORE]!;
  }

  /** Runs the jobs to their end. Fills times, `totalMs`, `lastJob`. O(jobs^2) at worst, O(1) for one job. */
  solve(vm: VmSetting): void {
    if (this.jobs === 1) this.#solveOne(vm);
    else this.#solveShared(vm);
  }

  #solveOne(vm: VmSetting): void {
    const { demand, spent } = this;
    const law = vm.laws[0]!;
    const share = Math.min(vm.vcpus, law.maxVcpus);
    const nic = vm.nicBytesPerMs;
    const speed = speedAt(law, vm.vcpus) * yieldAt(law.parallelYield, share);
    spent[START] = demand[START]!;
    spent[INIT] = demand[INIT]! / Math.min(1, vm.vcpus);
    spent[FETCH_LATENCY] = demand[FETCH_LATENCY]!;
    spent[FETCH] = demand[FETCH] === 0 ? 0 : demand[FETCH]! / Math.min(nic, this.fetchCap[0]!);
    spent[WAIT] = demand[WAIT]!;
    spent[COMPUTE] = demand[COMPUTE]! / speed;
    spent[STORE_LATENCY] = demand[STORE_LATENCY]!;
    spent[STORE] = demand[STORE] === 0 ? 0 : demand[STORE]! / Math.min(nic, this.storeCap[0]!);
    let totalMs = 0;
    for (let phase = 0; phase < PHASES; phase++) totalMs += spent[phase]!;
    this.startMs[0] = 0;
    this.finishMs[0] = totalMs;
    this.trigger[0] = -1;
    this.totalMs = totalMs;
    this.lastJob = 0;
  }

  #solveShared(vm: VmSetting): void {
    this.#reset(vm);
    let turns = 0;
    const turnsMax = 4 * this.jobs * (PHASES + 2) + 64;
    while (this.#activeCount > 0) {
      assert(turns++ < turnsMax, "a VM's jobs must end");
      if (this.#cpuChanged) this.#setCpuRates(vm);
      if (this.#transfersChanged) this.#setTransferRates(vm);
      let stepMs = Number.POSITIVE_INFINITY;
      for (let a = 0; a < this.#activeCount; a++) {
        const j = this.#active[a]!;
        const leftMs = this.#remaining[j]! / this.#rate[j]!;
        if (leftMs < stepMs) stepMs = leftMs;
      }
      assert(stepMs < Number.POSITIVE_INFINITY, "every active job makes progress");
      this.#nowMs += stepMs;
      // Backwards, because a job that ends takes the place of the last active one.
      for (let a = this.#activeCount - 1; a >= 0; a--) {
        const j = this.#active[a]!;
        const left = this.#remaining[j]! - this.#rate[j]! * stepMs;
        if (left <= INSTANT_MS * this.#rate[j]!) this.#endPhase(a, j, vm);
        else this.#remaining[j] = left;
      }
    }
    this.totalMs = this.#nowMs;
  }

  #endPhase(a: number, j: number, vm: VmSetting): void {
    const phase = this.#phase[j]!;
    this.spent[j * PHASES + phase] = this.#nowMs - this.#since[j]!;
    this.#noteChange(phase);
    if (this.#enter(j, phase + 1)) return;
    this.finishMs[j] = this.#nowMs;
    this.lastJob = j;
    this.#activeCount--;
    this.#active[a] = this.#active[this.#activeCount]!;
    this.#release(j, vm);
    this.#fillSlots(vm, j);
  }

  // Moves job j to its next phase with any demand; false when there is none left.
  #enter(j: number, from: number): boolean {
    let phase = from;
    while (phase < PHASES && this.demand[j * PHASES + phase] === 0) phase++;
    if (phase === PHASES) return false;
    this.#phase[j] = phase;
    this.#remaining[j] = this.demand[j * PHASES + phase]!;
    this.#rate[j] = 1;
    this.#since[j] = this.#nowMs;
    this.#noteChange(phase);
    return true;
  }

  #noteChange(phase: number): void {
    if (phase === COMPUTE || phase === INIT) this.#cpuChanged = true;
    else if (isTransfer(phase)) this.#transfersChanged = true;
  }

  #reset(vm: VmSetting): void {
    const stages = vm.laws.length;
    if (stages > this.#first.length) {
      this.#first = new Int32Array(stages);
      this.#count = new Int32Array(stages);
      this.#done = new Int32Array(stages);
      this.#headReady = new Int32Array(stages);
      this.#tailReady = new Int32Array(stages);
      this.#busy = new Int32Array(stages);
      this.#speed = new Float64Array(stages);
    }
    this.#nowMs = 0;
    this.#activeCount = 0;
    this.spent.fill(0, 0, this.jobs * PHASES);
    this.#count.fill(0, 0, stages);
    this.#done.fill(0, 0, stages);
    this.#headReady.fill(-1, 0, stages);
    for (let j = this.jobs - 1; j >= 0; j--) {
      this.#first[this.stage[j]!] = j;
      this.#count[this.stage[j]!] = this.#count[this.stage[j]!]! + 1;
      this.#missing[j] = 0;
      this.trigger[j] = -1;
    }
    for (const edge of vm.inner)
      for (let i = 0; i < this.#count[edge.to]!; i++) {
        const j = this.#first[edge.to]! + i;
        this.#missing[j] = this.#missing[j]! + (edge.pairwise ? 1 : this.#count[edge.from]!);
      }
    for (let j = 0; j < this.jobs; j++) if (this.#missing[j] === 0) this.#queue(j);
    this.#fillSlots(vm, -1);
  }

  #queue(j: number): void {
    const s = this.stage[j]!;
    this.#nextReady[j] = -1;
    if (this.#headReady[s]! < 0) this.#headReady[s] = j;
    else this.#nextReady[this.#tailReady[s]!] = j;
    this.#tailReady[s] = j;
  }

  // Later stages first: a worker that has begun its pipeline goes on before another begins.
  #fillSlots(vm: VmSetting, cause: number): void {
    for (let s = vm.laws.length - 1; s >= 0; s--)
      while (this.#headReady[s]! >= 0 && this.#activeCount < vm.concurrency) {
        const j = this.#headReady[s]!;
        this.#headReady[s] = this.#nextReady[j]!;
        this.startMs[j] = this.#nowMs;
        this.trigger[j] = cause;
        if (this.#enter(j, 0)) {
          this.#active[this.#activeCount] = j;
          this.#activeCount++;
        } else {
          this.finishMs[j] = this.#nowMs;
          this.lastJob = j;
          this.#release(j, vm);
          s = vm.laws.length - 1;
        }
      }
  }

  #release(j: number, vm: VmSetting): void {
    const s = this.stage[j]!;
    const place = j - this.#first[s]!;
    for (const edge of vm.inner) {
      if (edge.from !== s) continue;
      const to = this.#first[edge.to]!;
      const [low, high] = edge.pairwise ? [place, place + 1] : [0, this.#count[edge.to]!];
      for (let i = low; i < high; i++) {
        const left = this.#missing[to + i]! - 1;
        this.#missing[to + i] = left;
        if (left === 0) this.#queue(to + i);
      }
    }
  }

  // Water-filling of the vCPUs over the stages at work: equal shares up to each law's most vCPUs.
  #setCpuRates(vm: VmSetting): void {
    this.#cpuChanged = false;
    const busy = this.#busy;
    const stages = vm.laws.length;
    busy.fill(0, 0, stages);
    let starting = 0;
    let waiting = 0;
    for (let a = 0; a < this.#activeCount; a++) {
      const j = this.#active[a]!;
      if (this.#phase[j] === COMPUTE) busy[this.stage[j]!] = busy[this.stage[j]!]! + 1;
      else if (this.#phase[j] === INIT) starting++;
      else continue;
      waiting++;
    }
    if (waiting === 0) return;
    let demandVcpus = starting;
    for (let s = 0; s < stages; s++) demandVcpus += busy[s]! * vm.laws[s]!.maxVcpus;
    const used = Math.min(vm.vcpus, demandVcpus);
    const level = demandVcpus <= vm.vcpus ? Number.POSITIVE_INFINITY : this.#level(vm, starting);
    for (let s = 0; s < stages; s++) {
      const law = vm.laws[s]!;
      if (busy[s]! > 0)
        this.#speed[s] =
          speedAt(law, Math.min(level, law.maxVcpus)) * yieldAt(law.parallelYield, used);
    }
    for (let a = 0; a < this.#activeCount; a++) {
      const j = this.#active[a]!;
      if (this.#phase[j] === INIT) this.#rate[j] = Math.min(level, 1);
      else if (this.#phase[j] === COMPUTE) this.#rate[j] = this.#speed[this.stage[j]!]!;
    }
  }

  // The share at which the vCPUs are used up, when they do not suffice for every cap.
  #level(vm: VmSetting, starting: number): number {
    let fixed = 0;
    let open = starting;
    for (let s = 0; s < vm.laws.length; s++) open += this.#busy[s]!;
    let level = vm.vcpus / open;
    for (let round = 0; round <= vm.laws.length; round++) {
      fixed = 0;
      open = 0;
      if (1 <= level) fixed += starting;
      else open += starting;
      for (let s = 0; s < vm.laws.length; s++) {
        const cap = vm.laws[s]!.maxVcpus;
        if (cap <= level) fixed += this.#busy[s]! * cap;
        else open += this.#busy[s]!;
      }
      if (open === 0) return level;
      const next = (vm.vcpus - fixed) / open;
      if (next <= level) return next;
      level = next;
    }
    return level;
  }

  // Max-min shares of the NIC under each transfer's own cap.
  #setTransferRates(vm: VmSetting): void {
    this.#transfersChanged = false;
    let open = 0;
    for (let a = 0; a < this.#activeCount; a++) {
      const j = this.#active[a]!;
      if (!isTransfer(this.#phase[j]!)) continue;
      this.#rate[j] = 0;
      open++;
    }
    let left = vm.nicBytesPerMs;
    while (open > 0) {
      const fair = left / open;
      let capped = 0;
      for (let a = 0; a < this.#activeCount; a++) {
        const j = this.#active[a]!;
        if (!isTransfer(this.#phase[j]!) || this.#rate[j] !== 0) continue;
        const cap = this.#capOf(j);
        if (cap > fair) continue;
        this.#rate[j] = cap;
        left -= cap;
        capped++;
      }
      open -= capped;
      if (capped > 0) continue;
      for (let a = 0; a < this.#activeCount; a++) {
        const j = this.#active[a]!;
        if (isTransfer(this.#phase[j]!) && this.#rate[j] === 0) this.#rate[j] = fair;
      }
      return;
    }
  }

  #capOf(j: number): number {
    return this.#phase[j] === FETCH ? this.fetchCap[j]! : this.storeCap[j]!;
  }

  #grow(capacity: number): void {
    for (const name of ["stage", "worker", "trigger"] as const)
      this[name] = new Int32Array(capacity);
    for (const name of ["fetchCap", "storeCap", "startMs", "finishMs"] as const)
      this[name] = new Float64Array(capacity);
    this.demand = new Float64Array(capacity * PHASES);
    this.spent = new Float64Array(capacity * PHASES);
    this.#remaining = new Float64Array(capacity);
    this.#rate = new Float64Array(capacity);
    this.#since = new Float64Array(capacity);
    this.#phase = new Int32Array(capacity);
    this.#active = new Int32Array(capacity);
    this.#missing = new Int32Array(capacity);
    this.#nextReady = new Int32Array(capacity);
  }
}
