/** What a plan is expected to do, as a sample of equally likely runs, and who predicts it. */

import type { ExecutionPlan } from "../plan/plan.ts";

/** Latency and cost of the same equally likely runs. Float64Array(runs); ms and USD; NaN-free. */
export interface Outcome {
  readonly latencyMs: Float64Array;
  readonly costUsd: Float64Array;
}

/** A group of a plan by itself, over the model's runs. */
export interface GroupOutcome {
  /** From the moment that the inputs of all its stages are ready to the end of its last stage, ms. */
  readonly latencyMs: Float64Array;
  /** At most the time between any of its inputs and any of its outputs, ms; the latency for a single step. */
  readonly leastMs: Float64Array;
  /** Mean cost per run while it waits for nobody: at most what it adds to the cost of the plan, USD. */
  readonly costUsdMean: number;
  /** Whether this holds in every plan: false where the rest of the plan decides which VMs are warm. */
  readonly exact: boolean;
}

/** CPU work of a stage over the model's runs, whatever the plan; in vCPU-ms. */
export interface StageWork {
  /** Of the worker with the most work, by run. */
  readonly slowestCpuMs: Float64Array;
  /** Of all workers together, mean over the runs. */
  readonly totalCpuMsMean: number;
}

/**
 * Predicts the outcome of any legal plan of one scenario. The same plan gives the same outcome.
 * Throws InputError plan when a plan breaks a rule.
 */
export interface PerformanceModel {
  (plan: ExecutionPlan): Outcome;
  /** Runs of every outcome. */
  readonly runs: number;
  /** Group number `g` of a legal plan by itself; absent where a model cannot tell groups apart. */
  readonly group?: (plan: ExecutionPlan, g: number) => GroupOutcome;
  /** Work of a stage; undefined where a measured table says how long it takes, not what it does. */
  readonly work?: (stage: string) => StageWork | undefined;
  /**
   * The same if every VM is warm and direct pulls take no time: what the group cannot go below, whatever
   * groups it pulls from.
   */
  readonly groupAtBest?: (plan: ExecutionPlan, g: number) => GroupOutcome;
}

/** Mean of a sample. */
export function meanOfSample(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
