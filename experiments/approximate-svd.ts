/** Approximate SVD, WiseFuse's third application: every policy under an SLO sweep and a budget sweep. */

import { appExperiment } from "../src/harness/app-experiment.ts";

export const experiment = appExperiment(
  "approximate-svd",
  "How fast and how dear is a block-structured SVD with unequal blocks under each policy's plan?",
);
