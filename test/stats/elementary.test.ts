import stdlibExp from "@stdlib/math-base-special-exp";
import stdlibLn from "@stdlib/math-base-special-ln";
import fc from "fast-check";
import { expect, test } from "vitest";
import { exp, ln } from "../../src/stats/elementary.ts";
import { medianOf } from "../../src/stats/order.ts";

const expected = {
  exp: stdlibExp as unknown as (x: number) => number,
  ln: stdlibLn as unknown as (x: number) => number,
};
const odd = [0, -0, 1, -1, 2, 0.5, Math.SQRT2, 5e-324, 2.3e-308, 1.7e308, 709.9, -745.2, 1e-9];
// Evenly over what results are made of: fc.double() draws exponents evenly, and of a number far from 1 the
// logarithm's last bits are those of its exponent.
const ordinary = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((n) => n / 2 ** 28);
const numbers = fc.oneof(
  ordinary,
  ordinary.map((x) => 1 + x / 8),
  fc.double(),
  fc.double({ min: 0, max: 1 }),
  fc.double({ min: -750, max: 750 }),
  fc.double({ min: 0.99999, max: 1.00001 }),
  fc.constantFrom(...odd, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.integer({ min: -1070, max: 1020 }).map((k) => 2 ** k),
);

test("ln and exp have the bits of @stdlib for every argument", () => {
  fc.assert(
    fc.property(numbers, (x) => {
      expect(Object.is(ln(x), expected.ln(x))).toBe(true);
      expect(Object.is(exp(x), expected.exp(x))).toBe(true);
    }),
    { numRuns: 20_000 },
  );
});

test("the median is that of the sorted numbers, however many there are", () => {
  const sample = fc.array(
    fc.oneof(fc.double({ min: 0, noNaN: true }), fc.integer({ min: 0, max: 9 })),
    {
      minLength: 1,
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(sample, (given) => {
      const sorted = Float64Array.from(given).sort();
      const n = given.length;
      const median = 0.5 * (sorted[(n - 1) >> 1]! + sorted[n >> 1]!);
      expect(medianOf(Float64Array.from(given), n)).toEqual(median);
    }),
    { numRuns: 500 },
  );
});
