/** Unequal workers: from all alike to a few that carry most of the work. */

import { knob, withSkew } from "../src/harness/what-ifs.ts";
import { quickPolicies, whatIfExperiment } from "../src/harness/what-if-experiment.ts";

export const experiment = whatIfExperiment({
  name: "skew",
  question: "What is each policy worth as the workers of a stage become more unequal?",
  workloads: ["video-analytics", "approximate-svd"],
  variations: knob("skew", [0, 0.25, 0.5, 1, 1.5], withSkew),
  knob: { variation: "skew", axis: "content skew (lognormal sigma)", scale: "linear" },
  usualSeconds: 70,
  quick: { policies: quickPolicies, workloads: ["approximate-svd"] },
});
