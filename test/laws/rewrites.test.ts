/** What planners rest on: neighbours of a legal plan are plans of the same stages, legal but for what depends on sizes. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPlan } from "../../src/plan/check-plan.ts";
import {
  bundle,
  fuse,
  lead,
  relayout,
  repass,
  resize,
  resizeAll,
  split,
  trade,
} from "../../src/plan/rewrites.ts";
import { randomCases } from "./random-plan.ts";

const REWRITES = { fuse, split, bundle, relayout, repass, resize, resizeAll, trade, lead };

// Only the whole plan tells: whether a path leaves a group and returns, and what fits in memory or a payload.
const FOR_THE_SEARCH = [
  /^not convex: /,
  /^needs \d+ MB at its worst moment/,
  /is above the limit of \d+$/,
];

test("every neighbour holds each stage once, and breaks no rule but those a search must check", () => {
  const legal = new Map(Object.keys(REWRITES).map((name) => [name, 0]));
  fc.assert(
    fc.property(randomCases(), ({ scenario, plan }) => {
      const stages = scenario.workflow.stages.map(({ id }) => id).toSorted();
      for (const [name, rewrite] of Object.entries(REWRITES))
        for (const next of rewrite(plan, scenario)) {
          expect(next.groups.flatMap((group) => group.stages).toSorted(), name).toEqual(stages);
          // A scenario of its own: what was legal last is remembered by scenario.
          const faults = checkPlan({ ...scenario }, next);
          const wrong = faults.filter(
            ({ message }) => !FOR_THE_SEARCH.some((known) => known.test(message)),
          );
          expect(wrong, name).toEqual([]);
          expect(checkPlan(scenario, next), name).toEqual(faults);
          if (faults.length === 0) legal.set(name, legal.get(name)! + 1);
        }
    }),
    { numRuns: 200, seed: 10 },
  );
  // The law is empty for a rewrite that leads nowhere.
  for (const [name, count] of legal) expect(count, name).toBeGreaterThan(50);
});
