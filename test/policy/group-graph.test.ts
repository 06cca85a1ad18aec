import { describe, expect, test } from "vitest";
import type { GroupOutcome } from "../../src/model/prediction.ts";
import { criticalityOf, groupGraph } from "../../src/policy/group-graph.ts";
import { chain, diamond, scenarioOf } from "../toy-graphs.ts";

const scenario = scenarioOf(diamond({ first: 1, left: 1, right: 1, last: 1 }));
const taking = (latencyMs: readonly number[]): GroupOutcome => ({
  latencyMs: Float64Array.from(latencyMs),
  leastMs: Float64Array.from(latencyMs),
  costUsdMean: 0,
  exact: true,
});
const runs = (count: number, of: (run: number) => number) =>
  taking(Array.from({ length: count }, (_, run) => of(run)));

describe("groups as nodes", () => {
  test("come each after those they wait for, however the plan lists them", () => {
    const { order, before } = groupGraph(scenario, [["last"], ["right"], ["first", "left"]])!;
    expect(order).toEqual([2, 1, 0]);
    // Two edges lead from the first group, by way of one group and directly; each is named once.
    expect(before.map((some) => some.toSorted((a, b) => a - b))).toEqual([[1, 2], [2], []]);
  });

  test("are none where they wait for each other in a circle", () => {
    expect(groupGraph(scenario, [["first", "last"], ["left"], ["right"]])).toBeUndefined();
    expect(groupGraph(scenario, [["first", "left", "right", "last"]])).toEqual({
      order: [0],
      before: [[]],
    });
  });
});

describe("what decides a plan's latency", () => {
  const apart = groupGraph(scenario, [["first"], ["left"], ["right"], ["last"]])!;

  test("is the longest path, by hand", () => {
    const outcomes = [100, 300, 200, 50].map((ms) => runs(20, () => ms));
    const { weights, readyMs } = criticalityOf(apart, outcomes, 0.95);
    expect(Array.from(weights, (share) => Math.round(1e9 * share) / 1e9)).toEqual([1, 1, 0, 1]);
    expect(Array.from(readyMs)).toEqual([0, 100, 100, 400]);
  });

  test("is shared between branches that are each the slower in some runs of the tail", () => {
    // The slower half of the runs is that of the right branch.
    const outcomes = [
      runs(20, () => 100),
      runs(20, () => 310),
      runs(20, (run) => 300 + 20 * run),
      runs(20, () => 50),
    ];
    // Runs 7 to 12 are about the median; the right branch takes longer in all of them.
    const median = criticalityOf(apart, outcomes, 0.5);
    expect(median.tail).toEqual([7, 8, 9, 10, 11, 12]);
    expect(Array.from(median.weights.subarray(1, 3))).toEqual([0, expect.closeTo(1, 9)]);
    // In runs 0 to 5 it does in all but the first, where it takes 300 ms.
    const least = criticalityOf(apart, outcomes, 0);
    expect(least.tail).toEqual([0, 1, 2, 3, 4, 5]);
    expect(least.weights[1]).toBeCloseTo(1 / 6, 9);
    expect(least.weights[2]).toBeCloseTo(5 / 6, 9);
    // The last stage is ready after the slower branch: 410 ms, then 420, 440, .. 500.
    expect(least.readyMs[3]).toBeCloseTo((410 + 420 + 440 + 460 + 480 + 500) / 6, 9);
  });

  test("is judged on the runs about the quantile, a tenth of all on each side and at least three", () => {
    const line = groupGraph(scenarioOf(chain([1])), [["s0"]])!;
    const tailOf = (count: number, quantile: number) =>
      criticalityOf(line, [runs(count, (run) => 1000 - run)], quantile).tail.map(
        (run) => count - 1 - run,
      );
    expect(tailOf(20, 1)).toEqual([14, 15, 16, 17, 18, 19]);
    expect(tailOf(50, 0.5)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
    expect(tailOf(50, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // Of few runs all, and of one that one.
    expect(tailOf(4, 0.95)).toEqual([0, 1, 2, 3]);
    expect(tailOf(1, 0.95)).toEqual([0]);
  });
});
