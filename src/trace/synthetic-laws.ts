/**
 * How the stages of a generated workflow behave: one law per quantity, each with its source. Published
 * fits where there are any; what is tagged assumed was chosen and is said so in every file.
 */

import { type DistributionSpec, samplerOf } from "../stats/families.ts";
import { power } from "../stats/numeric.ts";
import type { Provenance } from "./workload.ts";

/** Draws a value of a quantity; u in (0, 1). */
type Law = (u: number) => number;

/** Mean time of a function, ms. Beyond ten minutes a function would not be let run. */
export const meanTimeMs = within(
  { lognormal: { median: 683.9, sigma: 2.36 } },
  { least: 1, most: 600_000 },
);

/** Sigma of the logarithm of a function's time between its runs. */
export const timeSigma = samplerOf({
  quantiles: [
    [0, 0.02],
    [0.7, 0.99],
    [1, 1.89],
  ],
});

/** Sigma between the workers of a parallel stage: then the slowest mostly takes twice the fastest one's time. */
export const contentSigma = samplerOf({ uniform: { min: 0.9, max: 1.5 } });

/** Part of a function's time that it spends on its CPU. */
export const cpuShare = samplerOf({
  quantiles: [
    [0, 0.05],
    [0.65, 0.5],
    [1, 1],
  ],
});

/** Memory of an application, MB: Burr (type XII) with c = 11.652, k = 0.221, lambda = 107.083. */
export const memoryMb: Law = (u) =>
  Math.min(4096, 107.083 * power(power(1 - u, -1 / 0.221) - 1, 1 / 11.652));

/** CPU time of a handler's start, ms at one vCPU. */
export const initCpuMs = within(
  { lognormal: { median: 866, sigma: 1.66 } },
  { least: 1, most: 30_000 },
);

/** Bytes that a level hands to the next. */
export const levelBytes = within(
  { lognormal: { median: 50_000, sigma: 2.5 } },
  { least: 1, most: 1e9 },
);

/** Coefficient of variation of the platform's noise. */
export const noiseCv = samplerOf({ uniform: { min: 0.05, max: 0.15 } });

/** Package size, MB. */
export const packageMb = within({ lognormal: { median: 20, sigma: 1 } }, { least: 1, most: 250 });

/** Language runtimes, by u. */
export function runtimeAt(u: number): string {
  if (u < 0.5) return "python3.12";
  if (u < 0.75) return "nodejs20";
  return u < 0.9 ? "dotnet8" : "java21";
}

/** Between two bounds, each power of ten as likely. */
export function logUniform(u: number, least: number, most: number): number {
  return least * power(most / least, u);
}

/** Where the numbers of every generated workflow come from. */
export const SYNTHETIC_PROVENANCE: readonly Provenance[] = [
  {
    path: "arrivals",
    tag: "derived",
    source:
      "popularity: notes on OSDI 2022 (second-hand); kinds: Shahrad et al., ATC 2020; lengths of bursts and hours of peaks assumed",
  },
  {
    path: "stages",
    tag: "derived",
    source:
      "time: lognormal(-0.38, 2.36) s and memory: Burr, Shahrad et al., ATC 2020; spread: P99/median below 10 for 70 %, Ustiugov et al., IISWC 2021, and P95/P25 up to 80, OSDI 2022 notes; between workers: slowest at least twice the fastest in 98.2 % of stages, OSDI 2022 notes; CPU below half for 65 %, Lin et al., 2025; start: four values in ORION's published code",
  },
  {
    path: "edges",
    tag: "assumed",
    source: "sizes of intermediate data were not to be had: lognormal, median 50 kB, sigma 2.5",
  },
];

/** What else was chosen, for the header of a population. */
export const SYNTHETIC_ASSUMPTIONS =
  "assumed: runtimes, packages, half of the memory shared by workers, one function in five uses " +
  "several vCPUs, levels of two to four are branches in half of the cases, what part of a " +
  "function's spread all workers of a run share, and whether its stages share it";

/** Quantity of a law kept between bounds, for tails that no platform would run. */
function within(
  spec: DistributionSpec,
  { least, most }: { readonly least: number; readonly most: number },
): Law {
  const sample = samplerOf(spec);
  return (u) => Math.min(Math.max(sample(u), least), most);
}
