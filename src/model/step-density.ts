/**
 * One step of a plan as densities, one for each condition: hop and dispatch after the platform's laws,
 * then the slowest of its VMs, which are independent given the condition.
 */

import { stepStartUsd } from "../physics/billing.ts";
import { isTaken, PURPOSE } from "../physics/draws.ts";
import { vmCount } from "../physics/fill.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import { dispatchOf } from "../physics/start.ts";
import {
  constantDensity,
  type Density,
  densityOfSample,
  meanOfDensity,
  repeated,
  series,
} from "../stats/density.ts";
import { ln } from "../stats/numeric.ts";
import { RandomKey } from "../stats/random.ts";
import { type Condition, ConditionedDraws } from "./condition.ts";
import { startedInTurn, startedTogether, type Starts } from "./starts.ts";
import { type LawfulKind, VmLaws } from "./vm-kinds.ts";

/** A step under one condition, all VMs warm or all cold; ms from the moment its inputs are ready. */
export interface StepDensity {
  /** Until the last VM has ended. */
  readonly latencyMs: Density;
  /** Everything it costs but the home VM's time and waiting for pulls, USD. */
  readonly costUsd: Density;
  /** Until the home VM has ended its own part; 0 for none. */
  readonly homeEndMs: Density;
  /** Means: when billing of the home VM begins, and when the direct pulls have ended; 0 for none. */
  readonly homeFromMs: number;
  readonly pulledMs: number;
  /** VMs but the home that other steps will pull from, and the mean sum of their end times. */
  readonly heldVms: number;
  readonly heldEndMs: number;
}

/** Workers drawn for a step, shared out evenly among conditions and kinds of VMs. */
const WORKERS_DRAWN = 16_384;
/** Fewest VMs drawn for one kind under one condition, as a power of two. */
const VM_BITS_MIN = 4;
/** Draws of the hop and of the dispatch spread, as powers of two. */
const HOP_BITS = 8;
const SPREAD_BITS = 3;

/** A home VM goes on at once and calls the others itself. */
const AT_ONCE: Starts = { hopMs: constantDensity(0), spreadsMs: Float64Array.of(0) };
const NEVER = constantDensity(0);

/** Evaluates steps under the same conditions; owns the scratch memory. */
export class StepDensities {
  readonly #conditions: readonly Condition[];
  readonly #draws: ConditionedDraws;
  readonly #laws: VmLaws;
  readonly #root: RandomKey;
  readonly #key = new RandomKey();
  readonly #starts = new Map<string, Starts>();

  /** `any` is a program of the scenario, under whatever plan. */
  constructor(any: Program, conditions: readonly Condition[], root: RandomKey) {
    this.#conditions = conditions;
    this.#draws = new ConditionedDraws(any);
    this.#laws = new VmLaws(any.platform.invokeMs, this.#draws);
    this.#root = root;
  }

  /** The step under each condition. Conditions that it cannot tell apart are evaluated once. */
  evaluate(program: Program, step: ProgramStep, cold: boolean): readonly StepDensity[] {
    const views = this.#conditions.map((condition) => viewOf(program, step, condition));
    const workers = WORKERS_DRAWN / new Set(views).size;
    const known = new Map<string, StepDensity>();
    return views.map((view, k) => {
      let density = known.get(view);
      if (density === undefined) {
        this.#key.derive(this.#root, step.stages[0]!, k);
        density = this.#evaluateAt(program, step, cold, this.#conditions[k]!, workers);
        known.set(view, density);
      }
      return density;
    });
  }

  #evaluateAt(
    program: Program,
    step: ProgramStep,
    cold: boolean,
    condition: Condition,
    workers: number,
  ): StepDensity {
    this.#draws.begin(condition, this.#key, PURPOSE.work, 0);
    const count = vmCount(program, step, this.#draws);
    const kinds = this.#kindsOf(program, step, cold, condition, count, workers);
    const starts = step.continuesHome ? AT_ONCE : this.#startsOf(program, step, condition, count);
    const { parallelStarts } = program.platform.orchestrator;
    const ends =
      count > parallelStarts && !step.continuesHome
        ? startedInTurn(kinds, starts, count, parallelStarts, this.#key)
        : startedTogether(kinds, starts, count);
    const home = kinds.find((kind) => kind.atHome);
    let heldVms = 0;
    let heldEndMs = 0;
    for (const kind of step.directOut.length > 0 ? kinds : []) {
      if (kind.atHome) continue;
      heldVms += kind.places.length;
      for (const place of kind.places) heldEndMs += ends.meansMs[place]!;
    }
    const pulledMs = Math.max(...kinds.map((kind) => kind.pulledMs));
    return {
      latencyMs: ends.lastMs,
      costUsd: costOf(program, step, kinds, count),
      homeEndMs: home === undefined ? NEVER : series(starts.hopMs, home.timeMs),
      homeFromMs:
        home === undefined || step.continuesHome
          ? 0
          : meanOfDensity(starts.hopMs) + home.billedFromMs,
      pulledMs: step.directIn.length > 0 ? ends.lastStartMs + pulledMs : 0,
      heldVms,
      heldEndMs,
    };
  }

  #kindsOf(
    program: Program,
    step: ProgramStep,
    cold: boolean,
    condition: Condition,
    count: number,
    workers: number,
  ): readonly LawfulKind[] {
    const kinds = this.#laws.kindsOf(program, step, count);
    const each = workers / kinds.reduce((sum, kind) => sum + kind.jobs, 0);
    const bits = Math.max(VM_BITS_MIN, Math.round(ln(each) / Math.LN2));
    this.#draws.begin(condition, this.#key, PURPOSE.work, bits);
    return kinds.map((kind) => ({
      ...kind,
      ...this.#laws.lawOf(program, step, kind, cold, count, 1 << bits),
    }));
  }

  #startsOf(program: Program, step: ProgramStep, condition: Condition, count: number): Starts {
    const payload = step.inlineIn.map((edge) => condition.bytes[edge.index]!);
    const name = [step.stages[0]!, count, ...payload].join(" ");
    const found = this.#starts.get(name);
    if (found !== undefined) return found;
    // The same whichever condition asks first, so that no outcome depends on the plans before.
    const anyone = { ...condition, inside: 0.5 };
    const draw = (purpose: number, bits: number, part: "hopMs" | "spreadMs") => {
      this.#draws.begin(anyone, this.#root, purpose, bits);
      return Float64Array.from({ length: 1 << bits }, (_, point) => {
        this.#draws.takePoint(point);
        return dispatchOf(program, step, this.#draws, count)[part];
      });
    };
    const starts = {
      hopMs: densityOfSample(draw(PURPOSE.hop, HOP_BITS, "hopMs")),
      spreadsMs: draw(PURPOSE.dispatch, count > 1 ? SPREAD_BITS : 0, "spreadMs"),
    };
    this.#starts.set(name, starts);
    return starts;
  }
}

function costOf(
  program: Program,
  step: ProgramStep,
  kinds: readonly LawfulKind[],
  count: number,
): Density {
  const startUsd = step.continuesHome ? 0 : stepStartUsd(program.platform.price, count);
  return kinds.reduce(
    (sum, kind) => series(sum, repeated(kind.costUsd, kind.places.length)),
    constantDensity(startUsd),
  );
}

// All that a step can see of a condition: its own draws, and the fan-outs around it.
function viewOf(program: Program, step: ProgramStep, condition: Condition): string {
  const { workers, factor, bytes, choices } = condition;
  const view: number[] = [];
  for (const s of program.groups[step.group]!.stages) view.push(workers[s]!);
  for (const s of step.stages) {
    const stage = program.stages[s]!;
    view.push(factor[s]!);
    for (const branch of stage.when) view.push(isTaken(branch, choices[branch.choice]!) ? 1 : 0);
    for (const edge of [...stage.inEdges, ...stage.outEdges])
      view.push(bytes[edge.index]!, workers[edge.from] ?? 1, workers[edge.to] ?? 1);
  }
  return view.join(" ");
}
