/** What a run of the fuzzer shows, kept in a file so that long runs can be made in parts. */

import { jsonIn, type Provenance, writeEvidence } from "../../experiments/trust/evidence.ts";
import type { Counts } from "./fuzz-state.ts";

/** What is counted of a reader or of all, the failures with it. */
export interface Tally extends Counts {
  readonly failed: number;
}

/** Before the first input. */
export const NOTHING: Tally = { read: 0, accepted: 0, slowestMs: 0, failed: 0 };

/** Two tallies as one. */
export function plus(a: Tally = NOTHING, b: Tally = NOTHING): Tally {
  return {
    read: a.read + b.read,
    accepted: a.accepted + b.accepted,
    slowestMs: Math.max(a.slowestMs, b.slowestMs),
    failed: a.failed + b.failed,
  };
}

/** Inputs `from` to below `to` of a seed. */
export interface FuzzEvidence extends Provenance, Tally {
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  readonly readers: Readonly<Record<string, Tally>>;
}

/** Adds a part to what a file holds if it follows on it, of the same program; begins anew if not. */
export function addEvidence(file: string, part: FuzzEvidence): void {
  writeEvidence(file, together(jsonIn(file) as FuzzEvidence | undefined, part));
}

/** Both parts as one where the second follows the first, the second alone where it does not. */
export function together(before: FuzzEvidence | undefined, part: FuzzEvidence): FuzzEvidence {
  const follows =
    before?.seed === part.seed &&
    before.to === part.from &&
    before.commit === part.commit &&
    before.node === part.node;
  if (!follows) return part;
  const names = new Set([...Object.keys(before.readers), ...Object.keys(part.readers)]);
  return {
    ...part,
    from: before.from,
    seconds: before.seconds + part.seconds,
    ...plus(before, part),
    readers: Object.fromEntries(
      [...names].map((name) => [name, plus(before.readers[name], part.readers[name])]),
    ),
  };
}
