/** VMs that crash, invocations that err: what is lost with all that is fused and bundled in one VM. */

import { survivalCurve } from "../src/figure/survival-curve.ts";
import type { Knob } from "../src/figure/level-panel.ts";
import { objectivesAround } from "../src/harness/experiment.ts";
import { knob, withFailures } from "../src/harness/what-ifs.ts";
import {
  quickPolicies,
  tablesByKnob,
  whatIfExperiment,
} from "../src/harness/what-if-experiment.ts";
import { survivalTable } from "../src/result/ratio-table.ts";

const CRASHES = {
  variation: "crashes",
  axis: "crashes per VM-hour",
  scale: "symlog",
} as const;
const ERRORS = {
  variation: "invocation-errors",
  axis: "invocations that err (%)",
  scale: "linear",
} as const;

const KNOBS: readonly Knob[] = [CRASHES, ERRORS];

export const experiment = whatIfExperiment({
  name: "failures",
  question: "What do latency and cost of each policy become as VMs crash and invocations fail?",
  workloads: ["video-analytics", "ml-pipeline"],
  variations: [
    ...knob(CRASHES.variation, [0, 0.1, 1, 10, 100], (given, crashesPerHour) =>
      withFailures(given, { crashesPerHour }),
    ),
    ...knob(ERRORS.variation, [0, 0.5, 1, 2, 5], (given, percent) =>
      withFailures(given, { invocationErrors: percent / 100 }),
    ),
  ],
  knob: CRASHES,
  // One plan a policy, whatever fails.
  objectives: (workload) => objectivesAround(workload, [1], []),
  usualSeconds: 90,
  quick: { policies: quickPolicies, workloads: ["ml-pipeline"] },
  table: ({ cells }) => tablesByKnob(cells, KNOBS, [survivalTable]),
  figures: KNOBS.map((knob) => ({
    name: knob.variation,
    caption: `How do P95, cost and the share of runs that finish answer to ${knob.axis}?`,
    draw: ({ cells }) => survivalCurve(cells, knob),
  })),
});
