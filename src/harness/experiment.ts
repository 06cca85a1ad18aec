/** An experiment: one question, the cells that answer it, and the figures that show the answer. */

import type { Figure } from "../figure/figure.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { ownSizing, type PolicyName } from "../policy/index.ts";
import type { Objective, Sizing } from "../policy/policy.ts";
import type { CellRow } from "../result/cell-table.ts";
import type { Workload } from "../trace/workload.ts";

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
  readonly platform: string;
  readonly policies: readonly PolicyName[];
  readonly sizings: readonly Sizing[];
  /** Objectives that a policy plans for, in table order; the middle SLO, or budget, is the headline. */
  objectives(workload: Workload, policy: PolicyName): readonly Objective[];
  /** Plans to run as they are, beside those of the policies. */
  fixedPlans?(workload: Workload): readonly FixedPlan[];
  readonly runs: number;
  readonly warmupRuns: number;
  readonly seed: string;
  /** How long it usually takes on two cores, s. */
  readonly usualSeconds: number;
  readonly figures: readonly Figure[];
  /** The answer as plain text of at most 80 columns; by default policies side by side. */
  readonly table?: (rows: readonly CellRow[]) => string;
}

/** Everything that defines a run of an experiment: its own values, or what the user said instead. */
export interface ExperimentRun {
  readonly experiment: Experiment;
  readonly platform: string;
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

/** The cells of a run in a stable order: workload, seed, objective, then policy and sizing. */
export function cellsOf(run: ExperimentRun, workloads: readonly Workload[]): readonly SweepCell[] {
  const { experiment } = run;
  return workloads.flatMap((workload) =>
    run.seeds.flatMap((seed) => {
      const base = {
        experiment: experiment.name,
        workload: workload.name,
        platform: run.platform,
        seed,
        runs: run.runs,
        warmupRuns: run.warmupRuns,
      };
      const planned = run.policies.flatMap((policy) =>
        (run.objectives ?? experiment.objectives(workload, policy)).flatMap((objective, place) =>
          sizingsOf(experiment, policy).map((sizing) => ({
            place,
            cell: { ...base, policy, sizing, objective, variation: null, level: null },
          })),
        ),
      );
      // Objective by objective, so that what is compared stands together.
      planned.sort((a, b) => a.place - b.place);
      const fixed = (experiment.fixedPlans?.(workload) ?? []).map(({ variation, level }) => ({
        ...base,
        policy: "fixed" as const,
        sizing: "default" as const,
        objective: NO_BOUND,
        variation,
        level,
      }));
      return [...planned.map(({ cell }) => cell), ...fixed];
    }),
  );
}

// What the paper leaves to its user only exists for the baselines; a planner that sizes has one way.
function sizingsOf(experiment: Experiment, policy: PolicyName): readonly Sizing[] {
  return ownSizing.includes(policy) ? ["tuned"] : experiment.sizings;
}
