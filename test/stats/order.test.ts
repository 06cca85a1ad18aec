import fc from "fast-check";
import { expect, test } from "vitest";
import { medianOf, sortInto } from "../../src/stats/order.ts";

// Below and above the 32 values from which another way is taken; small whole numbers make ties.
const fewOrMany = fc.oneof(
  fc.array(fc.nat(9), { minLength: 1, maxLength: 40, size: "max" }),
  fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
    minLength: 1,
    maxLength: 90,
    size: "max",
  }),
);
const inFront = fc.array(fc.constant(-1e9), { maxLength: 3 });
const behind = fc.array(fc.constant(-1e9), { maxLength: 3 });

const byValue = (a: number, b: number) => a - b;

test("values are sorted from a place on, what stands around them left alone", () => {
  fc.assert(
    fc.property(inFront, fewOrMany, behind, (before, values, after) => {
      const all = Float64Array.of(...before, ...values, ...after);
      const sorted = new Float64Array(values.length + 2).fill(7);
      sortInto(sorted, all, values.length, before.length);
      expect([...sorted]).toEqual([...Float64Array.from(values).sort(), 7, 7]);
      expect([...all]).toEqual([...before, ...values, ...after]);
    }),
  );
});

test("a median halves its values: the middle one, or the mean of the two in the middle", () => {
  fc.assert(
    fc.property(inFront, fewOrMany, behind, (before, values, after) => {
      const sorted = [...values].sort(byValue);
      const middle = (values.length - 1) / 2;
      const expected = 0.5 * (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!);
      const all = Float64Array.of(...before, ...values, ...after);
      expect(medianOf(all, values.length, before.length)).toBe(expected);
      expect([...all]).toEqual([...before, ...values, ...after]);
    }),
  );
});

test.each([31, 32, 33, 34, 64, 65, 1000, 1001])(
  "of %i values in any order the median is theirs",
  (n) => {
    // Every number below n once: in steps, from both ends, and falling.
    const step = [7, 11, 17].find((prime) => n % prime !== 0)!;
    const orders = [
      Float64Array.from({ length: n }, (_, i) => (i * step) % n),
      Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? i : n - (n % 2) - i)),
      Float64Array.from({ length: n }, (_, i) => n - 1 - i),
    ];
    for (const values of orders) expect(medianOf(values, n)).toBe((n - 1) / 2);
  },
);
