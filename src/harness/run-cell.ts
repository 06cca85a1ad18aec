/** One cell, from scenario to row: plan, simulate, measure. Pure; remembers only what it may forget. */

import { assert, InputError } from "../check.ts";
import type { RunLog } from "../execution/run-log.ts";
import { simulate } from "../execution/simulate.ts";
import type { PerformanceModel } from "../model/prediction.ts";
import { scenarioModel } from "../model/scenarios.ts";
import { explainPlan } from "../plan/explain.ts";
import { withMeasuredSizes } from "../plan/measured-sizes.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { platformNamed } from "../platform/index.ts";
import { decide } from "../policy/decide.ts";
import { policies } from "../policy/index.ts";
import { type Decision, decisionOf, type PlanningTask, predictionOf } from "../policy/policy.ts";
import { type CellIdentity, type CellRow, cellName } from "../result/cell-table.ts";
import { measureCell } from "../result/measure.ts";
import { rootKey } from "../stats/random.ts";
import type { Workload } from "../trace/workload.ts";
import type { Experiment, SweepCell } from "./experiment.ts";

/**
 * Runs that plans are searched on, and those that the chosen one is judged on, each its own luck; by the
 * number of stages from which on so many say as much, because what happens by chance evens out.
 */
const RUNS = [
  { stages: 1000, search: 32, judge: 128 },
  { stages: 100, search: 64, judge: 2048 },
  { stages: 0, search: 128, judge: 2048 },
] as const;

/** The model a policy searches on, and the larger one that its choice must hold up on. */
export interface PlanningModels {
  readonly search: PerformanceModel;
  readonly judge: PerformanceModel;
}

/** Both models of a scenario; neither has the simulation's luck. How many runs is known by default. */
export function planningModels(scenario: Scenario, runs = planningRuns(scenario)): PlanningModels {
  return {
    search: scenarioModel(scenario, runs.search, "plan", {
      luck: "stratified",
      coldStarts: "per-group",
    }),
    judge: scenarioModel(scenario, runs.judge, "judge", {
      luck: "stratified",
      coldStarts: "per-plan",
    }),
  };
}

function planningRuns({ workflow }: Scenario): Readonly<Record<keyof PlanningModels, number>> {
  return RUNS.find(({ stages }) => workflow.stages.length >= stages)!;
}

/** Runs of reference logs that a thread remembers: 15 MB. */
const REFERENCE_RUNS_MAX = 100_000;

/** What a cell gives. */
export interface CellResult {
  readonly row: CellRow;
  /** Rows of the same plan and runs with the predictions of further models. */
  readonly predicted: readonly CellRow[];
  readonly plan: ExecutionPlan;
  /** EXPLAIN text of the plan. */
  readonly explanation: string;
  readonly log: RunLog;
  readonly stop: Decision["stop"];
  readonly plansSeen: number;
}

/** Models and reference logs by scenario, shared by the cells that one thread runs. */
export class CellMemory {
  readonly #models = new Map<string, PlanningModels>();
  readonly #predictors = new Map<string, PerformanceModel>();
  readonly #references = new Map<string, RunLog>();

  /** The models of a scenario. */
  models(key: string, scenario: Scenario): PlanningModels {
    let models = this.#models.get(key);
    if (models === undefined) {
      models = planningModels(scenario);
      this.#models.set(key, models);
    }
    return models;
  }

  /** The model of a predictor under `key`, made once. */
  predictor(key: string, make: () => PerformanceModel): PerformanceModel {
    let model = this.#predictors.get(key);
    if (model === undefined) {
      model = make();
      this.#predictors.set(key, model);
    }
    return model;
  }

  /** The log under `key`, simulated once while it is remembered: the latest ones are, up to so many runs in all. */
  reference(key: string, make: () => RunLog): RunLog {
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const log = make();
    this.#references.set(key, log);
    let runs = 0;
    for (const [one, { runs: more }] of [...this.#references].toReversed()) {
      runs += more;
      if (runs > REFERENCE_RUNS_MAX && one !== key) this.#references.delete(one);
    }
    return log;
  }
}

/**
 * Scenario of a workload on a platform, whose ladder has the sizes that the workload was measured at.
 * @throws InputError workload, when it names no arrivals.
 */
export function scenarioOf(workload: Workload, platform: string): Scenario {
  const { workflow, profile, arrivals, failures } = workload;
  if (arrivals === undefined)
    throw new InputError("workload", `workload "${workload.name}" has no arrivals`);
  const offered = withMeasuredSizes(platformNamed(platform), profile);
  return { workflow, profile, platform: offered, arrivals, failures };
}

/** The columns that name a cell in tables. */
export function identityOf(cell: SweepCell): CellIdentity {
  const { objective } = cell;
  return {
    experiment: cell.experiment,
    workload: cell.workload,
    platform: cell.platform,
    policy: cell.policy,
    sizing: cell.sizing,
    objective: objective.minimize,
    quantile: objective.quantile,
    slo_ms: objective.minimize === "cost" ? objective.latencyMsMax : null,
    budget_usd:
      objective.minimize === "latency" && cell.policy !== "fixed" ? objective.costUsdMax : null,
    variation: cell.variation,
    level: cell.level,
    seed: cell.seed,
  };
}

/** Plans, simulates and measures one cell. The same cell gives the same result on any thread. */
export function runCell(
  cell: SweepCell,
  workload: Workload,
  experiment: Experiment,
  memory: CellMemory,
): CellResult {
  const scenario = variedScenario(cell, workload, experiment);
  const scenarioKey = JSON.stringify([cell.workload, cell.platform, cell.variation, cell.level]);
  // Plans are made as if nothing failed, so what-ifs of nothing but failures share their models.
  const given = scenarioOf(workload, cell.platform);
  const plannedKey = differs(scenario, given) ? scenarioKey : `${cell.workload} ${cell.platform}`;
  const { search, judge } = memory.models(plannedKey, scenario);
  const { objective, sizing } = cell;
  const task: PlanningTask = { scenario, objective, sizing, model: search };
  const options = { runs: cell.runs, warmupRuns: cell.warmupRuns, seed: cell.seed };
  const decision = planOf(cell, task, judge, workload, experiment);
  const log = simulate(scenario, decision.plan, options);
  const identity = identityOf(cell);
  const reference = () => {
    const { plan } = decide(policies.unfused, { ...task, sizing: "tuned" }, judge);
    return simulate(scenario, plan, options);
  };
  // Plans that an experiment gives share one scenario, whatever their level.
  const level = cell.policy === "fixed" ? null : cell.level;
  const unfusedKey = cellName({ ...identity, policy: "unfused", sizing: "tuned", level });
  const unfused =
    cell.policy === "unfused" && cell.sizing === "tuned"
      ? log
      : memory.reference(unfusedKey, reference);
  const key = rootKey(`bootstrap/${cellName(identity)}`);
  const { plan } = decision;
  const predicted = (experiment.predictors ?? []).map((predictor) => {
    const { name } = predictor;
    const model = memory.predictor(`${scenarioKey}/${name}`, () => predictor.model(scenario));
    const prediction = predictionOf(model(plan), objective.quantile);
    const variation = cell.variation === null ? name : `${cell.variation}, ${name}`;
    return measureCell({ ...identity, variation }, { ...decision, prediction }, log, unfused, key);
  });
  return {
    row: measureCell(identity, decision, log, unfused, key),
    predicted,
    plan,
    explanation: explainPlan(scenario, decision.plan),
    log,
    stop: decision.stop,
    plansSeen: decision.plansSeen,
  };
}

// Whether more than failures is different.
function differs(one: Scenario, other: Scenario): boolean {
  const { workflow, profile, platform, arrivals } = one;
  return (
    workflow !== other.workflow ||
    profile !== other.profile ||
    platform !== other.platform ||
    arrivals !== other.arrivals
  );
}

/**
 * What a cell was given: its workload on its platform, after its what-if. A cell of a fixed plan names
 * that plan in the column of variations.
 */
export function variedScenario(
  cell: Pick<SweepCell, "platform" | "variation" | "level"> & { readonly policy: string },
  workload: Workload,
  experiment: Experiment,
): Scenario {
  const given = scenarioOf(workload, cell.platform);
  if (cell.variation === null || cell.policy === "fixed") return given;
  const variation = experiment.variations?.find(
    (one) => one.name === cell.variation && one.level === cell.level,
  );
  assert(variation !== undefined, `experiment ${experiment.name} has no variation for this cell`);
  return variation.scenario(given);
}

function planOf(
  cell: SweepCell,
  task: PlanningTask,
  judge: PerformanceModel,
  workload: Workload,
  experiment: Experiment,
): Decision {
  if (cell.policy !== "fixed") return decide(policies[cell.policy], task, judge);
  const given = experiment
    .fixedPlans?.(workload)
    .find((one) => one.variation === cell.variation && one.level === cell.level);
  assert(given !== undefined, `experiment ${experiment.name} has no plan for this cell`);
  const plan = given.plan(task.scenario);
  const prediction = predictionOf(judge(plan), task.objective.quantile);
  return decisionOf(task, { plan, prediction }, "fixed", 1);
}
