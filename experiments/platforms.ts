/** One workload on every cloud in the registry, and on one without overhead. */

import { relativeCostBars, relativeLatencyBars } from "../src/figure/relative-bars.ts";
import type { Experiment } from "../src/harness/experiment.ts";
import { objectivesInPace } from "../src/harness/pace.ts";
import { quickPolicies } from "../src/harness/what-if-experiment.ts";
import { platformNames } from "../src/platform/index.ts";
import { mainPolicies } from "../src/policy/index.ts";
import { ratioTable } from "../src/result/ratio-table.ts";

export const experiment: Experiment = {
  name: "platforms",
  question: "On which platforms is each policy worth how much?",
  workloads: ["ml-pipeline", "approximate-svd"],
  platforms: platformNames,
  policies: mainPolicies,
  sizings: ["tuned"],
  ...objectivesInPace,
  runs: 2000,
  warmupRuns: 100,
  seed: "wisefuse",
  usualSeconds: 40,
  quick: { workloads: ["ml-pipeline"], policies: quickPolicies },
  table: ({ cells }) => ratioTable(cells, { title: "", of: (row) => row.platform }),
  figures: [
    {
      name: "latency",
      caption:
        "How low does each policy bring P95 latency within the same budget on each platform?",
      draw: ({ cells }) => relativeLatencyBars(cells.filter((row) => row.objective === "latency")),
    },
    {
      name: "cost",
      caption: "What does each policy cost under the same SLO on each platform?",
      draw: ({ cells }) => relativeCostBars(cells.filter((row) => row.objective === "cost")),
    },
  ],
};
