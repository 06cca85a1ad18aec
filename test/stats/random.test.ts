import { describe, expect, test } from "vitest";
import { RandomKey, rootKey } from "../../src/stats/random.ts";
import { meanWithin } from "../toy-graphs.ts";

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

function correlationZ(a: readonly number[], b: readonly number[]): number {
  const n = a.length;
  let product = 0;
  for (let i = 0; i < n; i++) product += (a[i]! - 0.5) * (b[i]! - 0.5);
  // Under independence the sum has variance n / 144.
  return product / Math.sqrt(n / 144);
}

describe("threefry", () => {
  test.each([
    [0, 0, 0, 0, "6b200159 99ba4efe"],
    [-1, -1, -1, -1, "1cb996fc bb002be7"],
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, "c4923a9c 483df7a0"],
  ])("counter %i, %i under key %i, %i gives the published block", (a, b, k0, k1, block) => {
    const key = new RandomKey(k0, k1);
    key.block(a, b);
    expect(`${hex(key.high)} ${hex(key.low)}`).toBe(block);
  });

  test("deriving a key is enciphering its name under the parent", () => {
    const [parent, child] = [new RandomKey(1, 2), new RandomKey()];
    child.derive(parent, 7, 9);
    const again = new RandomKey(parent.high, parent.low);
    expect(child.uniform(3, 4)).toBe(again.uniform(3, 4));
  });
});

describe("uniform draws", () => {
  class FixedBits extends RandomKey {
    readonly #word: number;
    constructor(word: number) {
      super();
      this.#word = word;
    }
    override block(): void {
      this.high = this.#word;
      this.low = this.#word;
    }
  }

  test("lie strictly between 0 and 1, even when every bit is 0 or every bit is 1", () => {
    expect(new FixedBits(0).uniform(0, 0)).toBeGreaterThan(0);
    expect(new FixedBits(-1).uniform(0, 0)).toBeLessThan(1);
  });

  test("many at once are those of their names, and leave what lies behind", () => {
    const key = rootKey("many");
    const out = new Float64Array(5).fill(7);
    key.uniforms(3, 10, 4, out);
    expect([...out]).toEqual([...[10, 11, 12, 13].map((b) => key.uniform(3, b)), 7]);
  });

  test("fill the unit interval evenly: 64 cells, chi-square within 99.9 %", () => {
    const key = rootKey("even");
    const cells = new Float64Array(64);
    const n = 64_000;
    for (let i = 0; i < n; i++) cells[Math.floor(64 * key.uniform(i, 5))]!++;
    const chi = cells.reduce((sum, count) => sum + (count - n / 64) ** 2 / (n / 64), 0);
    // qchisq(c(0.0005, 0.9995), 63) in R.
    expect(chi).toBeGreaterThan(31.6);
    expect(chi).toBeLessThan(105.9);
  });

  test("of neighbouring names are uncorrelated, in the first word, the second, and both", () => {
    const key = rootKey("neighbours");
    const n = 20_000;
    const at = (a: number, b: number) =>
      Array.from({ length: n }, (_, i) => key.uniform(i + a, 3 + b));
    const base = at(0, 0);
    for (const [a, b] of [
      [1, 0],
      [0, 1],
      [1, 1],
      [32, 0],
      [0, 8192],
    ] as const)
      expect(Math.abs(correlationZ(base, at(a, b)))).toBeLessThan(4);
  });

  test("of neighbouring runs are uncorrelated, as are those of neighbouring seeds", () => {
    const n = 20_000;
    const [one, other] = [new RandomKey(), new RandomKey()];
    const root = rootKey("runs");
    const a: number[] = [];
    const b: number[] = [];
    for (let run = 0; run < n; run++) {
      one.derive(root, run, 0);
      other.derive(root, run + 1, 0);
      a.push(one.uniform(0, 0));
      b.push(other.uniform(0, 0));
    }
    expect(Math.abs(correlationZ(a, b))).toBeLessThan(4);
    const [first, second] = [rootKey("1"), rootKey("2")];
    const sequence = (key: RandomKey) => Array.from({ length: n }, (_, i) => key.uniform(i, 0));
    expect(Math.abs(correlationZ(sequence(first), sequence(second)))).toBeLessThan(4);
  });

  test("over many seeds have mean one half and no repeated first value", () => {
    const firsts = Array.from({ length: 4000 }, (_, i) => rootKey(`seed ${i}`).uniform(0, 0));
    const { mean, half } = meanWithin(firsts);
    expect(Math.abs(mean - 0.5)).toBeLessThan(half);
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test("of a seed are those that results were published from", () => {
    const key = rootKey("wisefuse");
    expect([key.uniform(0, 0), key.uniform(1, 0)]).toEqual([
      0.3623587156662428, 0.7684493663453346,
    ]);
  });

  test("depend on their name alone, not on what was drawn before", () => {
    const key = rootKey("order");
    const late = key.uniform(9, 9);
    for (let i = 0; i < 100; i++) key.uniform(i, i + 1);
    expect(key.uniform(9, 9)).toBe(late);
  });
});
