/** Both prediction models against simulation: every workload, policy, platform and three kinds of arrivals. */

import { predictionError } from "../src/figure/prediction-error.ts";
import { type Experiment, objectivesAround, type Variation } from "../src/harness/experiment.ts";
import { convolutionModel } from "../src/model/convolution.ts";
import { platformNames } from "../src/platform/index.ts";
import { mainPolicies } from "../src/policy/index.ts";
import { modelErrorAnswer, modelErrorTable } from "../src/result/model-error.ts";

/** At this rate about every second run comes after its VMs were reclaimed. */
const SPARSE_PER_SECOND = 0.002;

const ARRIVALS: readonly Variation[] = [
  { name: "own arrivals", level: null, scenario: (given) => given },
  {
    name: "always warm",
    level: null,
    scenario: (given) => ({
      ...given,
      platform: { ...given.platform, keepAliveMs: Number.POSITIVE_INFINITY },
    }),
  },
  {
    name: "half cold",
    level: null,
    scenario: (given) => ({
      ...given,
      arrivals: { kind: "poisson", perSecond: SPARSE_PER_SECOND },
    }),
  },
];

export const experiment: Experiment = {
  name: "model-accuracy",
  question: "How far is the predicted P95 latency of each model from what the simulator finds?",
  workloads: [
    "video-analytics",
    "ml-pipeline",
    "approximate-svd",
    "ml-pipeline-trees",
    "video-analytics-chunks",
  ],
  platforms: platformNames,
  policies: [...mainPolicies, "jolteon", "cherrypick"],
  sizings: ["tuned"],
  objectives: (workload) => objectivesAround(workload, [1], []),
  variations: ARRIVALS,
  predictors: [{ name: "convolution", model: (scenario) => convolutionModel(scenario) }],
  runs: 20_000,
  warmupRuns: 100,
  keepsRuns: false,
  seed: "wisefuse",
  usualSeconds: 1000,
  quick: {
    workloads: ["ml-pipeline", "approximate-svd"],
    platforms: ["aws-lambda-2024"],
    policies: ["unfused", "photons", "faastlane", "wisefuse"],
    runs: 2000,
  },
  table: ({ cells }) => modelErrorTable(cells),
  answer: ({ cells }) => modelErrorAnswer(cells),
  figures: [
    {
      name: "error",
      caption: "How far is each model's P95 from simulation, and on which platform and arrivals?",
      draw: ({ cells }) => predictionError(cells),
    },
  ],
};
