/** Counts the random cases of every property; for runs that leave evidence. */

import fc from "fast-check";
import { countCases } from "./figures.ts";

fc.configureGlobal({
  reporter: (details) => {
    if (details.failed) throw new Error(fc.defaultReportMessage(details));
    countCases(details.numRuns);
  },
});
