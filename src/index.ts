/** The library: everything a command does, a program can do. No file, clock or console behind it. */

export { InputError } from "./check.ts";
export { RUN_COLUMNS, RUN_STATUS, type RunLog } from "./execution/run-log.ts";
export { simulate, simulateEach, type SimulateOptions } from "./execution/simulate.ts";
export {
  simulateTogether,
  type Tenant,
  type TogetherOptions,
} from "./execution/simulate-together.ts";
export { characterize, type CharacterizeOptions } from "./harness/characterize.ts";
export { replay, type ReplayOptions } from "./harness/replay.ts";
export type { Outcome, PerformanceModel } from "./model/prediction.ts";
export { scenarioModel } from "./model/scenarios.ts";
export { checkPlan } from "./plan/check-plan.ts";
export { explainPlan } from "./plan/explain.ts";
export { type ExecutionPlan, type Passing, unfusedPlan, type VmGroup } from "./plan/plan.ts";
export { bundle, fuse, resize, type Rewrite } from "./plan/rewrites.ts";
export type { Arrivals, Scenario } from "./plan/scenario.ts";
export { platformNamed, platformNames } from "./platform/index.ts";
export type { Platform } from "./platform/platform.ts";
export { policies, type PolicyName, policyNames } from "./policy/index.ts";
export { decide } from "./policy/decide.ts";
export type { Decision, Objective, PlanningTask, Policy, Sizing } from "./policy/policy.ts";
export { search } from "./policy/search.ts";
export type { DistributionSpec } from "./stats/families.ts";
export { parsePlan, planText } from "./trace/plan-file.ts";
export { Population } from "./trace/synthetic.ts";
export type { Workload } from "./trace/workload.ts";
export { parseWorkload } from "./trace/workload-file.ts";
export { workloadText } from "./trace/workload-text.ts";
export type { Profile, StageProfile } from "./workflow/profile.ts";
export { type Edge, makeWorkflow, type Stage, type Workflow } from "./workflow/workflow.ts";
