import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isoTimeMs } from "../../src/trace/iso-time.ts";
import { nameOfFile, Names, safeName } from "../../src/trace/names.ts";
import { NumberColumn, specOf } from "../../src/trace/samples.ts";

describe("a column of numbers", () => {
  test("holds what was pushed, over several blocks and after unknown numbers", () => {
    const column = new NumberColumn();
    const pushed: number[] = [];
    for (let i = 0; i < 200_000; i++) {
      const value = i < 3 || i === 70_000 ? Number.NaN : i / 7;
      column.push(value);
      pushed.push(value);
    }
    expect(column.length).toBe(200_000);
    expect(column.values()).toEqual(Float64Array.from(pushed));
    for (const i of [0, 2, 3, 65_535, 65_538, 65_539, 70_000, 131_075, 199_999])
      expect(column.at(i)).toBe(pushed[i]);
    column.clear();
    expect(column.values()).toEqual(new Float64Array(0));
    column.push(5);
    expect([column.length, column.at(0)]).toEqual([1, 5]);
  });

  test("of unknown numbers alone is NaN", () => {
    const column = new NumberColumn();
    column.push(Number.NaN);
    column.push(Number.NaN);
    expect([...column.values(), column.at(1)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("the distribution of a sample", () => {
  test("is its value, then the sample itself, then quantiles that never descend", () => {
    expect(specOf([3, 3, 3])).toBe(3);
    expect(specOf([3, 1, 2])).toEqual({ empirical: [1, 2, 3] });
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 51, maxLength: 200 }),
        (sample) => {
          fc.pre(new Set(sample).size > 1);
          const spec = specOf(sample);
          if (typeof spec === "number" || !("quantiles" in spec)) throw new Error("no quantiles");
          const values = spec.quantiles.map(([, value]) => value);
          expect(values).toEqual(values.toSorted((x, y) => x - y));
          const sorted = sample.toSorted((x, y) => x - y);
          expect(values[0]).toBeCloseTo(sorted[0]!, 2);
          expect(values.at(-1)).toBeCloseTo(sorted.at(-1)!, 2);
        },
      ),
      { numRuns: 30 },
    );
  });
});

test("times of day are what the engine's own clock makes of them", () => {
  const known = [
    "1970-01-01T00:00:00Z",
    "2026-08-22T10:00:00.123Z",
    "2024-02-29T23:59:59.999+05:30",
  ];
  for (const text of known) expect(isoTimeMs(text)).toBeCloseTo(Date.parse(text), 6);
  fc.assert(
    fc.property(fc.integer({ min: -2_208_988_800_000, max: 4_102_444_800_000 }), (ms) => {
      expect(isoTimeMs(new Date(ms).toISOString())).toBeCloseTo(ms, 3);
    }),
  );
  for (const text of ["", "timestamp", "2026-08-22", "10:00"])
    expect(isoTimeMs(text)).toBeUndefined();
});

test("names keep what can be kept, and two are never one", () => {
  expect(["a/b c", " input", "output", "", "->x", "é1"].map(safeName)).toEqual([
    "a_b c",
    "input_",
    "output_",
    "unnamed",
    "x",
    "é1",
  ]);
  const names = new Names();
  expect(["a|b", "a/b", "a|b", "a_b"].map((name) => names.of(name))).toEqual([
    "a_b",
    "a_b:2",
    "a_b",
    "a_b:3",
  ]);
  expect(nameOfFile("x/y.asl.json.gz")).toBe("y");
});
