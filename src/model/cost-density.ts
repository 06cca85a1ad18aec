/** What a run costs under one condition: its steps, the home VMs, and the VMs held for direct pulls. */

import { vmUseUsd } from "../physics/billing.ts";
import type { Program, ProgramGroup, ProgramStep } from "../physics/program.ts";
import type { PriceSheet } from "../platform/platform.ts";
import {
  constantDensity,
  type Density,
  meanOfDensity,
  scaled,
  series,
  shifted,
} from "../stats/density.ts";
import { follow, makespanOf, type Recipe } from "./makespan.ts";
import type { StepDensity } from "./step-density.ts";

/** Recipes for the times that the bill of one plan depends on. */
export class CostDensities {
  readonly #program: Program;
  readonly #ready = new Map<number, Recipe>();

  constructor(program: Program) {
    this.#program = program;
    for (const group of program.groups) {
      if (group.kind !== "home") continue;
      this.#expectReady(group.steps[0]!);
      this.#expectReady(group.steps[group.steps.length - 1]!);
    }
    for (const step of program.steps)
      if (step.directOut.length > 0)
        for (const s of [step.index, ...this.#readersOf(step)]) this.#expectReady(s);
  }

  /** Cost of a run, USD, given its steps and their latencies under one condition. */
  of(steps: readonly StepDensity[], latencies: readonly Density[]): Density {
    const { price } = this.#program.platform;
    let costUsd = constantDensity(price.usdPerTransition);
    for (const step of steps) costUsd = series(costUsd, step.costUsd);
    for (const group of this.#program.groups)
      if (group.kind === "home") costUsd = series(costUsd, this.#homeUsd(group, steps, latencies));
    let heldUsd = 0;
    for (const step of this.#program.steps)
      if (step.directOut.length > 0) heldUsd += this.#heldUsd(step, steps, latencies);
    return shifted(costUsd, heldUsd);
  }

  #expectReady(s: number): void {
    const { steps } = this.#program;
    const before = steps.filter((one) => one.successors.includes(s)).map((one) => one.index);
    this.#ready.set(s, makespanOf(this.#program, before));
  }

  #readersOf(step: ProgramStep): readonly number[] {
    return step.directOut.map((edge) => this.#program.stages[edge.to]!.step);
  }

  #meanReadyMs(s: number, latencies: readonly Density[]): number {
    return meanOfDensity(follow(this.#ready.get(s)!, latencies));
  }

  // When the last pull from a step has ended, by means.
  #pulledMs(
    step: ProgramStep,
    steps: readonly StepDensity[],
    latencies: readonly Density[],
  ): number {
    return Math.max(
      0,
      ...this.#readersOf(step).map((s) => this.#meanReadyMs(s, latencies) + steps[s]!.pulledMs),
    );
  }

  // The mean is exact, as means of times subtract; the spread is that of the end alone.
  #homeUsd(
    group: ProgramGroup,
    steps: readonly StepDensity[],
    latencies: readonly Density[],
  ): Density {
    const first = group.steps[0]!;
    const last = group.steps[group.steps.length - 1]!;
    const readyMs = follow(this.#ready.get(last)!, latencies);
    const endMs = series(readyMs, steps[last]!.homeEndMs);
    const fromMs = this.#meanReadyMs(first, latencies) + steps[first]!.homeFromMs;
    let pulledMs = 0;
    for (const s of group.steps)
      pulledMs = Math.max(pulledMs, this.#pulledMs(this.#program.steps[s]!, steps, latencies));
    const waitMs = Math.max(0, pulledMs - meanOfDensity(endMs));
    const { price } = this.#program.platform;
    return usesUsd(price, group.memoryMb, shifted(endMs, waitMs - fromMs));
  }

  #heldUsd(
    step: ProgramStep,
    steps: readonly StepDensity[],
    latencies: readonly Density[],
  ): number {
    const { heldVms, heldEndMs } = steps[step.index]!;
    const untilMs = this.#pulledMs(step, steps, latencies);
    const fromMs = this.#meanReadyMs(step.index, latencies);
    const heldMs = Math.max(0, heldVms * (untilMs - fromMs) - heldEndMs);
    const { memoryMb } = this.#program.groups[step.group]!;
    return heldMs * memoryMb * this.#program.platform.price.usdPerMbMs;
  }
}

// Rounding up to the billing step costs half a step on average, where the time varies at all.
function usesUsd(price: PriceSheet, memoryMb: number, activeMs: Density): Density {
  if (activeMs.step === 0) return constantDensity(vmUseUsd(price, memoryMb, activeMs.start));
  const billedMs = shifted(activeMs, 0.5 * price.billingStepMs);
  return shifted(scaled(billedMs, memoryMb * price.usdPerMbMs), price.usdPerRequest);
}
