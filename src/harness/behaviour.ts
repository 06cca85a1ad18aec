/** Runs one workload alone, as users first deploy it, and says how it behaved. */

import { arrivalProcess } from "../physics/arrivals.ts";
import { RUN_STATUS, type RunLog } from "../execution/run-log.ts";
import { simulate } from "../execution/simulate.ts";
import { compile } from "../physics/compile.ts";
import { speedAt } from "../physics/compute.ts";
import { RunDraws, waitOf, workOf } from "../physics/draws.ts";
import { ratePerMs } from "../plan/arrival-rate.ts";
import { checkPlan } from "../plan/check-plan.ts";
import { withMeasuredSizes } from "../plan/measured-sizes.ts";
import { type ExecutionPlan, unfusedPlan } from "../plan/plan.ts";
import type { Arrivals, Scenario } from "../plan/scenario.ts";
import type { Platform } from "../platform/platform.ts";
import type { StageSkew, WorkloadBehaviour } from "../result/behaviour.ts";
import { rootKey } from "../stats/random.ts";
import { correlation, meanEstimate } from "../stats/summary.ts";
import { shapeOf } from "../trace/shape-facts.ts";
import type { Workload } from "../trace/workload.ts";
import { innerEdges } from "../workflow/workflow.ts";

const DAY_MS = 86_400_000;
const FINISHED = RUN_STATUS.indexOf("finished");
const GAPS = 2000;
const GAPS_PER_WINDOW = 10;
// A busy workload has warm VMs once this much time has gone by; wide ones must do with fewer runs.
const WARMUP_MS = 60_000;
const WARMUP_NODES = 20_000;

/** How much to run, and with which luck. */
export interface BehaviourOptions {
  readonly runs: number;
  readonly seed: string;
}

/**
 * Behaviour of a workload on a platform without the account's limits, for workloads are looked at one by
 * one. Undefined when a stage fits no memory size.
 */
export function behaviourOf(
  workload: Workload,
  platform: Platform,
  { runs, seed }: BehaviourOptions,
): WorkloadBehaviour | undefined {
  const { workflow, profile } = workload;
  const rate = workload.arrivals === undefined ? 0 : ratePerMs(workload.arrivals);
  const hasRate = rate > 0 && rate < Number.POSITIVE_INFINITY;
  const arrivals: Arrivals = workload.arrivals ?? { kind: "closed", inFlight: 1 };
  const scenario = {
    workflow,
    profile,
    platform: unlimited(withMeasuredSizes(platform, profile)),
    arrivals,
  };
  const plan = firstPlan(scenario);
  if (plan === undefined) return undefined;
  const shape = shapeOf(workflow);
  const warmupMost = Math.ceil(WARMUP_NODES / shape.nodes);
  const warmupRuns = hasRate ? Math.min(warmupMost, 10 + Math.ceil(rate * WARMUP_MS)) : 0;
  const log = simulate(scenario, plan, { runs, warmupRuns, seed: `${seed}/${workload.name}` });
  return {
    name: workload.name,
    perDay: hasRate ? rate * DAY_MS : Number.NaN,
    ...shape,
    ...latencyOf(log),
    coldShare: hasRate ? sum(log.columns.coldStarts) / sum(log.columns.vmUses) : Number.NaN,
    ...stagesOf(scenario, plan, runs, seed),
    ...(hasRate ? gapsOf(arrivals, rate, seed) : { gapCv: Number.NaN, dispersion: Number.NaN }),
  };
}

function unlimited(platform: Platform): Platform {
  const none = Number.POSITIVE_INFINITY;
  return {
    ...platform,
    concurrency: { ...platform.concurrency, limit: none, burst: none, scaleOutPerSecond: none },
  };
}

/** One size for all, of at least one vCPU so that times are those of the profile; less only if none is legal. */
export function firstPlan(scenario: Scenario): ExecutionPlan | undefined {
  const { memorySizesMb, memoryMbPerVcpu } = scenario.platform;
  const enough = memorySizesMb.filter((memoryMb) => memoryMb >= memoryMbPerVcpu);
  const less = memorySizesMb.filter((memoryMb) => memoryMb < memoryMbPerVcpu).toReversed();
  return [...enough, ...less]
    .map((memoryMb) => unfusedPlan(scenario.workflow, () => memoryMb))
    .find((plan) => checkPlan(scenario, plan).length === 0);
}

function latencyOf({
  columns,
  status,
  runs,
}: RunLog): Pick<WorkloadBehaviour, "latencyMs" | "failed" | "share"> {
  const latencyMs = columns.latencyMs.filter((_, run) => status[run] === FINISHED).sort();
  const total = sum(columns.latencyMs);
  const part = (...names: readonly (keyof RunLog["columns"])[]) =>
    names.reduce((all, name) => all + sum(columns[name]), 0) / total;
  return {
    latencyMs,
    failed: runs - latencyMs.length,
    share: {
      compute: part("computeMs", "stragglerMs"),
      communication: part("hopMs", "fetchMs", "storeMs"),
      start: part("coldMs", "initMs"),
      queue: part("queueMs"),
    },
  };
}

// The times of the workers themselves, which no platform has touched: work at their share, and their wait.
function stagesOf(
  scenario: Scenario,
  plan: ExecutionPlan,
  runs: number,
  seed: string,
): Pick<WorkloadBehaviour, "skew" | "stageCorrelations" | "workerCorrelations"> {
  const program = compile(scenario, plan);
  const draws = new RunDraws(program, false);
  const root = rootKey(`${seed}/stages`);
  const stages = program.stages.map(() => ({
    workers: 0,
    slowestMs: new Float64Array(runs),
    firstMs: new Float64Array(runs),
    secondMs: new Float64Array(runs),
    ratio: new Float64Array(runs),
  }));
  for (let run = 0; run < runs; run++) {
    draws.draw(root, run);
    for (const stage of program.stages) {
      const { index, law, group } = stage;
      const seen = stages[index]!;
      const speed = speedAt(law, program.groups[group]!.vcpus);
      let slowest = 0;
      let fastest = Number.POSITIVE_INFINITY;
      for (let worker = 0; worker < draws.workers[index]!; worker++) {
        const ms = workOf(stage, draws, worker) / speed + waitOf(stage, draws, worker);
        slowest = Math.max(slowest, ms);
        fastest = Math.min(fastest, ms);
        if (worker === 0) seen.firstMs[run] = ms;
        if (worker === 1) seen.secondMs[run] = ms;
      }
      seen.workers += draws.workers[index]!;
      seen.slowestMs[run] = slowest;
      seen.ratio[run] = fastest > 0 ? slowest / fastest : Number.NaN;
    }
  }
  for (const stage of stages) stage.workers /= runs;
  const parallel = stages.filter(
    ({ workers, ratio }) => workers >= 2 && ratio.every((r) => r >= 1),
  );
  const indexOf = new Map(program.stages.map(({ id, index }) => [id, index]));
  return {
    skew: parallel.map(
      ({ workers, ratio }): StageSkew => ({
        workers,
        slowestOverFastest: ratio.toSorted()[Math.floor(runs / 2)]!,
      }),
    ),
    stageCorrelations: innerEdges(scenario.workflow)
      .map(({ from, to }) => [stages[indexOf.get(from)!]!, stages[indexOf.get(to)!]!] as const)
      .map(([from, to]) => correlation(from.slowestMs, to.slowestMs)),
    workerCorrelations: parallel.map(({ firstMs, secondMs }) => correlation(firstMs, secondMs)),
  };
}

function gapsOf(
  arrivals: Arrivals,
  perMs: number,
  seed: string,
): Pick<WorkloadBehaviour, "gapCv" | "dispersion"> {
  const coming = arrivalProcess(arrivals, rootKey(`${seed}/gaps`));
  const gaps: number[] = [];
  const counts: number[] = [];
  const windowMs = GAPS_PER_WINDOW / perMs;
  let previousMs = coming.next(0, 0);
  let window = 0;
  let inWindow = 0;
  for (let run = 1; run <= GAPS; run++) {
    const atMs = coming.next(run, previousMs);
    if (atMs === Number.POSITIVE_INFINITY) break;
    gaps.push(atMs - previousMs);
    previousMs = atMs;
    for (; atMs >= (window + 1) * windowMs; window++) {
      counts.push(inWindow);
      inWindow = 0;
    }
    inWindow++;
  }
  const dispersion = spreadOf(counts);
  const gap = spreadOf(gaps);
  return {
    gapCv: Math.sqrt(gap.variance) / gap.mean,
    dispersion: dispersion.variance / dispersion.mean,
  };
}

function spreadOf(sample: readonly number[]): { readonly mean: number; readonly variance: number } {
  if (sample.length < 2) return { mean: Number.NaN, variance: Number.NaN };
  const { value: mean } = meanEstimate(Float64Array.from(sample));
  const squares = sample.reduce((all, x) => all + (x - mean) * (x - mean), 0);
  return { mean, variance: squares / (sample.length - 1) };
}

function sum(column: Float64Array): number {
  return column.reduce((all, value) => all + value, 0);
}
