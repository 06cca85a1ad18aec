/** A group of a plan over a fixed set of runs: its VMs solved, its pool replayed, its steps summed up. */

import { drawName, PURPOSE, type RunDraws } from "../physics/draws.ts";
import type { Program, ProgramGroup } from "../physics/program.ts";
import { coldStartOf, firstWorkerOf } from "../physics/start.ts";
import type { Scenario } from "../plan/scenario.ts";
import { meanOf, type Sampler, samplerOf } from "../stats/families.ts";
import type { ModelArrivals, ReplayedArrivals } from "./model-arrivals.ts";
import { replayPool } from "./pool-replay.ts";
import {
  emptySample,
  pulledMs,
  type SolvedVms,
  type StepSample,
  StepSolver,
  type StepVms,
} from "./step-vms.ts";

/** When each step of a group has its inputs from outside, by place and run, ms after the run's arrival. */
export type OutsideReady = readonly Float64Array[];

/** The VMs of any step, or undefined where they are not known yet. */
export type VmsOfStep = (step: number) => StepVms | undefined;

/** Samples groups of any plan over the same runs. */
export class GroupSampler {
  readonly #runs: readonly RunDraws[];
  readonly #arrivals: ModelArrivals;
  readonly #solver: StepSolver;
  readonly #keepAliveMs: Sampler;
  readonly #keepAliveMsMean: number;

  constructor(runs: readonly RunDraws[], scenario: Scenario, arrivals: ModelArrivals) {
    this.#runs = runs;
    this.#arrivals = arrivals;
    this.#solver = new StepSolver(runs, scenario);
    this.#keepAliveMs = samplerOf(scenario.platform.keepAliveMs);
    this.#keepAliveMsMean = meanOf(scenario.platform.keepAliveMs);
  }

  /** The VMs of each step of the group, each solved as if warm. O(runs x VMs), by far the dearest part. */
  solved(program: Program, group: ProgramGroup): readonly SolvedVms[] {
    return group.steps.map((s) => this.#solver.solved(program, program.steps[s]!));
  }

  /** The same VMs with their pulls from other groups. O(runs). */
  withPulls(
    program: Program,
    group: ProgramGroup,
    solved: readonly SolvedVms[],
  ): readonly StepVms[] {
    return group.steps.map((s, i) =>
      this.#solver.withPulls(program, program.steps[s]!, solved[i]!),
    );
  }

  /** The same VMs all warm and without pulls. Forks take the less of warm and cold, which may be either. */
  atBest(program: Program, group: ProgramGroup, vms: readonly StepVms[]): readonly StepVms[] {
    return vms.map((one, i) => ({
      ...one,
      fetchMs: new Float64Array(one.fetchMs.length),
      workMs: this.#solver.leastWorkMs(program, program.steps[group.steps[i]!]!, one),
      cold: new Uint8Array(one.cold.length),
    }));
  }

  /**
   * Sets which VMs start cold, the group's inputs being ready at `ready`; `readers` tells how long VMs
   * must wait to be pulled from. O(runs x VMs).
   */
  start(
    program: Program,
    group: ProgramGroup,
    vms: readonly StepVms[],
    ready: OutsideReady | null,
    readers: VmsOfStep,
  ): void {
    const arrivals = this.#arrivals;
    if (arrivals.start === "warm") return;
    if (arrivals.start === "cold") for (const one of vms) one.cold.fill(1);
    else this.#replay(program, group, vms, arrivals, ready, readers);
    // The home VM goes on from step to step, and forks further processes as cold as it was.
    if (group.kind === "home")
      for (const { first, cold } of vms.slice(1))
        for (let r = 0; r < this.#runs.length; r++)
          cold[first[r]!] = vms[0]!.cold[vms[0]!.first[r]!]!;
  }

  /**
   * Step number `place` of the group over all runs. `leadMs` is how long before it was ready its VMs
   * were asked for, by run; null for not at all.
   */
  step(
    program: Program,
    group: ProgramGroup,
    place: number,
    vms: StepVms,
    leadMs: Float64Array | null,
  ): StepSample {
    const step = program.steps[group.steps[place]!]!;
    const out = emptySample(this.#runs.length, step, group.kind === "home");
    for (let r = 0; r < this.#runs.length; r++)
      this.#solver.reduce(program, step, vms, r, leadMs === null ? 0 : leadMs[r]!, out);
    return out;
  }

  // All uses of the group's VMs in one list, at the times they have when all are warm.
  #replay(
    program: Program,
    group: ProgramGroup,
    vms: readonly StepVms[],
    arrivals: ReplayedArrivals,
    ready: OutsideReady | null,
    readers: VmsOfStep,
  ): void {
    const offsets = [0];
    for (const one of vms) offsets.push(offsets[offsets.length - 1]! + one.workMs.length);
    const count = offsets[vms.length]!;
    const requestMs = new Float64Array(count);
    const warmMs = new Float64Array(count);
    const runOf = new Int32Array(count);
    const placeOf = new Int32Array(count);
    const stepReadyMs = new Float64Array(vms.length);
    const laterSteps = group.steps.map((s) =>
      program.steps[s]!.successors.map((next) => group.steps.indexOf(next)).filter((i) => i > 0),
    );
    const pullers = group.steps.map((s) =>
      program.steps[s]!.directOut.flatMap((edge) => readers(program.stages[edge.to]!.step) ?? []),
    );
    let longestMs = 0;
    for (let r = 0; r < this.#runs.length; r++) {
      for (let i = 0; i < vms.length; i++) stepReadyMs[i] = ready === null ? 0 : ready[i]![r]!;
      for (let i = 0; i < vms.length; i++) {
        const { first, atMs, workMs, fetchMs } = vms[i]!;
        const readyMs = stepReadyMs[i]!;
        let endMs = readyMs;
        for (let v = first[r]!; v < first[r + 1]!; v++) {
          const use = offsets[i]! + v;
          const useMs = fetchMs[r]! + workMs[v]!;
          warmMs[use] = useMs;
          requestMs[use] = arrivals.atMs[r]! + readyMs + atMs[v]!;
          runOf[use] = r;
          placeOf[use] = v - first[r]!;
          endMs = Math.max(endMs, readyMs + atMs[v]! + useMs);
          longestMs = Math.max(longestMs, useMs);
        }
        if (pullers[i]!.length > 0) {
          let heldMs = endMs;
          for (const one of pullers[i]!) heldMs = Math.max(heldMs, endMs + pulledMs(one, r));
          for (let v = first[r]!; v < first[r + 1]!; v++)
            warmMs[offsets[i]! + v] = heldMs - readyMs - atMs[v]!;
        }
        for (const later of laterSteps[i]!)
          stepReadyMs[later] = Math.max(stepReadyMs[later]!, endMs);
        if (group.kind !== "home") continue;
        // The home VM is in use until the last step has ended, and asked for once.
        const home = vms[0]!.first[r]!;
        const own = offsets[i]! + first[r]!;
        const ownEndMs = readyMs + atMs[first[r]!]! + warmMs[own]!;
        warmMs[home] = Math.max(warmMs[home]!, ownEndMs - stepReadyMs[0]! - vms[0]!.atMs[home]!);
        if (i > 0) warmMs[own] = Number.NaN;
      }
    }
    const cold = replayPool(
      {
        requestMs,
        warmMs,
        coldMs: (use) => {
          const draws = this.#runs[runOf[use]!]!;
          const { coldMs, initMs } = coldStartOf(program, group, draws, placeOf[use]!);
          return coldMs + initMs;
        },
        keepMs: (use) => {
          const { key } = this.#runs[runOf[use]!]!;
          const worker = firstWorkerOf(group, placeOf[use]!);
          return this.#keepAliveMs(key.uniform(drawName(group.name, PURPOSE.keepAlive), worker));
        },
      },
      arrivals.periodMs,
      this.#keepAliveMsMean + 4 * longestMs,
    );
    vms.forEach((one, i) => {
      one.cold.set(cold.subarray(offsets[i]!, offsets[i + 1]!));
    });
  }
}
