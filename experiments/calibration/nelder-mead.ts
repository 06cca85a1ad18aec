/** Finds the parameters that fit best, without derivatives: deterministic, small, and enough for five parameters. */

/** A number to be fitted, where to begin and between which limits. */
export interface Parameter {
  readonly name: string;
  readonly start: number;
  readonly low: number;
  readonly high: number;
}

const ROUNDS = 400;
const TOLERANCE = 1e-9;

interface Corner {
  readonly at: readonly number[];
  readonly value: number;
}

/**
 * Values between their limits that make `loss` least, by the downhill simplex, begun a second time from where
 * it first ended. Source: Nelder and Mead, The Computer Journal 7, 1965.
 */
export function minimise(
  parameters: readonly Parameter[],
  loss: (values: readonly number[]) => number,
): readonly number[] {
  const valuesAt = (at: readonly number[]) =>
    at.map((z, i) => {
      const { low, high } = parameters[i]!;
      return low + (high - low) / (1 + Math.exp(-z));
    });
  const corner = (at: readonly number[]): Corner => ({ at, value: loss(valuesAt(at)) });
  const start = parameters.map(({ start, low, high }) => {
    const part = Math.min(0.99, Math.max(0.01, (start - low) / (high - low)));
    return Math.log(part / (1 - part));
  });
  const first = descend(start, corner);
  return valuesAt(descend(first, corner));
}

function descend(
  start: readonly number[],
  corner: (at: readonly number[]) => Corner,
): readonly number[] {
  const n = start.length;
  let simplex = [corner(start)];
  for (let i = 0; i < n; i++) simplex.push(corner(start.map((z, k) => (k === i ? z + 0.6 : z))));
  for (let round = 0; round < ROUNDS; round++) {
    simplex = simplex.toSorted((a, b) => a.value - b.value);
    const best = simplex[0]!;
    const worst = simplex[n]!;
    if (worst.value - best.value <= TOLERANCE) break;
    const rest = simplex.slice(0, n);
    const centre = start.map((_, k) => rest.reduce((sum, c) => sum + c.at[k]!, 0) / n);
    const along = (step: number) =>
      corner(centre.map((middle, k) => middle + step * (worst.at[k]! - middle)));
    const mirrored = along(-1);
    if (mirrored.value < best.value) {
      const further = along(-2);
      simplex = [...rest, further.value < mirrored.value ? further : mirrored];
    } else if (mirrored.value < rest[n - 1]!.value) simplex = [...rest, mirrored];
    else {
      const nearer = along(mirrored.value < worst.value ? -0.5 : 0.5);
      simplex =
        nearer.value < Math.min(mirrored.value, worst.value)
          ? [...rest, nearer]
          : simplex.map((c, i) =>
              i === 0 ? c : corner(c.at.map((z, k) => 0.5 * (z + best.at[k]!))),
            );
    }
  }
  return simplex.toSorted((a, b) => a.value - b.value)[0]!.at;
}
