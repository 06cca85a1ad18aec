/** Densities of a few cells whose masses are exact in binary: every result is exact too. */

import { expect, test } from "vitest";
import {
  cdfOfDensity,
  constantDensity,
  type Density,
  densityOfSample,
  meanOfDensity,
  mixture,
  quantilesOf,
  repeated,
  series,
  slowest,
  slowestOf,
} from "../../src/stats/density.ts";

const grid = (start: number, step: number, ...mass: number[]): Density => ({
  start,
  step,
  mass: Float64Array.from(mass),
});
/** A density as every operation leaves it: a mixture of a quantity with itself is that quantity. */
const left = (of: Density, resolution?: number) =>
  mixture(
    [0.5, 0.5].map((weight) => ({ weight, of })),
    resolution,
  );
/** So many cells that none are ever joined. */
const FINE = 1e9;

test("a value between two points is split so that its mean stays", () => {
  const density = densityOfSample(Float64Array.of(0, 10.25, 10.25, 1023), FINE);
  const mass = new Float64Array(1024);
  [mass[0], mass[10], mass[11], mass[1023]] = [0.25, 0.375, 0.125, 0.25];
  expect(density).toEqual({ start: 0, step: 1, mass });
  expect(meanOfDensity(density)).toBe((2 * 10.25 + 1023) / 4);
});

test("the cumulative function is straight through each cell, and quantiles are the way back", () => {
  const three = grid(10, 2, 0.25, 0.5, 0.25);
  const xs = [9, 10, 11, 12, 13, 15];
  const ps = [0, 0.125, 0.25, 0.5, 0.75, 1];
  expect(xs.map((x) => cdfOfDensity(three, x))).toEqual(ps);
  expect(ps.map(quantilesOf(three))).toEqual(xs);
  const outside = [Number.NEGATIVE_INFINITY, 8.9, 99].map((x) => cdfOfDensity(three, x));
  expect(outside).toEqual([0, 0, 1]);
});

test("a quantile that lies in an empty cell is its middle", () => {
  expect(quantilesOf(grid(7, 1, 0, 0.5, 0.5))(0)).toBe(7);
});

test("a quantile ends with its cell, however small the mass that rounding left there", () => {
  // The sum takes it for a whole unit in the last place.
  const [tiny, unit] = [0.6 * 2 ** -53, 2 ** -53];
  expect(quantilesOf(grid(0, 1, 0.5, tiny, 0.5))(0.5 + unit)).toBe(1.5);
});

test("coins in series are binomial", () => {
  const coin = grid(1, 1, 0.5, 0.5);
  expect(series(coin, grid(10, 1, 0.5, 0.5))).toEqual(grid(11, 1, 0.25, 0.5, 0.25));
  expect(repeated(coin, 3)).toEqual(grid(3, 1, 0.125, 0.375, 0.375, 0.125));
});

test("in series the finer grid gives way to the coarser", () => {
  const [fine, coarse] = [grid(0, 1, 0.5, 0.5), grid(4, 2, 0.5, 0.5)];
  for (const sum of [series(fine, coarse), series(coarse, fine)])
    expect(sum).toEqual(grid(4, 2, 0.375, 0.5, 0.125));
});

test("a constant in series moves a density and joins none of its cells", () => {
  const five = grid(2, 1, 0.125, 0.25, 0.25, 0.25, 0.125);
  for (const sum of [series(constantDensity(3), five, 1), series(five, constantDensity(3), 1)])
    expect(sum).toEqual({ ...five, start: 5 });
});

test("the slower of two has the product of their cumulative functions", () => {
  const coin = grid(0, 1, 0.5, 0.5);
  expect(slowest([coin, coin])).toEqual(grid(0, 1, 0.25, 0.75));
  expect(slowestOf(coin, 3)).toEqual(grid(0, 1, 0.125, 0.875));
  // Half a step later: 0.75 and 0.5 at the end of the first cell.
  expect(slowest([coin, grid(0.5, 1, 0.5, 0.5)])).toEqual(grid(0.5, 1, 0.375, 0.625));
  // On the finer grid, cells end at 0.5, 1.5, 2.5: 0.5, 1, 1 times 0.375, 0.625, 1.
  expect(slowest([grid(0, 2, 0.5, 0.5), coin])).toEqual(grid(0, 1, 0.1875, 0.4375, 0.375));
});

test("what always ends before another begins does not slow it, nor change its grid", () => {
  const late = grid(10, 1, 0.25, 0.5, 0.25);
  for (const early of [grid(9, 0.25, 0.5, 0.5), grid(0, 10, 0.5, 0.5), constantDensity(10)])
    expect(slowest([late, early])).toEqual(late);
});

test("a mixture adds the masses of its parts on the finer of their grids", () => {
  const [fine, coarse] = [grid(0, 1, 0.5, 0.5), grid(1, 2, 0.5, 0.5)];
  const half = (one: Density, other: Density) =>
    mixture([
      { weight: 0.5, of: one },
      { weight: 0.5, of: other },
    ]);
  expect(half(fine, coarse)).toEqual(grid(0, 1, 0.25, 0.5, 0, 0.25));
  expect(half(fine, constantDensity(0.5))).toEqual(grid(0, 1, 0.5, 0.5));
  expect(half(constantDensity(4), constantDensity(4))).toEqual(constantDensity(4));
});

test("a mixture of two constants has them at its ends", () => {
  const ends = mixture(
    [
      { weight: 0.25, of: constantDensity(5) },
      { weight: 0.75, of: constantDensity(1028) },
    ],
    FINE,
  );
  expect([ends.start, ends.step, ends.mass.length]).toEqual([5, 1, 1024]);
  expect([ends.mass[0], ends.mass[1023]]).toEqual([0.25, 0.75]);
});

test("a part that is never taken is no part of a mixture", () => {
  const coin = grid(0, 1, 0.5, 0.5);
  const parts = [
    { weight: 0, of: constantDensity(99) },
    { weight: 1, of: coin },
  ];
  expect(mixture(parts)).toBe(coin);
});

test("no density has more than 1,024 cells", () => {
  const [short, long] = [grid(0, 1, 0.5, 0.5), grid(0, 2046, 0.5, 0.5)];
  const mixed = mixture(
    [
      { weight: 0.5, of: short },
      { weight: 0.5, of: long },
    ],
    FINE,
  );
  for (const density of [mixed, slowest([short, long], FINE)])
    expect([density.step, density.mass.length]).toEqual([2, 1024]);
  expect(mixed.mass[0]).toBe(0.25 + 0.25 * 1.5);
});

test("cells are joined where the middle 90 % have more than they are given", () => {
  const even = grid(4, 1, ...Array<number>(8).fill(0.125));
  expect(left(even, 4)).toEqual(even);
  // Seven steps from the first cell to the last, in pairs; odd cells are halved between two.
  expect(left(even, 3)).toEqual(grid(4, 2, 0.1875, 0.25, 0.25, 0.25, 0.0625));
  // The first and the last cell are tails: three steps between.
  const tailed = grid(4, 1, 1 / 32, 1 / 32, 7 / 16, 7 / 16, 1 / 32, 1 / 32);
  expect(left(tailed, 1.6)).toEqual(tailed);
  expect(left(tailed, 1.5).step).toBe(2);
});

test("a billionth of the mass at either end counts as the nearest value", () => {
  const density = left(grid(0, 1, 6e-10, 3e-10, 0, 0.5, 0.5, 0, 3e-10, 6e-10));
  expect([density.start, density.step, density.mass.length]).toEqual([3, 1, 2]);
  for (const half of density.mass) expect(half).toBeCloseTo(0.5 + 9e-10, 12);
  const more = left(grid(0, 1, 6e-10, 6e-10, 0.5, 0.5, 6e-10, 6e-10));
  expect([more.start, more.mass.length]).toEqual([1, 4]);
  for (const end of [0, 3]) expect(more.mass[end]).toBeCloseTo(1.2e-9, 15);
  expect(left(grid(6, 1, 1e-10, 1, 1e-10))).toEqual(constantDensity(7));
});

test("nothing has no density", () => {
  expect(() => densityOfSample(new Float64Array(0))).toThrow("a density needs a sample");
  expect(() => mixture([{ weight: 0, of: constantDensity(1) }])).toThrow("needs a part");
});
