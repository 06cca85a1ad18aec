/** What a plan is expected to do, as a sample of equally likely runs, and who predicts it. */

import type { ExecutionPlan } from "../plan/plan.ts";

/** Latency and cost of the same equally likely runs. Float64Array(runs); ms and USD; NaN-free. */
export interface Outcome {
  readonly latencyMs: Float64Array;
  readonly costUsd: Float64Array;
}

/**
 * Predicts the outcome of any legal plan of one scenario. The same plan gives the same outcome.
 * Throws InputError plan when a plan breaks a rule.
 */
export type PerformanceModel = (plan: ExecutionPlan) => Outcome;

/** Mean of a sample. */
export function meanOfSample(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
