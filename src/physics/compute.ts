/** How fast a worker computes at a given vCPU share: the law of its profile, as one scalar formula. */

import { samplerOf } from "../stats/families.ts";
import { exp, ln, power } from "../stats/numeric.ts";
import type { CpuCompute, MeasuredCompute, StageProfile } from "../workflow/profile.ts";

/** A compute law with its measured table, if any, ready for use. */
export interface SpeedLaw {
  readonly maxVcpus: number;
  readonly serialFraction: number;
  readonly parallelYield: number;
  readonly threads: number;
  readonly penalty: number;
  readonly exponent: number;
  /** Median time at each measured share, ascending; empty for a formula. */
  readonly shares: readonly number[];
  readonly mediansMs: readonly number[];
}

/** The law of a stage; a measured table becomes shares by `memoryMbPerVcpu`. */
export function speedLawOf(profile: StageProfile, memoryMbPerVcpu: number): SpeedLaw {
  return profile.compute.kind === "cpu"
    ? formulaLaw(profile.compute)
    : measuredLaw(profile.compute, memoryMbPerVcpu);
}

function formulaLaw(compute: CpuCompute): SpeedLaw {
  return {
    maxVcpus: compute.maxVcpus,
    serialFraction: compute.serialFraction,
    parallelYield: compute.parallelYield,
    threads: compute.oversubscription?.threads ?? 1,
    penalty: compute.oversubscription?.penalty ?? 0,
    exponent: compute.oversubscription?.exponent ?? 1,
    shares: [],
    mediansMs: [],
  };
}

function measuredLaw(compute: MeasuredCompute, memoryMbPerVcpu: number): SpeedLaw {
  const shares = compute.sizes.map((size) => size.memoryMb / memoryMbPerVcpu);
  return {
    maxVcpus: shares[shares.length - 1]!,
    serialFraction: 0,
    parallelYield: 1,
    threads: 1,
    penalty: 0,
    exponent: 1,
    shares,
    mediansMs: compute.sizes.map((size) => samplerOf(size.timeMs)(0.5)),
  };
}

/**
 * Work done per ms at vCPU share `x`, in ms of one vCPU (formula) or of the smallest measured size.
 * Amdahl above one vCPU, proportional below, less what oversubscribed threads waste.
 */
export function speedAt(law: SpeedLaw, x: number): number {
  if (law.shares.length > 0) return law.mediansMs[0]! / measuredMsAt(law, x);
  const share = Math.min(x, law.maxVcpus);
  const s = law.serialFraction;
  const plain = share <= 1 ? share : 1 / (s + (1 - s) / share);
  if (law.penalty === 0 || share >= law.threads) return plain;
  const crowding = 1 - Math.max(share, 1) / law.threads;
  return plain / (1 + law.penalty * power(crowding, law.exponent));
}

// Log-log between measured shares; proportional below the smallest (CPU-bound), flat above the largest.
function measuredMsAt(law: SpeedLaw, x: number): number {
  const { shares, mediansMs } = law;
  const last = shares.length - 1;
  if (x <= shares[0]!) return (mediansMs[0]! * shares[0]!) / x;
  if (x >= shares[last]!) return mediansMs[last]!;
  let i = 1;
  while (shares[i]! < x) i++;
  const part = ln(x / shares[i - 1]!) / ln(shares[i]! / shares[i - 1]!);
  return mediansMs[i - 1]! * exp(part * ln(mediansMs[i]! / mediansMs[i - 1]!));
}

/**
 * What `u` busy vCPUs of one VM yield per vCPU, 0 to 1: `(1 + yield (u - 1)) / u` above one.
 * Sibling hyper-threads and shared memory bandwidth take the rest.
 */
export function yieldAt(parallelYield: number, u: number): number {
  return u <= 1 || parallelYield === 1 ? 1 : (1 + parallelYield * (u - 1)) / u;
}

/**
 * Work of one worker as a function of its uniform draw, in the law's own unit, for a VM of `memoryMb`.
 * For a measured table the quantiles of the two neighbouring sizes are interpolated in log-log.
 */
export function workSampler(
  profile: StageProfile,
  law: SpeedLaw,
  memoryMb: number,
  vcpus: number,
): (u: number) => number {
  const { compute } = profile;
  if (compute.kind === "cpu") return samplerOf(compute.cpuMs);
  const sizes = compute.sizes;
  let i = sizes.findIndex((size) => size.memoryMb >= memoryMb);
  if (i < 0) i = sizes.length - 1;
  const above = sizes[i]!;
  const below = sizes[Math.max(0, i - 1)]!;
  const speed = speedAt(law, vcpus);
  const low = samplerOf(below.timeMs);
  const high = samplerOf(above.timeMs);
  if (above.memoryMb === memoryMb || below === above) return (u) => high(u) * speed;
  const part = ln(memoryMb / below.memoryMb) / ln(above.memoryMb / below.memoryMb);
  return (u) => low(u) * exp(part * ln(high(u) / low(u))) * speed;
}
