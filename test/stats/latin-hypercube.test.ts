import { describe, expect, test } from "vitest";
import { LatinKey, latinKey } from "../../src/stats/latin-hypercube.ts";
import { RandomKey, rootKey } from "../../src/stats/random.ts";

function points(bits: number, a: number, b: number, inside?: number): number[] {
  const key = new LatinKey();
  key.derive(new RandomKey(1, 2), 3, 4);
  key.begin(1 << bits, inside);
  return Array.from({ length: 1 << bits }, (_, point) => {
    key.point = point;
    return key.uniform(a, b);
  });
}

describe("a Latin hypercube", () => {
  test.each([0, 1, 2, 5, 10])("of 2^%i points has one of each name in every stratum", (bits) => {
    const size = 1 << bits;
    for (let name = 0; name < 20; name++) {
      const strata = points(bits, name, 7).map((u) => Math.floor(u * size));
      expect([...strata].sort((x, y) => x - y)).toEqual(Array.from({ length: size }, (_, i) => i));
    }
  });

  test("puts them where it is told to inside the strata", () => {
    expect(points(3, 1, 1, 0.25).map((u) => (u * 8) % 1)).toEqual(Array(8).fill(0.25));
  });

  test("pairs names as if at random", () => {
    const names = Array.from({ length: 40 }, (_, name) => points(10, 5, name));
    let squares = 0;
    let pairs = 0;
    for (let i = 0; i < names.length; i++)
      for (let j = 0; j < i; j++) {
        const product = names[i]!.reduce((sum, u, k) => sum + (u - 0.5) * (names[j]![k]! - 0.5), 0);
        const z = product / Math.sqrt(1024 / 144);
        expect(Math.abs(z)).toBeLessThan(5);
        squares += z * z;
        pairs++;
      }
    expect(squares / pairs).toBeGreaterThan(0.85);
    expect(squares / pairs).toBeLessThan(1.15);
  });
});

const root = rootKey("latin");
const drawsOf = (runs: number, a: number, b: number) =>
  Array.from({ length: runs }, (_, run) => latinKey(root, run, runs).uniform(a, b));
const variance = (values: readonly number[]) => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length;
};

describe("a run of a Latin hypercube", () => {
  test("has the draws it had when results were published from it", () => {
    const strata = [0, 1, 2, 3, 4, 5].map((run) => latinKey(root, run, 300).uniform(9, 4) * 300);
    expect(strata.map(Math.floor)).toEqual([154, 19, 178, 277, 203, 151]);
    const draws = [0, 1, 2, 3].map((name) => latinKey(root, 5, 300).uniform(name, 7));
    expect(draws).toEqual([
      0.8270687349517054, 0.6925913282006513, 0.8952724799494415, 0.4982763222523499,
    ]);
  });

  for (const runs of [1, 2, 7, 256, 300, 2048])
    test(`of ${runs} puts one draw of each name into each of ${runs} equal strata`, () => {
      for (let name = 0; name < 12; name++) {
        const strata = drawsOf(runs, 32 * name + 5, name * 8192).map((u) => Math.floor(u * runs));
        expect(new Set(strata).size).toBe(runs);
        expect(Math.min(...strata)).toBe(0);
        expect(Math.max(...strata)).toBe(runs - 1);
      }
    });

  test("orders each name anew: two names are as independent as their number allows", () => {
    const runs = 512;
    const names = Array.from({ length: 40 }, (_, name) => drawsOf(runs, 32 * name + 3, name));
    const correlations = names.flatMap((one, i) =>
      names.slice(0, i).map((other) => {
        const sum = one.reduce((total, u, r) => total + (u - 0.5) * (other[r]! - 0.5), 0);
        return (12 * sum) / runs;
      }),
    );
    const spread = Math.sqrt(variance(correlations));
    expect(spread * Math.sqrt(runs)).toBeGreaterThan(0.85);
    expect(spread * Math.sqrt(runs)).toBeLessThan(1.15);
    expect(Math.max(...correlations.map(Math.abs))).toBeLessThan(5 / Math.sqrt(runs));
  });

  test("places draws evenly inside their strata", () => {
    const runs = 4;
    const inside = Array.from({ length: 2000 }, (_, name) => drawsOf(runs, name, 1))
      .flat()
      .map((u) => (u * runs) % 1);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const u of inside) tenths[Math.floor(10 * u)]!++;
    // Chi-square with 9 degrees of freedom, 99.9 % quantile.
    const chi = tenths.reduce((sum, n) => sum + (n - 800) * (n - 800), 0) / 800;
    expect(chi).toBeLessThan(27.9);
  });

  test("makes the mean of a sum of ten draws vary at most a hundredth as much", () => {
    const runs = 256;
    const meanOf = (seed: string, latin: boolean) => {
      const key = rootKey(seed);
      let sum = 0;
      for (let run = 0; run < runs; run++) {
        const one = latin ? latinKey(key, run, runs) : rootKey(`${seed}/${run}`);
        for (let name = 0; name < 10; name++) sum += one.uniform(name, 0);
      }
      return sum / runs;
    };
    const means = (latin: boolean) =>
      Array.from({ length: 30 }, (_, i) => meanOf(`mean ${i}`, latin));
    expect(variance(means(true))).toBeLessThan(variance(means(false)) / 100);
  });
});
