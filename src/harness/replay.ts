/** Replays many workflows on one account under each policy in turn: the same arrivals, the same luck. */

import { RUN_PLACE, RUN_STATUS } from "../execution/run-log.ts";
import { simulateTogether, type Tenant } from "../execution/simulate-together.ts";
import { ratePerMs } from "../plan/arrival-rate.ts";
import type { Scenario } from "../plan/scenario.ts";
import { platformNamed } from "../platform/index.ts";
import { decide } from "../policy/decide.ts";
import { ownSizing, policies, type PolicyName } from "../policy/index.ts";
import { type Decision, type Objective, predictionOf, type Sizing } from "../policy/policy.ts";
import { KeptRuns } from "../result/kept-runs.ts";
import { type ReplayedPolicy, ReplayedWorkflow, ReplayTally } from "../result/replay.ts";
import { shapeOf } from "../trace/shape-facts.ts";
import type { Workload } from "../trace/workload.ts";
import { firstPlan } from "./behaviour.ts";
import { planningModels, scenarioOf } from "./run-cell.ts";

const HOUR_MS = 3_600_000;
const QUANTILE = 0.95;
const FINISHED = RUN_STATUS.indexOf("finished");
/** Runs that are kept of a replay, all accounts together, to be paired across each policy and the first. */
const KEPT_PER_POLICY = 131_072;
// Hundreds of workflows are planned: fewer runs than for one alone.
const PLANNING_RUNS = { search: 64, judge: 512 };

/** What is replayed, and how. */
export interface ReplayOptions {
  readonly platform: string;
  readonly policies: readonly PolicyName[];
  /** Whether policies choose sizes too, or keep to one vCPU a worker. */
  readonly sizing: Sizing;
  /** Hours that are reported, after `warmupHours` that are not. */
  readonly hours: number;
  readonly warmupHours: number;
  /** VMs of an account that may run at once. */
  readonly limit: number;
  readonly seed: string;
}

/** A replay, and what it had to leave out. */
export interface Replay {
  readonly tally: ReplayTally;
  /** Workloads that were replayed. */
  readonly workflows: number;
  /** Names of workloads without arrivals, or that fit no VM. */
  readonly leftOut: readonly string[];
  /** One in how many runs is compared between policies: 1 while they are few. */
  readonly comparedOneIn: number;
}

/**
 * Plans each workload under each policy for the least P95 at no greater cost than that of the unfused workflow at one
 * vCPU a worker, as the model predicts both for the workload alone; then runs all workloads of an account at once, one
 * account after the other. Memory grows with the workloads and what is alive in an account, not with the runs.
 */
export function replay(accounts: Iterable<readonly Workload[]>, options: ReplayOptions): Replay {
  const kept = new KeptRuns(KEPT_PER_POLICY * options.policies.length);
  const tally = new ReplayTally();
  const leftOut: string[] = [];
  let workflows = 0;
  for (const workloads of accounts) {
    const scenarios = workloads
      .filter(({ arrivals }) => arrivals !== undefined)
      .map((workload) => scenarioOf(workload, options.platform))
      .filter((scenario) => firstPlan(scenario) !== undefined);
    const own = new Set(scenarios.map(({ workflow }) => workflow.name));
    leftOut.push(...workloads.map(({ name }) => name).filter((name) => !own.has(name)));
    workflows += scenarios.length;
    if (scenarios.length > 0) tally.add(onOneAccount(scenarios, options, kept));
  }
  return { tally, workflows, leftOut, comparedOneIn: kept.oneIn };
}

function onOneAccount(
  scenarios: readonly Scenario[],
  options: ReplayOptions,
  kept: KeptRuns,
): readonly ReplayedPolicy[] {
  // Workflow by workflow: the samples of a model are not kept for the next one.
  const decisions = scenarios.map((scenario) => {
    const decided = taskOf(scenario, options.sizing);
    return options.policies.map((policy) => {
      const { plan, feasible } = decided(policy);
      return { plan, feasible };
    });
  });
  return options.policies.map((policy, p) => ({
    policy,
    feasible: decisions.filter((own) => own[p]!.feasible).length,
    workflows: runTogether(
      scenarios.map((scenario, i) => ({ scenario, plan: decisions[i]![p]!.plan })),
      options,
      kept,
    ),
  }));
}

// Model and objective once for all policies.
function taskOf(scenario: Scenario, wanted: Sizing): (policy: PolicyName) => Decision {
  const { search, judge } = planningModels(scenario, PLANNING_RUNS);
  const reference = predictionOf(judge(firstPlan(scenario)!), QUANTILE);
  const objective: Objective = {
    minimize: "latency",
    quantile: QUANTILE,
    costUsdMax: reference.costUsdMean,
  };
  return (policy) => {
    const sizing = ownSizing.includes(policy) ? "tuned" : wanted;
    return decide(policies[policy], { scenario, objective, sizing, model: search }, judge);
  };
}

function runTogether(
  tenants: readonly Tenant[],
  { platform, hours, warmupHours, limit, seed }: ReplayOptions,
  kept: KeptRuns,
): readonly ReplayedWorkflow[] {
  const concurrency = { ...platformNamed(platform).concurrency, limit };
  const fromMs = warmupHours * HOUR_MS;
  const untilMs = fromMs + hours * HOUR_MS;
  const replayed = tenants.map(({ scenario: { workflow, arrivals } }) => {
    const width = Math.round(shapeOf(workflow).width);
    const perDay = ratePerMs(arrivals) * 24 * HOUR_MS;
    return new ReplayedWorkflow(workflow.name, width, perDay, kept);
  });
  simulateTogether(tenants, { untilMs, seed, concurrency }, (row, status, tenant) => {
    if (row[RUN_PLACE.arriveMs]! >= fromMs) replayed[tenant]!.add(row, status === FINISHED);
  });
  return replayed;
}
