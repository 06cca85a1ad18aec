import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bulkSamplerOf,
  constantOf,
  type DistributionSpec,
  meanOf,
  practicalMaxOf,
  samplerOf,
  scaledBy,
  sigmaOfCv,
  unitLognormal,
} from "../../src/stats/families.ts";

const MIXTURE: DistributionSpec = {
  mixture: [
    { weight: 3, of: { uniform: { min: 1, max: 2 } } },
    { weight: 1, of: { exponential: { mean: 10 } } },
  ],
};

const FAMILIES: readonly (readonly [string, DistributionSpec, number, number])[] = [
  // name, distribution, median, mean; medians by R's q-functions or in closed form
  ["number", 7, 7, 7],
  ["constant", { constant: 3 }, 3, 3],
  ["lognormal by median", { lognormal: { median: 10, sigma: 0.5 } }, 10, 10 * Math.exp(0.125)],
  ["lognormal by mean", { lognormal: { mean: 10, cv: 0.75 } }, 10 / Math.sqrt(1 + 0.5625), 10],
  ["gamma", { gamma: { shape: 2, scale: 3 } }, 5.035040970049983, 6],
  ["gamma below shape 1", { gamma: { shape: 0.5, scale: 2 } }, 0.454936423119573, 1],
  [
    "weibull",
    { weibull: { shape: 1.5, scale: 2 } },
    2 * Math.log(2) ** (1 / 1.5),
    2 * 0.9027452929509336,
  ],
  ["weibull of heavy tail", { weibull: { shape: 0.5, scale: 4 } }, 4 * Math.log(2) ** 2, 8],
  ["pareto", { pareto: { shape: 2, scale: 5 } }, 5 * Math.SQRT2, 10],
  ["uniform", { uniform: { min: 2, max: 6 } }, 4, 4],
  ["exponential", { exponential: { mean: 2 } }, 2 * Math.LN2, 2],
  ["empirical", { empirical: [5, 1, 3] }, 3, 3],
  [
    "quantiles",
    {
      quantiles: [
        [0, 1],
        [0.5, 3],
        [1, 9],
      ],
    },
    3,
    0.5 * 2 + 0.5 * 6,
  ],
];

describe("a distribution", () => {
  test.each(FAMILIES)("%s has its median at one half", (_, spec, median) => {
    expect(samplerOf(spec)(0.5) / median).toBeCloseTo(1, 12);
  });

  test.each(FAMILIES)("%s has the mean of its closed form", (_, spec, __, mean) => {
    expect(Math.abs(meanOf(spec) / mean - 1)).toBeLessThan(1e-3);
  });

  test.each([...FAMILIES, ["mixture", MIXTURE, 0, 0] as const])(
    "%s scaled by 3 has 3 times the quantiles, and by 0 none",
    (_, spec) => {
      for (const u of [0.001, 0.3, 0.5, 0.9, 0.999])
        expect(samplerOf(scaledBy(spec, 3))(u) / (3 * samplerOf(spec)(u))).toBeCloseTo(1, 12);
      expect(scaledBy(spec, 0)).toBe(0);
    },
  );

  test.each(FAMILIES)("%s draws values whose average is its mean", (_, spec, __, mean) => {
    const sample = samplerOf(spec);
    const points = 200_000;
    let sum = 0;
    for (let i = 0; i < points; i++) sum += sample((i + 0.5) / points);
    expect(Math.abs(sum / points / mean - 1)).toBeLessThan(5e-3);
  });

  test.each([...FAMILIES, ["mixture", MIXTURE, 0, 0] as const])(
    "%s has the same bits drawn in bulk, and leaves what lies behind",
    (_, spec) => {
      const uniforms = [1e-9, 0.01, 0.3, 0.5, 0.77, 0.999, 0.25];
      const values = Float64Array.from(uniforms);
      bulkSamplerOf(spec)(values, 6);
      const sample = samplerOf(spec);
      expect([...values]).toEqual([...uniforms.slice(0, 6).map((u) => sample(u)), 0.25]);
    },
  );

  test.each(FAMILIES)("%s never decreases in u and stays finite up to the ends", (_, spec) => {
    const sample = samplerOf(spec);
    let before = 0;
    for (const u of [2 ** -53, 1e-9, 0.01, 0.2, 0.5, 0.7, 0.9, 0.999, 1 - 1e-9, 1 - 2 ** -53]) {
      const value = sample(u);
      expect(value).toBeGreaterThanOrEqual(before);
      expect(Number.isFinite(value)).toBe(true);
      before = value;
    }
  });

  // qgamma(0.95, 2); qchisq(0.95, 1); qchisq(0.99, 10); 10^(1/2); R 4.3.
  test.each<readonly [DistributionSpec, number, number]>([
    [{ gamma: { shape: 2, scale: 1 } }, 0.95, 4.743864518390578],
    [{ gamma: { shape: 0.5, scale: 2 } }, 0.95, 3.841458820694124],
    [{ gamma: { shape: 5, scale: 2 } }, 0.99, 23.20925115895436],
    [{ pareto: { shape: 2, scale: 1 } }, 0.9, 3.1622776601683795],
    [{ weibull: { shape: 2, scale: 3 } }, 0.9, 3 * Math.sqrt(Math.log(10))],
    [{ exponential: { mean: 4 } }, 0.95, 4 * Math.log(20)],
    [{ lognormal: { median: 10, sigma: 0.5 } }, 0.95, 10 * Math.exp(0.5 * 1.6448536269514722)],
    [{ lognormal: { median: 10, sigma: 0.5 } }, 0.05, 10 * Math.exp(-0.5 * 1.6448536269514722)],
  ])("%j at %f is %f", (spec, p, value) => {
    expect(samplerOf(spec)(p) / value).toBeCloseTo(1, 10);
  });

  test("by [probability, value] pairs is flat outside them and its mean says so", () => {
    const spec: DistributionSpec = {
      quantiles: [
        [0.5, 10],
        [0.9, 20],
      ],
    };
    const sample = samplerOf(spec);
    expect([sample(0.1), sample(0.5), sample(0.9), sample(0.99)]).toEqual([10, 10, 20, 20]);
    expect(sample(0.7)).toBeCloseTo(15, 12);
    expect(meanOf(spec)).toBeCloseTo(0.5 * 10 + 0.4 * 15 + 0.1 * 20, 12);
  });

  test("mixed from others has their weighted mean, whatever the scale of the weights", () => {
    expect(meanOf(MIXTURE)).toBeCloseTo(0.75 * 1.5 + 0.25 * 10, 12);
    const sample = samplerOf(MIXTURE);
    const points = 100_000;
    let sum = 0;
    for (let i = 0; i < points; i++) sum += sample((i + 0.5) / points);
    expect(sum / points).toBeCloseTo(3.625, 2);
  });

  test("mixed from others is positive and finite at the seam between two parts", () => {
    const of: DistributionSpec = { lognormal: { median: 1, sigma: 1 } };
    const parts = [
      { weight: 1, of },
      { weight: 1, of },
    ];
    expect(samplerOf({ mixture: parts })(0.5)).toBeGreaterThan(0);
  });

  test("mixed from others never leaves the open interval of its parts", () => {
    const ends = fc.constantFrom(2 ** -53, 0.5, 0.25, 0.75, 1 / 3, 1 - 2 ** -53);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0.1, 0.2, 0.3, 0.5, 1, 3), { minLength: 1, maxLength: 4 }),
        fc.oneof(ends, fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true })),
        (weights, u) => {
          const of: DistributionSpec = { lognormal: { median: 1, sigma: 1 } };
          const value = samplerOf({ mixture: weights.map((weight) => ({ weight, of })) })(u);
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThan(Number.POSITIVE_INFINITY);
        },
      ),
    );
  });

  test("of a Pareto law with infinite mean says so", () => {
    expect(meanOf({ pareto: { shape: 1, scale: 1 } })).toBe(Number.POSITIVE_INFINITY);
  });

  test("without a sample is refused", () => {
    expect(() => samplerOf({ empirical: [] })).toThrow("empirical needs a sample");
  });
});

describe("the practical maximum", () => {
  test("is the upper end where there is one and the 99.9 % quantile where there is none", () => {
    expect(practicalMaxOf(4)).toBe(4);
    expect(practicalMaxOf({ uniform: { min: 1, max: 9 } })).toBe(9);
    expect(practicalMaxOf({ empirical: [3, 8, 2] })).toBe(8);
    expect(practicalMaxOf({ exponential: { mean: 1 } })).toBeCloseTo(Math.log(1000), 12);
    expect(practicalMaxOf(MIXTURE)).toBeCloseTo(10 * Math.log(1000), 10);
  });
});

describe("a factor", () => {
  test("of lognormal skew has mean 1 and the coefficient of variation it was made from", () => {
    const sigma = sigmaOfCv(0.4);
    const points = 200_000;
    let [sum, squares] = [0, 0];
    for (let i = 0; i < points; i++) {
      const x = unitLognormal((i + 0.5) / points, sigma);
      sum += x;
      squares += x * x;
    }
    const mean = sum / points;
    expect(mean).toBeCloseTo(1, 4);
    expect(Math.sqrt(squares / points - mean * mean)).toBeCloseTo(0.4, 3);
  });

  test("that never varies is told from one that does", () => {
    expect(constantOf(3)).toBe(3);
    expect(constantOf({ constant: 4 })).toBe(4);
    expect(constantOf({ uniform: { min: 1, max: 1 } })).toBeUndefined();
  });
});
