/** The paper's headline: P95 latency at no greater cost, for all three applications. */

import { latencyBars } from "../src/figure/latency-bars.ts";
import { costBars } from "../src/figure/cost-bars.ts";
import { costLatency } from "../src/figure/cost-latency.ts";
import { type Experiment, objectivesAround } from "../src/harness/experiment.ts";
import { policyNames } from "../src/policy/index.ts";

export const experiment: Experiment = {
  name: "equal-cost",
  question: "How low does each policy bring P95 latency within the same budget?",
  workloads: ["video-analytics", "ml-pipeline", "approximate-svd"],
  platform: "aws-lambda-2024",
  policies: policyNames,
  sizings: ["tuned"],
  objectives: (workload) => objectivesAround(workload, [], [0.6, 1, 1.5, 2.5]),
  runs: 2000,
  warmupRuns: 100,
  seed: "wisefuse",
  usualSeconds: 60,
  figures: [
    {
      name: "latency",
      caption: "How low does each policy bring P95 latency within the same budget?",
      draw: ({ cells }) => latencyBars(cells),
    },
    {
      name: "cost",
      caption: "Does each policy stay within the budget?",
      draw: ({ cells }) => costBars(cells),
    },
    {
      name: "cost-latency",
      caption: "Which pairs of cost and P95 latency does each policy reach?",
      draw: ({ cells }) => costLatency(cells),
    },
  ],
};
