/** Slow orchestrators: what is fusing worth when every hand-over costs more? */

import { whatIfExperiment, ratioFigure } from "../../src/harness/what-if-experiment.ts";
import { knob } from "../../src/harness/what-ifs.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { tailBars } from "./figure.ts";

/** The same platform with hops that take `factor` times as long. */
function withHops(given: Scenario, factor: number): Scenario {
  const { orchestrator } = given.platform;
  const hops = orchestrator.hops.map(({ bytes, p50Ms, p95Ms }) => ({
    bytes,
    p50Ms: factor * p50Ms,
    p95Ms: factor * p95Ms,
  }));
  return { ...given, platform: { ...given.platform, orchestrator: { ...orchestrator, hops } } };
}

const turned = { variation: "hops", axis: "hop time (times AWS's)", scale: "log" } as const;

/** The experiment: `npm run experiment -- hops` once it lies in `experiments/hops.ts`. */
export const experiment = whatIfExperiment({
  name: "hops",
  question: "What is fusing worth as hand-overs by the orchestrator take longer?",
  workloads: ["video-analytics-chunks"],
  variations: knob("hops", [1, 4, 16], withHops),
  knob: turned,
  usualSeconds: 30,
  figures: [
    ratioFigure(turned),
    {
      name: "tail",
      caption: "How far are the slow runs of each policy from its usual one?",
      draw: ({ cells }) => tailBars(cells),
    },
  ],
});
