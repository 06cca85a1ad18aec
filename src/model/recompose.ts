/**
 * Hot path: a long plan from one much like it. Only the steps that change are taken up again, and of what
 * comes after them only what they delay or hasten, so that a neighbour costs what it changes.
 */

import type { Program } from "../physics/program.ts";
import { groupOrder, type KnownGroup, leadOf } from "./compose.ts";
import type { GroupSampler } from "./group-sample.ts";
import type { Outcome } from "./prediction.ts";
import type { StepSample } from "./step-vms.ts";

/** Fewer steps are as quickly composed as compared. */
const STEPS_MIN = 64;
/** Costs are summed up in blocks of so many steps, of which a neighbour changes few. */
const BLOCK_BITS = 6;
/** Beyond so many groups, the next neighbours are likelier to be those of the new plan. */
const CHANGED_MAX = 3;

/** What programs that share their edges have in common: steps by place in the order of data flow. */
interface Shape {
  /** Step at each place, and place of each step. */
  readonly order: Int32Array;
  readonly placeOf: Int32Array;
  /** Of each step, those it waits for; of the end of the run, the last entry, those that nothing waits for. */
  readonly before: readonly (readonly number[])[];
}

/** A composed plan. Rows Float64Array(runs), by step; those of a plan made from another are shared with it. */
interface Composed {
  readonly program: Program;
  readonly known: readonly KnownGroup[];
  readonly samples: StepSample[];
  /** When each step has its inputs, and last when all is done; ms. */
  readonly readyMs: Float64Array[];
  readonly endMs: Float64Array[];
  /** Cost of each block of steps, USD. */
  readonly blockUsd: Float64Array[];
}

/** Composes plans whose groups are one step each and pull from nobody. */
export class Recomposer {
  readonly #runs: number;
  readonly #sampler: GroupSampler;
  readonly #shapes = new WeakMap<Program["edges"], Shape | null>();
  #base: Composed | undefined;
  /** 1 for the places that are to be looked at. */
  #pending = new Uint8Array(0);

  constructor(runs: number, sampler: GroupSampler) {
    this.#runs = runs;
    this.#sampler = sampler;
  }

  /**
   * The outcome of a program, or undefined where it is short, or groups have several steps or pull from
   * each other: the same to the last bit whatever was composed before.
   */
  compose(
    program: Program,
    knownGroup: (program: Program, group: Program["groups"][number]) => KnownGroup,
  ): Outcome | undefined {
    if (program.steps.length < STEPS_MIN) return undefined;
    const shape = this.#shape(program);
    if (shape === null) return undefined;
    const base = this.#base?.program.edges === program.edges ? this.#base : undefined;
    const changed = base === undefined ? [] : changedPlaces(base.program, program);
    let composed: Composed;
    if (base === undefined || changed.length > program.groups.length >> 3) {
      const known = program.groups.map((group) => knownGroup(program, group));
      composed = this.#composed(program, shape, known);
    } else {
      const known = [...base.known];
      for (const g of changed) known[g] = knownGroup(program, program.groups[g]!);
      composed = this.#recomposed(base, program, shape, known, changed);
    }
    if (base === undefined || changed.length > CHANGED_MAX) this.#base = composed;
    return this.#outcome(program, composed);
  }

  #shape(program: Program): Shape | null {
    let shape = this.#shapes.get(program.edges);
    if (shape === undefined) {
      shape = shapeOf(program);
      this.#shapes.set(program.edges, shape);
    }
    return shape;
  }

  #outcome(program: Program, { readyMs, blockUsd }: Composed): Outcome {
    const costUsd = new Float64Array(this.#runs).fill(program.platform.price.usdPerTransition);
    for (const block of blockUsd) for (let r = 0; r < costUsd.length; r++) costUsd[r]! += block[r]!;
    return { latencyMs: readyMs[program.steps.length]!, costUsd };
  }

  // From nothing: every step in order.
  #composed(program: Program, shape: Shape, known: readonly KnownGroup[]): Composed {
    const runs = this.#runs;
    const count = program.steps.length;
    const composed: Composed = {
      program,
      known,
      samples: [],
      readyMs: Array.from({ length: count + 1 }, () => new Float64Array(runs)),
      endMs: [],
      blockUsd: [],
    };
    const { samples, readyMs, endMs, blockUsd } = composed;
    for (const s of shape.order) {
      for (const from of shape.before[s]!) raise(readyMs[s]!, endMs[from]!);
      samples[s] = this.#sample(composed, s);
      endMs[s] = sum(readyMs[s]!, samples[s]!.latencyMs);
    }
    for (const from of shape.before[count]!) raise(readyMs[count]!, endMs[from]!);
    for (let b = 0; b << BLOCK_BITS < count; b++) blockUsd.push(this.#block(shape, samples, b));
    return composed;
  }

  #recomposed(
    base: Composed,
    program: Program,
    shape: Shape,
    known: readonly KnownGroup[],
    changed: readonly number[],
  ): Composed {
    const { order, placeOf } = shape;
    const composed: Composed = {
      program,
      known,
      samples: [...base.samples],
      readyMs: [...base.readyMs],
      endMs: [...base.endMs],
      blockUsd: [...base.blockUsd],
    };
    const { samples, readyMs, endMs, blockUsd } = composed;
    if (this.#pending.length < order.length) this.#pending = new Uint8Array(order.length);
    const pending = this.#pending;
    let first = order.length;
    for (const g of changed) {
      const place = placeOf[program.groups[g]!.steps[0]!]!;
      pending[place] = 1;
      if (place < first) first = place;
    }
    const blocks = new Set<number>();
    for (let place = first; place < order.length; place++) {
      if (pending[place] === 0) continue;
      pending[place] = 0;
      const s = order[place]!;
      const sample = this.#sample(composed, s);
      if (sample !== samples[s]) {
        samples[s] = sample;
        blocks.add(place >> BLOCK_BITS);
      }
      const before = endMs[s]!;
      const after = sum(readyMs[s]!, sample.latencyMs);
      if (equal(before, after)) continue;
      endMs[s] = after;
      const { successors } = program.steps[s]!;
      for (const next of successors)
        if (moveReady(base, composed, shape, next, before, after)) pending[placeOf[next]!] = 1;
      if (successors.length === 0) moveReady(base, composed, shape, order.length, before, after);
    }
    for (const b of blocks) blockUsd[b] = this.#block(shape, samples, b);
    return composed;
  }

  // What is asked for ahead depends on when it is ready.
  #sample({ program, known, readyMs }: Composed, s: number): StepSample {
    const group = program.groups[program.steps[s]!.group]!;
    const { vms, steps } = known[group.index]!;
    const leadMs = leadOf(group.plan.prewarmMs, readyMs[s]!);
    return steps?.[0] ?? this.#sampler.step(program, group, 0, vms![0]!, leadMs);
  }

  #block({ order }: Shape, samples: readonly StepSample[], b: number): Float64Array {
    const usd = new Float64Array(this.#runs);
    const end = Math.min(order.length, (b + 1) << BLOCK_BITS);
    for (let place = b << BLOCK_BITS; place < end; place++) {
      const { costUsd } = samples[order[place]!]!;
      for (let r = 0; r < usd.length; r++) usd[r]! += costUsd[r]!;
    }
    return usd;
  }
}

// Null where a step's cost depends on others, or a group's steps on each other.
function shapeOf(program: Program): Shape | null {
  const { groups, steps } = program;
  if (groups.some((group) => group.steps.length !== 1)) return null;
  if (steps.some((step) => step.directIn.length > 0 || step.directOut.length > 0)) return null;
  const order = Int32Array.from(groupOrder(program), (g) => groups[g]!.steps[0]!);
  const placeOf = new Int32Array(steps.length);
  order.forEach((s, place) => {
    placeOf[s] = place;
  });
  const before = Array.from({ length: steps.length + 1 }, (): number[] => []);
  for (const { index, successors } of steps) {
    for (const next of successors) before[next]!.push(index);
    if (successors.length === 0) before[steps.length]!.push(index);
  }
  return { order, placeOf, before };
}

function changedPlaces(base: Program, program: Program): readonly number[] {
  const changed: number[] = [];
  for (let g = 0; g < program.groups.length; g++)
    if (program.groups[g] !== base.groups[g]) changed.push(g);
  return changed;
}

// Whether it changes when step `s` is ready that one it waits for ends at `after` instead of `before`.
function moveReady(
  base: Composed,
  { readyMs, endMs }: Composed,
  shape: Shape,
  s: number,
  before: Float64Array,
  after: Float64Array,
): boolean {
  let row = readyMs[s]!;
  let moved = false;
  for (let r = 0; r < row.length; r++) {
    let ms = row[r]!;
    if (after[r]! >= ms) ms = after[r]!;
    else if (before[r] === ms) {
      ms = 0;
      for (const from of shape.before[s]!) if (endMs[from]![r]! > ms) ms = endMs[from]![r]!;
    }
    if (ms === row[r]) continue;
    // The plan it was made from keeps its own row.
    if (row === base.readyMs[s]) {
      row = Float64Array.from(row);
      readyMs[s] = row;
    }
    row[r] = ms;
    moved = true;
  }
  return moved;
}

function raise(row: Float64Array, other: Float64Array): void {
  for (let r = 0; r < row.length; r++) if (other[r]! > row[r]!) row[r] = other[r]!;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  const row = new Float64Array(a.length);
  for (let r = 0; r < row.length; r++) row[r] = a[r]! + b[r]!;
  return row;
}

function equal(a: Float64Array, b: Float64Array): boolean {
  for (let r = 0; r < a.length; r++) if (a[r] !== b[r]) return false;
  return true;
}
