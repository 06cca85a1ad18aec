/** What several workers of a run share, at a few equally likely points: given one, VMs are independent. */

import { drawName, PURPOSE, RunDraws, valueOf } from "../physics/draws.ts";
import type { Draw, Program, ProgramEdge, ProgramStage } from "../physics/program.ts";
import { unitLognormal } from "../stats/families.ts";
import { LatinKey } from "../stats/latin-hypercube.ts";
import { normalQuantile } from "../stats/numeric.ts";
import type { RandomKey } from "../stats/random.ts";

/** One point: fan-out and run factor of each stage, bytes of each edge; NaN where a VM draws its own. */
export interface Condition {
  readonly workers: Int32Array;
  readonly factor: Float64Array;
  readonly bytes: Float64Array;
  /** Draw of each choice. */
  readonly choices: Float64Array;
  /** Normal scores of the shared draws. */
  readonly scores: Float64Array;
  /** Where VMs drawn under it lie in their strata, in (0, 1): other for each condition. */
  readonly inside: number;
}

/** Points for one shared draw, which they meet at the middles of as many equal parts of probability. */
const POINTS_OF_ONE = 16;
/**
 * Points for several are the lattice k (1, 6, 23, …) mod 37: each draw meets the middles of 36 parts.
 * Found by trying all: sums of two normal draws have their quantiles from 5 % to 95 % within 0.12
 * standard deviations, sums of up to four within 0.19. From the 19th on the draws repeat.
 */
const LATTICE = 37;
const MULTIPLIERS = [1, 6, 23, 11, 8, 10, 5, 13, 3, 7, 9, 12, 2, 4, 15, 16, 17, 18];
/** Multiples of it modulo 1 are spread evenly, however many they are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The points of a scenario, whatever the plan. Shared are choices, fan-outs that vary, run factors of several
 * workers, and bytes that vary beside a parallel stage. One point where nothing is shared; their
 * number does not grow with that of the draws.
 */
export function conditionsOf(program: Program): readonly Condition[] {
  const shared = [...sharedDraws(program)];
  const points = shared.length === 0 ? 1 : shared.length === 1 ? POINTS_OF_ONE : LATTICE - 1;
  return Array.from({ length: points }, (_, k) => {
    const uniforms = shared.map((name, d) => {
      const rank = ((k + 1) * MULTIPLIERS[d % MULTIPLIERS.length]!) % LATTICE;
      return [name, (rank - 0.5) / points] as const;
    });
    const scores = Float64Array.from(uniforms, ([, u]) => normalQuantile(u));
    const inside = ((k + 0.5) * GOLDEN) % 1;
    return { ...conditionAt(program, new Map(uniforms)), scores, inside };
  });
}

function varies(draw: Draw): boolean {
  return Number.isNaN(draw.constant);
}

function sharedDraws(program: Program): Set<number> {
  const { stages, edges } = program;
  const shared = new Set<number>();
  for (const { when } of stages)
    for (const { choice } of when) shared.add(drawName(choice, PURPOSE.choice));
  for (const stage of stages) if (varies(stage.workers)) shared.add(fanOutName(stage));
  for (const { runFactorOf } of stages) {
    const sharers = stages.filter((one) => one.runFactorOf === runFactorOf && one.runSigma > 0);
    const workers = sharers.reduce((sum, one) => sum + one.workersMax, 0);
    if (workers > 1) shared.add(factorName(sharers[0]!));
  }
  for (const edge of edges) {
    const ends = [stages[edge.from], stages[edge.to]];
    if (varies(edge.bytes) && ends.some((end) => end !== undefined && end.workersMax > 1))
      shared.add(bytesName(edge));
  }
  return shared;
}

function fanOutName(stage: ProgramStage): number {
  return drawName(stage.fanOutOf, PURPOSE.fanOut);
}

function factorName(stage: ProgramStage): number {
  return drawName(stage.runFactorOf, PURPOSE.runFactor);
}

function bytesName(edge: ProgramEdge): number {
  return drawName(edge.index, PURPOSE.bytes);
}

function conditionAt(
  program: Program,
  shared: ReadonlyMap<number, number>,
): Pick<Condition, "workers" | "factor" | "bytes" | "choices"> {
  const value = (draw: Draw, name: number) => {
    if (!varies(draw)) return draw.constant;
    const u = shared.get(name);
    return u === undefined ? Number.NaN : draw.sample(u);
  };
  const workers = Int32Array.from(program.stages, (stage) =>
    Math.max(1, Math.round(value(stage.workers, fanOutName(stage)))),
  );
  const factor = Float64Array.from(program.stages, (stage) => {
    if (stage.runSigma === 0) return 1;
    const u = shared.get(factorName(stage));
    return u === undefined ? Number.NaN : unitLognormal(u, stage.runSigma);
  });
  const bytes = Float64Array.from(program.edges, (edge) => {
    const drawn = value(edge.bytes, bytesName(edge));
    return edge.scaledBy < 0 ? drawn : drawn * factor[edge.scaledBy]!;
  });
  const choices = Float64Array.from(
    { length: program.choices },
    (_, choice) => shared.get(drawName(choice, PURPOSE.choice))!,
  );
  return { workers, factor, bytes, choices };
}

/** The luck of one VM under a condition: what that leaves open is drawn from a Latin hypercube. */
export class ConditionedDraws extends RunDraws {
  override readonly key = new LatinKey();
  readonly #program: Program;
  #ownStages: readonly ProgramStage[] = [];
  #ownEdges: readonly ProgramEdge[] = [];

  constructor(program: Program) {
    super(program, false);
    this.#program = program;
  }

  /** Takes a condition, and `2^bits` points of luck named `name` under `parent`. */
  begin(condition: Condition, parent: RandomKey, name: number, bits: number): void {
    const { stages, edges } = this.#program;
    this.workers.set(condition.workers);
    this.factor.set(condition.factor);
    this.bytes.set(condition.bytes);
    this.choices.set(condition.choices);
    this.#ownStages = stages.filter((stage) => Number.isNaN(this.factor[stage.index]!));
    this.#ownEdges = edges.filter((edge) => Number.isNaN(this.bytes[edge.index]!));
    this.key.derive(parent, name, 0);
    this.key.begin(1 << bits, condition.inside);
    this.takePoint(0);
  }

  /** Takes the luck of point `point`. */
  takePoint(point: number): void {
    const { key, factor, bytes } = this;
    key.point = point;
    for (const stage of this.#ownStages)
      factor[stage.index] = unitLognormal(key.uniform(factorName(stage), 0), stage.runSigma);
    for (const edge of this.#ownEdges) {
      const drawn = valueOf(edge.bytes, key, bytesName(edge), 0);
      bytes[edge.index] = edge.scaledBy < 0 ? drawn : drawn * factor[edge.scaledBy]!;
    }
  }
}
