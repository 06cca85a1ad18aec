/**
 * A battery over named draws. Every test gives a p-value; all of them together may raise a false alarm in one of a
 * thousand changes of the generator, shared evenly (Bonferroni). The draws never change, so neither does the verdict.
 */

import { beforeAll, describe, expect, test } from "vitest";
import { normalProbability } from "../../src/stats/numeric.ts";
import { RandomKey, rootKey } from "../../src/stats/random.ts";
import { measured } from "../trust/figures.ts";

const N = 20_000;
const FALSE_ALARM = 1e-3;

/** Two sequences that must know nothing of each other. */
interface Pair {
  readonly name: string;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

const SEEDS = ["wisefuse", "1", ""];

/** The n draws of a stream, by what is counted up. */
function stream(draw: (i: number) => number): Float64Array {
  return Float64Array.from({ length: N }, (_, i) => draw(i));
}

function pairsOf(seed: string): readonly Pair[] {
  const root = rootKey(seed);
  const run = new RandomKey();
  const inRun = (number: number, a: number, b: number) => {
    run.derive(root, number, 0);
    return run.uniform(a, b);
  };
  const workers = (of: number, stage: number) => stream((i) => inRun(of, stage, i));
  const runs = (stage: number, worker: number, shift = 0) =>
    stream((i) => inRun(i + shift, stage, worker));
  const neighbour = rootKey(`${seed}-2`);
  const shorter = rootKey(`${seed} `);
  return [
    { name: "workers of neighbouring runs", a: workers(0, 0), b: workers(1, 0) },
    { name: "workers of runs 2^16 apart", a: workers(0, 0), b: workers(65_536, 0) },
    { name: "workers of neighbouring stages", a: workers(0, 0), b: workers(0, 1) },
    { name: "workers of stages 256 apart", a: workers(0, 0), b: workers(0, 256) },
    { name: "one worker, in runs and the runs after them", a: runs(0, 0), b: runs(0, 0, 1) },
    { name: "neighbouring workers, in all runs", a: runs(0, 0), b: runs(0, 1) },
    { name: "neighbouring stages, in all runs", a: runs(0, 0), b: runs(1, 0) },
    { name: "names with their parts exchanged", a: runs(3, 7), b: runs(7, 3) },
    {
      name: "seeds of one experiment",
      a: stream((i) => root.uniform(i, 0)),
      b: stream((i) => neighbour.uniform(i, 0)),
    },
    {
      name: "seeds that differ by a blank",
      a: stream((i) => root.uniform(0, i)),
      b: stream((i) => shorter.uniform(0, i)),
    },
    {
      name: "runs and what is drawn from the root",
      a: stream((i) => root.uniform(i, 0)),
      b: runs(0, 0),
    },
  ];
}

const twoSided = (z: number) => 2 * normalProbability(-Math.abs(z));

/** Correlation of two uniforms: the sum of products has variance n / 144. */
function correlationP(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < N; i++) sum += (a[i]! - 0.5) * (b[i]! - 0.5);
  return twoSided(sum / Math.sqrt(N / 144));
}

/** A stream against itself, one later. */
function lagOneP(a: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < N; i++) sum += (a[i - 1]! - 0.5) * (a[i]! - 0.5);
  return twoSided(sum / Math.sqrt((N - 1) / 144));
}

/** Chi-square of pairs on 16 x 16 cells, by Wilson and Hilferty's cube root, which is within 1e-4 of p here. */
function cellsP(a: Float64Array, b: Float64Array): number {
  const cells = new Float64Array(256);
  for (let i = 0; i < N; i++) cells[16 * Math.floor(16 * a[i]!) + Math.floor(16 * b[i]!)]!++;
  const each = N / 256;
  const chi = cells.reduce((sum, count) => sum + ((count - each) * (count - each)) / each, 0);
  const ninth = 2 / (9 * 255);
  return twoSided((Math.cbrt(chi / 255) - (1 - ninth)) / Math.sqrt(ninth));
}

/** Kolmogorov-Smirnov against the uniform, by the limit law (Marsaglia, Tsang, Wang 2003, § 1). */
function uniformP(a: Float64Array): number {
  const sorted = a.slice().sort();
  let d = 0;
  sorted.forEach((x, i) => {
    d = Math.max(d, (i + 1) / N - x, x - i / N);
  });
  const t = d * (Math.sqrt(N) + 0.12 + 0.11 / Math.sqrt(N));
  let p = 0;
  for (let k = 1; k <= 100; k++) p += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t);
  return Math.min(1, p);
}

interface Verdict {
  readonly name: string;
  readonly p: number;
}

function verdictsOf({ name, a, b }: Pair): readonly Verdict[] {
  return [
    { name: `${name}: correlation`, p: correlationP(a, b) },
    { name: `${name}: cells`, p: cellsP(a, b) },
    { name: `${name}: lag 1`, p: lagOneP(a) },
    { name: `${name}: uniform`, p: uniformP(b) },
  ];
}

describe("named draws", () => {
  let verdicts: readonly Verdict[] = [];

  beforeAll(() => {
    verdicts = SEEDS.flatMap((seed) => pairsOf(seed).flatMap(verdictsOf));
  });

  test("are independent and uniform by every test", () => {
    expect(verdicts.length).toBe(SEEDS.length * 11 * 4);
    const least = FALSE_ALARM / verdicts.length;
    const smallestP = Math.min(...verdicts.map(({ p }) => p));
    measured({ tests: verdicts.length, smallestP, rejectedBelow: least });
    expect(verdicts.filter(({ p }) => p < least)).toEqual([]);
  });

  test("have p-values that are themselves spread evenly", () => {
    const counts = [0, 0, 0, 0];
    for (const { p } of verdicts) counts[Math.min(3, Math.floor(4 * p))]!++;
    const each = verdicts.length / 4;
    const chi = counts.reduce((sum, count) => sum + (count - each) ** 2 / each, 0);
    // qchisq(0.999, 3) in R.
    expect(chi).toBeLessThan(16.27);
  });
});

describe("the battery itself", () => {
  const [x, y] = [rootKey("x"), rootKey("y")];
  const good = stream((i) => x.uniform(i, 0));

  test("finds a stream that follows another, itself, or no uniform law", () => {
    const least = FALSE_ALARM / (SEEDS.length * 11 * 4);
    const follower = good.map((u, i) => (i % 20 === 0 ? u : y.uniform(i, 0)));
    expect(correlationP(good, follower)).toBeLessThan(least);
    const mirrored = good.map((u) => Math.abs(2 * u - 1));
    expect(correlationP(good, mirrored)).toBeGreaterThan(least);
    expect(cellsP(good, mirrored)).toBeLessThan(least);
    const slow = good.map((u, i) => (i === 0 ? u : 0.9 * u + 0.1 * good[i - 1]!));
    expect(lagOneP(slow)).toBeLessThan(least);
    expect(uniformP(good.map((u) => u * u))).toBeLessThan(least);
  });
});
