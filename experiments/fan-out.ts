/** Parallel workers: from one to 256, each with as much to do. */

import { knob, withWorkers } from "../src/harness/what-ifs.ts";
import { quickPolicies, whatIfExperiment } from "../src/harness/what-if-experiment.ts";

/** Skew of workers whose weights are known only for another number of them. */
const SIGMA = 0.5;

export const experiment = whatIfExperiment({
  name: "fan-out",
  question: "What is each policy worth as a stage fans out to more workers?",
  workloads: ["video-analytics", "ml-pipeline-trees"],
  variations: knob("fan-out", [1, 4, 16, 64, 256], (given, n) => withWorkers(given, n, SIGMA)),
  knob: { variation: "fan-out", axis: "workers of each parallel stage", scale: "log" },
  usualSeconds: 150,
  quick: { policies: quickPolicies, workloads: ["ml-pipeline-trees"] },
});
