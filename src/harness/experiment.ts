/** An experiment: one question, the cells that answer it, and the figures that show the answer. */

import type { Figure, Tables } from "../figure/figure.ts";
import type { PerformanceModel } from "../model/prediction.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { ownSizing, type PolicyName } from "../policy/index.ts";
import type { Objective, Sizing } from "../policy/policy.ts";
import type { Workload } from "../trace/workload.ts";
import type { Study } from "./study.ts";

/** A what-if: the scenario that becomes of the given one. */
export interface Variation {
  /** Value of the column `variation`. */
  readonly name: string;
  /** How much of it, in the variation's own unit; null where there is no more or less. */
  readonly level: number | null;
  scenario(given: Scenario): Scenario;
}

/** Where objectives hold: on which platform, after which what-if. */
export interface Setting {
  readonly platform: string;
  /** Undefined where the scenario is as given. */
  readonly variation: Variation | undefined;
}

/** A model that predicts what a plan does which was chosen on another one. */
interface Predictor {
  readonly name: string;
  model(scenario: Scenario): PerformanceModel;
}

/** A plan given by the experiment itself, one per level of a knob, instead of by a policy. */
interface FixedPlan {
  readonly variation: string;
  readonly level: number;
  plan(scenario: Scenario): ExecutionPlan;
}

/** What is asked and how it is answered. */
export interface Experiment {
  readonly name: string;
  /** One sentence, ending in a question mark. */
  readonly question: string;
  /** Names of shipped workloads. */
  readonly workloads: readonly string[];
  readonly platforms: readonly string[];
  readonly policies: readonly PolicyName[];
  readonly sizings: readonly Sizing[];
  /** What-ifs, each applied to every scenario; without any, scenarios are as given. */
  readonly variations?: readonly Variation[];
  /** Objectives that a policy plans for, in table order; the middle SLO, or budget, is the headline. */
  objectives(workload: Workload, policy: PolicyName): readonly Objective[];
  /** What becomes of one of them on a platform after a what-if; by default it is the same everywhere. */
  readonly inSetting?:
    | ((objective: Objective, workload: Workload, setting: Setting) => Objective)
    | undefined;
  /** Plans to run as they are, beside those of the policies. */
  fixedPlans?(workload: Workload): readonly FixedPlan[];
  /**
   * Further models that predict the plan of each cell: a row each with the same runs, whose variation
   * ends in the model's name.
   */
  readonly predictors?: readonly Predictor[];
  /** Questions about many workflows, beside the cells or instead of them. */
  readonly studies?: readonly Study[];
  readonly runs: number;
  readonly warmupRuns: number;
  /** False where runs are too many to keep: then there is no runs.arrow. */
  readonly keepsRuns?: boolean;
  readonly seed: string;
  /** How long it usually takes on two cores, s. */
  readonly usualSeconds: number;
  /** What a first look leaves out, besides taking fewer runs. */
  readonly quick?: Partial<
    Pick<Experiment, "workloads" | "platforms" | "policies" | "runs" | "studies">
  >;
  readonly figures: readonly Figure[];
  /** The answer as plain text of at most 80 columns; by default policies side by side. */
  table?(tables: Tables): string;
  /** The answer in one sentence, from the tables; by default which policy does best, or at which level. */
  answer?(tables: Tables): string;
}

/** Everything that defines a run of an experiment: its own values, or what the user said instead. */
export interface ExperimentRun {
  readonly experiment: Experiment;
  readonly platforms: readonly string[];
  readonly policies: readonly PolicyName[];
  /** Objectives that replace the experiment's, or undefined. */
  readonly objectives: readonly Objective[] | undefined;
  readonly runs: number;
  readonly warmupRuns: number;
  readonly seeds: readonly string[];
}

/** One cell to run: plain data, so that a thread can be told. */
export interface SweepCell {
  readonly experiment: string;
  readonly workload: string;
  readonly platform: string;
  /** A policy, or `fixed` for a plan of the experiment. */
  readonly policy: PolicyName | "fixed";
  readonly sizing: Sizing;
  readonly objective: Objective;
  readonly variation: string | null;
  readonly level: number | null;
  readonly seed: string;
  readonly runs: number;
  readonly warmupRuns: number;
}

/** Least latency whatever it costs: what a plan that is given stands under. */
const NO_BOUND: Objective = { minimize: "latency", quantile: 0.95, costUsdMax: Number.MAX_VALUE };

/** Objectives at fractions of a workload's own SLO and budget. */
export function objectivesAround(
  workload: Workload,
  sloFactors: readonly number[],
  budgetFactors: readonly number[],
): readonly Objective[] {
  const { objective } = workload;
  if (objective === undefined) return [];
  const { quantile, latencyMsMax, costUsdMax } = objective;
  const slos = latencyMsMax === undefined ? [] : sloFactors.map((f) => f * latencyMsMax);
  const budgets = costUsdMax === undefined ? [] : budgetFactors.map((f) => f * costUsdMax);
  return [
    ...slos.map((latencyMsMax) => ({ minimize: "cost", quantile, latencyMsMax }) as const),
    ...budgets.map((costUsdMax) => ({ minimize: "latency", quantile, costUsdMax }) as const),
  ];
}

/**
 * The cells of a run in a stable order: workload, platform, seed, what-if, objective, then policy and
 * sizing.
 */
export function cellsOf(run: ExperimentRun, workloads: readonly Workload[]): readonly SweepCell[] {
  const { experiment } = run;
  return workloads.flatMap((workload) =>
    run.platforms.flatMap((platform) =>
      run.seeds.flatMap((seed) => {
        const base: CellBase = {
          experiment: experiment.name,
          workload: workload.name,
          platform,
          seed,
          runs: run.runs,
          warmupRuns: run.warmupRuns,
        };
        const planned = (experiment.variations ?? [undefined]).flatMap((variation) =>
          plannedCells(run, workload, base, variation),
        );
        const fixed = (experiment.fixedPlans?.(workload) ?? []).map(({ variation, level }) => ({
          ...base,
          policy: "fixed" as const,
          sizing: "default" as const,
          objective: NO_BOUND,
          variation,
          level,
        }));
        return [...planned, ...fixed];
      }),
    ),
  );
}

type CellBase = Omit<SweepCell, "policy" | "sizing" | "objective" | "variation" | "level">;

function plannedCells(
  run: ExperimentRun,
  workload: Workload,
  base: CellBase,
  variation: Variation | undefined,
): readonly SweepCell[] {
  const { experiment } = run;
  const setting = { platform: base.platform, variation };
  const { name, level } = variation ?? { name: null, level: null };
  const objectivesOf = (policy: PolicyName) =>
    run.objectives ??
    experiment
      .objectives(workload, policy)
      .map((own) => experiment.inSetting?.(own, workload, setting) ?? own);
  const placed = run.policies.flatMap((policy) =>
    objectivesOf(policy).flatMap((objective, place) =>
      sizingsOf(experiment, policy).map((sizing) => ({
        place,
        cell: { ...base, policy, sizing, objective, variation: name, level },
      })),
    ),
  );
  // Objective by objective, so that what is compared stands together.
  placed.sort((a, b) => a.place - b.place);
  return placed.map(({ cell }) => cell);
}

// What the paper leaves to its user only exists for the baselines; a planner that sizes has one way.
function sizingsOf(experiment: Experiment, policy: PolicyName): readonly Sizing[] {
  return ownSizing.includes(policy) ? ["tuned"] : experiment.sizings;
}
