/** Which part of a run's luck leads to each state of a machine: branches that exclude each other. */

import type { Branch } from "../workflow/profile.ts";
import type { Visit } from "./asl-loops.ts";

type Part = Branch["within"][number];

/** When a state is visited, given that its machine runs: always, or on a branch. */
export type Reached = Pick<Branch, "choice" | "within"> | undefined;

/** Beyond so many parts a state's neighbours are joined: later choices then lean on earlier ones. */
const PARTS_MAX = 64;

/**
 * Splits one draw over 0 to 1 at each Choice, in proportion to `sharesOf` its branches: every path has parts
 * of its own, so that a run takes one path, and nested choices multiply. Where all paths meet again the next
 * Choice has a new draw. `nameOf` names the draw that a Choice begins.
 */
export function reachedStates(
  visits: ReadonlyMap<string, Visit>,
  sharesOf: (visit: Visit) => readonly number[],
  nameOf: (choice: string) => string,
): ReadonlyMap<string, Reached> {
  const into = new Map<string, { draw: number; parts: Part[] }>();
  const draws: string[] = [];
  const reached = new Map<string, Reached>();
  let latest = 0;
  for (const [key, visit] of visits) {
    const coming = into.get(key) ?? { draw: latest, parts: reached.size === 0 ? [WHOLE] : [] };
    const within = joined(coming.parts);
    const always = within.length === 1 && within[0]![0] === 0 && within[0]![1] === 1;
    const draw = always ? ++latest : coming.draw;
    const parts = always ? [WHOLE] : coming.parts.length > PARTS_MAX ? within : coming.parts;
    // Nothing leads to a state behind a branch of chance 0.
    const on = within.length === 0 ? [NOTHING] : within;
    reached.set(key, always ? undefined : { choice: draws[draw]!, within: on });
    if (visit.next.length > 1) draws[draw] ??= nameOf(visit.name);
    const shares = sharesOf(visit);
    let below = 0;
    visit.next.forEach((to, i) => {
      const above = i === visit.next.length - 1 ? 1 : Math.min(1, below + shares[i]!);
      const known = into.get(to) ?? { draw, parts: [] };
      for (const part of parts) {
        const own = [placeIn(part, below), placeIn(part, above)] as const;
        if (own[1] > own[0]) known.parts.push(own);
      }
      into.set(to, known);
      below = above;
    });
  }
  return reached;
}

/** Length of all parts: the chance of a branch. */
export function chanceOf(branches: readonly Pick<Branch, "within">[]): number {
  return branches.reduce(
    (product, { within }) => product * within.reduce((sum, [from, to]) => sum + (to - from), 0),
    1,
  );
}

const WHOLE: Part = [0, 1];
const NOTHING: Part = [0, 0];

// The ends of a part exactly, so that parts which were one meet again.
function placeIn([from, to]: Part, at: number): number {
  return at === 0 ? from : at === 1 ? to : from + at * (to - from);
}

function joined(parts: readonly Part[]): readonly Part[] {
  const whole: [number, number][] = [];
  for (const [from, to] of parts.toSorted((a, b) => a[0] - b[0])) {
    const last = whole.at(-1);
    if (last !== undefined && last[1] === from) last[1] = to;
    else whole.push([from, to]);
  }
  return whole;
}
