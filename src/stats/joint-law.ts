/** A joint law from its marginals, where some combinations cannot be. */

/** One combination of bins that can be: its bin on each axis. */
export type JointCell = readonly number[];

/** Masses of the cells, and how far their marginals stay from those asked for. */
export interface JointLaw {
  /** One per cell, adding up to 1. */
  readonly mass: Float64Array;
  /** Largest difference of a cumulative marginal from its target, over all axes: 0 when they can hold jointly. */
  readonly error: number;
}

const ROUNDS_MAX = 1000;
const GOOD_ENOUGH = 1e-6;

/**
 * Iterative proportional fitting: of all laws on the cells with the given marginals, the one nearest to
 * independence. `targets[axis][bin]` is a mass; each axis adds up to 1. Cost: O(rounds x cells x axes).
 * Source: Deming and Stephan, Annals of Mathematical Statistics 11(4), 1940; Csiszar, Annals of
 * Probability 3(1), 1975.
 */
export function fitJointLaw(
  cells: readonly JointCell[],
  targets: readonly (readonly number[])[],
): JointLaw {
  const mass = Float64Array.from(cells, (cell) =>
    cell.reduce((product, bin, axis) => product * targets[axis]![bin]!, 1),
  );
  const axes = targets.map((target, axis) => ({
    target: Float64Array.from(target),
    bins: Int32Array.from(cells, (cell) => cell[axis]!),
    sum: new Float64Array(target.length),
  }));
  let error = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS_MAX && error > GOOD_ENOUGH; round++) {
    error = 0;
    for (const axis of axes) error = Math.max(error, scaled(mass, axis));
  }
  const total = mass.reduce((sum, m) => sum + m, 0);
  return { mass: mass.map((m) => m / total), error };
}

interface Axis {
  readonly target: Float64Array;
  /** Bin of each cell. */
  readonly bins: Int32Array;
  readonly sum: Float64Array;
}

// Gives the masses one marginal; returns how far its cumulative form was from it.
function scaled(mass: Float64Array, { target, bins, sum }: Axis): number {
  sum.fill(0);
  for (let c = 0; c < mass.length; c++) sum[bins[c]!]! += mass[c]!;
  let error = 0;
  let apart = 0;
  for (let bin = 0; bin < target.length; bin++) {
    apart += sum[bin]! - target[bin]!;
    error = Math.max(error, Math.abs(apart));
    sum[bin] = sum[bin]! > 0 ? target[bin]! / sum[bin]! : 0;
  }
  for (let c = 0; c < mass.length; c++) mass[c]! *= sum[bins[c]!]!;
  return error;
}
