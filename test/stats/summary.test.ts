import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomKey } from "../../src/stats/random.ts";
import {
  binomialRanks,
  correlation,
  meanEstimate,
  pairedQuantileDifference,
  pairedQuantileRatio,
  quantileEstimate,
  shareEstimate,
  quantileOfSorted,
  sortedSample,
  tQuantile975,
} from "../../src/stats/summary.ts";
import { ln } from "../../src/stats/numeric.ts";

// Miles per gallon of 32 cars, and their weight in 1000 lbs: R's mtcars$mpg and mtcars$wt.
const MPG = [
  21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7,
  32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4,
];
const WEIGHT = [
  2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424,
  5.345, 2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57,
  2.78,
];

function exponentials(n: number, seed: number): Float64Array {
  const key = new RandomKey(seed, 5);
  return Float64Array.from({ length: n }, (_, i) => -ln(key.uniform(i, 0)));
}

describe("shares", () => {
  it("have Wilson's interval, as R's binom package gives it", () => {
    for (const [share, count, low, high] of [
      [0.5, 10, 0.2366, 0.7634],
      [1, 20, 0.8389, 1],
      [0, 20, 0, 0.1611],
    ] as const) {
      const estimate = shareEstimate(share, count);
      expect(estimate.low).toBeCloseTo(low, 4);
      expect(estimate.high).toBeCloseTo(high, 4);
    }
  });
});

describe("quantiles", () => {
  it("equal R's quantile(mtcars$mpg), type 7", () => {
    const sorted = sortedSample(MPG);
    const expected = [10.4, 11.995, 14.34, 15.425, 19.2, 31.3, 33.435, 33.9];
    [0, 0.05, 0.1, 0.25, 0.5, 0.95, 0.99, 1].forEach((p, i) => {
      expect(quantileOfSorted(sorted, p)).toBeCloseTo(expected[i]!, 12);
    });
  });

  it("have the binomial order statistics around them", () => {
    // Conover's table for the median of 10; the others by scipy.stats.binom.ppf.
    const ranks = (n: number, p: number) =>
      quantileEstimate(
        Float64Array.from({ length: n }, (_, i) => i + 1),
        p,
      );
    expect(ranks(10, 0.5)).toMatchObject({ low: 2, high: 9 });
    expect(ranks(2000, 0.95)).toMatchObject({ low: 1880, high: 1920 });
    expect(ranks(2000, 0.5)).toMatchObject({ low: 956, high: 1045 });
    expect(ranks(100_000, 0.99)).toMatchObject({ low: 98_938, high: 99_062 });
  });

  it("have the ranks that adding up the binomial law gives", () => {
    // The least k with P(X <= k) >= level.
    const rank = (n: number, p: number, level: number) => {
      let chance = (1 - p) ** n;
      let sum = chance;
      let k = 0;
      for (; sum < level; k++) {
        chance *= ((n - k) * p) / ((k + 1) * (1 - p));
        sum += chance;
      }
      return k;
    };
    for (const p of [0.05, 0.3, 0.5, 0.95, 0.99])
      for (let n = 1; n <= 90; n++)
        expect(binomialRanks(n, p)).toEqual({
          low: rank(n, p, 0.025),
          high: rank(n, p, 0.975) + 1,
        });
  });

  it("have no upper end where the sample is too small to have one", () => {
    const estimate = (n: number) =>
      quantileEstimate(
        Float64Array.from({ length: n }, (_, i) => i + 1),
        0.95,
      );
    expect(estimate(71).high).toBeNull();
    expect(estimate(72).high).toBe(72);
    expect(estimate(1)).toEqual({ value: 1, low: null, high: null });
  });

  it("are covered by their interval about 95 times in 100", () => {
    const truth = -ln(0.05);
    let covered = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const { low, high } = quantileEstimate(sortedSample(exponentials(300, trial)), 0.95);
      if (low! <= truth && truth <= high!) covered++;
    }
    expect(covered).toBeGreaterThan(935);
    expect(covered).toBeLessThan(985);
  });
});

describe("means", () => {
  it("have R's t.test interval", () => {
    const { value, low, high } = meanEstimate(Float64Array.from(MPG));
    expect(value).toBeCloseTo(20.090625, 10);
    expect(low).toBeCloseTo(17.9176785, 5);
    expect(high).toBeCloseTo(22.2635715, 5);
  });

  it("use Student's t to seven digits on both sides of the table's end", () => {
    // R: qt(0.975, c(1, 30, 31, 60, 1000)).
    expect(tQuantile975(1)).toBeCloseTo(12.7062047, 6);
    expect(tQuantile975(30)).toBeCloseTo(2.0422725, 6);
    expect(Math.abs(tQuantile975(31) / 2.039513446396408 - 1)).toBeLessThan(1e-6);
    expect(Math.abs(tQuantile975(60) / 2.000297821 - 1)).toBeLessThan(1e-7);
    expect(Math.abs(tQuantile975(1000) / 1.962339080826408 - 1)).toBeLessThan(1e-11);
  });

  it("of one observation have no interval", () => {
    expect(meanEstimate(Float64Array.of(7))).toEqual({ value: 7, low: null, high: null });
  });
});

describe("what a sample cannot give", () => {
  const none = new Float64Array(0);
  const draws = () => ({ key: new RandomKey(3, 4), resamples: 10 });

  it("is refused", () => {
    expect(() => quantileOfSorted(none, 0.5)).toThrow("a quantile needs a sample");
    expect(() => meanEstimate(none)).toThrow("a mean needs a sample");
    expect(() => tQuantile975(0)).toThrow("Student's t needs a degree of freedom");
    expect(() => correlation(none, Float64Array.of(1))).toThrow("samples of one length");
    expect(() => pairedQuantileRatio(none, Float64Array.of(1), 0.5, draws())).toThrow(
      "a paired comparison needs samples of one length",
    );
  });

  it("is the interval of a single pair", () => {
    const [six, three] = [Float64Array.of(6), Float64Array.of(3)];
    const alone = { low: null, high: null };
    expect(pairedQuantileRatio(six, three, 0.95, draws())).toEqual({ value: 2, ...alone });
    expect(pairedQuantileDifference(six, three, 0.95, draws())).toEqual({ value: 3, ...alone });
  });
});

describe("a correlation", () => {
  it("is R's cor(mtcars$mpg, mtcars$wt)", () => {
    const found = correlation(Float64Array.from(MPG), Float64Array.from(WEIGHT));
    expect(found).toBeCloseTo(-0.8676593765172278, 13);
  });

  it("is 1 of a line, even of two points, and none of one", () => {
    const line = (...x: number[]) => correlation(Float64Array.from(x), Float64Array.from(x));
    expect(line(1, 2)).toBeCloseTo(1, 15);
    expect(line(1)).toBeNaN();
  });
});

describe("the paired bootstrap", () => {
  it("has the type 7 quantiles of samples drawn by the words of its key, pair by pair", () => {
    const value = fc.oneof(
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 1, max: 9, noNaN: true }),
    );
    const pairs = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 15, size: "max" });
    fc.assert(
      fc.property(
        pairs,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(1000),
        (all, p, seed) => {
          const [a, b] = [0, 1].map((side) => Float64Array.from(all, (pair) => pair[side]!));
          const resamples = 7;
          const n = all.length;
          const key = new RandomKey(seed, 9);
          const ratios = Array.from({ length: resamples }, (_, resample) => {
            const drawn = all.map((__, i) => {
              key.block(resample, i >> 1);
              const word = (i % 2 === 0 ? key.high : key.low) >>> 0;
              return Math.floor((word / 2 ** 32) * n);
            });
            const quantile = (of: Float64Array) =>
              quantileOfSorted(sortedSample(drawn.map((i) => of[i]!)), p);
            return quantile(a!) / quantile(b!);
          });
          const sorted = sortedSample(ratios);
          const found = pairedQuantileRatio(a!, b!, p, { key: new RandomKey(seed, 9), resamples });
          expect(found.low).toBeCloseTo(quantileOfSorted(sorted, 0.025), 10);
          expect(found.high).toBeCloseTo(quantileOfSorted(sorted, 0.975), 10);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("the paired ratio", () => {
  const draws = () => ({ key: new RandomKey(3, 4), resamples: 1000 });

  it("of a sample scaled by a constant is that constant, without uncertainty", () => {
    const reference = exponentials(500, 1);
    const ratio = pairedQuantileRatio(
      reference.map((x) => 0.4 * x),
      reference,
      0.95,
      draws(),
    );
    for (const end of [ratio.value, ratio.low!, ratio.high!]) expect(end).toBeCloseTo(0.4, 12);
  });

  it("is the ratio of the type 7 quantiles, whatever the order of the pairs", () => {
    const a = exponentials(501, 1);
    const b = exponentials(501, 2);
    const expected =
      quantileOfSorted(sortedSample(a), 0.95) / quantileOfSorted(sortedSample(b), 0.95);
    expect(pairedQuantileRatio(a, b, 0.95, draws()).value).toBeCloseTo(expected, 12);
    const back = pairedQuantileRatio(a.slice().reverse(), b.slice().reverse(), 0.95, draws());
    expect(back.value).toBeCloseTo(expected, 12);
  });

  it("is the same on every call, and narrower for shared luck than for independent luck", () => {
    const a = exponentials(1000, 1);
    const paired = pairedQuantileRatio(
      a.map((x, i) => x * (0.5 + 0.01 * (i % 5))),
      a,
      0.95,
      draws(),
    );
    const apart = pairedQuantileRatio(
      exponentials(1000, 2).map((x) => 0.5 * x),
      a,
      0.95,
      draws(),
    );
    expect(pairedQuantileRatio(a, a, 0.95, draws())).toEqual({ value: 1, low: 1, high: 1 });
    expect(paired).toEqual(
      pairedQuantileRatio(
        a.map((x, i) => x * (0.5 + 0.01 * (i % 5))),
        a,
        0.95,
        draws(),
      ),
    );
    expect(3 * (paired.high! - paired.low!)).toBeLessThan(apart.high! - apart.low!);
  });
});

describe("the paired difference", () => {
  const draws = () => ({ key: new RandomKey(3, 4), resamples: 1000 });

  it("of a sample moved by a constant is that constant, without uncertainty", () => {
    const reference = exponentials(500, 1);
    const moved = reference.map((x) => x - 2);
    const { value, low, high } = pairedQuantileDifference(moved, reference, 0.95, draws());
    for (const end of [value, low!, high!]) expect(end).toBeCloseTo(-2, 12);
  });
});
