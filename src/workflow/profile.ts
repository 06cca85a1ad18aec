/** How the stages of a workflow behave: CPU demand and its scaling, memory, start-up, skew. Plain data. */

import type { DistributionSpec } from "../stats/families.ts";

/**
 * CPU demand of one worker and how it shrinks with its vCPU share x:
 * `T(x) = T1/x` for x <= 1, `T1 (s + (1-s)/min(x, p))` above.
 */
export interface CpuCompute {
  readonly kind: "cpu";
  /** vCPU-ms of one worker at one vCPU, before skew. */
  readonly cpuMs: DistributionSpec;
  /** Part of the work that never runs in parallel, 0 to 1 (Amdahl). */
  readonly serialFraction: number;
  /** Most vCPUs one worker can use. */
  readonly maxVcpus: number;
  /**
   * What each busy vCPU of the VM beyond the first adds, 0 to 1: hyper-thread siblings and memory
   * bandwidth take the rest, so u busy vCPUs do the work of `1 + parallelYield (u - 1)`.
   */
  readonly parallelYield: number;
  /** Slow-down when a worker's threads outnumber its share x: `1 + penalty (1 - max(x,1)/threads)^exponent`. */
  readonly oversubscription?: {
    readonly threads: number;
    readonly penalty: number;
    readonly exponent: number;
  };
}

/** Compute time as measured at some memory sizes, one worker alone in its VM; interpolated, never extrapolated. */
export interface MeasuredCompute {
  readonly kind: "measured";
  /** Ascending in memory; times in ms. */
  readonly sizes: readonly { readonly memoryMb: number; readonly timeMs: DistributionSpec }[];
}

/** What makes workers of one stage, and runs, unequal. Every factor has mean 1. */
export interface Skew {
  /** Lognormal sigma of the per-worker content factor, or one known weight per worker (rescaled to mean 1). */
  readonly content: number | readonly number[];
  /** Lognormal sigma of the factor that all workers of a run share. */
  readonly runSigma: number;
  /** Stages with the same name share one run factor; by default the stage's own id. */
  readonly runFactor: string;
  /** Coefficient of variation of the per-worker platform noise. */
  readonly noiseCv: number;
}

/** What decides whether a stage runs: it does where the choice's uniform draw falls into one of the parts. */
export interface Branch {
  /** Stages that name the same choice see the same draw, so that branches exclude each other. */
  readonly choice: string;
  /** Parts of 0 to 1, ascending and apart: `[from, to)`. Together they are the chance to run. */
  readonly within: readonly (readonly [from: number, to: number])[];
  /** Workers in a row that share a draw; without it all workers of a run share one. */
  readonly workersEach?: number;
}

/** How the workers of one stage behave. */
export interface StageProfile {
  /** Language runtime, a key of the platform's cold-start table, such as `python3.12`. */
  readonly runtime: string;
  readonly package: { readonly format: "zip" | "image"; readonly mb: number };
  /** `runtime`: interpreter, libraries, shared read-only data, MB; `worker`: MB per resident worker. */
  readonly memoryMb: { readonly runtime: number; readonly worker: number };
  /** Handler start (imports, model load), vCPU-ms, single-threaded. */
  readonly initCpuMs: number;
  readonly compute: CpuCompute | MeasuredCompute;
  /** Time spent waiting on remote calls, ms, independent of size. */
  readonly waitMs: DistributionSpec;
  readonly skew: Skew;
  /** A worker works only where all of these hold; otherwise it computes and waits for no time. */
  readonly when?: readonly Branch[];
}

/** One profile per stage id. */
export type Profile = Readonly<Record<string, StageProfile>>;
