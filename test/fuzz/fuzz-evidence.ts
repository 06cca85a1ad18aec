/** What a run of the fuzzer shows, kept in a file so that long runs can be made in parts. */

import type { FuzzEvidence, FuzzTally, Provenance } from "../../experiments/trust/evidence.ts";
import { jsonIn, writeEvidence } from "../../experiments/trust/keep.ts";

/** Before the first input. */
export const NOTHING: FuzzTally = { read: 0, accepted: 0, slowestMs: 0, failed: 0 };

/** Two tallies as one. */
export function plus(a: FuzzTally = NOTHING, b: FuzzTally = NOTHING): FuzzTally {
  return {
    read: a.read + b.read,
    accepted: a.accepted + b.accepted,
    slowestMs: Math.max(a.slowestMs, b.slowestMs),
    failed: a.failed + b.failed,
  };
}

// A file of evidence: runs that overlap in no input of one seed.
interface FuzzRuns {
  readonly runs: readonly FuzzEvidence[];
}

/** Adds a part to the runs in a file. */
export function addEvidence(file: string, part: FuzzEvidence): void {
  const { runs } = (jsonIn(file) ?? { runs: [] }) as FuzzRuns;
  writeEvidence(file, { runs: withPart(runs, part) }, 3);
}

/**
 * The runs with a part more: one with the run that it follows on, of the same program, and in place of those
 * that had read some of its inputs before.
 */
export function withPart(
  runs: readonly FuzzEvidence[],
  part: FuzzEvidence,
): readonly FuzzEvidence[] {
  const others = runs.filter(
    ({ seed, from, to }) => seed !== part.seed || to <= part.from || part.to <= from,
  );
  const before = others.find(
    (one) =>
      one.seed === part.seed &&
      one.to === part.from &&
      one.commit === part.commit &&
      one.node === part.node,
  );
  if (before === undefined) return [...others, part];
  return others.map((one) => (one === before ? together(before, part) : one));
}

function together(before: FuzzEvidence, part: FuzzEvidence): FuzzEvidence {
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

const LAST_LINE = /^(\d+) inputs in (\d+) s, (\d+) accepted, slowest (\d+) ms, (\d+) failed$/gm;

/** The parts of a run by the last lines that they printed, from input 0 on. */
export function partsInLog(log: string): readonly Omit<FuzzEvidence, keyof Provenance | "seed">[] {
  let to = 0;
  return [...log.matchAll(LAST_LINE)].map((line) => {
    const [read, seconds, accepted, slowestMs, failed] = line.slice(1).map(Number);
    const from = to;
    to += read!;
    return {
      from,
      to,
      seconds: seconds!,
      read: read!,
      accepted: accepted!,
      slowestMs: slowestMs!,
      failed: failed!,
      readers: {},
    };
  });
}
