import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cdfOfDensity,
  constantDensity,
  type Density,
  densityOfSample,
  meanOfDensity,
  mixture,
  quantilesOf,
  repeated,
  scaled,
  series,
  shifted,
  slowest,
  slowestOf,
} from "../../src/stats/density.ts";
import { type DistributionSpec, samplerOf } from "../../src/stats/families.ts";

/** The density of a law from the middles of equal parts of probability. */
function lawful(spec: DistributionSpec, resolution?: number, points = 1 << 15): Density {
  const sample = samplerOf(spec);
  const values = Float64Array.from({ length: points }, (_, i) => sample((i + 0.5) / points));
  return densityOfSample(values, resolution);
}

const exponential = (mean: number): DistributionSpec => ({ exponential: { mean } });
const massOf = ({ mass }: Density) => mass.reduce((sum, one) => sum + one, 0);
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
const LEVELS = [0.1, 0.5, 0.9, 0.95, 0.99];

function expectQuantiles(density: Density, exact: (p: number) => number, tolerance: number): void {
  const quantile = quantilesOf(density);
  for (const p of LEVELS) expect(Math.abs(quantile(p) / exact(p) - 1)).toBeLessThan(tolerance);
}

describe("constants", () => {
  test("add and compare exactly", () => {
    const [two, five] = [constantDensity(2), constantDensity(5)];
    expect(series(two, five)).toEqual(constantDensity(7));
    expect(slowest([two, five])).toEqual(constantDensity(5));
    expect(repeated(five, 13)).toEqual(constantDensity(65));
    expect(slowestOf(two, 9)).toEqual(two);
    expect(scaled(shifted(two, 3), 4)).toEqual(constantDensity(20));
    expect(densityOfSample(Float64Array.of(3, 3, 3))).toEqual(constantDensity(3));
  });

  test("a maximum with a constant has no mass below it", () => {
    const above = slowest([lawful(exponential(3)), constantDensity(5)]);
    expect(above.start).toBe(5);
    const exact = 5 + 3 * Math.exp(-5 / 3);
    expect(Math.abs(meanOfDensity(above) / exact - 1)).toBeLessThan(1e-3);
  });
});

describe("by hand", () => {
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
});

describe("closed forms", () => {
  test("two exponentials in series are Erlang", () => {
    const sum = series(lawful(exponential(4)), lawful(exponential(4)));
    expectQuantiles(sum, samplerOf({ gamma: { shape: 2, scale: 4 } }), 0.004);
  });

  test("thirty exponentials in series are Erlang", () => {
    const sum = repeated(lawful(exponential(2)), 30);
    expectQuantiles(sum, samplerOf({ gamma: { shape: 30, scale: 2 } }), 0.002);
  });

  test("the slowest of 30 exponentials has the 30th power of their law", () => {
    const exact = (p: number) => -7 * Math.log(1 - p ** (1 / 30));
    expectQuantiles(slowestOf(lawful(exponential(7)), 30), exact, 0.005);
    expectQuantiles(slowest(Array(30).fill(lawful(exponential(7))) as Density[]), exact, 0.005);
  });

  // Rényi: the spacings of exponential order statistics are independent exponentials.
  test("the slowest of three exponentials is three in series, of mean 1, 1/2 and 1/3", () => {
    const maximum = slowestOf(lawful(exponential(1)), 3);
    const sum = [1 / 2, 1 / 3].reduce(
      (known, mean) => series(known, lawful(exponential(mean))),
      lawful(exponential(1)),
    );
    expectQuantiles(maximum, quantilesOf(sum), 0.01);
  });

  test("a mixture has the weighted cumulative function of its parts", () => {
    const parts = [
      { weight: 0.8, of: lawful({ uniform: { min: 1, max: 3 } }) },
      { weight: 0.2, of: lawful({ uniform: { min: 10, max: 30 } }) },
    ];
    const mixed = mixture(parts);
    expect(cdfOfDensity(mixed, 2)).toBeCloseTo(0.4, 2);
    expect(cdfOfDensity(mixed, 5)).toBeCloseTo(0.8, 9);
    expect(cdfOfDensity(mixed, 20)).toBeCloseTo(0.9, 2);
    expect(meanOfDensity(mixed)).toBeCloseTo(0.8 * 2 + 0.2 * 20, 6);
  });
});

test("a finer grid comes nearer", () => {
  const exact = samplerOf({ gamma: { shape: 2, scale: 1 } });
  const errors = [4, 8, 16, 32, 64].map((resolution) => {
    const one = lawful(exponential(1), resolution);
    return Math.abs(quantilesOf(series(one, one, resolution))(0.95) / exact(0.95) - 1);
  });
  expect(errors[0]).toBeGreaterThan(0.002);
  for (let i = 1; i < errors.length; i++) expect(errors[i]!).toBeLessThan(errors[i - 1]!);
  expect(errors[4]!).toBeLessThan(0.001);
});

describe("whatever the sample", () => {
  const sample = fc
    .array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 60,
      size: "max",
    })
    .map((values) => densityOfSample(Float64Array.from(values)));

  test("mass is kept, and means add", () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: 1, max: 40 }), (a, b, copies) => {
        const [x, y] = [meanOfDensity(a), meanOfDensity(b)];
        const near = (found: number, exact: number) =>
          expect(Math.abs(found - exact)).toBeLessThan(1e-6 * (1 + exact + 1e3));
        near(meanOfDensity(series(a, b)), x + y);
        near(meanOfDensity(repeated(a, copies)), copies * x);
        const mixed = mixture([
          { weight: 0.3, of: a },
          { weight: 0.7, of: b },
        ]);
        near(meanOfDensity(mixed), 0.3 * x + 0.7 * y);
        for (const one of [series(a, b), repeated(a, copies), mixed, slowest([a, b])])
          expect(Math.abs(massOf(one) - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 200 },
    );
  });

  test("a maximum is at least either, and quantiles invert the cumulative function", () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const maximum = slowest([a, b]);
        const cell = (maximum.step + a.step + b.step) * (1 + 1e-12);
        for (const one of [a, b])
          for (const x of LEVELS.map(quantilesOf(one)))
            expect(cdfOfDensity(maximum, x - cell)).toBeLessThan(cdfOfDensity(one, x) + 1e-9);
        if (maximum.step === 0) return;
        for (const p of LEVELS)
          expect(cdfOfDensity(maximum, quantilesOf(maximum)(p))).toBeCloseTo(p, 6);
      }),
      { numRuns: 200 },
    );
  });
});

test("a constant is reached where it is and not before", () => {
  const five = constantDensity(5);
  expect([4.999, 5, 5.001].map((x) => cdfOfDensity(five, x))).toEqual([0, 1, 1]);
  expect(quantilesOf(five)(0.3)).toBe(5);
  expect(meanOfDensity(slowest([constantDensity(3), five]))).toBe(5);
});
