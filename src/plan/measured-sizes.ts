/** The sizes at which stages were measured, as sizes to plan with. */

import type { Platform } from "../platform/platform.ts";
import type { Profile } from "../workflow/profile.ts";

/**
 * The platform with the measured sizes of a profile on its ladder, where they are legal there. A stage measured
 * at one size only, or between two rungs, can be planned at no other.
 */
export function withMeasuredSizes(platform: Platform, profile: Profile): Platform {
  const { minMb, maxMb, stepMb } = platform.memory;
  const measured = Object.values(profile).flatMap(({ compute }) =>
    compute.kind === "measured" ? compute.sizes.map((size) => size.memoryMb) : [],
  );
  const legal = measured.filter(
    (mb) => mb >= minMb && mb <= maxMb && Number.isInteger((mb - minMb) / stepMb),
  );
  const added = legal.filter((mb) => !platform.memorySizesMb.includes(mb));
  if (added.length === 0) return platform;
  const memorySizesMb = [...new Set([...platform.memorySizesMb, ...added])].toSorted(
    (a, b) => a - b,
  );
  return { ...platform, memorySizesMb };
}
