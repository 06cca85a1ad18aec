/**
 * Hot path: one VM, exactly. Jobs share vCPUs and NIC as a fluid processor-sharing system; each job goes
 * start, init, fetch, wait, compute, store in its own time. Closed in itself, so solved in one go: from
 * end to end of the phases, each at O(log jobs + classes) by the classes of equal rate.
 */

import { assert } from "../check.ts";
import { type SpeedLaw, speedAt, yieldAt } from "./compute.ts";
import { CPU, NIC, RateClasses } from "./rate-classes.ts";

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

/** Ends that lie closer together than this are one instant, ms. */
const INSTANT_MS = 1e-9;

// Delays, which take their time whatever the others do, alternate with what the VM must serve.
function isServed(phase: number): boolean {
  return (phase & 1) === 1;
}

// Rate classes: jobs that have just ended, jobs in a delay, handlers that start, and the computing workers
// of each stage. Transfers follow, a class for each rate limit: few, as a stage's workers have the same.
const ENDED = 0;
const DELAY = 1;
const HANDLER = 2;
const FIRST_STAGE = 3;

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

  readonly #classes = new RateClasses();
  #firstTransfer = 0;
  // The served phase each job is in and since when; in a delay, the phase before the next served, or PHASES.
  #phase = new Int32Array(0);
  #sinceMs = new Float64Array(0);
  #due = new Int32Array(0);
  #activeCount = 0;
  // Edges each job still waits for, and producers each edge does.
  #missing = new Int32Array(0);
  readonly #missingEnds: number[] = [];
  #first = new Int32Array(0);
  #count = new Int32Array(0);
  #nextReady = new Int32Array(0);
  #headReady = new Int32Array(0);
  #tailReady = new Int32Array(0);
  #cpuChanged = false;
  #transfersChanged = false;
  #nowMs = 0;

  /** Makes room for `jobs`. */
  begin(jobs: number): void {
    if (jobs > this.stage.length) this.#grow(Math.max(16, 2 * jobs));
    this.jobs = jobs;
  }

  /** Makes job `j` a worker with nothing to do, and returns where its demands lie. */
  set(j: number, stage: number, worker: number): number {
    this.stage[j] = stage;
    this.worker[j] = worker;
    const at = j * PHASES;
    for (let phase = 0; phase < PHASES; phase++) this.demand[at + phase] = 0;
    return at;
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

  /** Runs the jobs to their end. Fills times, `totalMs`, `lastJob`. O(jobs (log jobs + classes)). */
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
    const classes = this.#classes;
    while (this.#activeCount > 0) {
      if (this.#cpuChanged) this.#setCpuRates(vm);
      if (this.#transfersChanged) this.#setTransferRates(vm);
      const { count, endMs } = classes;
      let next = DELAY;
      let nextMs = endMs[DELAY]!;
      let afterMs = Number.POSITIVE_INFINITY;
      for (let c = HANDLER; c < count; c++) {
        const atMs = endMs[c]!;
        if (atMs < nextMs) {
          afterMs = nextMs;
          nextMs = atMs;
          next = c;
        } else if (atMs < afterMs) afterMs = atMs;
      }
      assert(nextMs < Number.POSITIVE_INFINITY, "every active job makes progress");
      this.#nowMs = nextMs;
      const untilMs = nextMs + INSTANT_MS;
      const first = this.#take(next);
      if (afterMs <= untilMs || endMs[next]! <= untilMs) this.#endTogether(first, untilMs, vm);
      else if (!this.#endPhase(first)) this.#endJob(first, vm);
    }
    this.totalMs = this.#nowMs;
  }

  // All that end at one instant are taken before any goes on; jobs then leave in the order of their numbers.
  #endTogether(first: number, untilMs: number, vm: VmSetting): void {
    const classes = this.#classes;
    const { count, endMs } = classes;
    this.#due[0] = first;
    let due = 1;
    for (let c = DELAY; c < count; c++)
      while (endMs[c]! <= untilMs) this.#due[due++] = this.#take(c);
    for (let i = 0; i < due; i++) {
      const j = this.#due[i]!;
      if (!this.#endPhase(j)) classes.push(ENDED, j, 0, this.#nowMs);
    }
    while (classes.size[ENDED]! > 0) this.#endJob(classes.pop(ENDED), vm);
  }

  #take(c: number): number {
    this.#noteChange(c);
    return this.#classes.pop(c);
  }

  // Moves job j on from its phase; false when it was the last.
  #endPhase(j: number): boolean {
    const phase = this.#phase[j]!;
    if (isServed(phase)) {
      this.spent[j * PHASES + phase] = this.#nowMs - this.#sinceMs[j]!;
      return this.#enter(j, phase + 1);
    }
    if (phase === PHASES) return false;
    this.#serve(j, phase + 1);
    return true;
  }

  #endJob(j: number, vm: VmSetting): void {
    this.finishMs[j] = this.#nowMs;
    this.lastJob = j;
    this.#activeCount--;
    this.#release(j, vm);
    this.#fillSlots(vm, j);
  }

  // Takes job j to its next phase that is served and has any demand, all delays before it as one; false
  // when nothing is left.
  #enter(j: number, from: number): boolean {
    const { demand, spent } = this;
    const base = j * PHASES;
    let phase = from;
    let delayMs = 0;
    for (; phase < PHASES; phase++) {
      const amount = demand[base + phase]!;
      if (amount !== 0 && isServed(phase)) break;
      spent[base + phase] = amount;
      delayMs += amount;
    }
    if (delayMs > 0) {
      this.#phase[j] = phase < PHASES ? phase - 1 : PHASES;
      this.#classes.push(DELAY, j, delayMs, this.#nowMs);
    } else if (phase < PHASES) this.#serve(j, phase);
    return delayMs > 0 || phase < PHASES;
  }

  #serve(j: number, phase: number): void {
    const c = this.#classOf(j, phase);
    this.#phase[j] = phase;
    this.#sinceMs[j] = this.#nowMs;
    this.#classes.push(c, j, this.demand[j * PHASES + phase]!, this.#nowMs);
    this.#noteChange(c);
  }

  #classOf(j: number, phase: number): number {
    if (phase === COMPUTE) return FIRST_STAGE + this.stage[j]!;
    if (phase === INIT) return HANDLER;
    return this.#transferClass(phase === FETCH ? this.fetchCap[j]! : this.storeCap[j]!);
  }

  #transferClass(cap: number): number {
    const classes = this.#classes;
    for (let c = classes.first[NIC]!; c >= 0; c = classes.next[c]!)
      if (classes.cap[c] === cap) return c;
    return classes.openSharing(NIC, cap);
  }

  #noteChange(c: number): void {
    if (c >= this.#firstTransfer) this.#transfersChanged = true;
    else if (c !== DELAY) this.#cpuChanged = true;
  }

  #reset(vm: VmSetting): void {
    const stages = vm.laws.length;
    if (stages > this.#first.length) {
      this.#first = new Int32Array(stages);
      this.#count = new Int32Array(stages);
      this.#headReady = new Int32Array(stages);
      this.#tailReady = new Int32Array(stages);
    }
    this.#nowMs = 0;
    this.#activeCount = 0;
    const classes = this.#classes;
    classes.begin(this.jobs, FIRST_STAGE + stages + 2 * this.jobs);
    for (let c = 0; c < HANDLER; c++) classes.open();
    classes.openSharing(CPU, 1);
    for (let s = 0; s < stages; s++) {
      classes.openSharing(CPU, vm.laws[s]!.maxVcpus);
      this.#count[s] = 0;
      this.#headReady[s] = -1;
    }
    this.#firstTransfer = classes.count;
    for (let j = this.jobs - 1; j >= 0; j--) {
      this.#first[this.stage[j]!] = j;
      this.#count[this.stage[j]!] = this.#count[this.stage[j]!]! + 1;
      this.#missing[j] = 0;
      this.trigger[j] = -1;
    }
    for (let e = 0; e < vm.inner.length; e++) {
      const edge = vm.inner[e]!;
      this.#missingEnds[e] = this.#count[edge.from]!;
      if (this.#count[edge.from] === 0) continue;
      const first = this.#first[edge.to]!;
      for (let j = first; j < first + this.#count[edge.to]!; j++)
        this.#missing[j] = this.#missing[j]! + 1;
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
        if (this.#enter(j, 0)) this.#activeCount++;
        else {
          this.finishMs[j] = this.#nowMs;
          this.lastJob = j;
          this.#release(j, vm);
          s = vm.laws.length - 1;
        }
      }
  }

  #release(j: number, vm: VmSetting): void {
    const s = this.stage[j]!;
    for (let e = 0; e < vm.inner.length; e++) {
      const edge = vm.inner[e]!;
      if (edge.from !== s) continue;
      const first = this.#first[edge.to]!;
      if (edge.pairwise) this.#expectLess(first + j - this.#first[s]!);
      else {
        const left = this.#missingEnds[e]! - 1;
        this.#missingEnds[e] = left;
        if (left > 0) continue;
        for (let i = 0; i < this.#count[edge.to]!; i++) this.#expectLess(first + i);
      }
    }
  }

  // Job j waits for one edge less.
  #expectLess(j: number): void {
    const left = this.#missing[j]! - 1;
    this.#missing[j] = left;
    if (left === 0) this.#queue(j);
  }

  #setCpuRates(vm: VmSetting): void {
    this.#cpuChanged = false;
    const classes = this.#classes;
    const usedVcpus = vm.vcpus - classes.divide(CPU, vm.vcpus);
    if (classes.size[HANDLER]! > 0) classes.setRate(HANDLER, classes.share[HANDLER]!, this.#nowMs);
    for (let s = 0; s < vm.laws.length; s++) {
      const c = FIRST_STAGE + s;
      if (classes.size[c] === 0) continue;
      const law = vm.laws[s]!;
      const rate = speedAt(law, classes.share[c]!) * yieldAt(law.parallelYield, usedVcpus);
      classes.setRate(c, rate, this.#nowMs);
    }
  }

  #setTransferRates(vm: VmSetting): void {
    this.#transfersChanged = false;
    const classes = this.#classes;
    classes.divide(NIC, vm.nicBytesPerMs);
    for (let c = this.#firstTransfer; c < classes.count; c++)
      classes.setRate(c, classes.share[c]!, this.#nowMs);
  }

  #grow(capacity: number): void {
    for (const name of ["stage", "worker", "trigger"] as const)
      this[name] = new Int32Array(capacity);
    for (const name of ["fetchCap", "storeCap", "startMs", "finishMs"] as const)
      this[name] = new Float64Array(capacity);
    this.demand = new Float64Array(capacity * PHASES);
    this.spent = new Float64Array(capacity * PHASES);
    this.#sinceMs = new Float64Array(capacity);
    this.#phase = new Int32Array(capacity);
    this.#due = new Int32Array(capacity);
    this.#missing = new Int32Array(capacity);
    this.#nextReady = new Int32Array(capacity);
  }
}
