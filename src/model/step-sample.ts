/**
 * Hot path: one step of a plan evaluated for a fixed set of runs, each with its own luck, through the
 * exact VM and without events. Runs do not disturb each other; whether they start cold is drawn.
 */

import { vmUseUsd } from "../physics/billing.ts";
import { drawName, PURPOSE, type RunDraws } from "../physics/draws.ts";
import { fillVm, type StoreTally, vmCount } from "../physics/fill.ts";
import type { Program, ProgramGroup, ProgramStep } from "../physics/program.ts";
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
import { meanOf, type Sampler, samplerOf } from "../stats/families.ts";
import { type ColdShare, coldShare } from "./cold-share.ts";

/** A step over all runs. Float64Array(runs), ms from the moment its inputs are ready, and USD. */
export interface StepSample {
  /** Until the last VM has ended. */
  readonly latencyMs: Float64Array;
  /** Everything it costs but the home VM's time and waiting for pulls. */
  readonly costUsd: Float64Array;
  /** When billing of the home VM begins; 0 where there is none. */
  readonly homeFromMs: Float64Array;
  /** When the last direct pull has ended; 0 where there is none. */
  readonly pulledMs: Float64Array;
  /** VMs but the home that other steps will pull from, and the sum of their end times. */
  readonly heldVms: Float64Array;
  readonly heldEndMs: Float64Array;
}

/** Evaluates steps over the same runs; owns the scratch memory. Pre-warming is not predicted. */
export class StepSampler {
  readonly #runs: readonly RunDraws[];
  readonly #scenario: Scenario;
  readonly #solver = new VmSolver();
  readonly #tally: StoreTally = { gets: 0, puts: 0, bytes: 0 };
  readonly #invokeMs: Sampler;
  #endsMs = new Float64Array(0);

  constructor(runs: readonly RunDraws[], scenario: Scenario) {
    this.#runs = runs;
    this.#scenario = scenario;
    this.#invokeMs = samplerOf(scenario.platform.invokeMs);
  }

  /** The step over all runs, cold starts mixed in by the arrival rate. */
  sample(program: Program, step: ProgramStep): StepSample {
    const sample = emptySample(this.#runs.length);
    const share = this.#coldShare(program, step);
    const group = program.groups[step.group]!;
    this.#runs.forEach((draws, r) => {
      const cold = startsCold(share, draws, group);
      this.#sampleRun(program, step, draws, cold, r, sample);
    });
    return sample;
  }

  // Use time from a few warm runs.
  #coldShare(program: Program, step: ProgramStep): ColdShare {
    const { arrivals, platform } = this.#scenario;
    const few = Math.min(16, this.#runs.length);
    const probe = emptySample(few);
    let sumMs = 0;
    for (let r = 0; r < few; r++) {
      this.#sampleRun(program, step, this.#runs[r]!, false, r, probe);
      sumMs += probe.latencyMs[r]!;
    }
    return coldShare(arrivals, sumMs / few, meanOf(platform.keepAliveMs));
  }

  #sampleRun(
    program: Program,
    step: ProgramStep,
    draws: RunDraws,
    cold: boolean,
    r: number,
    out: StepSample,
  ): void {
    const { price, orchestrator } = program.platform;
    const group = program.groups[step.group]!;
    const count = vmCount(program, step, draws);
    const dispatch = step.continuesHome ? HOME_CALLS : dispatchOf(program, step, draws, count);
    const fetchMs = step.directIn.length > 0 ? directFetchMs(program, step, draws, count) : 0;
    if (count > this.#endsMs.length) this.#endsMs = new Float64Array(2 * count);
    if (!step.continuesHome) out.costUsd[r] = price.usdPerTransition * (count > 1 ? count + 1 : 1);
    for (let place = 0; place < count; place++) {
      const atHome = group.kind === "home" && place === 0;
      const continues = step.continuesHome && place === 0;
      let atMs = dispatchedMs(dispatch, place, count);
      if (step.continuesHome) atMs = continues ? 0 : callMs(this.#invokeMs, step, draws, place);
      else if (place >= orchestrator.parallelStarts)
        atMs = this.#takeEarliest(place) + dispatch.hopMs;
      const start = cold && !continues ? coldStartOf(program, group, draws, place) : WARM;
      const readyMs = atMs + start.coldMs + start.initMs + fetchMs;
      fillVm(program, step, place, cold, draws, this.#solver, this.#tally);
      this.#solver.solve(step.vm);
      const endMs = readyMs + this.#solver.totalMs;
      this.#endsMs[place] = endMs;
      out.latencyMs[r] = Math.max(out.latencyMs[r]!, endMs);
      if (fetchMs > 0) out.pulledMs[r] = Math.max(out.pulledMs[r]!, readyMs);
      out.costUsd[r]! += this.#tally.gets * price.usdPerGet + this.#tally.puts * price.usdPerPut;
      const billedFromMs = atMs + start.unbilledMs;
      if (!atHome) out.costUsd[r]! += vmUseUsd(price, group.memoryMb, endMs - billedFromMs);
      else if (!continues) out.homeFromMs[r] = billedFromMs;
      if (step.directOut.length > 0 && !atHome) {
        out.heldVms[r]!++;
        out.heldEndMs[r]! += endMs;
      }
    }
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

// One draw for the whole run, because after a pause every group is cold; and one for the group alone.
function startsCold(share: ColdShare, draws: RunDraws, group: ProgramGroup): boolean {
  const { afterPause, besideOthers } = share;
  if (afterPause > 0 && draws.key.uniform(drawName(0, PURPOSE.cold), 0) < afterPause) return true;
  const own = besideOthers / (1 - afterPause);
  return own > 0 && draws.key.uniform(drawName(group.name, PURPOSE.cold), 1) < own;
}

const HOME_CALLS: Dispatch = { hopMs: 0, spreadMs: 0 };
const WARM: ColdStart = { coldMs: 0, initMs: 0, unbilledMs: 0 };

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

function emptySample(runs: number): StepSample {
  return {
    latencyMs: new Float64Array(runs),
    costUsd: new Float64Array(runs),
    homeFromMs: new Float64Array(runs),
    pulledMs: new Float64Array(runs),
    heldVms: new Float64Array(runs),
    heldEndMs: new Float64Array(runs),
  };
}
