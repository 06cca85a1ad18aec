/** All there is to say about a decision: what to expect, what each choice is worth, what it rests on. */

import type { PerformanceModel } from "../model/prediction.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import { undoings } from "../plan/undo.ts";
import {
  type Decision,
  goal,
  type Objective,
  type PlanningTask,
  type Prediction,
} from "../policy/policy.ts";
import { type Saving, savingsOf } from "../policy/savings.ts";
import { rootKey } from "../stats/random.ts";
import { type Estimate, meanEstimate, quantileEstimate, sortedSample } from "../stats/summary.ts";
import type { Workload } from "../trace/workload.ts";
import { type Assumption, assumptionsOf } from "./assumptions.ts";

/** Survives JSON; times are ms, money is USD a run. Documented in docs/plan.md. */
export interface PlanReport {
  readonly schema: "wisefuse/plan-report@1";
  readonly workload: string;
  readonly platform: string;
  readonly policy: string;
  readonly objective: Objective;
  readonly feasible: boolean;
  readonly prediction: Prediction;
  readonly expected: Expected;
  readonly coldStarts: ColdStarts;
  readonly decisions: readonly Saving[];
  readonly stop: Decision["stop"];
  readonly plansSeen: number;
  readonly goalLowerBound: number | null;
  /** How far the goal may be above the best possible, over the goal; null when no bound is proved. */
  readonly optimalityGap: number | null;
  readonly assumptions: readonly Assumption[];
  readonly plan: ExecutionPlan;
}

/** Predictions with 95 % intervals of the model's sample: of its luck, not of its error. */
interface Expected {
  readonly runs: number;
  readonly latencyMsP50: Estimate;
  readonly latencyMsP95: Estimate;
  readonly latencyMsP99: Estimate;
  readonly latencyMsAtQuantile: Estimate;
  readonly costUsdMean: Estimate;
}

/** Share of runs that meet a cold start, and the latency at the objective's quantile if none did. */
interface ColdStarts {
  readonly runFraction: number;
  readonly latencyMsAtQuantileWithout: number;
}

/** What a report is made from. */
export interface Reported {
  readonly workload: Workload;
  readonly policy: string;
  readonly task: PlanningTask;
  readonly decision: Decision;
  /** The model that the decision was judged on, and the same one in a world without cold starts. */
  readonly judge: PerformanceModel;
  readonly warmJudge: PerformanceModel;
  /** The one size for all VMs that undone sizes fall back on; undefined when no size suits all. */
  readonly usualMb: number | undefined;
}

/** The report of a decision. Pure; takes a prediction and a bootstrap for each decision of the plan. */
export function planReport(reported: Reported): PlanReport {
  const { workload, policy, task, decision, judge, usualMb } = reported;
  const { scenario, objective } = task;
  const { plan, feasible, prediction, stop, plansSeen, goalLowerBound } = decision;
  const key = rootKey(`bootstrap/plan/${workload.name}/${scenario.platform.name}`);
  return {
    schema: "wisefuse/plan-report@1",
    workload: workload.name,
    platform: scenario.platform.name,
    policy,
    objective,
    feasible,
    prediction,
    expected: expectedOf(judge, plan, objective),
    coldStarts: coldStartsOf(reported),
    decisions: savingsOf(plan, undoings(plan, scenario, usualMb), judge, { objective, key }),
    stop,
    plansSeen,
    goalLowerBound,
    optimalityGap: optimalityGap(decision, objective),
    assumptions: assumptionsOf(workload, scenario.platform, plan),
    plan,
  };
}

function expectedOf(judge: PerformanceModel, plan: ExecutionPlan, objective: Objective): Expected {
  const { latencyMs, costUsd } = judge(plan);
  const sorted = sortedSample(latencyMs);
  return {
    runs: sorted.length,
    latencyMsP50: quantileEstimate(sorted, 0.5),
    latencyMsP95: quantileEstimate(sorted, 0.95),
    latencyMsP99: quantileEstimate(sorted, 0.99),
    latencyMsAtQuantile: quantileEstimate(sorted, objective.quantile),
    costUsdMean: meanEstimate(costUsd),
  };
}

// Both models have the same luck, so a run that differs is one that met a cold start.
function coldStartsOf({ judge, warmJudge, task, decision }: Reported): ColdStarts {
  const given = judge(decision.plan);
  const warm = warmJudge(decision.plan);
  let cold = 0;
  for (let run = 0; run < given.costUsd.length; run++)
    if (given.latencyMs[run] !== warm.latencyMs[run] || given.costUsd[run] !== warm.costUsd[run])
      cold++;
  const sorted = sortedSample(warm.latencyMs);
  return {
    runFraction: cold / given.costUsd.length,
    latencyMsAtQuantileWithout: quantileEstimate(sorted, task.objective.quantile).value,
  };
}

/**
 * By how much of itself the goal is above its lower bound, at least 0: the bound is the search's, on
 * fewer runs than the goal. Null when there is no bound, or nothing keeps the objective's.
 */
export function optimalityGap(
  decision: Pick<Decision, "feasible" | "goalLowerBound" | "prediction">,
  objective: Objective,
): number | null {
  const { feasible, goalLowerBound, prediction } = decision;
  if (goalLowerBound === null || !feasible) return null;
  const reached = goal(prediction, objective);
  return reached > goalLowerBound ? 1 - goalLowerBound / reached : 0;
}
