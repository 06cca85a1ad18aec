import { describe, expect, test } from "vitest";
import { replayPool } from "../../src/model/pool-replay.ts";

const uses = (requestMs: readonly number[], warmMs: readonly number[], keepMs: number) => ({
  requestMs: Float64Array.from(requestMs),
  warmMs: Float64Array.from(warmMs),
  coldMs: () => 50,
  keepMs: () => keepMs,
});
const coldOf = (requestMs: readonly number[], warmMs: readonly number[], keepMs: number) =>
  Array.from(replayPool(uses(requestMs, warmMs, keepMs), 10_000, 2000));

describe("a pool, replayed over a period", () => {
  test("keeps one VM warm for uses that follow each other within the keep-alive", () => {
    // The use at 100 finds nothing of the period before within 1,000 ms.
    expect(coldOf([100, 900, 1800], [300, 300, 300], 1000)).toEqual([1, 0, 0]);
  });

  test("needs a second VM for a use beside another, and keeps both", () => {
    expect(coldOf([100, 200, 1000, 1100], [300, 300, 300, 300], 5000)).toEqual([1, 1, 0, 0]);
  });

  test("loses a VM after the keep-alive, which begins when it is released", () => {
    expect(coldOf([0, 1340, 1360], [300, 10, 10], 1000)).toEqual([1, 0, 0]);
    // Cold, the first lasts 350 ms and its VM is gone 1,350 ms after the start.
    expect(coldOf([0, 1360], [300, 10], 1000)).toEqual([1, 1]);
  });

  test("remembers what the period before has left warm", () => {
    expect(coldOf([100, 9800], [100, 100], 1000)).toEqual([0, 1]);
  });

  test("takes the most recently used VM first, so that the other grows old", () => {
    expect(coldOf([100, 100, 700, 1300, 1300], [50, 50, 50, 50, 50], 1000)).toEqual([
      1, 1, 0, 0, 1,
    ]);
  });

  test("asks for what begins after the period's end at the next one's beginning", () => {
    // At 10,100 is at 100: the use at 500 follows it.
    expect(coldOf([500, 10_100], [100, 100], 1000)).toEqual([0, 1]);
  });

  test("has no use for what is not one", () => {
    expect(coldOf([100, 900, 1800], [300, Number.NaN, 300], 1000)).toEqual([1, 0, 1]);
  });

  test("takes a VM at the very moment at which it is released", () => {
    expect(coldOf([0, 350, 360], [300, 10, 10], 1000)).toEqual([1, 0, 0]);
    expect(coldOf([0, 349, 360], [300, 100, 10], 1000)).toEqual([1, 1, 0]);
  });

  test("looks back over several periods where the keep-alive is longer than one", () => {
    // Each use lasts four periods, so four VMs take turns, all warm after four periods.
    const lone = uses([0], [350], 1e6);
    expect(Array.from(replayPool(lone, 100, 2e6))).toEqual([0]);
    expect(Array.from(replayPool(lone, 100, 100))).toEqual([1]);
    // One more period back, and what was cold then has gone back to the pool.
    expect(Array.from(replayPool(uses([0], [80], 1e6), 100, 200))).toEqual([0]);
  });
});
