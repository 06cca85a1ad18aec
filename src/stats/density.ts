/**
 * Hot path: distributions as mass on a uniform grid, and what happens to them along a workflow: in
 * series they convolve, in parallel their cumulative functions multiply. Every operation keeps the mass.
 */

import { assert } from "../check.ts";
import { convolved } from "./convolve.ts";

/**
 * Mass at `start + i step`, summing to 1, in any unit. Each mass stands for a cell of one step around
 * its point; a single point with step 0 is a constant.
 */
export interface Density {
  readonly start: number;
  readonly step: number;
  readonly mass: Float64Array;
}

/** Cells that the middle 90 % of a density are given unless told otherwise. */
const RESOLUTION = 32;

/** Most cells of a density, however heavy its tails. */
const CELLS_MAX = 1024;
/** Mass at either end that is gathered in one cell, so that far tails cost nothing. */
const TAIL_MASS = 1e-9;

/** A value that never varies. */
export function constantDensity(value: number): Density {
  return { start: value, step: 0, mass: Float64Array.of(1) };
}

/**
 * Density of equally likely values: each is split between the two points around it, which keeps the
 * mean. O(values).
 */
export function densityOfSample(values: Float64Array, resolution = RESOLUTION): Density {
  assert(values.length > 0, "a density needs a sample");
  let low = values[0]!;
  let high = values[0]!;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const step = (high - low) / (CELLS_MAX - 1);
  if (low + step === low) return constantDensity(low);
  const mass = new Float64Array(CELLS_MAX);
  for (const value of values) split(mass, (value - low) / step, 1 / values.length);
  return compact({ start: low, step, mass }, resolution);
}

/** Mean. Exact through every operation but `slowest`, which is right to the order of the squared step. */
export function meanOfDensity({ start, step, mass }: Density): number {
  let sum = 0;
  for (let i = 0; i < mass.length; i++) sum += mass[i]! * i;
  return start + step * sum;
}

/** Probability of at most `x`: linear through the ends of the cells. */
export function cdfOfDensity(density: Density, x: number): number {
  if (density.step === 0) return x >= density.start ? 1 : 0;
  const at = (x - density.start) / density.step + 0.5;
  const cell = Math.floor(at);
  if (cell < 0) return 0;
  let below = 0;
  for (let i = 0; i < cell && i < density.mass.length; i++) below += density.mass[i]!;
  return Math.min(1, below + (at - cell) * (density.mass[cell] ?? 0));
}

/** Quantile function over a table of the cumulative mass: O(cells) once, O(log cells) a call. */
export function quantilesOf(density: Density): (p: number) => number {
  const { start, step, mass } = density;
  if (step === 0) return () => start;
  const sums = cumulative(mass);
  const total = sums[sums.length - 1]!;
  return (p) => {
    const target = p * total;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < target) low = middle + 1;
      else high = middle;
    }
    const below = low === 0 ? 0 : sums[low - 1]!;
    // As sums are rounded, what is left can be more than a tiny mass.
    const part = mass[low]! > 0 ? Math.min(1, (target - below) / mass[low]!) : 0.5;
    return start + step * (low + part - 0.5);
  };
}

/** The quantity plus a constant. O(1). */
export function shifted(density: Density, by: number): Density {
  return { start: density.start + by, step: density.step, mass: density.mass };
}

/** The quantity times a positive constant. O(1). */
export function scaled(density: Density, by: number): Density {
  return { start: density.start * by, step: density.step * by, mass: density.mass };
}

/** Sum of two independent quantities, on the coarser of their grids. */
export function series(a: Density, b: Density, resolution = RESOLUTION): Density {
  if (a.step === 0) return shifted(b, a.start);
  if (b.step === 0) return shifted(a, b.start);
  const step = Math.max(a.step, b.step);
  const mass = convolved(onGrid(a, a.start, step), onGrid(b, b.start, step));
  return compact({ start: a.start + b.start, step, mass }, resolution);
}

/** Sum of `copies` independent quantities of one law, by repeated squaring. */
export function repeated(density: Density, copies: number, resolution = RESOLUTION): Density {
  let sum = constantDensity(0);
  let power = density;
  for (let left = copies; left > 0; left >>= 1) {
    if (left % 2 === 1) sum = series(sum, power, resolution);
    if (left > 1) power = series(power, power, resolution);
  }
  return sum;
}

/** Maximum of independent quantities: the product of their cumulative functions. O(densities x cells). */
export function slowest(densities: readonly Density[], resolution = RESOLUTION): Density {
  let start = Number.NEGATIVE_INFINITY;
  for (const one of densities) start = Math.max(start, one.start);
  let end = start;
  let step = Number.POSITIVE_INFINITY;
  for (const one of densities) {
    if (one.step === 0 || endOf(one) <= start) continue;
    end = Math.max(end, endOf(one));
    step = Math.min(step, one.step);
  }
  if (end === start) return constantDensity(start);
  step = Math.max(step, (end - start) / (CELLS_MAX - 1));
  const product = new Float64Array(Math.ceil((end - start) / step) + 1).fill(1);
  for (const one of densities)
    if (one.step > 0 && endOf(one) > start) restrict(product, start, step, one);
  return compact({ start, step, mass: differences(product) }, resolution);
}

/** Maximum of `copies` independent quantities of one law: its cumulative function to that power. */
export function slowestOf(density: Density, copies: number, resolution = RESOLUTION): Density {
  if (density.step === 0 || copies === 1) return density;
  const sums = cumulative(density.mass);
  const powers = new Float64Array(sums.length).fill(1);
  for (let i = 0; i < sums.length; i++) {
    let power = Math.min(1, sums[i]!);
    for (let left = copies; left > 0; left >>= 1) {
      if (left % 2 === 1) powers[i]! *= power;
      power *= power;
    }
  }
  return compact({ ...density, mass: differences(powers) }, resolution);
}

/** One of several quantities, with the given probabilities, which sum to 1. */
export function mixture(
  parts: readonly { readonly weight: number; readonly of: Density }[],
  resolution = RESOLUTION,
): Density {
  const likely = parts.filter((part) => part.weight > 0);
  assert(likely.length > 0, "a mixture needs a part");
  if (likely.length === 1) return likely[0]!.of;
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  let step = Number.POSITIVE_INFINITY;
  for (const { of } of likely) {
    start = Math.min(start, of.start);
    end = Math.max(end, endOf(of));
    if (of.step > 0) step = Math.min(step, of.step);
  }
  if (start === end) return constantDensity(start);
  const finest = (end - start) / (CELLS_MAX - 1);
  step = step === Number.POSITIVE_INFINITY ? finest : Math.max(step, finest);
  const mass = new Float64Array(Math.ceil((end - start) / step) + 1);
  for (const { weight, of } of likely)
    for (let i = 0; i < of.mass.length; i++)
      split(mass, (of.start + i * of.step - start) / step, weight * of.mass[i]!);
  return compact({ start, step, mass }, resolution);
}

function endOf({ start, step, mass }: Density): number {
  return start + step * (mass.length - 1);
}

// Adds mass at a fractional place to the two points around it; what lies outside goes to the end points.
function split(mass: Float64Array, at: number, amount: number): void {
  const last = mass.length - 1;
  if (at <= 0) mass[0]! += amount;
  else if (at >= last) mass[last]! += amount;
  else {
    const low = Math.floor(at);
    mass[low]! += amount * (low + 1 - at);
    mass[low + 1]! += amount * (at - low);
  }
}

function onGrid(density: Density, start: number, step: number): Float64Array {
  if (density.step === step && density.start === start) return density.mass;
  const mass = new Float64Array(Math.ceil((endOf(density) - start) / step - 1e-9) + 1);
  const ratio = density.step / step;
  const from = (density.start - start) / step;
  for (let i = 0; i < density.mass.length; i++) split(mass, from + i * ratio, density.mass[i]!);
  return mass;
}

function cumulative(mass: Float64Array): Float64Array {
  const sums = new Float64Array(mass.length);
  let sum = 0;
  for (let i = 0; i < mass.length; i++) {
    sum += mass[i]!;
    sums[i] = sum;
  }
  return sums;
}

// Back from a cumulative function in place; its last value counts as 1.
function differences(sums: Float64Array): Float64Array {
  sums[sums.length - 1] = 1;
  for (let i = sums.length - 1; i > 0; i--) sums[i]! -= sums[i - 1]!;
  return sums;
}

// Multiplies the cumulative function at the end of every cell by that of another density.
function restrict(product: Float64Array, start: number, step: number, by: Density): void {
  const ratio = step / by.step;
  let at = (start + 0.5 * step - by.start) / by.step + 0.5;
  let cell = 0;
  let below = 0;
  for (let j = 0; j < product.length; j++, at += ratio) {
    while (cell < by.mass.length && cell + 1 <= at) {
      below += by.mass[cell]!;
      cell++;
    }
    if (cell === by.mass.length) return;
    product[j]! *= below + (at - cell) * by.mass[cell]!;
  }
}

// Gathers far tails, and joins cells where the middle 90 % would have more than they are given.
function compact(density: Density, resolution: number): Density {
  const { mass, step } = density;
  let first = 0;
  let head = 0;
  while (head + mass[first]! <= TAIL_MASS) head += mass[first++]!;
  let last = mass.length - 1;
  let tail = 0;
  while (tail + mass[last]! <= TAIL_MASS) tail += mass[last--]!;
  const start = density.start + first * step;
  if (first === last) return constantDensity(start);
  const kept = mass.slice(first, last + 1);
  kept[0]! += head;
  kept[kept.length - 1]! += tail;
  const joined = Math.floor(middleCells(kept) / resolution);
  const trimmed = { start, step, mass: kept };
  if (joined < 2) return trimmed;
  return { start, step: joined * step, mass: onGrid(trimmed, start, joined * step) };
}

function middleCells(mass: Float64Array): number {
  let low = 0;
  let sum = mass[0]!;
  while (sum < 0.05) sum += mass[++low]!;
  let high = low;
  while (sum < 0.95) sum += mass[++high]!;
  return high - low;
}
