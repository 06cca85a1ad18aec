/** What is given: the workflow, how its stages behave, what the platform offers, and how runs arrive. */

import type { Platform } from "../platform/platform.ts";
import type { Profile } from "../workflow/profile.ts";
import type { Workflow } from "../workflow/workflow.ts";

/** How workflow runs arrive. */
export type Arrivals =
  | { readonly kind: "once" }
  | { readonly kind: "poisson"; readonly perSecond: number }
  | { readonly kind: "closed"; readonly inFlight: number }
  | { readonly kind: "timestamps"; readonly atMs: readonly number[] };

/** Everything a policy, a model and the simulator are told. */
export interface Scenario {
  readonly workflow: Workflow;
  readonly profile: Profile;
  readonly platform: Platform;
  readonly arrivals: Arrivals;
}
