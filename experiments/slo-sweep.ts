/** Every shipped workload under SLOs from tight to loose. */

import { sloAttainment, sloCost } from "../src/figure/slo-curve.ts";
import { type Experiment, objectivesAround } from "../src/harness/experiment.ts";
import { mainPolicies } from "../src/policy/index.ts";
import { sloTable } from "../src/result/slo-table.ts";

const SLO_FACTORS = [0.7, 0.85, 1, 1.25, 1.6, 2.2];

export const experiment: Experiment = {
  name: "slo-sweep",
  question: "What does a tighter SLO cost under each policy, and is it kept?",
  workloads: [
    "video-analytics",
    "ml-pipeline",
    "approximate-svd",
    "ml-pipeline-trees",
    "video-analytics-chunks",
  ],
  platforms: ["aws-lambda-2024"],
  policies: mainPolicies,
  sizings: ["tuned"],
  objectives: (workload) => objectivesAround(workload, SLO_FACTORS, []),
  runs: 2000,
  warmupRuns: 100,
  seed: "wisefuse",
  usualSeconds: 240,
  quick: { workloads: ["ml-pipeline", "approximate-svd"] },
  table: ({ cells }) => sloTable(cells),
  figures: [
    {
      name: "cost",
      caption: "What does each SLO cost per run under each policy?",
      draw: ({ cells }) => sloCost(cells),
    },
    {
      name: "attainment",
      caption: "How many runs keep each SLO, against the share that was asked for?",
      draw: ({ cells }) => sloAttainment(cells),
    },
  ],
};
