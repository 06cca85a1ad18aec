/** The paper's headline: P95 latency at no greater cost, for all three applications. */

import { costLatency } from "../src/figure/cost-latency.ts";
import { latencyBars } from "../src/figure/latency-bars.ts";
import { wisefuseLatencyBars } from "../src/figure/relative-bars.ts";
import { tunedRows } from "../src/harness/app-experiment.ts";
import { type Experiment, objectivesAround } from "../src/harness/experiment.ts";
import { mainPolicies } from "../src/policy/index.ts";
import type { CellRow } from "../src/result/cell-table.ts";
import { equalCostTable } from "../src/result/equal-cost-table.ts";

/** WiseFuse's budgets lie close together, so that one comes just below what a baseline costs. */
const FINE = [0.5, ...Array.from({ length: 40 }, (_, i) => 0.7 * 1.03 ** i)];

// The budget that every policy planned for.
function sharedBudget(rows: readonly CellRow[]): readonly CellRow[] {
  const budgets = rows.filter((row) => row.policy !== "wisefuse").map((row) => row.budget_usd);
  return tunedRows(rows).filter((row) => budgets.includes(row.budget_usd));
}

export const experiment: Experiment = {
  name: "equal-cost",
  question: "How low does WiseFuse bring P95 latency at no greater cost than each baseline?",
  workloads: ["video-analytics", "ml-pipeline", "approximate-svd"],
  platforms: ["aws-lambda-2024"],
  policies: mainPolicies,
  sizings: ["tuned", "default"],
  objectives: (workload, policy) =>
    objectivesAround(workload, [], policy === "wisefuse" ? [1, ...FINE] : [1]),
  runs: 2000,
  warmupRuns: 100,
  seed: "wisefuse",
  usualSeconds: 60,
  table: ({ cells }) => equalCostTable(cells),
  figures: [
    {
      name: "latency",
      caption: "How low does each policy bring P95 latency within the same budget?",
      draw: ({ cells }) => latencyBars(sharedBudget(cells)),
    },
    {
      name: "relative-latency",
      caption: "How many times WiseFuse's P95 does each policy need within the same budget?",
      draw: ({ cells }) => wisefuseLatencyBars(sharedBudget(cells)),
    },
    {
      name: "cost-latency",
      caption: "Where do the baselines lie against WiseFuse's trade of cost against P95 latency?",
      draw: ({ cells }) => costLatency(tunedRows(cells)),
    },
  ],
};
