/** How distributions and quantities are written in files, checked and turned into plain numbers. */

import { z } from "zod";
import type { DistributionSpec } from "../stats/families.ts";
import { addFault, mappingOf } from "./faults.ts";
import { amountIn, DURATION, MONEY, type QuantityKind, SIZE } from "./units.ts";

/** A schema that reads `Out` from a file. */
type Reads<Out> = z.ZodType<Out>;

const QUANTILE_KEY = /^p(100|\d{1,2}(\.\d+)?)$/;

/** A duration; reads ms. */
export const duration = quantity(DURATION, "ms", z.number().min(0)).meta({
  id: "Duration",
  description: 'Time: "250ms", "20s", "5m", or a bare number of ms.',
});

/** An amount of money; reads USD. */
export const money = quantity(MONEY, "USD", z.number().gt(0)).meta({
  id: "Money",
  description: 'USD: 0.002, "$0.002" or "0.002 USD".',
});

/** A distribution of time; reads ms. `of` makes a variant's text. */
export const durationDistribution = distribution({
  id: "DurationDistribution",
  description: "Time: one value, or a distribution whose values take units of time.",
  expected: `${DURATION.expected} or a distribution`,
  scalar: duration,
  value: duration,
  positive: quantity(DURATION, "ms", z.number().gt(0)),
});

/** A distribution of amounts of data; reads bytes. */
export const sizeDistribution = distribution({
  id: "SizeDistribution",
  description:
    'Amount of data: "64KiB", "3.5MB", a bare number of bytes, or a distribution of those.',
  expected: `${SIZE.expected} or a distribution`,
  scalar: quantity(SIZE, "bytes", z.number().min(0)),
  value: quantity(SIZE, "bytes", z.number().min(0)),
  positive: quantity(SIZE, "bytes", z.number().gt(0)),
});

/** A distribution of a number of workers: at least one; a constant is whole. */
export const workersDistribution = distribution({
  id: "Workers",
  description:
    "Parallel workers: a whole number, or a distribution drawn once per run and rounded.",
  expected: "a whole number of workers or a distribution",
  scalar: z.int().min(1),
  value: z.number().min(1),
  positive: z.number().min(1),
});

/** Times measured: samples, `{p50: …, p95: …}`, or any distribution. Reads ms. */
export const measuredDuration: Reads<DistributionSpec> = z
  .union(
    [
      durationDistribution,
      z
        .array(duration)
        .min(1)
        .transform((samples) => ({ empirical: samples })),
      quantilesByName(duration).transform((points) => ({ quantiles: points })),
    ],
    { error: `expected ${DURATION.expected}, a list of samples, quantiles or a distribution` },
  )
  .meta({ id: "MeasuredDuration", description: "Samples, {p50: …, p95: …}, or a distribution." });

interface DistributionKind {
  readonly id: string;
  readonly description: string;
  /** What may be written, for messages. */
  readonly expected: string;
  /** One bare value; also `constant`. */
  readonly scalar: Reads<number>;
  /** A value among several. */
  readonly value: Reads<number>;
  /** A location or scale parameter. */
  readonly positive: Reads<number>;
}

function distribution(kind: DistributionKind): Reads<DistributionSpec> {
  const { scalar, value, positive } = kind;
  const shape = z.number().gt(0);
  const families = mappingOf({
    constant: scalar,
    lognormal: z.union(
      [
        mappingOf({ median: positive, sigma: z.number().min(0) }),
        mappingOf({ mean: positive, cv: z.number().min(0) }),
      ],
      { error: "expected {median, sigma} or {mean, cv}" },
    ),
    gamma: mappingOf({ shape, scale: positive }),
    weibull: mappingOf({ shape, scale: positive }),
    // A Pareto of shape 1 or less has no mean, so no run would have a mean cost.
    pareto: mappingOf({ shape: z.number().gt(1), scale: positive }),
    uniform: mappingOf({ min: value, max: value }).superRefine(({ min, max }, context) => {
      if (max < min) addFault(context, ["max"], "must be at least min", "found");
    }),
    exponential: mappingOf({ mean: positive }),
    empirical: z.array(value).min(1),
    quantiles: z.union([quantilesByName(value), quantilesByPair(value)], {
      error: "expected {p50: …, p95: …} or a list of [probability, value]",
    }),
    mixture: z.array(mappingOf({ weight: z.number().gt(0), of: z.lazy(() => written) })).min(1),
  });
  const known = Object.keys(families.shape).join(", ");
  const chosen = families
    .partial()
    .superRefine((spec, context) => {
      const names = Object.keys(spec);
      // A misspelt family is named already, but must not pass for the branch that was meant.
      if (names.length === 0 && context.issues.length > 0) addFault(context, [], "", "nowhere");
      else if (names.length !== 1)
        addFault(
          context,
          [],
          `expected exactly one of ${known}, got ${names.join(", ") || "none"}`,
        );
    })
    // Exactly one family is present, as checked. A constant becomes its number, so that equal
    // fan-outs are equal.
    .transform((spec) => spec.constant ?? (spec as DistributionSpec))
    .meta({ minProperties: 1, maxProperties: 1 });
  const written: Reads<DistributionSpec> = z
    .union([scalar, chosen], { error: `expected ${kind.expected}` })
    .meta({ id: kind.id, description: kind.description });
  return written;
}

function quantity(kind: QuantityKind, unit: string, range: z.ZodNumber): Reads<number> {
  return z.union(
    [
      range,
      z
        .string()
        .regex(kind.pattern, { error: `expected ${kind.expected}` })
        .transform((text) => amountIn(text, kind)!)
        .pipe(range),
    ],
    { error: `expected ${kind.expected}, or a number of ${unit}` },
  );
}

function quantilesByName(value: Reads<number>) {
  return z
    .record(
      z.string().regex(QUANTILE_KEY, { error: 'expected a quantile such as "p50" or "p99.9"' }),
      value,
    )
    .superRefine((named, context) => {
      const points = pointsOf(named);
      if (points.length < 2)
        addFault(context, [], `expected at least 2 quantiles, got ${points.length}`);
      checkAscending(points, context, (i) => [points[i]![2]]);
    })
    .transform((named) => pointsOf(named).map(([p, x]) => [p, x] as const));
}

function quantilesByPair(value: Reads<number>) {
  return z
    .array(z.tuple([z.number().min(0).max(1), value]))
    .min(2)
    .superRefine((points, context) => checkAscending(points, context, (i, half) => [i, half]));
}

function pointsOf(named: Readonly<Record<string, number>>): [number, number, string][] {
  return (
    Object.entries(named)
      // Moving the exponent gives p99.9 the very double that 0.999 is.
      .map(([key, x]): [number, number, string] => [Number(`${key.slice(1)}e-2`), x, key])
      .toSorted((a, b) => a[0] - b[0])
  );
}

function checkAscending(
  points: readonly (readonly [number, number, ...unknown[]])[],
  context: z.core.$RefinementCtx,
  pathOf: (i: number, half: 0 | 1) => (string | number)[],
): void {
  for (let i = 1; i < points.length; i++) {
    const [p0, x0] = points[i - 1]!;
    const [p1, x1] = points[i]!;
    if (p1 <= p0) addFault(context, pathOf(i, 0), "probabilities must ascend", "found");
    if (x1 < x0) addFault(context, pathOf(i, 1), "quantiles must not descend", "found");
  }
}
