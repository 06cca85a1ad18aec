/** The ML pipeline of WiseFuse and ORION: every policy under an SLO sweep and a budget sweep. */

import { appExperiment } from "../src/harness/app-experiment.ts";

export const experiment = appExperiment(
  "ml-pipeline",
  "How fast and how dear is the ML pipeline under each policy's plan?",
);
