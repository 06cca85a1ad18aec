import { expect, test } from "vitest";
import type { FuzzEvidence } from "../../experiments/trust/evidence.ts";
import { partsInLog, withPart } from "../fuzz/fuzz-evidence.ts";

const plan = { read: 60, accepted: 5, slowestMs: 40, failed: 0 };
const first: FuzzEvidence = {
  date: "2026-01-02",
  commit: "0123456789ab",
  node: "20.0.0",
  seed: "long",
  from: 0,
  to: 100,
  seconds: 3,
  read: 100,
  accepted: 30,
  slowestMs: 80,
  failed: 1,
  readers: { plan },
};
const next: FuzzEvidence = { ...first, date: "2026-01-03", from: 100, to: 150, read: 50 };

test("a part that follows on a run of the same program is added to it", () => {
  expect(withPart([first], next)).toEqual([
    {
      ...next,
      from: 0,
      read: 150,
      accepted: 60,
      seconds: 6,
      failed: 2,
      readers: { plan: { ...plan, read: 120, accepted: 10 } },
    },
  ]);
});

test("a part of another program, seed or place stands beside the run, or in its place if it reads it again", () => {
  for (const other of [
    { ...next, commit: "ba9876543210" },
    { ...next, node: "22.0.0" },
    { ...next, seed: "short" },
    { ...next, from: 101 },
  ])
    expect(withPart([first], other)).toEqual([first, other]);
  const again = { ...next, from: 99 };
  expect(withPart([first], again)).toEqual([again]);
});

test("parts are found in what the fuzzer printed", () => {
  const log = `input 7: plan: slow
100 inputs in 3 s, 30 accepted, slowest 80 ms, 1 failed
  1 x plan: slow
50 inputs in 2 s, 10 accepted, slowest 20 ms, 0 failed
`;
  const { from, to, seconds, read, accepted, slowestMs, failed } = first;
  expect(partsInLog(log)).toEqual([
    { from, to, seconds, read, accepted, slowestMs, failed, readers: {} },
    {
      from: 100,
      to: 150,
      seconds: 2,
      read: 50,
      accepted: 10,
      slowestMs: 20,
      failed: 0,
      readers: {},
    },
  ]);
});
