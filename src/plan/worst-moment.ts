/** Memory of the stages that may run in one VM at once: one stage, and all on other branches. */

import { placeBit, placeWord, reachOf } from "../workflow/reach.ts";
import type { Workflow } from "../workflow/workflow.ts";

/**
 * The largest sum of `mb` over a stage and the stages that neither come before nor after it. `mb` is
 * the memory of each of `places`, MB, summed in the order of the workflow. O(places x span / 32 + pairs that may run at once).
 */
export function worstMomentMb(
  workflow: Workflow,
  places: readonly number[],
  mb: readonly number[],
): number {
  if (places.length === 1) return mb[0]!;
  const { words, after, before } = reachOf(workflow);
  const first = placeWord(Math.min(...places));
  const span = placeWord(Math.max(...places)) - first + 1;
  const members = new Uint32Array(span);
  const mbAt = new Float64Array(32 * span);
  places.forEach((place, i) => {
    members[placeWord(place) - first]! |= placeBit(place);
    mbAt[place - 32 * first] = mb[i]!;
  });
  let worstMb = 0;
  for (const place of places) {
    const row = place * words + first;
    let sumMb = 0;
    for (let w = 0; w < span; w++) {
      let besides = members[w]! & ~(after[row + w]! | before[row + w]!);
      while (besides !== 0) {
        const lowest = besides & -besides;
        sumMb += mbAt[32 * w + 31 - Math.clz32(lowest)]!;
        besides ^= lowest;
      }
    }
    worstMb = Math.max(worstMb, sumMb);
  }
  return worstMb;
}
