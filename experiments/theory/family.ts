/** What a verification is made of: families of queues, their settings, and samples with honest intervals. */

/** Where the truth must lie: one value where a formula is exact, a range where theory only bounds it. */
export interface Truth {
  readonly low: number;
  readonly high: number;
}

/** One point in the parameter space of a family. */
export interface Setting {
  readonly label: string;
  readonly truth: Truth;
  /**
   * Independent observations whose mean estimates the quantity, from the simulator alone. `effort` 1 is
   * the full run; a smaller one simulates that part of it.
   */
  observe(seed: string, effort: number): Float64Array;
}

/** One queue with a known answer, at many settings. */
export interface Family {
  readonly name: string;
  /** What is compared, and with which formula. */
  readonly quantity: string;
  readonly formula: string;
  readonly source: string;
  readonly settings: readonly Setting[];
}

/** A formula that is exact. */
export function exactly(value: number): Truth {
  return { low: value, high: value };
}

/** Batches that a long sample is cut into: enough for Student's t, few enough to be long. */
const BATCHES = 50;

/**
 * Means of `BATCHES` equal batches in order: nearly independent where a batch is much longer than the
 * memory of the process, as neighbours' values are not. What does not fill a batch is left out.
 * Source: Law, Simulation Modeling and Analysis, 5th ed., §9.5.3.
 */
export function batchMeans(values: ArrayLike<number>): Float64Array {
  const size = Math.floor(values.length / BATCHES);
  return Float64Array.from({ length: BATCHES }, (_, b) => {
    let sum = 0;
    for (let i = b * size; i < (b + 1) * size; i++) sum += values[i]!;
    return sum / size;
  });
}

/**
 * A sample whose mean is the ratio of the sums of `above` and `below`, and whose spread is that of the
 * ratio to first order; entry i of both comes from one replication.
 * Source: Law, Simulation Modeling and Analysis, 5th ed., §9.5.3 (ratio estimators).
 */
export function ratioSample(above: Float64Array, below: Float64Array): Float64Array {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const ratio = sum(above) / sum(below);
  const mean = sum(below) / below.length;
  return above.map((value, i) => ratio + (value - ratio * below[i]!) / mean);
}

/** A whole number of runs or replications for an effort, never fewer than `least`. */
export function counted(full: number, effort: number, least = 100): number {
  return Math.max(least, Math.round(full * effort));
}

/** Every pair of entries, the first varying slowest. */
export function pairs<A, B>(a: readonly A[], b: readonly B[]): (readonly [A, B])[] {
  return a.flatMap((one) => b.map((other): readonly [A, B] => [one, other]));
}
