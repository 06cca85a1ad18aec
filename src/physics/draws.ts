/**
 * The luck of one run, named by what it is: fan-outs, run factors, bytes, and the work of every worker.
 * The same run has the same luck under every plan.
 */

import { RandomKey } from "../stats/random.ts";
import { unitLognormal } from "../stats/families.ts";
import { oncePer } from "../workflow/once-per.ts";
import type { Draw, Program, ProgramBranch, ProgramEdge, ProgramStage } from "./program.ts";

/** What a draw is for; with a stage or edge index it is the first part of the draw's name. */
export const PURPOSE = {
  work: 0,
  content: 1,
  noise: 2,
  wait: 3,
  get: 4,
  put: 5,
  acquisition: 6,
  runtimeInit: 7,
  hop: 8,
  dispatch: 9,
  fanOut: 10,
  runFactor: 11,
  bytes: 12,
  keepAlive: 13,
  invoke: 14,
  cold: 15,
  choice: 16,
  crash: 17,
  invocationError: 18,
  duplicate: 19,
  getError: 20,
  putError: 21,
} as const;

const PURPOSES = 32;
/** Draw numbers of one worker, when it needs several of a kind. */
export const DRAWS_PER_WORKER = 8192;

/** First part of a draw's name: its purpose, and the stage or edge it belongs to. */
export function drawName(index: number, purpose: number): number {
  return index * PURPOSES + purpose;
}

/** What a run draws for all its workers together, and the values where it need not. */
interface SharedLuck {
  readonly workers: Int32Array;
  readonly factor: Float64Array;
  readonly bytes: Float64Array;
  /** Stages and edges whose values are not the same in every run. */
  readonly drawnStages: readonly ProgramStage[];
  readonly drawnEdges: readonly ProgramEdge[];
}

const sharedLuckOf = oncePer((program: Program): SharedLuck => {
  const { stages, edges } = program;
  return {
    workers: Int32Array.from(stages, ({ workers }) => Math.max(1, Math.round(workers.constant))),
    factor: new Float64Array(stages.length).fill(1),
    bytes: Float64Array.from(edges, (edge) => edge.bytes.constant),
    drawnStages: stages.filter(
      (stage) => Number.isNaN(stage.workers.constant) || stage.runSigma !== 0,
    ),
    drawnEdges: edges.filter(
      (edge) =>
        Number.isNaN(edge.bytes.constant) ||
        (edge.scaledBy >= 0 && stages[edge.scaledBy]!.runSigma !== 0),
    ),
  };
});

/** Whether all runs have the same fan-outs, factors, bytes and choices, so that only their keys differ. */
export function runsAreAlike(program: Program): boolean {
  const { drawnStages, drawnEdges } = sharedLuckOf(program);
  return drawnStages.length === 0 && drawnEdges.length === 0 && program.choices === 0;
}

/** Luck that a whole run shares; reused from run to run. */
export class RunDraws {
  readonly key: RandomKey;
  /** Workers of each stage. */
  readonly workers: Int32Array;
  /** Run factor of each stage. */
  readonly factor: Float64Array;
  /** Bytes of each edge. */
  readonly bytes: Float64Array;
  /** Draw of each choice, in (0, 1), for branches that a whole run takes together. */
  readonly choices: Float64Array;
  /** Work of each stage's workers once drawn, NaN before; null when nobody will ask twice. */
  readonly known: Float64Array[] | null;
  readonly #luck: SharedLuck;
  /** Chance that a store request fails, and the attempt of the VM whose requests are asked for. */
  readonly storeErrors: number;
  attempt = 0;

  /**
   * `remember` keeps the work of every worker, for evaluators that return to the same run. `alike` has runs
   * share the arrays that are the same in all of them, for evaluators with many runs under way: read only then.
   */
  constructor(program: Program, remember: boolean, key = new RandomKey(), alike = false) {
    const luck = sharedLuckOf(program);
    this.key = key;
    this.storeErrors = program.failures?.storeErrors ?? 0;
    this.known = remember ? program.stages.map(() => new Float64Array(0)) : null;
    const { workers, factor, bytes, drawnStages, drawnEdges } = luck;
    this.workers = alike && drawnStages.length === 0 ? workers : workers.slice();
    this.factor = alike && drawnStages.length === 0 ? factor : factor.slice();
    this.bytes = alike && drawnEdges.length === 0 ? bytes : bytes.slice();
    this.choices = program.choices === 0 ? NO_CHOICES : new Float64Array(program.choices);
    this.#luck = luck;
  }

  /** Draws run number `run` of the seed `root`. */
  draw(root: RandomKey, run: number): void {
    this.key.derive(root, run, 0);
    this.drawShared();
  }

  /** Draws what the whole run shares, under the key as it is. */
  drawShared(): void {
    const { key, workers, factor, bytes, choices } = this;
    const { drawnStages, drawnEdges } = this.#luck;
    for (let choice = 0; choice < choices.length; choice++)
      choices[choice] = key.uniform(drawName(choice, PURPOSE.choice), 0);
    for (const stage of drawnStages) {
      const { index, fanOutOf, runFactorOf } = stage;
      const name = drawName(fanOutOf, PURPOSE.fanOut);
      workers[index] = Math.max(1, Math.round(valueOf(stage.workers, key, name, 0)));
      if (stage.runSigma === 0) continue;
      const u = key.uniform(drawName(runFactorOf, PURPOSE.runFactor), 0);
      factor[index] = unitLognormal(u, stage.runSigma);
    }
    for (const edge of drawnEdges) {
      const drawn = valueOf(edge.bytes, key, drawName(edge.index, PURPOSE.bytes), 0);
      bytes[edge.index] = edge.scaledBy < 0 ? drawn : drawn * factor[edge.scaledBy]!;
    }
  }
}

const NO_CHOICES = new Float64Array(0);

/** The value of a draw under the name (a, b). */
export function valueOf(draw: Draw, key: RandomKey, a: number, b: number): number {
  const { constant } = draw;
  return Number.isNaN(constant) ? draw.sample(key.uniform(a, b)) : constant;
}

/** Whether a worker works, as the choices of its run or its own have it. */
export function isOn(stage: ProgramStage, draws: RunDraws, worker: number): boolean {
  for (const branch of stage.when) {
    const { choice, workersEach } = branch;
    const u =
      workersEach === Number.POSITIVE_INFINITY
        ? draws.choices[choice]!
        : draws.key.uniform(drawName(choice, PURPOSE.choice), 1 + Math.floor(worker / workersEach));
    if (!isTaken(branch, u)) return false;
  }
  return true;
}

/** Whether the draw `u` of a choice takes a branch. */
export function isTaken({ within }: ProgramBranch, u: number): boolean {
  for (const [from, to] of within) if (u >= from && u < to) return true;
  return false;
}

/** Time that a worker waits for others, ms. */
export function waitOf(stage: ProgramStage, draws: RunDraws, worker: number): number {
  if (stage.when.length > 0 && !isOn(stage, draws, worker)) return 0;
  return valueOf(stage.waitMs, draws.key, drawName(stage.index, PURPOSE.wait), worker);
}

/** Work of one worker in its law's unit: base, content, run factor and noise. */
export function workOf(stage: ProgramStage, draws: RunDraws, worker: number): number {
  // A measured table's work depends on the VM size, so it is not the run's alone.
  if (draws.known === null || stage.profile.compute.kind !== "cpu")
    return drawWork(stage, draws, worker);
  const { index } = stage;
  if (draws.known[index]!.length === 0)
    draws.known[index] = new Float64Array(draws.workers[index]!).fill(Number.NaN);
  const known = draws.known[index]!;
  if (Number.isNaN(known[worker]!)) known[worker] = drawWork(stage, draws, worker);
  return known[worker]!;
}

/** Work of workers `from` up to `to` in their law's unit, into `out` from its start on. */
export function worksOf(
  stage: ProgramStage,
  draws: RunDraws,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const { key } = draws;
  const { index, work, contentWeights, contentSigma, noiseSigma } = stage;
  const factor = draws.factor[index]!;
  const count = to - from;
  if (Number.isNaN(work.constant)) {
    key.uniforms(drawName(index, PURPOSE.work), from, count, out);
    if (work.sampleAll !== undefined) work.sampleAll(out, count);
    else for (let i = 0; i < count; i++) out[i] = work.sample(out[i]!);
    if (factor !== 1) for (let i = 0; i < count; i++) out[i] = out[i]! * factor;
  } else out.fill(work.constant * factor, 0, count);
  if (contentWeights !== null)
    for (let i = 0; i < count; i++) out[i] = out[i]! * contentWeights[from + i]!;
  else if (contentSigma > 0) scaleByLuck(key, index, PURPOSE.content, contentSigma, from, to, out);
  if (noiseSigma > 0) scaleByLuck(key, index, PURPOSE.noise, noiseSigma, from, to, out);
  if (stage.when.length > 0)
    for (let i = 0; i < count; i++) if (!isOn(stage, draws, from + i)) out[i] = 0;
}

function scaleByLuck(
  key: RandomKey,
  index: number,
  purpose: number,
  sigma: number,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const name = drawName(index, purpose);
  for (let worker = from; worker < to; worker++)
    out[worker - from] = out[worker - from]! * unitLognormal(key.uniform(name, worker), sigma);
}

function drawWork(stage: ProgramStage, draws: RunDraws, worker: number): number {
  const { key } = draws;
  const { index } = stage;
  if (stage.when.length > 0 && !isOn(stage, draws, worker)) return 0;
  let work = valueOf(stage.work, key, drawName(index, PURPOSE.work), worker) * draws.factor[index]!;
  if (stage.contentWeights !== null) work *= stage.contentWeights[worker]!;
  else if (stage.contentSigma > 0)
    work *= unitLognormal(
      key.uniform(drawName(index, PURPOSE.content), worker),
      stage.contentSigma,
    );
  if (stage.noiseSigma > 0)
    work *= unitLognormal(key.uniform(drawName(index, PURPOSE.noise), worker), stage.noiseSigma);
  return work;
}
