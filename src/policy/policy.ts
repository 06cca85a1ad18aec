/** What a policy is given and what it answers. */

import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";

/** What to minimise and what to keep to. Latency means its quantile `quantile`; money is USD per run. */
export type Objective =
  | { readonly minimize: "cost"; readonly quantile: number; readonly latencyMsMax: number }
  | { readonly minimize: "latency"; readonly quantile: number; readonly costUsdMax: number };

/** How a baseline's VM size is chosen: by the sizing search under the objective, or the smallest that fits. */
export type Sizing = "tuned" | "default";

/** What a plan is expected to do. */
export interface Prediction {
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
  readonly latencyMsP99: number;
  /** Latency at the objective's quantile. */
  readonly latencyMsAtQuantile: number;
  readonly costUsdMean: number;
}

/** Why a search ended. */
export type StopReason = "no-better-plan" | "space-exhausted" | "plan-limit" | "fixed";

/** A policy's answer. Infeasible is an answer: `feasible` is false and `plan` is the nearest found. */
export interface Decision {
  readonly plan: ExecutionPlan;
  readonly prediction: Prediction;
  readonly feasible: boolean;
  readonly stop: StopReason;
  readonly plansSeen: number;
}

/** A way to plan. Pure: the same scenario, objective and sizing give the same decision. */
export type Policy = (scenario: Scenario, objective: Objective, sizing: Sizing) => Decision;
