/**
 * Hot path: the VMs of one step of a plan for a fixed set of runs, each solved exactly and without
 * events, and what the step takes once it is known which of them start cold.
 */

import { stepStartUsd, storeUsd, vmUseUsd } from "../physics/billing.ts";
import type { RunDraws } from "../physics/draws.ts";
import { fillVm, type StoreTally, vmCount } from "../physics/fill.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import {
  callMs,
  type ColdStart,
  coldStartOf,
  type Dispatch,
  dispatchedMs,
  dispatchOf,
} from "../physics/start.ts";
import { VmSolver } from "../physics/vm.ts";
import type { Scenario } from "../plan/scenario.ts";
import { type Sampler, samplerOf } from "../stats/families.ts";

/** What VMs of a step do whoever they pull from; those of run r are first[r] to first[r + 1] - 1. In ms. */
export interface SolvedVms {
  readonly first: Int32Array;
  /** From the moment the step is ready to the VM's request. */
  readonly atMs: Float64Array;
  /** From its inputs' arrival to its end. */
  readonly workMs: Float64Array;
  /** Store requests, USD. */
  readonly storeUsd: Float64Array;
  /** Hop of each run: what a VM waits that starts when an earlier one has ended. */
  readonly hopMs: Float64Array;
}

/** VMs of a step over all runs, warm. */
export interface StepVms extends SolvedVms {
  /** Direct pulls of each run, the same for all its VMs. */
  readonly fetchMs: Float64Array;
  /** 1 where the VM starts cold; set by who knows. */
  cold: Uint8Array;
}

/** A step over all runs. Float64Array(runs), ms from the moment its inputs are ready, and USD. */
export interface StepSample {
  /** Until the last VM has ended. */
  readonly latencyMs: Float64Array;
  /** Everything it costs but the home VM's time and waiting for pulls. */
  readonly costUsd: Float64Array;
  /** When billing of the home VM begins, and when its part of the step ends; 0 where there is none. */
  readonly homeFromMs: Float64Array;
  readonly homeEndMs: Float64Array;
  /** When the last direct pull has ended, and the mean over the VMs; 0 where there is none. */
  readonly pulledMs: Float64Array;
  readonly pulledMsMean: Float64Array;
  /** VMs but the home that other steps will pull from, and the sum of their end times. */
  readonly heldVms: Float64Array;
  readonly heldEndMs: Float64Array;
}

/** When the last VM of a step has pulled its direct inputs in run `r`, ms after the step is ready. */
export function pulledMs(vms: StepVms, r: number): number {
  let lastMs = 0;
  for (let v = vms.first[r]!; v < vms.first[r + 1]!; v++) lastMs = Math.max(lastMs, vms.atMs[v]!);
  return lastMs + vms.fetchMs[r]!;
}

/** Latency of a run that the platform's time limit kills: beyond any bound, and finite. */
const NEVER_MS = 1e12;

const HOME_CALLS: Dispatch = { hopMs: 0, spreadMs: 0 };
const WARM: ColdStart = { coldMs: 0, initMs: 0, unbilledMs: 0 };

/** Solves the VMs of steps over the same runs; owns the scratch memory. */
export class StepSolver {
  readonly #runs: readonly RunDraws[];
  readonly #solver = new VmSolver();
  readonly #tally: StoreTally = { gets: 0, puts: 0, bytes: 0 };
  readonly #invokeMs: Sampler;
  #endsMs = new Float64Array(0);

  constructor(runs: readonly RunDraws[], scenario: Scenario) {
    this.#runs = runs;
    this.#invokeMs = samplerOf(scenario.platform.invokeMs);
  }

  /** Every VM of the step as if warm, each solved. */
  solved(program: Program, step: ProgramStep): SolvedVms {
    const runs = this.#runs;
    const { price } = program.platform;
    const first = new Int32Array(runs.length + 1);
    runs.forEach((draws, r) => {
      first[r + 1] = first[r]! + vmCount(program, step, draws);
    });
    const count = first[runs.length]!;
    const vms = {
      first,
      atMs: new Float64Array(count),
      workMs: new Float64Array(count),
      storeUsd: new Float64Array(count),
      hopMs: new Float64Array(runs.length),
    };
    runs.forEach((draws, r) => {
      const many = first[r + 1]! - first[r]!;
      const dispatch = step.continuesHome ? HOME_CALLS : dispatchOf(program, step, draws, many);
      vms.hopMs[r] = dispatch.hopMs;
      for (let place = 0; place < many; place++) {
        const v = first[r]! + place;
        vms.workMs[v] = this.#workMs(program, step, place, false, draws);
        vms.storeUsd[v] = storeUsd(price, this.#tally);
        if (!step.continuesHome) vms.atMs[v] = dispatchedMs(dispatch, place, many);
        else if (place > 0) vms.atMs[v] = callMs(this.#invokeMs, step, draws, place);
      }
    });
    return vms;
  }

  /** The VMs with their direct pulls, which depend on those they pull from; `solved` is left as it is. */
  withPulls(program: Program, step: ProgramStep, solved: SolvedVms): StepVms {
    const { first, atMs } = solved;
    const vms = {
      ...solved,
      atMs: Float64Array.from(atMs),
      fetchMs: new Float64Array(this.#runs.length),
      cold: new Uint8Array(atMs.length),
    };
    this.#runs.forEach((draws, r) => {
      const many = first[r + 1]! - first[r]!;
      if (step.directIn.length > 0) vms.fetchMs[r] = directFetchMs(program, step, draws, many);
      this.#queueBeyondLimit(program, step, vms, r);
    });
    return vms;
  }

  /** Work of each VM warm or cold, whichever is less: slots that free in another order may win time. */
  leastWorkMs(program: Program, step: ProgramStep, vms: StepVms): Float64Array {
    const group = program.groups[step.group]!;
    if (group.threads || group.bundle === 1 || step.stages.length === 1) return vms.workMs;
    const { first, workMs } = vms;
    const leastMs = Float64Array.from(workMs);
    this.#runs.forEach((draws, r) => {
      for (let v = first[r]!; v < first[r + 1]!; v++)
        leastMs[v] = Math.min(leastMs[v]!, this.#workMs(program, step, v - first[r]!, true, draws));
    });
    return leastMs;
  }

  #workMs(
    program: Program,
    step: ProgramStep,
    place: number,
    cold: boolean,
    draws: RunDraws,
  ): number {
    fillVm(program, step, place, cold, draws, this.#solver, this.#tally);
    this.#solver.solve(step.vm);
    return this.#solver.totalMs;
  }

  // Request times of the VMs that the orchestrator starts only as earlier ones end, all being warm.
  #queueBeyondLimit(program: Program, step: ProgramStep, vms: StepVms, r: number): void {
    const { parallelStarts } = program.platform.orchestrator;
    const first = vms.first[r]!;
    const many = vms.first[r + 1]! - first;
    if (step.continuesHome || many <= parallelStarts) return;
    this.#needEnds(many);
    for (let place = 0; place < many; place++) {
      const v = first + place;
      if (place >= parallelStarts) vms.atMs[v] = this.#takeEarliest(place) + vms.hopMs[r]!;
      this.#endsMs[place] = vms.atMs[v]! + vms.fetchMs[r]! + vms.workMs[v]!;
    }
  }

  /**
   * The step in run `r` into `out`, its cold starts included. `leadMs` is how long before the step was
   * ready its VMs were asked for; 0 for not at all.
   */
  reduce(
    program: Program,
    step: ProgramStep,
    vms: StepVms,
    r: number,
    leadMs: number,
    out: StepSample,
  ): void {
    const { price, orchestrator, runMsMax } = program.platform;
    const group = program.groups[step.group]!;
    const draws = this.#runs[r]!;
    const first = vms.first[r]!;
    const count = vms.first[r + 1]! - first;
    const fetchMs = vms.fetchMs[r]!;
    const queued = !step.continuesHome && count > orchestrator.parallelStarts;
    const forks = !group.threads && group.bundle > 1;
    if (queued) this.#needEnds(count);
    let latencyMs = 0;
    let pulledMs = 0;
    let pulledMsSum = 0;
    let costUsd = step.continuesHome ? 0 : stepStartUsd(price, count);
    if (step.directOut.length > 0) {
      out.heldVms[r] = 0;
      out.heldEndMs[r] = 0;
    }
    for (let place = 0; place < count; place++) {
      const v = first + place;
      const atHome = group.kind === "home" && place === 0;
      const continues = step.continuesHome && place === 0;
      let atMs = vms.atMs[v]!;
      if (queued && place >= orchestrator.parallelStarts)
        atMs = this.#takeEarliest(place) + vms.hopMs[r]!;
      const cold = vms.cold[v] === 1;
      const start = cold && !continues ? coldStartOf(program, group, draws, place) : WARM;
      const beginMs = leadMs > 0 ? -leadMs : atMs;
      const readyMs = Math.max(atMs, beginMs + start.coldMs + start.initMs) + fetchMs;
      const workMs =
        cold && forks ? this.#workMs(program, step, place, true, draws) : vms.workMs[v]!;
      const endMs = readyMs + workMs;
      const billedFromMs = beginMs + start.unbilledMs;
      if (queued) this.#endsMs[place] = endMs;
      latencyMs = Math.max(latencyMs, endMs - billedFromMs > runMsMax ? NEVER_MS : endMs);
      if (fetchMs > 0) {
        pulledMs = Math.max(pulledMs, readyMs);
        pulledMsSum += readyMs;
      }
      costUsd += vms.storeUsd[v]!;
      if (!atHome)
        costUsd += vmUseUsd(price, group.memoryMb, Math.min(runMsMax, endMs - billedFromMs));
      else {
        out.homeEndMs[r] = endMs;
        if (!continues) out.homeFromMs[r] = billedFromMs;
      }
      if (step.directOut.length > 0 && !atHome) {
        out.heldVms[r]!++;
        out.heldEndMs[r]! += endMs;
      }
    }
    out.latencyMs[r] = latencyMs;
    if (step.directIn.length > 0) {
      out.pulledMs[r] = pulledMs;
      out.pulledMsMean[r] = pulledMsSum / count;
    }
    out.costUsd[r] = costUsd;
  }

  #needEnds(count: number): void {
    if (count > this.#endsMs.length) this.#endsMs = new Float64Array(2 * count);
  }

  // The earliest end among the VMs before `place` that no later VM has taken over yet.
  #takeEarliest(place: number): number {
    const ends = this.#endsMs;
    let best = 0;
    for (let i = 1; i < place; i++) if (ends[i]! < ends[best]!) best = i;
    const earliestMs = ends[best]!;
    ends[best] = Number.POSITIVE_INFINITY;
    return earliestMs;
  }
}

/** Time of one direct pull, ms: by the reader's own link or the producer's NIC, which its readers share. */
export function directFetchMs(
  program: Program,
  step: ProgramStep,
  draws: RunDraws,
  count: number,
): number {
  const { direct } = program.platform;
  const group = program.groups[step.group]!;
  let inBytes = 0;
  let outMs = 0;
  let links = 0;
  for (const edge of step.directIn) {
    const from = program.steps[program.stages[edge.from]!.step]!;
    const producers = vmCount(program, from, draws);
    const total = draws.bytes[edge.index]!;
    const copies = group.threads ? count : draws.workers[edge.to]!;
    const all = edge.shape === "broadcast" ? total * copies : total;
    inBytes += all / count;
    outMs = Math.max(outMs, all / producers / program.groups[from.group]!.nicBytesPerMs);
    links += edge.shape === "pairwise" ? Math.ceil(producers / count) : producers;
  }
  if (inBytes === 0) return direct.setupMs;
  const rate = Math.min(group.nicBytesPerMs, links * direct.connectionBytesPerMs);
  return direct.setupMs + Math.max(inBytes / rate, outMs);
}

/** Room for a step over `runs` runs; what never happens in it is a row of zeros that all steps share. */
export function emptySample(runs: number, step: ProgramStep, home: boolean): StepSample {
  const zeros = zerosOf(runs);
  const row = (needed: boolean) => (needed ? new Float64Array(runs) : zeros);
  const pulls = step.directIn.length > 0;
  const held = step.directOut.length > 0;
  return {
    latencyMs: new Float64Array(runs),
    costUsd: new Float64Array(runs),
    homeFromMs: row(home),
    homeEndMs: row(home),
    pulledMs: row(pulls),
    pulledMsMean: row(pulls),
    heldVms: row(held),
    heldEndMs: row(held),
  };
}

const ZEROS = new Map<number, Float64Array>();

function zerosOf(runs: number): Float64Array {
  const zeros = ZEROS.get(runs) ?? new Float64Array(runs);
  ZEROS.set(runs, zeros);
  return zeros;
}
