/** Small workflows that can be followed with pencil and paper: chain, diamond, fanOut. */

import type { Arrivals, Scenario } from "../src/plan/scenario.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../src/plan/plan.ts";
import { ideal } from "../src/platform/ideal.ts";
import type { Platform } from "../src/platform/platform.ts";
import type { DistributionSpec } from "../src/stats/families.ts";
import type {
  CpuCompute,
  MeasuredCompute,
  Profile,
  Skew,
  StageProfile,
} from "../src/workflow/profile.ts";
import {
  type Edge,
  edgeId,
  innerEdges,
  makeWorkflow,
  type Shape,
  type Workflow,
} from "../src/workflow/workflow.ts";

/** Memory that buys exactly one vCPU. */
export const ONE_VCPU_MB = 1769;

/** Settings of a group whose workers are processes, two at once in two vCPUs. */
export const processes = { isolation: "processes", concurrency: 2, memoryMb: 3538 } as const;

/** A time or amount that is exponential. */
export const exponential = (mean: number) => ({ exponential: { mean } });

/** A workflow and how its stages behave. */
export interface Toy {
  readonly workflow: Workflow;
  readonly profile: Profile;
}

/** What a toy stage may have besides its CPU demand. */
export interface ProfileChange {
  readonly runtime?: string;
  readonly package?: StageProfile["package"];
  readonly memoryMb?: StageProfile["memoryMb"];
  readonly initCpuMs?: number;
  readonly compute?: Partial<CpuCompute>;
  readonly measured?: MeasuredCompute["sizes"];
  readonly waitMs?: DistributionSpec;
  readonly skew?: Partial<Skew>;
  readonly when?: StageProfile["when"];
}

/** A stage of `cpuMs` vCPU-ms on at most one vCPU, without skew, wait or start-up unless changed. */
export function profileOf(
  id: string,
  cpuMs: DistributionSpec,
  change: ProfileChange = {},
): StageProfile {
  return {
    runtime: change.runtime ?? "python3.12",
    package: change.package ?? { format: "zip", mb: 10 },
    memoryMb: change.memoryMb ?? { runtime: 100, worker: 50 },
    initCpuMs: change.initCpuMs ?? 0,
    compute: change.measured
      ? { kind: "measured", sizes: change.measured }
      : {
          kind: "cpu",
          cpuMs,
          serialFraction: 0,
          maxVcpus: 1,
          parallelYield: 1,
          ...change.compute,
        },
    waitMs: change.waitMs ?? 0,
    skew: { content: 0, runSigma: 0, runFactor: id, noiseCv: 0, ...change.skew },
    ...(change.when === undefined ? {} : { when: change.when }),
  };
}

/** An edge of `bytes` in all. */
export function edge(
  from: string,
  to: string,
  shape: Shape = "gather",
  bytes: DistributionSpec = 0,
  change: Partial<Edge> = {},
): Edge {
  return { from, to, bytes, shape, scalesWithRun: false, parallelRequests: 1, ...change };
}

/** Stages by name: CPU demand, workers, and changes to the profile. */
export type ToyStages = Readonly<
  Record<string, readonly [DistributionSpec, DistributionSpec?, ProfileChange?]>
>;

/** A toy of named stages and edges. */
export function toyOf(name: string, stages: ToyStages, edges: readonly Edge[]): Toy {
  const entries = Object.entries(stages);
  return {
    workflow: makeWorkflow(
      name,
      entries.map(([id, [, workers]]) => ({ id, workers: workers ?? 1 })),
      edges,
    ),
    profile: Object.fromEntries(
      entries.map(([id, [cpuMs, , change]]) => [id, profileOf(id, cpuMs, change)]),
    ),
  };
}

/** Split, 12 workers through two pairwise stages, gather: 100 MB of runtime a stage, 50 MB a worker. */
export const video = toyOf(
  "video",
  { split: [100], extract: [50, 12], classify: [400, 12], gather: [20] },
  [
    edge("split", "extract", "scatter", 1e6),
    edge("extract", "classify", "pairwise", 1e6),
    edge("classify", "gather", "gather", 1e6),
  ],
);

/** One worker after another: stages s0, s1, … of the given CPU demands. */
export function chain(
  cpuMs: readonly DistributionSpec[],
  bytes: DistributionSpec = 0,
  change: ProfileChange = {},
): Toy {
  return toyOf(
    "chain",
    Object.fromEntries(cpuMs.map((ms, i) => [`s${i}`, [ms, 1, change] as const])),
    cpuMs.slice(1).map((_, i) => edge(`s${i}`, `s${i + 1}`, "gather", bytes)),
  );
}

/** Two unequal branches between a first and a last stage. */
export function diamond(
  cpuMs: { readonly [id in "first" | "left" | "right" | "last"]: DistributionSpec },
  bytes: DistributionSpec = 0,
): Toy {
  return toyOf(
    "diamond",
    { first: [cpuMs.first], left: [cpuMs.left], right: [cpuMs.right], last: [cpuMs.last] },
    [
      edge("first", "left", "scatter", bytes),
      edge("first", "right", "scatter", bytes),
      edge("left", "last", "gather", bytes),
      edge("right", "last", "gather", bytes),
    ],
  );
}

/** Split, `workers` parallel workers, gather. */
export function fanOut(
  workers: DistributionSpec,
  cpuMs: DistributionSpec,
  options: { readonly bytes?: DistributionSpec; readonly change?: ProfileChange } = {},
): Toy {
  const { bytes = 0, change = {} } = options;
  const lone = { ...change, skew: {} };
  return toyOf(
    "fanOut",
    { split: [100, 1, lone], work: [cpuMs, workers, change], gather: [50, 1, lone] },
    [edge("split", "work", "scatter", bytes), edge("work", "gather", "gather", bytes)],
  );
}

/** The toy on a platform. */
export function scenarioOf(
  toy: Toy,
  platform: Platform = ideal,
  arrivals: Arrivals = { kind: "once" },
): Scenario {
  return { ...toy, platform, arrivals };
}

/** One VM per worker, all of one size, every edge passed in one way. */
export function apart(
  toy: Toy,
  memoryMb = ONE_VCPU_MB,
  passing: "object-store" | "inline" | "direct" = "object-store",
): ExecutionPlan {
  const plan = unfusedPlan(toy.workflow, () => memoryMb);
  return {
    ...plan,
    passing: Object.fromEntries(Object.keys(plan.passing).map((id) => [id, passing])),
  };
}

/** The given groups, edges local inside and through the object store across. */
export function planOf(
  toy: Toy,
  groups: readonly (Partial<VmGroup> & Pick<VmGroup, "stages">)[],
): ExecutionPlan {
  const groupOf = (id: string): number => groups.findIndex((group) => group.stages.includes(id));
  return {
    schema: "wisefuse/plan@1",
    workflow: toy.workflow.name,
    groups: groups.map((group) => ({
      workersPerVm: "all",
      memoryMb: ONE_VCPU_MB,
      concurrency: "all",
      isolation: "threads",
      assignment: "consecutive",
      prewarmMs: null,
      ...group,
    })),
    passing: Object.fromEntries(
      innerEdges(toy.workflow).map((one) => [
        edgeId(one),
        groupOf(one.from) === groupOf(one.to) ? "local" : "object-store",
      ]),
    ),
  };
}

/** Every stage in one VM that holds all workers. */
export function together(toy: Toy, change: Partial<VmGroup> = {}): ExecutionPlan {
  return planOf(toy, [{ stages: toy.workflow.stages.map((stage) => stage.id), ...change }]);
}

/** Standard normal deviate of a two-sided 99.9 % interval. */
export const Z_999 = 3.290526731491926;

/** Mean of a sample and the half-width of its 99.9 % interval. */
export function meanWithin(sample: ArrayLike<number>): { mean: number; half: number } {
  const values = Array.from(sample);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, half: Z_999 * Math.sqrt(variance / values.length) };
}

/** Quantile q of a sample, R type 7. */
export function quantile(sample: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(sample).sort();
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
