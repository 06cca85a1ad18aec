/** Video Analytics of WiseFuse and ORION: every policy under an SLO sweep and a budget sweep. */

import { appExperiment } from "../src/harness/app-experiment.ts";

export const experiment = appExperiment(
  "video-analytics",
  "How fast and how dear is video analytics under each policy's plan?",
);
