import fc from "fast-check";
import { expect, test } from "vitest";
import { exp, normalQuantile } from "../../src/stats/numeric.ts";
import { QuantileSketch } from "../../src/stats/quantile-sketch.ts";
import { rootKey } from "../../src/stats/random.ts";
import { quantileOfSorted } from "../../src/stats/summary.ts";

const options = { relativeError: 0.005, exactUpTo: 100 };
const sketchOf = (values: readonly number[]) => {
  const sketch = new QuantileSketch(options);
  for (const value of values) sketch.add(value);
  return sketch;
};
const PS = [0, 0.01, 0.5, 0.95, 0.99, 1];

test("quantiles of few values are exact", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), {
    minLength: 1,
    maxLength: 100,
    size: "max",
  });
  fc.assert(
    fc.property(values, fc.constantFrom(...PS), (given, p) => {
      expect(sketchOf(given).exact).toBe(true);
      expect(sketchOf(given).quantile(p)).toBe(
        quantileOfSorted(Float64Array.from(given).sort(), p),
      );
    }),
  );
});

test("quantiles of many values are within the relative error of an order statistic", () => {
  const value = fc.oneof(
    fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
    fc.integer({ min: 0, max: 3 }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 101, maxLength: 400, size: "max" }), (given) => {
      const sketch = sketchOf(given);
      const sorted = given.toSorted((a, b) => a - b);
      expect(sketch.exact).toBe(false);
      for (const p of PS) {
        const known = sorted[Math.floor(p * (given.length - 1))]!;
        expect(Math.abs(sketch.quantile(p) - known)).toBeLessThanOrEqual(0.00501 * known);
      }
    }),
    { numRuns: 200 },
  );
});

test("sketches of the parts of a stream merge into that of the whole, in any split", () => {
  const key = rootKey("sketch");
  const values = Array.from({ length: 5000 }, (_, i) => exp(2 * normalQuantile(key.uniform(0, i))));
  const whole = sketchOf(values);
  for (const cut of [0, 1, 60, 2500, 4950]) {
    const merged = sketchOf(values.slice(0, cut));
    merged.merge(sketchOf(values.slice(cut)));
    expect(merged.count).toBe(5000);
    expect(merged.max).toBe(whole.max);
    expect(merged.mean).toBeCloseTo(whole.mean, 9);
    for (const p of PS) expect(merged.quantile(p)).toBe(whole.quantile(p));
  }
});

test("what is merged is what was added, zeros among it, however it was cut", () => {
  const value = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
  const part = fc.array(value, { maxLength: 250, size: "max" });
  fc.assert(
    fc.property(part, part, (one, other) => {
      const [merged, whole] = [sketchOf(one), sketchOf([...one, ...other])];
      merged.merge(sketchOf(other));
      expect([merged.count, merged.min, merged.max]).toEqual([whole.count, whole.min, whole.max]);
      expect(merged.exact).toBe(whole.exact);
      if (merged.count > 0) for (const p of PS) expect(merged.quantile(p)).toBe(whole.quantile(p));
    }),
    { numRuns: 200 },
  );
});

test("a sketch is exact up to its size and no further, and stays so when parts add up to it", () => {
  const values = Array.from({ length: 101 }, (_, i) => i);
  const half = sketchOf(values.slice(0, 50));
  half.merge(sketchOf(values.slice(50, 100)));
  expect([half.exact, half.quantile(0.5)]).toEqual([true, 49.5]);
  half.merge(sketchOf([100]));
  expect(half.exact).toBe(false);
  expect(half.quantile(0.5)).toBe(sketchOf(values).quantile(0.5));
});

test("a sketch of nothing has no quantile, and its mean is no number", () => {
  expect(() => sketchOf([]).quantile(0.5)).toThrow("a quantile needs a sample");
  expect(sketchOf([]).mean).toBeNaN();
});

test("a sketch refuses what it cannot hold", () => {
  const sketch = (relativeError: number) => new QuantileSketch({ ...options, relativeError });
  for (const relativeError of [0, 1])
    expect(() => sketch(relativeError)).toThrow("a relative error lies between 0 and 1");
  expect(() => sketchOf([-1])).toThrow("a sketch takes no negative value");
  expect(() => sketchOf([1]).merge(sketch(0.01))).toThrow("need one relative error");
});
