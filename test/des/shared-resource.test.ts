import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SharedResource } from "../../src/des/shared-resource.ts";
import { samplerOf, type DistributionSpec } from "../../src/stats/families.ts";
import { rootKey } from "../../src/stats/random.ts";
import { meanWithin } from "../toy-graphs.ts";

interface Job {
  readonly atMs: number;
  readonly amount: number;
  readonly cap: number;
}

/** When each job ends, driven as the simulator drives it: from one end to the next. */
function endsMs(capacity: number, jobs: readonly Job[]): number[] {
  const resource = new SharedResource(capacity);
  const ends = jobs.map(() => Number.NaN);
  let next = 0;
  for (let turns = 0; turns < 10 * jobs.length + 10; turns++) {
    const endMs = resource.nextEndMs();
    const arriveMs = jobs[next]?.atMs ?? Number.POSITIVE_INFINITY;
    if (Math.min(endMs, arriveMs) === Number.POSITIVE_INFINITY) return ends;
    if (arriveMs < endMs) {
      resource.add(arriveMs, next, jobs[next]!.amount, jobs[next]!.cap);
      next++;
    } else for (const id of resource.takeEnded(endMs)) ends[id] = endMs;
  }
  throw new Error("the resource does not come to an end");
}

describe("a shared resource", () => {
  test.each<readonly [string, readonly Job[], readonly number[]]>([
    ["one job runs at the capacity", [{ atMs: 0, amount: 100, cap: 99 }], [10]],
    ["one job runs no faster than its cap", [{ atMs: 0, amount: 100, cap: 4 }], [25]],
    [
      "two equal jobs halve it",
      [
        { atMs: 0, amount: 100, cap: 10 },
        { atMs: 0, amount: 100, cap: 10 },
      ],
      [20, 20],
    ],
    [
      "what a capped job leaves goes to the other",
      [
        { atMs: 0, amount: 20, cap: 2 },
        { atMs: 0, amount: 80, cap: 10 },
      ],
      [10, 10],
    ],
    [
      "a newcomer slows the first, which speeds up again when it has left",
      [
        { atMs: 0, amount: 100, cap: 10 },
        { atMs: 4, amount: 30, cap: 10 },
      ],
      [13, 10],
    ],
    [
      // Rates 1, 3, 6 until C ends at 10; then 1, 9; B has 60 left and the cap 9 fits.
      "three caps are filled from the smallest",
      [
        { atMs: 0, amount: 50, cap: 1 },
        { atMs: 0, amount: 90, cap: 3 },
        { atMs: 0, amount: 60, cap: 100 },
      ],
      [50, 30, 10],
    ],
  ])("%s", (_, jobs, expected) => {
    endsMs(10, jobs).forEach((end, i) => expect(end).toBeCloseTo(expected[i]!, 9));
  });

  test("counts the jobs that it serves", () => {
    const resource = new SharedResource(10);
    resource.add(0, 7, 100, 5);
    resource.add(0, 8, 50, 5);
    expect(resource.size).toBe(2);
    expect(resource.takeEnded(10)).toEqual([8]);
    expect(resource.size).toBe(1);
  });

  test("takes what is within a nanosecond of its end as ended, and nothing before", () => {
    const ended = (nowMs: number) => {
      const resource = new SharedResource(1);
      resource.add(0, 7, 1, 1);
      return resource.takeEnded(nowMs);
    };
    expect(ended(1 - 5e-7)).toEqual([7]);
    expect(ended(1 - 2e-6)).toEqual([]);
  });

  test("does not mind the unit of amounts", () => {
    // 25 KB at 1 Gbit/s, in bytes and in TB: half of it is left after 0.1 ms.
    for (const unit of [1, 1e-12]) {
      const resource = new SharedResource(125_000 * unit);
      resource.add(0, 7, 25_000 * unit, 125_000 * unit);
      expect(resource.takeEnded(0.1)).toEqual([]);
      expect(resource.takeEnded(0.2)).toEqual([7]);
    }
  });

  const job = fc.record({
    gapMs: fc.double({ min: 0, max: 20, noNaN: true }),
    amount: fc.double({ min: 0.1, max: 200, noNaN: true }),
    cap: fc.double({ min: 0.5, max: 30, noNaN: true }),
  });
  const timed = (all: readonly { gapMs: number; amount: number; cap: number }[]): Job[] => {
    let atMs = 0;
    return all.map(({ gapMs, amount, cap }) => {
      atMs += gapMs;
      return { atMs, amount, cap };
    });
  };

  test("never serves a job faster than its cap, nor all of them faster than the capacity", () => {
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 12 }), (all) => {
        const jobs = timed(all);
        const ends = endsMs(10, jobs);
        jobs.forEach((one, i) => {
          const least = one.amount / Math.min(10, one.cap);
          expect(ends[i]! - one.atMs).toBeGreaterThan(least * (1 - 1e-9) - 1e-5);
        });
        const total = jobs.reduce((sum, one) => sum + one.amount, 0);
        expect(Math.max(...ends) - jobs[0]!.atMs).toBeGreaterThan(total / 10 - 1e-5);
      }),
    );
  });

  test("conserves work: without caps the last job ends when a single server would", () => {
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 12 }), (all) => {
        const jobs = timed(all).map((one) => ({ ...one, cap: 10 }));
        let freeMs = 0;
        for (const one of jobs) freeMs = Math.max(freeMs, one.atMs) + one.amount / 10;
        expect(Math.max(...endsMs(10, jobs))).toBeCloseTo(freeMs, 4);
      }),
    );
  });

  test("is max-min fair: of two jobs that start together the larger cap is never served slower", () => {
    fc.assert(
      fc.property(fc.array(job, { minLength: 2, maxLength: 12 }), (all) => {
        const jobs = timed(all).map((one) => ({ ...one, atMs: 0, amount: 100 }));
        const ends = endsMs(10, jobs);
        const byCap = jobs.map((_, i) => i).sort((a, b) => jobs[b]!.cap - jobs[a]!.cap);
        for (let i = 1; i < byCap.length; i++)
          expect(ends[byCap[i]!]!).toBeGreaterThan(ends[byCap[i - 1]!]! - 1e-5);
      }),
    );
  });

  test("comes to an end however late the clock is", () => {
    for (const late of [1e9, 1e11, 1e13]) {
      const ends = endsMs(
        3,
        Array.from({ length: 5 }, (_, i) => ({ atMs: late + i / 3, amount: 10 + i / 7, cap: 2 })),
      );
      expect(Math.max(...ends)).toBeGreaterThan(late + 17);
      expect(Math.max(...ends)).toBeLessThan(late + 18);
    }
  });

  // M/G/1-PS: the mean time in the system is E[S] / (1 - load) whatever the law of S.
  test.each<readonly [string, DistributionSpec]>([
    ["constant", 10],
    ["exponential", { exponential: { mean: 10 } }],
    ["lognormal", { lognormal: { mean: 10, cv: 1.5 } }],
  ])("under Poisson arrivals is insensitive to a service time that is %s", (name, spec) => {
    const key = rootKey(`processor sharing ${name}`);
    const sample = samplerOf(spec);
    let atMs = 0;
    const jobs = Array.from({ length: 60_000 }, (_, i) => {
      atMs += -20 * Math.log(key.uniform(i, 0));
      return { atMs, amount: sample(key.uniform(i, 1)), cap: 1 };
    });
    const ends = endsMs(1, jobs);
    // Times of neighbours are correlated, so the interval is that of the means of 60 batches.
    const batches = Array.from({ length: 60 }, (_, b) => {
      let sum = 0;
      for (let i = 1000 * b; i < 1000 * (b + 1); i++) sum += ends[i]! - jobs[i]!.atMs;
      return sum / 1000;
    });
    const { mean, half } = meanWithin(batches);
    expect(half).toBeLessThan(3);
    expect(Math.abs(mean - 20)).toBeLessThan(half);
  });
});
