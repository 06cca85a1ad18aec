/** WiseFuse without some of its decisions: fusion, bundling and sizing, each alone and in pairs. */

import { relativeCostBars, relativeLatencyBars } from "../src/figure/relative-bars.ts";
import { type Experiment, objectivesAround } from "../src/harness/experiment.ts";
import { ablationPolicies } from "../src/policy/index.ts";
import { ablationTable } from "../src/result/ablation-table.ts";

export const experiment: Experiment = {
  name: "ablation",
  question: "What is each of fusion, bundling and sizing worth, alone and together?",
  workloads: ["video-analytics", "ml-pipeline", "approximate-svd"],
  platforms: ["aws-lambda-2024"],
  policies: ["unfused", ...ablationPolicies, "wisefuse", "wisefuse-joint"],
  sizings: ["tuned"],
  objectives: (workload) => objectivesAround(workload, [1], [1]),
  runs: 2000,
  warmupRuns: 100,
  seed: "wisefuse",
  usualSeconds: 60,
  table: ({ cells }) => ablationTable(cells),
  figures: [
    {
      name: "cost",
      caption: "What does each set of decisions cost under the workload's own SLO?",
      draw: ({ cells }) => relativeCostBars(cells.filter((row) => row.objective === "cost")),
    },
    {
      name: "latency",
      caption: "How low does each set of decisions bring P95 latency within the same budget?",
      draw: ({ cells }) => relativeLatencyBars(cells.filter((row) => row.objective === "latency")),
    },
  ],
};
