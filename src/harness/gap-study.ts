/** How far each policy's plan is from the proven best one, on random workflows small enough to prove it. */

import { scenarioModel } from "../model/scenarios.ts";
import { awsLambda2024 } from "../platform/aws-lambda.ts";
import { policies, type PolicyName } from "../policy/index.ts";
import type { Objective, PlanningTask } from "../policy/policy.ts";
import { type DecisionRow, decisionRow } from "../result/decision-table.ts";
import { randomWorkload, SMALL } from "../trace/random-workload.ts";
import type { Workload } from "../trace/workload.ts";
import type { DecisionStudy } from "./study.ts";

/** Enough for a planner to have to weigh luck, few enough to price every group of a small workflow. */
const RUNS = 64;
/** From half a thread to six vCPUs: with all 10,239 sizes nothing could be proven. */
const MEMORY_SIZES_MB = [512, 1769, 3538, 10240];
const QUANTILE = 0.95;

/** A random workflow by its number; the number also decides how many stages it has. */
export interface Drawn {
  readonly seed: number;
  readonly stages: number;
}

/**
 * Every policy and `exhaustive` on each workflow under three objectives, all on one model of 64 runs
 * that no judge corrects, so that only the search is compared. One task a workflow.
 */
export function gapStudy(
  name: string,
  drawn: readonly Drawn[],
  compared: readonly PolicyName[],
): DecisionStudy {
  const tasks = new Map(drawn.map((one) => [`random-${one.seed}-of-${one.stages}-stages`, one]));
  return {
    name,
    tasks: [...tasks.keys()],
    rows(task) {
      const { seed, stages } = tasks.get(task)!;
      return rowsOf(task, randomWorkload(String(seed), { stages, ...SMALL }), compared);
    },
  };
}

function rowsOf(
  task: string,
  workload: Workload,
  compared: readonly PolicyName[],
): readonly DecisionRow[] {
  const { workflow, profile, arrivals } = workload;
  const platform = { ...awsLambda2024, memorySizesMb: MEMORY_SIZES_MB };
  const scenario = { workflow, profile, platform, arrivals: arrivals! };
  const model = scenarioModel(scenario, RUNS, "search", {
    luck: "stratified",
    coldStarts: "per-group",
  });
  return objectivesOf({ scenario, sizing: "tuned", model }).flatMap((objective) => {
    const given = { scenario, objective, sizing: "tuned", model } as const;
    const optimum = policies.exhaustive(given);
    const row = (policy: PolicyName, decision = policies[policy](given)) =>
      decisionRow({ task, workload, policy }, objective, decision, optimum);
    return [row("exhaustive", optimum), ...compared.map((policy) => row(policy))];
  });
}

/**
 * An SLO halfway between the fastest and the cheapest unfused plan's, one that no unfused plan keeps, and
 * a budget at 30 % of what lies between their costs.
 */
function objectivesOf(task: Omit<PlanningTask, "objective">): readonly Objective[] {
  const unfused = (objective: Objective) => policies.unfused({ ...task, objective }).prediction;
  const quantile = QUANTILE;
  const fastest = unfused({ minimize: "latency", quantile, costUsdMax: Number.MAX_VALUE });
  const cheapest = unfused({ minimize: "cost", quantile, latencyMsMax: Number.MAX_VALUE });
  const [lowMs, highMs] = [fastest.latencyMsAtQuantile, cheapest.latencyMsAtQuantile];
  const [lowUsd, highUsd] = [cheapest.costUsdMean, fastest.costUsdMean];
  return [
    { minimize: "cost", quantile, latencyMsMax: (lowMs + highMs) / 2 },
    { minimize: "cost", quantile, latencyMsMax: 0.8 * lowMs },
    { minimize: "latency", quantile, costUsdMax: lowUsd + 0.3 * (highUsd - lowUsd) },
  ];
}
