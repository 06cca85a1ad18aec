/** The parts of the convolution model, each with numbers that can be worked out by hand. */

import { describe, expect, test } from "vitest";
import { conditionsOf } from "../../src/model/condition.ts";
import { follow, makespanOf } from "../../src/model/makespan.ts";
import { mixedValues, mixingPoints } from "../../src/model/mixed-outcome.ts";
import { startedInTurn, startedTogether } from "../../src/model/starts.ts";
import type { LawfulKind } from "../../src/model/vm-kinds.ts";
import { compile } from "../../src/physics/compile.ts";
import type { Program } from "../../src/physics/program.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import {
  cdfOfDensity,
  constantDensity,
  type Density,
  densityOfSample,
  meanOfDensity,
  quantilesOf,
} from "../../src/stats/density.ts";
import { normalQuantile } from "../../src/stats/numeric.ts";
import { rootKey } from "../../src/stats/random.ts";
import { randomWorkload, SMALL } from "../../src/trace/random-workload.ts";
import { chain, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

const draws = rootKey("densities");
const programOf = (toy: Toy): Program =>
  compile(
    scenarioOf(toy),
    unfusedPlan(toy.workflow, () => 1769),
  );
const uniformFrom = (low: number, high: number) =>
  densityOfSample(
    Float64Array.from({ length: 4096 }, (_, i) => low + ((high - low) * (i + 0.5)) / 4096),
  );

describe("when the last of some steps ends", () => {
  // The longest path to the end of each step, one after another.
  const longest = ({ steps }: Program, ms: readonly number[]): number[] => {
    const endMs = ms.map(() => 0);
    for (const { index, successors } of steps) {
      endMs[index]! += ms[index]!;
      for (const next of successors) endMs[next] = Math.max(endMs[next]!, endMs[index]!);
    }
    return endMs;
  };

  test("is the longest path to any of them where nothing varies, whatever the graph", () => {
    for (let seed = 0; seed < 25; seed++) {
      const { workflow, profile } = randomWorkload(`makespan ${seed}`, { stages: 9, ...SMALL });
      const program = programOf({ workflow, profile });
      const ms = program.steps.map((_, s) => 10 + Math.round(1000 * draws.uniform(seed, s)));
      const endMs = longest(program, ms);
      const ends = (targets: readonly number[]) =>
        meanOfDensity(follow(makespanOf(program, targets), ms.map(constantDensity)));
      const last = program.steps.flatMap((step) =>
        step.successors.length === 0 ? [step.index] : [],
      );
      for (const targets of [last, [4], [3, 5], [0]])
        expect(ends(targets), `workflow ${seed}`).toBeCloseTo(
          Math.max(...targets.map((s) => endMs[s]!)),
          6,
        );
      expect(ends([])).toBe(0);
    }
  });

  test("adds what branches have in common once, after the slower of them", () => {
    const two = toyOf("two", { s: [1], a: [1], b: [1] }, [edge("s", "a"), edge("s", "b")]);
    const program = programOf(two);
    const steps = [uniformFrom(0, 1000), constantDensity(100), constantDensity(100)];
    const endMs = follow(makespanOf(program, [1, 2]), steps);
    // Were the stage before taken for two independent ones, the median would be 100 + 707.
    expect(quantilesOf(endMs)(0.5)).toBeCloseTo(600, -1);
    expect(meanOfDensity(endMs)).toBeCloseTo(600, 3);
  });

  test("is bounded from above where branches cross, by the slower of independent paths", () => {
    // a and b lead to c, and b alone to d: b is given to each as its own.
    const crossed = toyOf("crossed", { a: [1], b: [1], c: [1], d: [1] }, [
      edge("a", "c"),
      edge("b", "c"),
      edge("b", "d"),
    ]);
    const steps = [0, 1000, 0, 0].map((high) =>
      high === 0 ? constantDensity(0) : uniformFrom(0, high),
    );
    const endMs = follow(makespanOf(programOf(crossed), [2, 3]), steps);
    // Of one uniform time the mean is 500; of the later of two 667.
    expect(meanOfDensity(endMs)).toBeGreaterThanOrEqual(500 - 1e-6);
    expect(meanOfDensity(endMs)).toBeLessThan(670);
  });
});

describe("VMs of a step", () => {
  const kind = (timeMs: Density, places: readonly number[]): LawfulKind => ({
    places,
    jobs: 1,
    atHome: false,
    timeMs,
    costUsd: constantDensity(0),
    billedFromMs: 0,
    pulledMs: 0,
  });
  const starts = (hop: number, ...spreads: number[]) => ({
    hopMs: constantDensity(hop),
    spreadsMs: Float64Array.from(spreads),
  });

  test("started together end by their times, the hop and where they come in the spread", () => {
    // Five VMs are asked for 0, 10, 20, 30 and 40 ms after the hop; the third takes 100 ms, the others 50.
    const kinds = [kind(constantDensity(50), [0, 1, 3, 4]), kind(constantDensity(100), [2])];
    const { lastMs, meansMs, lastStartMs } = startedTogether(kinds, starts(7, 40), 5);
    expect(meanOfDensity(lastMs)).toBeCloseTo(7 + 20 + 100, 9);
    expect(Array.from(meansMs)).toEqual([57, 67, 127, 87, 97]);
    expect(lastStartMs).toBe(47);
  });

  test("started together end with equal weight of each spread", () => {
    const kinds = [kind(constantDensity(50), [0, 1])];
    const { lastMs, lastStartMs } = startedTogether(kinds, starts(0, 0, 100), 2);
    expect(meanOfDensity(lastMs)).toBeCloseTo(50 + 50, 9);
    expect(cdfOfDensity(lastMs, 100)).toBeCloseTo(0.5, 6);
    expect(lastStartMs).toBe(50);
    const lone = startedTogether([kind(constantDensity(50), [0])], starts(3, 100, 300), 1);
    expect([meanOfDensity(lone.lastMs), lone.lastStartMs]).toEqual([53, 3]);
  });

  test("started together with no spread are as late as the latest of them", () => {
    const { lastMs } = startedTogether([kind(uniformFrom(0, 900), [0, 1])], starts(0, 0), 2);
    expect(meanOfDensity(lastMs)).toBeCloseTo(600, -1);
    const same = startedTogether([kind(uniformFrom(0, 900), [0, 1])], starts(0, 0.001), 2);
    expect(meanOfDensity(same.lastMs)).toBeCloseTo(meanOfDensity(lastMs), 0);
  });

  test("started in turn wait for the earliest end and a hop", () => {
    // Two at once, 10 ms apart: 0 to 100 and 10 to 60; then 60 to 160 after a hop of 5, then 100 to 150.
    const kinds = [kind(constantDensity(100), [0, 2]), kind(constantDensity(50), [1, 3])];
    const { lastMs, meansMs, lastStartMs } = startedInTurn(kinds, starts(5, 30), 4, 2, draws);
    const second = 5 + 10 + 50;
    const third = second + 5 + 100;
    const fourth = 5 + 100 + 5 + 50;
    [105, second, third, fourth].forEach((ms, v) => expect(meansMs[v]).toBeCloseTo(ms, 9));
    expect(meanOfDensity(lastMs)).toBeCloseTo(third, 9);
    expect(lastStartMs).toBeCloseTo(110, 9);
  });

  test("started in turn meet each spread and each time equally often", () => {
    const one = startedInTurn([kind(uniformFrom(0, 1000), [0, 1])], starts(0, 40, 0), 2, 2, draws);
    expect(meanOfDensity(one.lastMs)).toBeGreaterThan(660);
    expect(meanOfDensity(one.lastMs)).toBeLessThan(700);
    // The second VM starts after 40 ms or at once.
    expect(one.lastStartMs).toBeCloseTo(20, 9);
    expect(one.meansMs[0]!).toBeCloseTo(500, -1);
    expect(one.meansMs[1]!).toBeCloseTo(520, -1);
  });
});

describe("what the workers of a run share", () => {
  const lognormal = { lognormal: { median: 100, sigma: 0.5 } };
  const skew = { runSigma: 0.4 };

  test("is nothing where all is constant or each worker's own", () => {
    const [only, ...others] = conditionsOf(programOf(chain([lognormal, 100], 1e5)));
    expect(others).toEqual([]);
    expect([Array.from(only!.workers), Array.from(only!.factor)]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(only!.scores.length).toBe(0);
    expect([only!.inside > 0, only!.inside < 1]).toEqual([true, true]);
    expect(Array.from(only!.bytes)).toContain(1e5);
  });

  test("is met at the middles of sixteen equal parts where it is one draw", () => {
    const conditions = conditionsOf(programOf(fanOut(8, 100, { change: { skew } })));
    expect(conditions.length).toBe(16);
    const scores = conditions.map((one) => one.scores[0]!).toSorted((a, b) => a - b);
    scores.forEach((score, i) => expect(score).toBeCloseTo(normalQuantile((i + 0.5) / 16), 9));
    for (const {
      factor,
      scores: [score],
    } of conditions)
      expect(factor[1]).toBeCloseTo(Math.exp(0.4 * score! - 0.08), 9);
    expect(new Set(conditions.map((one) => one.inside)).size).toBe(16);
  });

  test("is met at the middles of 36 parts of each draw where there are several", () => {
    const varied = fanOut({ uniform: { min: 2, max: 30 } }, 100, {
      bytes: lognormal,
      change: { skew },
    });
    const conditions = conditionsOf(programOf(varied));
    expect(conditions.length).toBe(36);
    // The fan-out, the run factor of the workers, and the bytes of two edges beside them.
    expect(conditions[0]!.scores.length).toBe(4);
    for (const d of [0, 1, 2, 3]) {
      const scores = conditions.map((one) => one.scores[d]!).toSorted((a, b) => a - b);
      scores.forEach((score, i) => expect(score).toBeCloseTo(normalQuantile((i + 0.5) / 36), 9));
    }
    const workers = conditions.map((one) => one.workers[1]!);
    expect([Math.min(...workers), Math.max(...workers)]).toEqual([2, 30]);
    expect(conditions.every((one) => one.bytes.every((bytes) => bytes >= 0))).toBe(true);
  });

  test("has a draw for each fan-out and each factor that are not tied", () => {
    const spread = { uniform: { min: 2, max: 30 } };
    const free = toyOf("free", { a: [100, spread], b: [100, spread] }, [edge("a", "b", "shuffle")]);
    const tied = toyOf("tied", { a: [100, spread], b: [100, spread] }, [
      edge("a", "b", "pairwise"),
    ]);
    const workers = (toy: Toy) =>
      conditionsOf(programOf(toy)).map((one) => one.workers[0]! - one.workers[1]!);
    expect(workers(free).some((difference) => difference !== 0)).toBe(true);
    expect(workers(tied)).toEqual(Array.from({ length: 16 }, () => 0));
    const two = { a: [100, 4, { skew }], b: [100, 4, { skew }] } as const;
    const factors = conditionsOf(programOf(toyOf("two", two, [edge("a", "b")])));
    expect(factors.some((one) => one.factor[0] !== one.factor[1])).toBe(true);
    expect(factors[0]!.scores.length).toBe(2);
  });

  test("is what each choice of the run falls on", () => {
    const { workflow, profile } = chain([100, 100]);
    const when = [{ choice: "way", within: [[0, 0.4]] }] as const;
    const chosen = { workflow, profile: { ...profile, s1: { ...profile["s1"]!, when } } };
    const conditions = conditionsOf(programOf(chosen));
    expect(conditions.map((one) => one.choices[0]!).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 16 }, (_, i) => (i + 0.5) / 16),
    );
  });

  test("are no bytes between lone workers, nor the factor of one", () => {
    expect(conditionsOf(programOf(chain([100, 100], lognormal))).length).toBe(1);
    expect(conditionsOf(programOf(chain([100, 100], 0, { skew }))).length).toBe(1);
    const [only] = conditionsOf(programOf(chain([100, 100], lognormal, { skew })));
    expect(Array.from(only!.factor)).toEqual([Number.NaN, Number.NaN]);
    expect(only!.bytes[0]).toBeNaN();
    // Two lone stages with one factor between them share it.
    const same = chain([100, 100], 0, { skew: { ...skew, runFactor: "both" } });
    expect(conditionsOf(programOf(same)).length).toBe(16);
  });

  test("is what several workers read from the run's input, but not what a lone one does", () => {
    const reading = (workers: number) =>
      toyOf("reading", { a: [100, workers] }, [edge("input", "a", "scatter", lognormal)]);
    expect(conditionsOf(programOf(reading(1))).length).toBe(1);
    expect(conditionsOf(programOf(reading(3))).length).toBe(16);
  });

  test("scales the bytes of an edge that grows with the run", () => {
    const toy = toyOf("grows", { a: [100, 4, { skew }], b: [100] }, [
      edge("a", "b", "gather", 1000, { scalesWithRun: true }),
    ]);
    const program = programOf(toy);
    const e = program.edges.findIndex((one) => one.scaledBy >= 0);
    for (const { bytes, factor } of conditionsOf(program))
      expect(bytes[e]! / factor[0]!).toBeCloseTo(1000, 9);
  });
});

describe("values from densities under conditions", () => {
  test("are met at Hammersley points", () => {
    const { score, p } = mixingPoints(4);
    expect(Array.from(p)).toEqual([0.125, 0.625, 0.375, 0.875]);
    [0.125, 0.375, 0.625, 0.875].forEach((u, i) =>
      expect(score[i]).toBeCloseTo(normalQuantile(u), 12),
    );
    expect(mixingPoints(64).p.toSorted((a, b) => a - b)).toEqual(
      Float64Array.from({ length: 64 }, (_, i) => (i + 0.5) / 64),
    );
  });

  test("of one density are its quantiles", () => {
    const density = uniformFrom(100, 300);
    const values = mixedValues([{ density, scores: new Float64Array(0) }], mixingPoints(8));
    const quantile = quantilesOf(density);
    mixingPoints(8).p.forEach((p, i) => expect(values[i]).toBeCloseTo(quantile(p), 9));
  });

  test("follow shared luck between the conditions and beyond them", () => {
    // 1,000 ms and 100 for each standard deviation of the one draw, known at three points of it.
    const at = (score: number) => ({
      density: constantDensity(1000 + 100 * score),
      scores: Float64Array.of(score),
    });
    const points = mixingPoints(50);
    for (const conditions of [
      [at(-1), at(0), at(1)],
      [at(1), at(-1), at(0)],
    ])
      mixedValues(conditions, points).forEach((value, i) =>
        expect(value).toBeCloseTo(1000 + 100 * points.score[i]!, 6),
      );
    // Growing the other way the slow runs are those of low scores.
    const falling = (score: number) => ({ ...at(-score), scores: Float64Array.of(score) });
    mixedValues([falling(-1), falling(0), falling(1)], points).forEach((value, i) =>
      expect(value).toBeCloseTo(1000 + 100 * points.score[i]!, 6),
    );
  });

  test("do not depend on the order of the conditions", () => {
    // Slow luck is slower than quick luck is quick.
    const conditions = [900, 1000, 1300].map((ms, i) => ({
      density: constantDensity(ms),
      scores: Float64Array.of(i - 1),
    }));
    const points = mixingPoints(20);
    const values = mixedValues(conditions, points);
    for (const order of [
      [2, 0, 1],
      [1, 2, 0],
      [2, 1, 0],
    ])
      expect(
        mixedValues(
          order.map((k) => conditions[k]!),
          points,
        ),
      ).toEqual(values);
    // Half-way between two of them lies the mean of both.
    const at = points.score.findIndex((score) => score > 0);
    expect(values[at]).toBeCloseTo(1000 + 300 * points.score[at]!, 6);
  });

  test("go along the direction in which the mean grows, and never below zero", () => {
    // The second draw changes nothing, the first 400 ms a standard deviation.
    const at = (first: number, second: number) => ({
      density: constantDensity(500 + 400 * first),
      scores: Float64Array.of(first, second),
    });
    const points = mixingPoints(40);
    const values = mixedValues([at(-1, -1), at(-1, 1), at(1, -1), at(1, 1)], points);
    expect(values.every((value) => value >= 0)).toBe(true);
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBeCloseTo(500 + 400 * points.score[39]!, 6);
  });
});
