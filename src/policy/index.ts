/** Registry of policies by name. */

import { InputError, suggestion } from "../check.ts";
import {
  bundlingOnly,
  bundlingSizing,
  fusionBundling,
  fusionOnly,
  fusionSizing,
  sizingOnly,
} from "./ablations.ts";
import { bestMemory } from "./best-memory.ts";
import { cherrypick } from "./cherrypick.ts";
import { exhaustive } from "./exhaustive.ts";
import { faastlane } from "./faastlane.ts";
import { jolteon } from "./jolteon.ts";
import { orion } from "./orion.ts";
import { photons } from "./photons.ts";
import type { Policy } from "./policy.ts";
import { sonic } from "./sonic.ts";
import { unfused } from "./unfused.ts";
import { wisefuse } from "./wisefuse.ts";
import { wisefuseJoint } from "./wisefuse-joint.ts";

/** Every policy, in the order tables show them. */
export const policies = {
  unfused,
  "best-memory": bestMemory,
  cherrypick,
  jolteon,
  sonic,
  photons,
  faastlane,
  orion,
  "fusion-only": fusionOnly,
  "bundling-only": bundlingOnly,
  "sizing-only": sizingOnly,
  "fusion-bundling": fusionBundling,
  "fusion-sizing": fusionSizing,
  "bundling-sizing": bundlingSizing,
  wisefuse,
  "wisefuse-joint": wisefuseJoint,
  exhaustive,
} satisfies Record<string, Policy>;

/** Policies that comparisons show unless they are told otherwise: the published systems and our own. */
export const mainPolicies: readonly PolicyName[] = [
  "unfused",
  "sonic",
  "photons",
  "faastlane",
  "orion",
  "wisefuse",
  "wisefuse-joint",
];

/** WiseFuse with some of its decisions switched off: each of them alone, then in pairs. */
export const ablationPolicies: readonly PolicyName[] = [
  "fusion-only",
  "bundling-only",
  "sizing-only",
  "fusion-bundling",
  "fusion-sizing",
  "bundling-sizing",
];

/** Policies that choose every size themselves, whatever the task's sizing says. */
export const ownSizing: readonly PolicyName[] = [
  "best-memory",
  "cherrypick",
  "jolteon",
  "orion",
  ...ablationPolicies,
  "wisefuse",
  "wisefuse-joint",
  "exhaustive",
];

/** Name of a policy. */
export type PolicyName = keyof typeof policies;

// For small workflows only, so that nothing that loops over all policies runs them on large ones.
const smallOnly: readonly PolicyName[] = ["exhaustive"];

/** Names of the policies for workflows of any size. */
export const policyNames: readonly PolicyName[] = (Object.keys(policies) as PolicyName[]).filter(
  (name) => !smallOnly.includes(name),
);

/**
 * Checks that a text names a policy.
 * @throws InputError policy, with the nearest name.
 */
export function policyName(name: string): PolicyName {
  if (!Object.hasOwn(policies, name))
    throw new InputError(
      "policy",
      `unknown policy "${name}"${suggestion(name, Object.keys(policies))}`,
    );
  return name as PolicyName;
}
