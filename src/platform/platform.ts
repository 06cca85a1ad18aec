/** What a cloud offers and charges, as plain data: sizes, CPU, network, store, starts, limits, prices. */

import type { DistributionSpec } from "../stats/families.ts";

/** Latency of one store request: lognormal about `medianMs + msPerMib * size`, at least `floorMs`. */
export interface RequestLatency {
  readonly medianMs: number;
  readonly msPerMib: number;
  readonly sigma: number;
  readonly floorMs: number;
}

/** A point of a piecewise-linear law. */
export interface LawPoint {
  readonly x: number;
  readonly y: number;
}

/** Time of a warm hand-over by the orchestrator, for a payload of `bytes`; linear between rows. */
export interface HopRow {
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Prices in USD. */
export interface PriceSheet {
  readonly usdPerMbMs: number;
  readonly usdPerRequest: number;
  readonly usdPerTransition: number;
  readonly usdPerPut: number;
  readonly usdPerGet: number;
  /** Active time is rounded up to this step, ms. */
  readonly billingStepMs: number;
  /** Least billed time of one use, ms. */
  readonly minimumBilledMs: number;
  /** Whether runtime and handler start are billed: for every package, for images only, or never. */
  readonly initBilled: "all" | "image" | "none";
}

/** How many VMs may run at once, how fast their number grows, and what a refused start does. */
export interface ConcurrencyRule {
  /** VMs of the account that may run at once. */
  readonly limit: number;
  /** New VMs that may start at once before the rate below applies. */
  readonly burst: number;
  readonly scaleOutPerSecond: number;
  /** Whether burst and rate count per function or for the whole account. */
  readonly scope: "function" | "account";
  /** A throttled start waits `intervalMs * backoffRate^attempt`, at most `maxAttempts` times; then the run fails. */
  readonly retry: {
    readonly intervalMs: number;
    readonly backoffRate: number;
    readonly maxAttempts: number;
  };
}

/** One cloud platform at one time. All times in ms, sizes in MB, rates in bytes per ms. */
export interface Platform {
  readonly name: string;
  readonly description: string;
  /** Where each number comes from, by field: source and date, or `assumed`. */
  readonly sources: Readonly<Record<string, string>>;
  /** Legal VM sizes: from `minMb` to `maxMb` in steps of `stepMb`. */
  readonly memory: { readonly minMb: number; readonly maxMb: number; readonly stepMb: number };
  /** The sizes a planner tries, ascending: a ladder through the legal ones. */
  readonly memorySizesMb: readonly number[];
  readonly memoryMbPerVcpu: number;
  readonly maxVcpus: number;
  /** NIC rate of a VM against its memory in MB; linear between points, flat outside. */
  readonly nicBytesPerMs: readonly LawPoint[];
  readonly store: {
    readonly get: RequestLatency;
    readonly put: RequestLatency;
    readonly connectionBytesPerMs: number;
    /** A transfer opens one connection per part, up to the maximum. */
    readonly partBytes: number;
    readonly connectionsMax: number;
  };
  readonly orchestrator: {
    /** Ascending in bytes. */
    readonly hops: readonly HopRow[];
    /** First-to-last spread in ms of N parallel starts (x = N); linear between, last slope beyond. */
    readonly dispatchSpreadMs: readonly LawPoint[];
    readonly dispatchSigma: number;
    /** VMs of one group that run at once for one workflow run. */
    readonly parallelStarts: number;
    /** Largest payload that may pass inline. */
    readonly payloadBytesMax: number;
  };
  /** Direct start of one VM by another, without the orchestrator. */
  readonly invokeMs: DistributionSpec;
  readonly direct: { readonly setupMs: number; readonly connectionBytesPerMs: number };
  readonly local: { readonly bytesPerMs: number; readonly processStartMs: number };
  readonly coldStart: {
    /** Sandbox acquisition, ms, plus `acquisitionMsPerMb` per MB of package. */
    readonly acquisitionMs: DistributionSpec;
    readonly acquisitionMsPerMb: number;
    /** Runtime start by runtime name, then by package format, ms. */
    readonly runtimeInitMs: Readonly<
      Record<string, { readonly zip: DistributionSpec; readonly image: DistributionSpec }>
    >;
  };
  /** How long an idle VM is kept, ms: a constant, or a distribution drawn per idle spell. */
  readonly keepAliveMs: DistributionSpec;
  readonly concurrency: ConcurrencyRule;
  /** Longest time one VM use may last, ms. */
  readonly runMsMax: number;
  readonly price: PriceSheet;
}

/** vCPUs of a VM of `memoryMb`. */
export function vcpusOf(platform: Platform, memoryMb: number): number {
  return Math.min(platform.maxVcpus, memoryMb / platform.memoryMbPerVcpu);
}

/** Value of a piecewise-linear law at `x`; flat outside its points. */
export function lawAt(points: readonly LawPoint[], x: number): number {
  const first = points[0]!;
  if (x <= first.x) return first.y;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!;
    const b = points[i]!;
    if (x <= b.x) return a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
  }
  return points[points.length - 1]!.y;
}
