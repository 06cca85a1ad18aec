/** Replays many workflows on one account under each policy in turn: the same arrivals, the same luck. */

import { RUN_COLUMNS, RUN_STATUS } from "../execution/run-log.ts";
import { simulateTogether, type Tenant } from "../execution/simulate-together.ts";
import { ratePerMs } from "../plan/arrival-rate.ts";
import type { Scenario } from "../plan/scenario.ts";
import { platformNamed } from "../platform/index.ts";
import { decide } from "../policy/decide.ts";
import { policies, type PolicyName } from "../policy/index.ts";
import { type Decision, type Objective, predictionOf } from "../policy/policy.ts";
import type { ReplayedPolicy, ReplayedWorkflow } from "../result/replay.ts";
import { shapeOf } from "../trace/shape-facts.ts";
import type { Workload } from "../trace/workload.ts";
import { firstPlan } from "./behaviour.ts";
import { planningModels, scenarioOf } from "./run-cell.ts";

const HOUR_MS = 3_600_000;
const QUANTILE = 0.95;
const FINISHED = RUN_STATUS.indexOf("finished");
const COLUMN = Object.fromEntries(RUN_COLUMNS.map((name, i) => [name, i])) as Record<
  (typeof RUN_COLUMNS)[number],
  number
>;
// Hundreds of workflows are planned: fewer runs than for one alone.
const PLANNING_RUNS = { search: 64, judge: 512 };

/** What is replayed, and how. */
export interface ReplayOptions {
  readonly platform: string;
  readonly policies: readonly PolicyName[];
  /** Hours that are reported, after `warmupHours` that are not. */
  readonly hours: number;
  readonly warmupHours: number;
  /** VMs of the account that may run at once. */
  readonly limit: number;
  readonly seed: string;
}

/** A replay, and what it had to leave out. */
export interface Replay {
  readonly policies: readonly ReplayedPolicy[];
  /** Names of workloads without arrivals, or that fit no VM. */
  readonly leftOut: readonly string[];
}

/**
 * Plans each workload under each policy for the least P95 at no greater cost than that of the unfused workflow at one
 * vCPU a worker, as the model predicts both for the workload alone; then runs all of them on one account.
 */
export function replay(workloads: readonly Workload[], options: ReplayOptions): Replay {
  const scenarios = workloads
    .filter(({ arrivals }) => arrivals !== undefined)
    .map((workload) => scenarioOf(workload, options.platform))
    .filter((scenario) => firstPlan(scenario) !== undefined);
  const kept = new Set(scenarios.map(({ workflow }) => workflow.name));
  const tasks = scenarios.map(taskOf);
  return {
    policies: options.policies.map((policy) => {
      const decisions = tasks.map((task) => task(policy));
      const tenants = scenarios.map((scenario, i) => ({ scenario, plan: decisions[i]!.plan }));
      return {
        policy,
        feasible: decisions.filter(({ feasible }) => feasible).length,
        workflows: runTogether(tenants, options),
      };
    }),
    leftOut: workloads.map(({ name }) => name).filter((name) => !kept.has(name)),
  };
}

// Model and objective once for all policies.
function taskOf(scenario: Scenario): (policy: PolicyName) => Decision {
  const { search, judge } = planningModels(scenario, PLANNING_RUNS);
  const reference = predictionOf(judge(firstPlan(scenario)!), QUANTILE);
  const objective: Objective = {
    minimize: "latency",
    quantile: QUANTILE,
    costUsdMax: reference.costUsdMean,
  };
  const task = { scenario, objective, sizing: "tuned", model: search } as const;
  return (policy) => decide(policies[policy], task, judge);
}

function runTogether(
  tenants: readonly Tenant[],
  { platform, hours, warmupHours, limit, seed }: ReplayOptions,
): readonly ReplayedWorkflow[] {
  const concurrency = { ...platformNamed(platform).concurrency, limit };
  const fromMs = warmupHours * HOUR_MS;
  const untilMs = fromMs + hours * HOUR_MS;
  const seen = tenants.map(() => ({
    runs: new Map<number, { readonly latencyMs: number; readonly costUsd: number }>(),
    coldStarts: 0,
    vmUses: 0,
    queueMs: 0,
  }));
  simulateTogether(tenants, { untilMs, seed, concurrency }, (row, status, tenant) => {
    if (row[COLUMN.arriveMs]! < fromMs) return;
    const one = seen[tenant]!;
    const latencyMs = status === FINISHED ? row[COLUMN.latencyMs]! : Number.NaN;
    one.runs.set(row[COLUMN.run]!, { latencyMs, costUsd: row[COLUMN.costUsd]! });
    one.coldStarts += row[COLUMN.coldStarts]!;
    one.vmUses += row[COLUMN.vmUses]!;
    one.queueMs += row[COLUMN.queueMs]!;
  });
  return seen.map(({ runs, ...sums }, tenant) => {
    const { workflow, arrivals } = tenants[tenant]!.scenario;
    const inOrder = [...runs].toSorted(([a], [b]) => a - b).map(([, run]) => run);
    return {
      name: workflow.name,
      width: Math.round(shapeOf(workflow).width),
      perDay: ratePerMs(arrivals) * 24 * HOUR_MS,
      latencyMs: Float64Array.from(inOrder, (run) => run.latencyMs),
      costUsd: Float64Array.from(inOrder, (run) => run.costUsd),
      ...sums,
    };
  });
}
