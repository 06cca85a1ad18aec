/** The peers' workloads and their like, as scenarios. */

import {
  type Arrivals,
  type DistributionSpec,
  type ExecutionPlan,
  makeWorkflow,
  type Platform,
  platformNamed,
  type Scenario,
  type StageProfile,
  unfusedPlan,
} from "../../src/index.ts";

/** A scenario under a plan. */
export interface BenchScenario {
  readonly scenario: Scenario;
  readonly plan: ExecutionPlan;
}

const MEMORY_MB = 1769;
const ENDLESS = Number.POSITIVE_INFINITY;

/** Warm VMs without end, as the peers' fork-join has them: not even a handler to start. */
export const IDEAL = { platform: platformNamed("ideal"), initCpuMs: 0 };
/** All that a cloud does. */
export const AWS = { platform: platformNamed("aws-lambda-2024"), initCpuMs: 100 };

/** A platform, and the vCPU-ms a handler takes to start. */
export interface Setting {
  readonly platform: Platform;
  readonly initCpuMs: number;
}

/** Stages one after the other, every worker of one alone in a VM and reading what all before it wrote. */
export function line(
  widths: readonly number[],
  cpuMs: DistributionSpec,
  { platform, initCpuMs }: Setting,
  arrivals: Arrivals,
): BenchScenario {
  const stages = widths.map((workers, i) => ({ id: `s${i}`, workers }));
  const edges = stages.slice(1).map(({ id }, i) => ({
    from: `s${i}`,
    to: id,
    bytes: 0,
    shape: "shuffle" as const,
    scalesWithRun: false,
    parallelRequests: 1,
  }));
  const profileOf = (id: string): StageProfile => ({
    runtime: "python3.12",
    package: { format: "zip", mb: 10 },
    memoryMb: { runtime: 60, worker: 100 },
    initCpuMs,
    compute: { kind: "cpu", cpuMs, serialFraction: 1, maxVcpus: 1, parallelYield: 1 },
    waitMs: 0,
    skew: { content: 0, runSigma: 0, runFactor: id, noiseCv: 0 },
  });
  const workflow = makeWorkflow("line", stages, edges);
  const profile = Object.fromEntries(stages.map(({ id }) => [id, profileOf(id)]));
  return {
    scenario: { workflow, profile, platform, arrivals },
    plan: unfusedPlan(workflow, () => MEMORY_MB),
  };
}

/** Poisson arrivals. */
export function poisson(perSecond: number): Arrivals {
  return { kind: "poisson", perSecond };
}

/** Three stages of `width` exponential workers of 1 s. */
export function forkJoin(setting: Setting, perSecond: number, width = 16): BenchScenario {
  return line([width, width, width], { exponential: { mean: 1000 } }, setting, poisson(perSecond));
}

/**
 * One function, exponential, 1.991 s; a cold start takes the 253 ms that its 2.244 s are longer, and a VM is kept
 * for 600 s. With `perSecond` calls about twice as many VMs are busy.
 */
export function keepAlive(perSecond: number): BenchScenario {
  const { platform } = IDEAL;
  const kept: Platform = {
    ...platform,
    keepAliveMs: 600_000,
    coldStart: { ...platform.coldStart, acquisitionMs: 253 },
  };
  const setting = { platform: kept, initCpuMs: 0 };
  return line([1], { exponential: { mean: 1991 } }, setting, poisson(perSecond));
}

/** NoServer's own case: 52 calls of 1 s each, a joint before and after every 16 workers. */
export function noServer(setting: Setting): BenchScenario {
  return line([1, 16, 1, 16, 1, 16, 1], 1000, setting, poisson(1));
}

/** 20,800 tasks as one workflow, 20 at once. */
export function oneDag(): BenchScenario {
  const { platform } = IDEAL;
  const slots: Platform = {
    ...platform,
    orchestrator: { ...platform.orchestrator, parallelStarts: 20 },
    keepAliveMs: 600_000,
  };
  const widths = [400, 6400, 400, 6400, 400, 6400, 400];
  const setting = { platform: slots, initCpuMs: 0 };
  return line(widths, { exponential: { mean: 1000 } }, setting, { kind: "once" });
}

/** Ten servers at load 0.9; who finds none tries again every 50 ms, as often as it takes. */
export function mm10(): BenchScenario {
  const { platform } = IDEAL;
  const retry = { intervalMs: 50, backoffRate: 1, maxAttempts: ENDLESS };
  const ten: Platform = { ...platform, concurrency: { ...platform.concurrency, limit: 10, retry } };
  const setting = { platform: ten, initCpuMs: 0 };
  return line([1], { exponential: { mean: 1000 } }, setting, poisson(9));
}

/** As many tasks as a large WfFormat instance, 1,695, most of them in three wide levels; the widths are made up. */
export function wideWorkflow(): BenchScenario {
  const widths = [1, 564, 1, 1, 564, 1, 1, 1, 560, 1];
  return line(widths, { lognormal: { median: 1000, sigma: 0.6 } }, AWS, poisson(0.05));
}
