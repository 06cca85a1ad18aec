/** Which stage comes after which, along any path: one bit for each pair of stages. */

import { graphOf } from "./graph.ts";
import { oncePer } from "./once-per.ts";
import type { Workflow } from "./workflow.ts";

/** Rows of `words` 32-bit words; the bit of a place is `placeBit` in word `placeWord` of its row. */
export interface Reach {
  readonly words: number;
  /** Row by row, the stages that each stage reaches; itself not among them. */
  readonly after: Uint32Array;
  /** Row by row, the stages that reach each stage; itself not among them. */
  readonly before: Uint32Array;
}

/** Word of a row that holds a place. */
export function placeWord(place: number): number {
  return place >>> 5;
}

/** The bit of a place in its word. */
export function placeBit(place: number): number {
  return 1 << (place & 31);
}

/** The workflow's paths. O(edges x stages / 32) the first time, then O(1). */
export const reachOf = oncePer((workflow: Workflow): Reach => {
  const { into, out } = graphOf(workflow);
  const count = workflow.stages.length;
  const words = placeWord(count + 31);
  const after = new Uint32Array(count * words);
  const before = new Uint32Array(count * words);
  // Places are in topological order, so a row is done before another takes it over.
  for (let place = count - 1; place >= 0; place--)
    for (const { to } of out[place]!) takeOver(after, words, place, to);
  for (let place = 0; place < count; place++)
    for (const { from } of into[place]!) takeOver(before, words, place, from);
  return { words, after, before };
});

function takeOver(rows: Uint32Array, words: number, row: number, other: number): void {
  for (let w = 0; w < words; w++) rows[row * words + w]! |= rows[other * words + w]!;
  rows[row * words + placeWord(other)]! |= placeBit(other);
}
