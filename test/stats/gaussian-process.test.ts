import { describe, expect, test } from "vitest";
import {
  fitGaussianProcess,
  likeliestProcess,
  matern52,
} from "../../src/stats/gaussian-process.ts";

const NOISE = 1e-6;

describe("the Matérn 5/2 kernel", () => {
  test("is 1 at distance 0 and (1 + 1 + 1/3)/e where √5 r is 1", () => {
    expect(matern52(0)).toBe(1);
    expect(matern52(1 / Math.sqrt(5))).toBeCloseTo(7 / 3 / Math.E, 15);
  });
});

describe("a process given -1 at 0 and 1 at 1", () => {
  const fitted = () => fitGaussianProcess([[0], [1]], [-1, 1], 0.5);

  test("is 0 in the middle by symmetry, with the variance that pencil and paper give", () => {
    const { mean, deviation } = fitted().posterior([0.5]);
    const [half, k] = [matern52(1), matern52(2)];
    expect(mean).toBeCloseTo(0, 12);
    expect(deviation).toBeCloseTo(Math.sqrt(1 - (2 * half * half) / (1 + NOISE + k)), 12);
  });

  test("goes by the inverse of a 2 by 2 matrix elsewhere", () => {
    const { mean } = fitted().posterior([0.2]);
    expect(mean).toBeCloseTo((matern52(1.6) - matern52(0.4)) / (1 + NOISE - matern52(2)), 12);
  });

  test("has the likelihood of two correlated normal numbers", () => {
    const k = matern52(2);
    const fit = 2 / (1 + NOISE - k);
    const determinant = (1 + NOISE) * (1 + NOISE) - k * k;
    const expected = -0.5 * fit - 0.5 * Math.log(determinant) - Math.log(2 * Math.PI);
    expect(fitted().logLikelihood).toBeCloseTo(expected, 12);
  });
});

describe("a process given one observation in the plane", () => {
  test("knows elsewhere what the kernel at that distance says", () => {
    const { mean, deviation } = fitGaussianProcess([[1, 1]], [7], 5).posterior([4, 5]);
    const k = matern52(1);
    expect(mean).toBe(7);
    expect(deviation).toBeCloseTo(Math.sqrt(1 - (k * k) / (1 + NOISE)), 14);
  });
});

describe("a process", () => {
  test("needs observations, one for every point", () => {
    const needed = "a process needs a value for every point";
    expect(() => fitGaussianProcess([], [], 1)).toThrow(needed);
    expect(() => fitGaussianProcess([[0], [1]], [5], 1)).toThrow(needed);
  });

  const points = [
    [0, 0],
    [0.3, 0.9],
    [1, 0.2],
    [0.6, 0.5],
  ];
  const values = [12, 10, 17, 11];

  test("goes through its observations, surely, and far from them knows mean and deviation only", () => {
    const process = fitGaussianProcess(points, values, 0.4);
    points.forEach((point, i) => {
      const { mean, deviation } = process.posterior(point);
      expect(mean).toBeCloseTo(values[i]!, 3);
      expect(deviation).toBeLessThan(0.01);
    });
    const far = process.posterior([50, 50]);
    expect(far.mean).toBeCloseTo(12.5, 9);
    expect(far.deviation).toBeCloseTo(Math.sqrt(7.25), 9);
  });

  test("does not mind the unit of its observations", () => {
    const small = fitGaussianProcess(points, values, 0.4).posterior([0.5, 0.4]);
    const large = fitGaussianProcess(
      points,
      values.map((v) => 1000 * v + 7),
      0.4,
    );
    expect(large.posterior([0.5, 0.4]).mean).toBeCloseTo(1000 * small.mean + 7, 6);
    expect(large.posterior([0.5, 0.4]).deviation).toBeCloseTo(1000 * small.deviation, 6);
  });

  test("of equal observations is their value", () => {
    const flat = fitGaussianProcess([[0], [1]], [5, 5], 1);
    expect(flat.posterior([0.3]).mean).toBe(5);
  });

  test("stands 60 points, one of them twice", () => {
    const many = Array.from({ length: 60 }, (_, i) => [i / 59]);
    const process = fitGaussianProcess([...many, [0]], [...many.map(([x]) => x! * x!), 0], 3.2);
    expect(process.posterior([0.505]).mean).toBeCloseTo(0.505 * 0.505, 4);
  });

  test("takes the length scale that makes its observations likeliest: long for a line, short for a saw", () => {
    const xs = Array.from({ length: 9 }, (_, i) => [i / 8]);
    const scales = [0.1, 0.4, 1.6];
    const line = likeliestProcess(
      xs,
      xs.map(([x]) => x!),
      scales,
    );
    const saw = likeliestProcess(
      xs,
      xs.map((_, i) => i % 2),
      scales,
    );
    const at = (process: typeof line) => process.logLikelihood;
    const fixed = (values: readonly number[], scale: number) =>
      at(fitGaussianProcess(xs, values, scale));
    expect(at(line)).toBe(
      fixed(
        xs.map(([x]) => x!),
        1.6,
      ),
    );
    expect(at(saw)).toBe(
      fixed(
        xs.map((_, i) => i % 2),
        0.1,
      ),
    );
  });
});
