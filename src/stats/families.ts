/**
 * Distributions as users write them: plain data, compiled once to a quantile function. All draws go
 * through the quantile function, so a straggler is a straggler under every plan.
 */

import gammaQuantileModule from "@stdlib/stats-base-dists-gamma-quantile";
import { InputError } from "../check.ts";
import { exp, ln, normalQuantile, power } from "./numeric.ts";

const gammaQuantile = gammaQuantileModule as unknown as (
  p: number,
  shape: number,
  rate: number,
) => number;

/** A distribution of a non-negative quantity, as written in files. */
export type DistributionSpec =
  | number
  | { readonly constant: number }
  | { readonly lognormal: { readonly median: number; readonly sigma: number } }
  | { readonly lognormal: { readonly mean: number; readonly cv: number } }
  | { readonly gamma: { readonly shape: number; readonly scale: number } }
  | { readonly weibull: { readonly shape: number; readonly scale: number } }
  | { readonly pareto: { readonly shape: number; readonly scale: number } }
  | { readonly uniform: { readonly min: number; readonly max: number } }
  | { readonly exponential: { readonly mean: number } }
  | { readonly empirical: readonly number[] }
  /** [probability, value] pairs, ascending; linear between. */
  | { readonly quantiles: readonly (readonly [number, number])[] }
  | {
      readonly mixture: readonly { readonly weight: number; readonly of: DistributionSpec }[];
    };

/** Smallest u that is ever drawn: 2^-53. */
const U_MIN = 1 / 9007199254740992;

/** Quantile function: u in (0, 1) to a value. */
export type Sampler = (u: number) => number;

/** Sigma of the lognormal with mean 1 and coefficient of variation `cv`. */
export function sigmaOfCv(cv: number): number {
  return Math.sqrt(ln(1 + cv * cv));
}

/** Lognormal factor with mean 1 at the standard normal deviate of `u`. */
export function unitLognormal(u: number, sigma: number): number {
  return exp(sigma * normalQuantile(u) - 0.5 * sigma * sigma);
}

/**
 * The quantile function of a distribution.
 * @throws InputError distribution, when a parameter is out of its range.
 * @example samplerOf({ exponential: { mean: 2 } })(0.5) // 1.386…
 */
export function samplerOf(spec: DistributionSpec): Sampler {
  if (typeof spec === "number") return () => spec;
  if ("constant" in spec) {
    const value = spec.constant;
    return () => value;
  }
  if ("lognormal" in spec) {
    const { mu, sigma } = logParameters(spec.lognormal);
    return (u) => exp(mu + sigma * normalQuantile(u));
  }
  if ("gamma" in spec) {
    const { shape, scale } = spec.gamma;
    return (u) => gammaQuantile(u, shape, 1 / scale);
  }
  if ("weibull" in spec) {
    const { shape, scale } = spec.weibull;
    return (u) => scale * power(-ln(1 - u), 1 / shape);
  }
  if ("pareto" in spec) {
    const { shape, scale } = spec.pareto;
    return (u) => scale * power(1 - u, -1 / shape);
  }
  if ("uniform" in spec) {
    const { min, max } = spec.uniform;
    return (u) => min + (max - min) * u;
  }
  if ("exponential" in spec) {
    const { mean } = spec.exponential;
    return (u) => -mean * ln(1 - u);
  }
  if ("empirical" in spec) {
    const sorted = Float64Array.from(spec.empirical).sort();
    if (sorted.length === 0) throw new InputError("distribution", "empirical needs a sample");
    return (u) => sorted[Math.min(sorted.length - 1, Math.floor(u * sorted.length))]!;
  }
  if ("quantiles" in spec) return quantileTable(spec.quantiles);
  return mixtureSampler(spec.mixture);
}

/** Turns uniform numbers into values in place, the first `count` of them. */
export type BulkSampler = (values: Float64Array, count: number) => void;

/** What `samplerOf` gives, for many numbers at once: the same bits without a call for each of the common families. */
export function bulkSamplerOf(spec: DistributionSpec): BulkSampler {
  if (typeof spec === "object" && "exponential" in spec) {
    const { mean } = spec.exponential;
    return (values, count) => {
      for (let i = 0; i < count; i++) values[i] = -mean * ln(1 - values[i]!);
    };
  }
  if (typeof spec === "object" && "lognormal" in spec) {
    const { mu, sigma } = logParameters(spec.lognormal);
    return (values, count) => {
      for (let i = 0; i < count; i++) values[i] = exp(mu + sigma * normalQuantile(values[i]!));
    };
  }
  const sample = samplerOf(spec);
  return (values, count) => {
    for (let i = 0; i < count; i++) values[i] = sample(values[i]!);
  };
}

function logParameters(
  given:
    | { readonly median: number; readonly sigma: number }
    | { readonly mean: number; readonly cv: number },
): { mu: number; sigma: number } {
  if ("median" in given) return { mu: ln(given.median), sigma: given.sigma };
  const sigma = sigmaOfCv(given.cv);
  return { mu: ln(given.mean) - 0.5 * sigma * sigma, sigma };
}

function quantileTable(points: readonly (readonly [number, number])[]): Sampler {
  const p = Float64Array.from(points, (point) => point[0]);
  const x = Float64Array.from(points, (point) => point[1]);
  const last = p.length - 1;
  return (u) => {
    if (u <= p[0]!) return x[0]!;
    if (u >= p[last]!) return x[last]!;
    let i = 1;
    while (p[i]! < u) i++;
    return x[i - 1]! + ((x[i]! - x[i - 1]!) * (u - p[i - 1]!)) / (p[i]! - p[i - 1]!);
  };
}

// The component is chosen by the high part of u and drawn by what is left of it: exact, one draw, no inversion.
function mixtureSampler(
  parts: readonly { readonly weight: number; readonly of: DistributionSpec }[],
): Sampler {
  const total = parts.reduce((sum, part) => sum + part.weight, 0);
  const samplers = parts.map((part) => samplerOf(part.of));
  return (u) => {
    let left = u * total;
    for (let i = 0; i < parts.length - 1; i++) {
      const weight = parts[i]!.weight;
      if (left < weight) return samplers[i]!(inside(left / weight));
      left -= weight;
    }
    return samplers[parts.length - 1]!(inside(left / parts[parts.length - 1]!.weight));
  };
}

// What is left can be 0 at a seam and round to 1 at the end, where quantile functions are infinite.
function inside(u: number): number {
  return Math.min(Math.max(u, U_MIN), 1 - U_MIN);
}

/** The value of a distribution that never varies, or undefined. */
export function constantOf(spec: DistributionSpec): number | undefined {
  if (typeof spec === "number") return spec;
  return "constant" in spec ? spec.constant : undefined;
}

/** A distribution with every value multiplied by `factor`, 0 or more. */
export function scaledBy(spec: DistributionSpec, factor: number): DistributionSpec {
  const constant = constantOf(spec);
  // A scale of 0 is no legal parameter.
  if (constant !== undefined || factor === 0) return (constant ?? 0) * factor;
  if (typeof spec === "number" || "constant" in spec) return spec;
  if ("lognormal" in spec) {
    const { lognormal } = spec;
    return "median" in lognormal
      ? { lognormal: { ...lognormal, median: lognormal.median * factor } }
      : { lognormal: { ...lognormal, mean: lognormal.mean * factor } };
  }
  if ("gamma" in spec) return { gamma: { ...spec.gamma, scale: spec.gamma.scale * factor } };
  if ("weibull" in spec)
    return { weibull: { ...spec.weibull, scale: spec.weibull.scale * factor } };
  if ("pareto" in spec) return { pareto: { ...spec.pareto, scale: spec.pareto.scale * factor } };
  if ("uniform" in spec)
    return { uniform: { min: spec.uniform.min * factor, max: spec.uniform.max * factor } };
  if ("exponential" in spec) return { exponential: { mean: spec.exponential.mean * factor } };
  if ("empirical" in spec) return { empirical: spec.empirical.map((x) => x * factor) };
  if ("quantiles" in spec) return { quantiles: spec.quantiles.map(([p, x]) => [p, x * factor]) };
  return { mixture: spec.mixture.map(({ weight, of }) => ({ weight, of: scaledBy(of, factor) })) };
}

/** Mean of a distribution, in closed form. Infinite for a Pareto of shape <= 1. */
export function meanOf(spec: DistributionSpec): number {
  if (typeof spec === "number") return spec;
  if ("constant" in spec) return spec.constant;
  if ("lognormal" in spec) {
    const { mu, sigma } = logParameters(spec.lognormal);
    return exp(mu + 0.5 * sigma * sigma);
  }
  if ("gamma" in spec) return spec.gamma.shape * spec.gamma.scale;
  if ("weibull" in spec) return meanBySampling(spec);
  if ("pareto" in spec) {
    const { shape, scale } = spec.pareto;
    return shape > 1 ? (shape * scale) / (shape - 1) : Number.POSITIVE_INFINITY;
  }
  if ("uniform" in spec) return 0.5 * (spec.uniform.min + spec.uniform.max);
  if ("exponential" in spec) return spec.exponential.mean;
  if ("empirical" in spec)
    return spec.empirical.reduce((sum, x) => sum + x, 0) / spec.empirical.length;
  if ("quantiles" in spec) return meanOfTable(spec.quantiles);
  const total = spec.mixture.reduce((sum, part) => sum + part.weight, 0);
  return spec.mixture.reduce((sum, part) => sum + (part.weight / total) * meanOf(part.of), 0);
}

// Midpoint rule on the quantile function; the Weibull mean needs the gamma function otherwise.
function meanBySampling(spec: DistributionSpec): number {
  const sample = samplerOf(spec);
  const points = 20_000;
  let sum = 0;
  for (let i = 0; i < points; i++) sum += sample((i + 0.5) / points);
  return sum / points;
}

function meanOfTable(points: readonly (readonly [number, number])[]): number {
  let mean = points[0]![0] * points[0]![1];
  for (let i = 1; i < points.length; i++)
    mean += (points[i]![0] - points[i - 1]![0]) * 0.5 * (points[i]![1] + points[i - 1]![1]);
  const [p, x] = points[points.length - 1]!;
  return mean + (1 - p) * x;
}

/** Largest value of a distribution: its upper end, or its 99.9 % quantile where it has none. */
export function practicalMaxOf(spec: DistributionSpec): number {
  if (typeof spec === "number") return spec;
  if ("constant" in spec) return spec.constant;
  if ("uniform" in spec) return spec.uniform.max;
  if ("empirical" in spec) return Math.max(...spec.empirical);
  if ("quantiles" in spec) return spec.quantiles[spec.quantiles.length - 1]![1];
  if ("mixture" in spec) return Math.max(...spec.mixture.map((part) => practicalMaxOf(part.of)));
  return samplerOf(spec)(0.999);
}
