import { describe, expect, test } from "vitest";
import { KeptRuns } from "../../src/result/kept-runs.ts";

const RUNS = 5000;

describe("runs kept for pairs", () => {
  const kept = new KeptRuns(1000);
  const first = ["a", "b"].map((name) => kept.begin(name));
  for (const one of first)
    for (let run = 0; run < RUNS; run++) one.add(run, { latencyMs: run, costUsd: 1 });
  const half = kept.oneIn;
  const second = ["a", "b"].map((name) => kept.begin(name));
  // In another order, as runs end under another policy.
  for (const one of second)
    for (let run = RUNS - 1; run >= 0; run--) one.add(run, { latencyMs: 2 * run, costUsd: 1 });

  test("are never more than were asked for, and one in so many", () => {
    const count = [...first, ...second].reduce((sum, { runs }) => sum + runs.size, 0);
    expect(count).toBeLessThanOrEqual(1000);
    expect(half).toBe(16);
    expect(kept.oneIn).toBe(32);
    const expected = (4 * RUNS) / kept.oneIn;
    expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  test("are the same under every policy, with what each gave them", () => {
    first.forEach(({ runs }, i) => {
      const numbers = [...runs.keys()];
      expect([...second[i]!.runs.keys()].toSorted((a, b) => a - b)).toEqual(numbers);
      for (const run of numbers) {
        expect(runs.get(run)!.latencyMs).toBe(run);
        expect(second[i]!.runs.get(run)!.latencyMs).toBe(2 * run);
      }
    });
  });

  test("are others in every workflow", () => {
    expect([...first[0]!.runs.keys()]).not.toEqual([...first[1]!.runs.keys()]);
  });
});

test("few runs are all kept", () => {
  const kept = new KeptRuns(10);
  const { runs, add } = kept.begin("one");
  for (let run = 0; run < 10; run++) add(run, { latencyMs: run, costUsd: 0 });
  expect([runs.size, kept.oneIn]).toEqual([10, 1]);
});
