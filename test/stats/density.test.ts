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
