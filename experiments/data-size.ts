/** Data between stages: from none to 64 times as much. */

import { knob, withBytesBetween } from "../src/harness/what-ifs.ts";
import { quickPolicies, whatIfExperiment } from "../src/harness/what-if-experiment.ts";

export const experiment = whatIfExperiment({
  name: "data-size",
  question: "What is each policy worth as the data between stages grows?",
  workloads: ["video-analytics-chunks", "approximate-svd"],
  variations: knob("data-size", [0, 1, 4, 16, 64], withBytesBetween),
  knob: { variation: "data-size", axis: "data between stages (as given = 1)", scale: "symlog" },
  usualSeconds: 80,
  quick: { policies: quickPolicies, workloads: ["approximate-svd"] },
});
