/** The library: everything a command does, a program can do. No file, clock or console behind it. */

export { InputError } from "./check.ts";
export { RUN_COLUMNS, RUN_STATUS, type RunLog } from "./execution/run-log.ts";
export type { SpanSink, StageSpan } from "./execution/spans.ts";
export { simulate, simulateEach, type SimulateOptions } from "./execution/simulate.ts";
export {
  simulateTogether,
  type Tenant,
  type TogetherOptions,
} from "./execution/simulate-together.ts";
export { characterize, type CharacterizeOptions } from "./harness/characterize.ts";
export { type Diagram, diagramSheet, planDiagram } from "./figure/plan-diagram.ts";
export { type ShownRun, shownRuns } from "./harness/shown-runs.ts";
export { replay, type ReplayOptions } from "./harness/replay.ts";
export { convolutionModel } from "./model/convolution.ts";
export type { GroupOutcome, Outcome, PerformanceModel } from "./model/prediction.ts";
export { scenarioModel, type ScenarioModelOptions } from "./model/scenarios.ts";
export { checkPlan } from "./plan/check-plan.ts";
export { explainPlan } from "./plan/explain.ts";
export { type ExecutionPlan, type Passing, unfusedPlan, type VmGroup } from "./plan/plan.ts";
export { bundle, fuse, resize, type Rewrite } from "./plan/rewrites.ts";
export type { Arrivals, Scenario } from "./plan/scenario.ts";
export { type Undoing, undoings } from "./plan/undo.ts";
export { platformNamed, platformNames } from "./platform/index.ts";
export type { Platform } from "./platform/platform.ts";
export { policies, type PolicyName, policyNames } from "./policy/index.ts";
export { decide } from "./policy/decide.ts";
export { nonDominated, paretoFront } from "./policy/pareto.ts";
export { type Saving, savingsOf } from "./policy/savings.ts";
export type { Decision, Objective, PlanningTask, Policy, Sizing } from "./policy/policy.ts";
export { search } from "./policy/search.ts";
export { type PlanReport, planReport } from "./result/plan-report.ts";
export { planReportText } from "./result/plan-report-text.ts";
export type { DistributionSpec } from "./stats/families.ts";
export { spansToCsv } from "./result/spans-csv.ts";
export { spansToOtlp } from "./result/spans-otlp.ts";
export { type TimelineLane, timelineOf } from "./result/timeline.ts";
export { timelineTrace } from "./result/timeline-trace.ts";
export { traceFormat, traceFormats } from "./trace/index.ts";
export { merged, type MergePart } from "./trace/merge.ts";
export { parsePlan, planText } from "./trace/plan-file.ts";
export { randomWorkload, type RandomWorkloadOptions } from "./trace/random-workload.ts";
export { Population } from "./trace/synthetic.ts";
export type { ImportOptions, TraceFile, TraceFormat } from "./trace/trace-format.ts";
export type { Workload } from "./trace/workload.ts";
export { parseWorkload } from "./trace/workload-file.ts";
export { workloadText } from "./trace/workload-text.ts";
export type { Profile, StageProfile } from "./workflow/profile.ts";
export { type Edge, makeWorkflow, type Stage, type Workflow } from "./workflow/workflow.ts";

// What the above is made of, and what a policy or a program of one's own needs.
export type { InputErrorCode, InputFault } from "./check.ts";
export type { RunColumn, RunSink } from "./execution/run-log.ts";
export type { TogetherSink } from "./execution/simulate-together.ts";
export type { WorkloadSource } from "./harness/characterize.ts";
export type { Replay } from "./harness/replay.ts";
export { planningModels, type PlanningModels } from "./harness/run-cell.ts";
export type { StageWork } from "./model/prediction.ts";
export type { AtLarge } from "./plan/rewrites.ts";
export type { ArrivalState } from "./plan/scenario.ts";
export type {
  ConcurrencyRule,
  HopRow,
  LawPoint,
  PriceSheet,
  RequestLatency,
} from "./platform/platform.ts";
export {
  type Candidate,
  candidateOf,
  decisionOf,
  type Prediction,
  type StopReason,
} from "./policy/policy.ts";
export type { SearchLimits } from "./policy/search.ts";
export type { Assumption } from "./result/assumptions.ts";
export type { Characterization } from "./result/behaviour.ts";
export type { Reported } from "./result/plan-report.ts";
export { type RandomKey, rootKey } from "./stats/random.ts";
export type { Estimate } from "./stats/summary.ts";
export type { Popularity } from "./trace/popularity.ts";
export type { PublishedShapes } from "./trace/published.ts";
export type { ShapeLaw, WorkflowShape } from "./trace/shape-law.ts";
export type { Subject } from "./trace/trace-format.ts";
export type { ObjectiveDefaults, Provenance } from "./trace/workload.ts";
export type { CpuCompute, MeasuredCompute, Skew } from "./workflow/profile.ts";
export type { Shape } from "./workflow/workflow.ts";
