/** What a trace or workload file gives: a workflow, how its stages behave, whence the numbers. */

import type { Failures } from "../plan/failures.ts";
import type { Arrivals } from "../plan/scenario.ts";
import type { Profile } from "../workflow/profile.ts";
import type { Workflow } from "../workflow/workflow.ts";

/** Where some numbers of a workload come from. */
export interface Provenance {
  /** Path in the workload, with stages by id and edges by `from->to`: `stages.classify.compute`. */
  readonly path: string;
  /** How far a number can be trusted: observed, computed from observations, or chosen. */
  readonly tag: "measured" | "derived" | "assumed";
  readonly source: string;
}

/** The objective a workload suggests; what a command line states goes first. */
export interface ObjectiveDefaults {
  /** Quantile of latency that is meant, in (0, 1). */
  readonly quantile: number;
  readonly latencyMsMax: number | undefined;
  /** USD per run. */
  readonly costUsdMax: number | undefined;
}

/** A workflow to plan and simulate, whatever file it came from. */
export interface Workload {
  readonly name: string;
  readonly description: string;
  /** Where the numbers come from, in a sentence. */
  readonly source: string;
  readonly workflow: Workflow;
  readonly profile: Profile;
  readonly arrivals: Arrivals | undefined;
  /** What goes wrong; nothing does where it is left out. */
  readonly failures?: Failures | undefined;
  readonly objective: ObjectiveDefaults | undefined;
  readonly provenance: readonly Provenance[];
}
