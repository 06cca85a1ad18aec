import { describe, expect, test } from "vitest";
import {
  exp,
  ln,
  normalDensity,
  normalProbability,
  normalQuantile,
  power,
} from "../../src/stats/numeric.ts";

const relative = (a: number, b: number): number => (b === 0 ? Math.abs(a) : Math.abs(a / b - 1));

describe("exp and ln", () => {
  test("agree with the engine's own to 4e-16 over the whole range", () => {
    for (let x = -700; x <= 700; x += 0.37)
      expect(relative(exp(x), Math.exp(x))).toBeLessThan(4e-16);
    for (let x = 1e-300; x < 1e300; x *= 7.3)
      expect(relative(ln(x), Math.log(x))).toBeLessThan(4e-16);
    for (let x = 0.5; x < 2; x += 0.0013)
      if (x !== 1) expect(relative(ln(x), Math.log(x))).toBeLessThan(4e-16);
  });

  test("have their exact values where these exist", () => {
    expect(exp(0)).toBe(1);
    expect(ln(1)).toBe(0);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(ln(0)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("power", () => {
  test("agrees with the engine's own to 1e-13, and is exact at 0 and 1", () => {
    for (const x of [0.001, 0.3, 1.7, 42, 1e6])
      for (const y of [-2.5, -1, 0.25, 1, 3])
        expect(relative(power(x, y), x ** y)).toBeLessThan(1e-13);
    expect(power(0, 2)).toBe(0);
    expect(power(0, 0)).toBe(1);
    expect(power(1, 1e9)).toBe(1);
  });
});

describe("normal quantile", () => {
  // qnorm in R 4.3.
  test.each([
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
  ])("at %f is %f", (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 13);
  });

  // P(Z > z) by Laplace's continued fraction, φ(z) / (z + 1 / (z + 2 / (z + 3 / (z + …)))).
  const beyond = (z: number) => {
    let below = z;
    for (let i = 400; i > 0; i--) below = z + i / below;
    return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) / below;
  };

  test("is that of the continued fraction of its tail, as far as there are numbers", () => {
    for (let z = 1.5; z < 37; z += 0.25)
      expect(relative(normalQuantile(beyond(z)), -z)).toBeLessThan(2e-14);
  });

  test("is antisymmetric and increases across the seams of its three formulas", () => {
    let before = Number.NEGATIVE_INFINITY;
    for (const p of [1e-20, 1e-12, 1.3e-11, 1.5e-11, 1e-6, 0.0749, 0.075, 0.0751, 0.3, 0.5]) {
      const z = normalQuantile(p);
      expect(z).toBeGreaterThan(before);
      before = z;
      // 1 - p is exact enough only where p is not tiny.
      if (p > 1e-4) expect(normalQuantile(1 - p)).toBeCloseTo(-z, 11);
    }
  });
});

describe("the normal distribution", () => {
  test("has its tabled probabilities and density", () => {
    expect(normalProbability(0)).toBe(0.5);
    expect(normalProbability(1)).toBeCloseTo(0.8413447460685429, 15);
    expect(normalProbability(1.96)).toBeCloseTo(0.9750021048517795, 15);
    expect(normalProbability(-6)).toBeCloseTo(9.865876450377e-10, 15);
    expect(normalDensity(0)).toBeCloseTo(0.3989422804014327, 15);
    expect(normalDensity(2)).toBeCloseTo(0.05399096651318806, 15);
  });

  test("is undone by its quantile function, grows, and ends at 0 and 1", () => {
    let last = 0;
    for (let x = -9; x <= 9; x += 0.01) {
      const p = normalProbability(x);
      expect(p).toBeGreaterThanOrEqual(last - 1e-15);
      if (Math.abs(x) < 5) expect(normalQuantile(p)).toBeCloseTo(x, 8);
      last = p;
    }
    expect([normalProbability(-40), normalProbability(40)]).toEqual([0, 1]);
  });
});
