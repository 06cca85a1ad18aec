/** Workloads and plans that reduce the simulator to a textbook queue; all times in units of one mean service. */

import {
  type Arrivals,
  type DistributionSpec,
  type Edge,
  type ExecutionPlan,
  makeWorkflow,
  type Platform,
  platformNamed,
  RUN_COLUMNS,
  type Scenario,
  type SpanSink,
  type StageProfile,
  simulateEach,
  unfusedPlan,
} from "../../src/index.ts";

/** One mean service, ms. */
export const SERVICE_MS = 1000;
// Memory of one vCPU on the platforms here, MB.
const MB_PER_VCPU = 128;

/** A cloud without overhead on which `changes` are made; VMs have up to 80 vCPUs. */
export function cloud(changes: Partial<Platform> = {}): Platform {
  return { ...platformNamed("ideal"), memoryMbPerVcpu: MB_PER_VCPU, maxVcpus: 80, ...changes };
}

/** The limit of `limit` VMs at once; what finds no room is refused, or asks again after `retryMs`. */
export function limited(limit: number, retryMs?: number): Partial<Platform> {
  const retry = { intervalMs: retryMs ?? 0, backoffRate: 1, maxAttempts: retryMs ? 1e9 : 0 };
  const free = platformNamed("ideal").concurrency;
  return { concurrency: { ...free, limit, retry } };
}

/** What the workers of a stage do: wait, then compute on at most one vCPU. */
export interface Work {
  readonly waitMs?: DistributionSpec;
  readonly cpuMs?: DistributionSpec;
  readonly workers?: DistributionSpec;
  readonly skew?: Partial<StageProfile["skew"]>;
}

/** A scenario of the given stages, and edges as pairs of stages; nothing but their work takes time. */
export function scenarioOf(
  stages: Readonly<Record<string, Work>>,
  edges: readonly (readonly [string, string, Edge["shape"]])[],
  platform: Platform,
  arrivals: Arrivals,
): Scenario {
  const names = Object.entries(stages);
  return {
    workflow: makeWorkflow(
      "queue",
      names.map(([id, { workers }]) => ({ id, workers: workers ?? 1 })),
      edges.map(([from, to, shape]) => ({
        from,
        to,
        shape,
        bytes: 0,
        scalesWithRun: false,
        parallelRequests: 1,
      })),
    ),
    profile: Object.fromEntries(names.map(([id, work]) => [id, profileOf(id, work)])),
    platform,
    arrivals,
  };
}

function profileOf(id: string, { waitMs, cpuMs, skew }: Work): StageProfile {
  return {
    runtime: "any",
    package: { format: "zip", mb: 0 },
    memoryMb: { runtime: 0, worker: 0 },
    initCpuMs: 0,
    compute: { kind: "cpu", cpuMs: cpuMs ?? 0, serialFraction: 1, maxVcpus: 1, parallelYield: 1 },
    waitMs: waitMs ?? 0,
    skew: { content: 0, runSigma: 0, runFactor: id, noiseCv: 0, ...skew },
  };
}

/** A VM of one vCPU for every worker. */
export function apart({ workflow }: Scenario): ExecutionPlan {
  return unfusedPlan(workflow, () => MB_PER_VCPU);
}

/** One VM of `vcpus` for all stages and workers. */
export function inOneVm({ workflow }: Scenario, vcpus: number): ExecutionPlan {
  const { groups, passing, ...plan } = unfusedPlan(workflow, () => MB_PER_VCPU * vcpus);
  const stages = workflow.stages.map(({ id }) => id);
  return {
    ...plan,
    groups: [{ ...groups[0]!, stages, workersPerVm: "all" }],
    passing: Object.fromEntries(Object.keys(passing).map((id) => [id, "local" as const])),
  };
}

/** Poisson arrivals that offer `load` when a service takes `SERVICE_MS`. */
export function offered(load: number): Arrivals {
  return { kind: "poisson", perSecond: (1000 * load) / SERVICE_MS };
}

/** One run after another, so that each is an independent replication. */
export const REPLICATIONS: Arrivals = { kind: "closed", inFlight: 1 };

/** A distribution of mean `SERVICE_MS`, by name. */
export const LAWS = {
  constant: SERVICE_MS,
  exponential: { exponential: { mean: SERVICE_MS } },
  uniform: { uniform: { min: 0, max: 2 * SERVICE_MS } },
  "lognormal cv 1.5": { lognormal: { mean: SERVICE_MS, cv: 1.5 } },
  "two-point": { empirical: [0.25 * SERVICE_MS, 0.25 * SERVICE_MS, 2.5 * SERVICE_MS] },
  hyperexponential: {
    mixture: [
      { weight: 0.9, of: { exponential: { mean: SERVICE_MS / 2 } } },
      { weight: 0.1, of: { exponential: { mean: 5.5 * SERVICE_MS } } },
    ],
  },
} as const satisfies Readonly<Record<string, DistributionSpec>>;

/** The names of `LAWS`. */
export const LAW_NAMES = Object.keys(LAWS) as readonly (keyof typeof LAWS)[];

/** Runs of one stage under Poisson arrivals: every run one customer, in order of arrival. */
export interface Customers {
  readonly arriveMs: Float64Array;
  readonly finishMs: Float64Array;
  readonly latencyMs: Float64Array;
  readonly queueMs: Float64Array;
  readonly coldStarts: Float64Array;
  /** 1 for a run that was refused. */
  readonly refused: Float64Array;
}

const COLUMNS = ["arriveMs", "finishMs", "latencyMs", "queueMs", "coldStarts"] as const;

/** Simulates and keeps of each run what queues ask for. */
export function customersOf(
  scenario: Scenario,
  plan: ExecutionPlan,
  runs: number,
  seed: string,
  spans?: SpanSink,
): Customers {
  const kept = COLUMNS.map((name) => [RUN_COLUMNS.indexOf(name), new Float64Array(runs)] as const);
  const refused = new Float64Array(runs);
  const warmupRuns = Math.round(runs / 20);
  simulateEach(scenario, plan, { runs, warmupRuns, seed, spans }, (row, status) => {
    for (const [c, column] of kept) column[row[0]!] = row[c]!;
    refused[row[0]!] = status === 0 ? 0 : 1;
  });
  const [arriveMs, finishMs, latencyMs, queueMs, coldStarts] = kept.map(([, column]) => column);
  return {
    arriveMs: arriveMs!,
    finishMs: finishMs!,
    latencyMs: latencyMs!,
    queueMs: queueMs!,
    coldStarts: coldStarts!,
    refused,
  };
}
