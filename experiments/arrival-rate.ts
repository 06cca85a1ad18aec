/** Runs from one an hour to four a second, and idle VMs kept from a minute to an hour. */

import { coldCurve } from "../src/figure/cold-curve.ts";
import { objectivesAround } from "../src/harness/experiment.ts";
import { knob, withArrivals, withKeepAlive } from "../src/harness/what-ifs.ts";
import {
  quickPolicies,
  ratioFigure,
  tablesByKnob,
  whatIfExperiment,
} from "../src/harness/what-if-experiment.ts";
import type { Knob } from "../src/figure/level-panel.ts";
import { coldTable, ratioTable } from "../src/result/ratio-table.ts";

const RATE = {
  variation: "arrival-rate",
  axis: "arrival rate (runs per hour)",
  scale: "log",
} as const;
const KEEP = { variation: "keep-alive", axis: "idle VMs kept for (min)", scale: "log" } as const;
const HOUR_S = 3600;
const MINUTE_MS = 60_000;
/** Rate at which keep-alive is varied, runs an hour: one every six minutes, about as long as AWS keeps VMs. */
const BETWEEN = 10;

const KNOBS: readonly Knob[] = [RATE, KEEP];

export const experiment = whatIfExperiment({
  name: "arrival-rate",
  question: "What is each policy worth as runs come more often, or idle VMs are kept longer?",
  workloads: ["ml-pipeline", "approximate-svd"],
  variations: [
    ...knob(RATE.variation, [1, 10, 60, 600, 3600, 14_400], (given, perHour) =>
      withArrivals(given, { kind: "poisson", perSecond: perHour / HOUR_S }),
    ),
    ...knob(KEEP.variation, [1, 10, 60], (given, minutes) =>
      withKeepAlive(
        withArrivals(given, { kind: "poisson", perSecond: BETWEEN / HOUR_S }),
        minutes * MINUTE_MS,
      ),
    ),
  ],
  knob: RATE,
  // The same at every level, and loose enough for runs that are always cold.
  objectives: (workload) => objectivesAround(workload, [1.25], [1.1]),
  usualSeconds: 90,
  quick: { policies: quickPolicies, workloads: ["ml-pipeline"] },
  table: ({ cells }) => tablesByKnob(cells, KNOBS, [ratioTable, coldTable]),
  figures: KNOBS.flatMap((knob) => [
    ratioFigure(knob),
    {
      name: `${knob.variation}-cold`,
      caption: `How many VM uses start cold under plans for the SLO along the ${knob.variation}?`,
      draw: ({ cells }) => coldCurve(cells, knob),
    },
  ]),
});
