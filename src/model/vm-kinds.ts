/**
 * Hot path: the VMs of a step as kinds of one law each, and the laws: many VMs of the kind, each with
 * its own luck, solved exactly.
 */

import { storeUsd, vmUseUsd } from "../physics/billing.ts";
import { fillVm, type StoreTally } from "../physics/fill.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import { callMs, type ColdStart, coldStartOf } from "../physics/start.ts";
import { VmSolver } from "../physics/vm.ts";
import { type Density, densityOfSample } from "../stats/density.ts";
import { type DistributionSpec, type Sampler, samplerOf } from "../stats/families.ts";
import type { ConditionedDraws } from "./condition.ts";
import { directFetchMs } from "./step-vms.ts";

/** VMs of a step that hold alike workers. */
interface VmKind {
  /** Their places in the step; the first stands for all. */
  readonly places: readonly number[];
  /** Workers in one of them. */
  readonly jobs: number;
  /** The group's home VM, whose use is billed elsewhere. */
  readonly atHome: boolean;
}

/** One VM of a kind, from its dispatch (from the start of the step, where a home VM goes on or calls). */
interface VmLaw {
  /** Until its end. */
  readonly timeMs: Density;
  /** Its use, unless it is the home, and its store requests, USD. */
  readonly costUsd: Density;
  /** Means: when its billing begins, and when its direct pull has ended (0 without one). */
  readonly billedFromMs: number;
  readonly pulledMs: number;
}

/** A kind of VMs with its law. */
export type LawfulKind = VmKind & VmLaw;

const WARM: ColdStart = { coldMs: 0, initMs: 0, unbilledMs: 0 };

/** Finds kinds and laws under the condition that `draws` has taken; owns the scratch memory. */
export class VmLaws {
  readonly #draws: ConditionedDraws;
  readonly #solver = new VmSolver();
  readonly #tally: StoreTally = { gets: 0, puts: 0, bytes: 0 };
  readonly #invokeMs: Sampler;

  constructor(invokeMs: DistributionSpec, draws: ConditionedDraws) {
    this.#invokeMs = samplerOf(invokeMs);
    this.#draws = draws;
  }

  /** Kinds among the `count` VMs of a step: same workers of each stage, of the same known content. */
  kindsOf(program: Program, step: ProgramStep, count: number): readonly VmKind[] {
    const solver = this.#solver;
    const hasHome = program.groups[step.group]!.kind === "home";
    const kinds = new Map<string, { places: number[]; jobs: number; atHome: boolean }>();
    for (let place = 0; place < count; place++) {
      const atHome = hasHome && place === 0;
      fillVm(program, step, place, false, this.#draws, solver, this.#tally);
      let name = `${atHome}`;
      for (let j = 0; j < solver.jobs; j++) {
        const stage = program.stages[step.stages[solver.stage[j]!]!]!;
        name += ` ${stage.index}*${stage.contentWeights?.[solver.worker[j]!] ?? 1}`;
      }
      const known = kinds.get(name);
      if (known === undefined) kinds.set(name, { places: [place], jobs: solver.jobs, atHome });
      else known.places.push(place);
    }
    return [...kinds.values()];
  }

  /** The law of a kind in a step of `count` VMs, from `points` of the draws' luck. */
  lawOf(
    program: Program,
    step: ProgramStep,
    kind: VmKind,
    cold: boolean,
    count: number,
    points: number,
  ): VmLaw {
    const draws = this.#draws;
    const group = program.groups[step.group]!;
    const { price } = program.platform;
    const place = kind.places[0]!;
    const continues = step.continuesHome && place === 0;
    const called = step.continuesHome && place > 0;
    const pulls = step.directIn.length > 0;
    const timesMs = new Float64Array(points);
    const costsUsd = new Float64Array(points);
    let billedFromMs = 0;
    let pulledMs = 0;
    for (let i = 0; i < points; i++) {
      draws.takePoint(i);
      const atMs = called ? callMs(this.#invokeMs, step, draws, place) : 0;
      const start = cold && !continues ? coldStartOf(program, group, draws, place) : WARM;
      const fetchMs = pulls ? directFetchMs(program, step, draws, count) : 0;
      fillVm(program, step, place, cold, draws, this.#solver, this.#tally);
      this.#solver.solve(step.vm);
      const readyMs = atMs + start.coldMs + start.initMs + fetchMs;
      const fromMs = atMs + start.unbilledMs;
      const endMs = readyMs + this.#solver.totalMs;
      timesMs[i] = endMs;
      costsUsd[i] = storeUsd(price, this.#tally);
      if (!kind.atHome) costsUsd[i]! += vmUseUsd(price, group.memoryMb, endMs - fromMs);
      billedFromMs += fromMs / points;
      if (pulls) pulledMs += readyMs / points;
    }
    const timeMs = densityOfSample(timesMs);
    const costUsd = densityOfSample(costsUsd);
    return { timeMs, costUsd, billedFromMs, pulledMs };
  }
}
