/** What is given: the workflow, how its stages behave, what the platform offers, and how runs arrive. */

import type { Failures } from "./failures.ts";
import type { Platform } from "../platform/platform.ts";
import type { Profile } from "../workflow/profile.ts";
import type { Workflow } from "../workflow/workflow.ts";

/** One state of a bursty process: the rate while it lasts, and how long it lasts on average. */
export interface ArrivalState {
  readonly perSecond: number;
  /** Mean of an exponential time, ms. */
  readonly meanMs: number;
}

/** How workflow runs arrive. Time 0 is the midnight at which a Monday begins. */
export type Arrivals =
  | { readonly kind: "once" }
  | { readonly kind: "poisson"; readonly perSecond: number }
  | { readonly kind: "closed"; readonly inFlight: number }
  | { readonly kind: "timestamps"; readonly atMs: readonly number[] }
  /** Every `everyMs`, from a random moment of the first interval on. */
  | { readonly kind: "timer"; readonly everyMs: number }
  /** Poisson whose rate jumps between two states (MMPP). Source: Heffes and Lucantoni, JSAC 4(6), 1986. */
  | { readonly kind: "bursty"; readonly calm: ArrivalState; readonly burst: ArrivalState }
  /** Poisson whose rate follows the hour and the day of the week. */
  | {
      readonly kind: "diurnal";
      /** Mean over a week. */
      readonly perSecond: number;
      /** Lowest rate of a day over its highest, 0 to 1. */
      readonly base: number;
      /** Time of day of the highest rate, ms. */
      readonly peakMs: number;
      /** Rate on days 6 and 7 over that of the others. */
      readonly weekend: number;
    }
  /** So many in each minute, or Poisson with so many on average. */
  | {
      readonly kind: "per-minute";
      readonly counts: readonly number[];
      readonly inside: "uniform" | "poisson";
    };

/** Everything a policy, a model and the simulator are told. */
export interface Scenario {
  readonly workflow: Workflow;
  readonly profile: Profile;
  readonly platform: Platform;
  readonly arrivals: Arrivals;
  /** What goes wrong; nothing does where it is left out. */
  readonly failures?: Failures | undefined;
}

/** The scenario as models see it and policies plan for it: nothing fails. */
export function withoutFailures(scenario: Scenario): Scenario {
  return scenario.failures === undefined ? scenario : { ...scenario, failures: undefined };
}
