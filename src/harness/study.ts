/** A study: what planners decide on many workflows, as rows. Nothing is simulated. */

import type { DecisionRow } from "../result/decision-table.ts";
import type { Workload } from "../trace/workload.ts";

/** Decisions to compare, divided into tasks that threads share. */
export interface Study {
  /** Its table is `<name>.csv`. */
  readonly name: string;
  /** Names of the tasks in table order, each one told to a thread and timed. */
  readonly tasks: readonly string[];
  /** The rows of a task: the same on any thread. `shipped` gives a shipped workload by name. */
  rows(task: string, shipped: (workload: string) => Workload): readonly DecisionRow[];
}
