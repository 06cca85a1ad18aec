import { describe, expect, test } from "vitest";
import { bayesianSearch, type TrialLimits } from "../../src/policy/bayesian-search.ts";
import { rootKey } from "../../src/stats/random.ts";

const limits: TrialLimits = { starts: 5, trialsMin: 6, trialsMax: 20, improvementMin: 0 };

/** The places tried, in order, and whether the search ended by itself. */
function search(
  rungs: readonly number[],
  find: (at: readonly number[]) => { readonly goal: number; readonly excess: number },
  change: Partial<TrialLimits> = {},
  seed = "bayes",
) {
  const tried: (readonly number[])[] = [];
  const ended = bayesianSearch(
    rungs,
    (at) => {
      tried.push(at);
      return find(at);
    },
    { ...limits, ...change },
    rootKey(seed),
  );
  return { tried, ended };
}

const keeping = (goal: number) => ({ goal, excess: -1 });

describe("the first trials", () => {
  test("meet every place of each dimension once where there are as many trials as places", () => {
    for (const seed of ["a", "b", "c"]) {
      const { tried } = search([7, 7, 7], () => keeping(1), { starts: 7, trialsMax: 7 }, seed);
      for (const d of [0, 1, 2])
        expect(tried.map((at) => at[d]!).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }
  });

  test("are spread in another way in each dimension and for other draws", () => {
    const order = (seed: string, d: number) =>
      search([9, 9], () => keeping(1), { starts: 9, trialsMax: 9 }, seed).tried.map((at) => at[d]);
    expect(order("a", 0)).not.toEqual(order("a", 1));
    expect(order("a", 0)).not.toEqual(order("b", 0));
    expect(order("a", 0)).toEqual(order("a", 0));
  });

  test("try a place once, however few there are", () => {
    const { tried, ended } = search([2], ([x]) => keeping(x!));
    expect(tried.map(([x]) => x!).toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(ended).toBe(true);
    expect(search([1, 1], () => keeping(0)).tried).toEqual([[0, 0]]);
  });
});

describe("where nothing keeps the bound", () => {
  test("trials go to where it is broken least", () => {
    const { tried, ended } = search([400], ([x]) => ({
      goal: -x!,
      excess: 0.1 + Math.abs(x! - 137) / 100,
    }));
    const nearest = Math.min(...tried.map(([x]) => Math.abs(x! - 137)));
    expect(nearest).toBeLessThanOrEqual(2);
    expect(ended).toBe(false);
  });
});

describe("where few points keep the bound", () => {
  test("trials go around the best of these, not around a better one that does not", () => {
    // Places up to 100 keep the bound, and are the better the further up; beyond all are better yet.
    const { tried } = search([600], ([x]) => ({ goal: -x! / 100, excess: (x! - 100) / 100 }), {
      trialsMax: 25,
    });
    const kept = tried.flatMap(([x]) => (x! <= 100 ? [x!] : []));
    expect(Math.max(...kept)).toBeGreaterThanOrEqual(98);
  });
});

describe("on a flat lattice", () => {
  test("nothing is expected, so that the search ends after the fewest trials", () => {
    const { tried, ended } = search([50], () => keeping(3), { improvementMin: 0.01 });
    expect([tried.length, ended]).toEqual([6, true]);
    // A bound that is just kept is kept; one that is not is looked for to the end.
    const at = (excess: number) =>
      search([50], () => ({ goal: 3, excess }), { improvementMin: 0.01 }).tried.length;
    expect([at(0), at(1e-3)]).toEqual([6, 20]);
  });
});

describe("on a lattice of many dimensions", () => {
  // 200 dimensions of three places: the best is 0 in each.
  const rungs = Array.from({ length: 200 }, () => 3);
  const sum = (at: readonly number[]) => at.reduce((total, x) => total + x, 0) / 10;

  test("trials stay on it, are all different, and get better than the first ones", () => {
    const { tried } = search(rungs, (at) => keeping(sum(at)), { trialsMax: 12 });
    expect(tried.length).toBe(12);
    expect(new Set(tried.map((at) => at.join())).size).toBe(12);
    for (const at of tried) {
      expect(at.length).toBe(200);
      expect(at.every((x) => x === 0 || x === 1 || x === 2)).toBe(true);
    }
    const least = (some: readonly (readonly number[])[]) => Math.min(...some.map(sum));
    expect(least(tried.slice(5))).toBeLessThan(least(tried.slice(0, 5)));
  });

  test("some trial is one step in one dimension from an earlier one", () => {
    const { tried } = search(rungs, (at) => keeping(sum(at)), { trialsMax: 12 });
    const stepsApart = (one: readonly number[], other: readonly number[]) =>
      one.reduce((total, x, d) => total + Math.abs(x - other[d]!), 0);
    const near = tried.filter((at, i) =>
      tried.slice(0, i).some((one) => stepsApart(at, one) === 1),
    );
    expect(near.length).toBeGreaterThan(0);
  });
});

describe("on a large lattice of few dimensions", () => {
  test("the neighbours of the best are asked about in every dimension", () => {
    // 40,000 places, of which some 500 are drawn for a trial: the least is found by steps along both sides.
    const bowl = ([x, y]: readonly number[]) =>
      keeping(((x! - 31) / 40) ** 2 + ((y! - 155) / 40) ** 2);
    const { tried } = search([200, 200], bowl, { trialsMax: 30 });
    const off = Math.min(...tried.map(([x, y]) => Math.abs(x! - 31) + Math.abs(y! - 155)));
    expect(off).toBeLessThanOrEqual(2);
  });
});
