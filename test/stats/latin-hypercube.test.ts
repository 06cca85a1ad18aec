import { describe, expect, test } from "vitest";
import { LatinKey } from "../../src/stats/latin-hypercube.ts";
import { RandomKey } from "../../src/stats/random.ts";

function points(bits: number, a: number, b: number, inside?: number): number[] {
  const key = new LatinKey();
  key.derive(new RandomKey(1, 2), 3, 4);
  key.begin(bits, inside);
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
