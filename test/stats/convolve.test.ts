import { describe, expect, test } from "vitest";
import { convolved, convolvedByFft, convolvedDirectly } from "../../src/stats/convolve.ts";
import { RandomKey } from "../../src/stats/random.ts";

const key = new RandomKey(3, 4);
const mass = (length: number, name: number) => {
  const values = Float64Array.from({ length }, (_, i) => key.uniform(name, i));
  const total = values.reduce((sum, one) => sum + one, 0);
  return values.map((value) => value / total);
};

describe("the Fourier transform convolves like the sum itself", () => {
  for (const [a, b] of [
    [1, 1],
    [1, 5],
    [2, 2],
    [3, 700],
    [128, 128],
    [1000, 999],
  ] as const)
    test(`${a} with ${b} values`, () => {
      const [x, y] = [mass(a, 1), mass(b, 2)];
      const direct = convolvedDirectly(x, y);
      for (const found of [convolvedByFft(x, y), convolved(x, y)]) {
        expect(found.length).toBe(a + b - 1);
        const errors = direct.map((value, i) => Math.abs(found[i]! - value));
        // Two units in the last place of the whole, which is 1.
        expect(Math.max(...errors)).toBeLessThan(2 * Number.EPSILON);
        expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
      }
    });
});

test("convolving by hand", () => {
  expect([...convolved(Float64Array.of(1, 2), Float64Array.of(3, 4, 5))]).toEqual([3, 10, 13, 10]);
});
