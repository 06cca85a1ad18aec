/** The main job on one workload: every policy under its SLOs and its budgets, with every figure. */

import { costBars } from "../figure/cost-bars.ts";
import { costLatency } from "../figure/cost-latency.ts";
import type { Figure } from "../figure/figure.ts";
import { latencyBars } from "../figure/latency-bars.ts";
import { latencyCdf } from "../figure/latency-cdf.ts";
import { wisefuseCostBars, wisefuseLatencyBars } from "../figure/relative-bars.ts";
import { timeBreakdown } from "../figure/time-breakdown.ts";
import { mainPolicies } from "../policy/index.ts";
import type { CellRow } from "../result/cell-table.ts";
import { headlineRows } from "../result/comparison.ts";
import { type Experiment, objectivesAround } from "./experiment.ts";

/** Rows with the sizes that each policy chose itself. */
export function tunedRows(rows: readonly CellRow[]): readonly CellRow[] {
  return rows.filter((row) => row.sizing === "tuned");
}

/** The comparison to show when only one fits: tuned sizes under the middle SLO, or the middle objective. */
export function headlineOf(rows: readonly CellRow[]): readonly CellRow[] {
  const tuned = tunedRows(rows);
  const underSlo = tuned.filter((row) => row.objective === "cost");
  return headlineRows(underSlo.length > 0 ? underSlo : tuned);
}

const SLO_FACTORS = [0.8, 1, 1.5];
const BUDGET_FACTORS = [0.9, 1, 1.5];

/** The figures every comparison of policies has. */
const comparisonFigures: readonly Figure[] = [
  {
    name: "latency",
    caption:
      "Which policy keeps P95 latency lowest under each objective? Whiskers are 95 % intervals.",
    draw: ({ cells }) => latencyBars(tunedRows(cells)),
  },
  {
    name: "cost",
    caption: "What does each policy cost per run under each objective?",
    draw: ({ cells }) => costBars(tunedRows(cells)),
  },
  {
    name: "relative-cost",
    caption: "How much dearer or cheaper than WiseFuse is each policy under the same SLO?",
    draw: ({ cells }) =>
      wisefuseCostBars(tunedRows(cells).filter((row) => row.objective === "cost")),
  },
  {
    name: "relative-latency",
    caption: "How much slower or faster than WiseFuse is each policy within the same budget?",
    draw: ({ cells }) =>
      wisefuseLatencyBars(tunedRows(cells).filter((row) => row.objective === "latency")),
  },
  {
    name: "latency-cdf",
    needs: "runs",
    caption: "How is latency distributed under the workload's own SLO?",
    draw: ({ cells, runs }) => latencyCdf(headlineOf(cells), runs),
  },
  {
    name: "cost-latency",
    caption: "Which trade of cost against P95 latency does each policy reach over all objectives?",
    draw: ({ cells }) => costLatency(tunedRows(cells)),
  },
  {
    name: "time-breakdown",
    caption: "Where does the time on the critical path go under the workload's own SLO?",
    draw: ({ cells }) => timeBreakdown(headlineOf(cells)),
  },
];

/** Every policy on one workload under fractions of its SLO and budget; baselines also at default sizes. */
export function appExperiment(workload: string, question: string): Experiment {
  return {
    name: workload,
    question,
    workloads: [workload],
    platforms: ["aws-lambda-2024"],
    policies: mainPolicies,
    sizings: ["tuned", "default"],
    objectives: (given) => objectivesAround(given, SLO_FACTORS, BUDGET_FACTORS),
    runs: 2000,
    warmupRuns: 100,
    seed: "wisefuse",
    usualSeconds: 20,
    figures: comparisonFigures,
  };
}
