import { describe, expect, test } from "vitest";
import type { RunLog } from "../../src/execution/run-log.ts";
import { simulate } from "../../src/execution/simulate.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { COLD_MS, exactCloud } from "../exact-cloud.ts";
import {
  apart,
  chain,
  edge,
  fanOut,
  meanWithin,
  planOf,
  quantile,
  scenarioOf,
  type Toy,
  together,
  toyOf,
  Z_999,
} from "../toy-graphs.ts";

const poisson = (perSecond: number): Arrivals => ({ kind: "poisson", perSecond });
const skewed = fanOut(8, { lognormal: { median: 300, sigma: 0.8 } }, { bytes: 3e6 });

function simulated(toy: Toy, arrivals: Arrivals, runs: number, seed = "many"): RunLog {
  return simulate(scenarioOf(toy, awsLambda2024, arrivals), apart(toy), {
    runs,
    warmupRuns: 0,
    seed,
  });
}

describe("luck", () => {
  test("with the same seed gives the same bytes, with another other ones", () => {
    const columns = (seed: string) => simulated(skewed, poisson(1), 300, seed).columns;
    expect(columns("a")).toEqual(columns("a"));
    expect(columns("a").latencyMs).not.toEqual(columns("b").latencyMs);
  });

  test("of the first 100 runs is the same whether 100 or 1,000 are simulated", () => {
    const log = (runs: number) =>
      simulate(scenarioOf(skewed, ideal, poisson(1)), apart(skewed), {
        runs,
        warmupRuns: 0,
        seed: "prefix",
      });
    const [few, many] = [log(100), log(1000)];
    for (const column of ["arriveMs", "finishMs", "latencyMs", "costUsd", "skew"] as const)
      expect(many.columns[column].slice(0, 100)).toEqual(few.columns[column]);
  });

  test("is that of the run, not of the plan: alone in their VMs, workers take the same time", () => {
    const run = (plan: ReturnType<typeof apart>) =>
      simulate(scenarioOf(skewed, ideal, poisson(1)), plan, {
        runs: 200,
        warmupRuns: 0,
        seed: "common",
      }).columns.latencyMs;
    const wide = together(skewed, { memoryMb: 10_240, concurrency: "all" });
    const [one, other] = [run(apart(skewed)), run(wide)];
    // Eight workers on 5.79 vCPUs: never faster than alone, never slower than by 8 / 5.79.
    one.forEach((ms, i) => {
      expect(other[i]! >= ms - 1e-6 && other[i]! <= ms * (8 / 5.788) + 1e-6).toBe(true);
    });
  });
});

describe("a random fan-out", () => {
  test("is one draw for pairwise neighbours", () => {
    const toy = toyOf(
      "peers",
      { a: [100, { uniform: { min: 1, max: 6 } }], b: [100, { uniform: { min: 1, max: 6 } }] },
      [edge("a", "b", "pairwise", 1000)],
    );
    const { vmUses } = simulated(toy, poisson(1), 500).columns;
    expect(vmUses.every((uses) => uses % 2 === 0)).toBe(true);
    expect(new Set(vmUses).size).toBe(6);
  });

  test("is two draws for stages that only exchange data", () => {
    const toy = toyOf(
      "strangers",
      { a: [100, { uniform: { min: 1, max: 6 } }], b: [100, { uniform: { min: 1, max: 6 } }] },
      [edge("a", "b", "shuffle", 1000)],
    );
    const { vmUses } = simulated(toy, poisson(1), 500).columns;
    expect(vmUses.some((uses) => uses % 2 === 1)).toBe(true);
  });
});

describe("closed arrivals", () => {
  test("keep exactly N runs in flight until the last has arrived", () => {
    const log = simulated(skewed, { kind: "closed", inFlight: 5 }, 200);
    const { arriveMs, finishMs } = log.columns;
    for (let run = 0; run < 200; run++) {
      const now = arriveMs[run]!;
      const inFlight = arriveMs.filter((at, i) => at <= now && finishMs[i]! > now).length;
      expect(inFlight).toBe(5);
    }
  });
});

describe("cold starts", () => {
  test("of a sparse Poisson stream come with probability exp(-rate x keep-alive)", () => {
    const runs = 20_000;
    const toy = chain([0.1]);
    const platform = { ...ideal, keepAliveMs: 10_000 };
    const { coldStarts } = simulate(scenarioOf(toy, platform, poisson(0.1)), apart(toy), {
      runs,
      warmupRuns: 1,
      seed: "sparse",
    }).columns;
    const share = coldStarts.reduce((sum, n) => sum + n, 0) / runs;
    const expected = Math.exp(-1);
    const half = Z_999 * Math.sqrt((expected * (1 - expected)) / runs);
    expect(Math.abs(share - expected)).toBeLessThan(half);
  });

  test("take a VM for each of 30 requests at once, whatever was warm before", () => {
    const toy = toyOf("burst", { work: [500, 30] }, []);
    for (const platform of [awsLambda2024, exactCloud]) {
      const log = simulate(scenarioOf(toy, platform), apart(toy), {
        runs: 1,
        warmupRuns: 0,
        seed: "burst",
      });
      expect(log.columns.coldStarts[0]).toBe(30);
    }
  });

  test("cost a fixed time on a cloud of constants", () => {
    const toy = chain([100]);
    const log = simulate(scenarioOf(toy, exactCloud, poisson(0.1)), apart(toy), {
      runs: 200,
      warmupRuns: 0,
      seed: "fixed",
    });
    log.columns.latencyMs.forEach((ms, i) => {
      expect(ms).toBeCloseTo(200 + COLD_MS * log.columns.coldStarts[i]!, 6);
    });
  });
});

describe("a fork-join of 3 x 16 exponential workers on the ideal platform", () => {
  const join = (id: string) => [id, [{ exponential: { mean: 1000 } }, 16]] as const;
  const toy = toyOf("fork-join", Object.fromEntries(["a", "b", "c"].map(join)), [
    edge("a", "b", "shuffle"),
    edge("b", "c", "shuffle"),
  ]);
  const { latencyMs } = simulate(scenarioOf(toy, ideal, poisson(10)), apart(toy), {
    runs: 30_000,
    warmupRuns: 0,
    seed: "fork-join",
  }).columns;

  test("takes three times the sixteenth harmonic number in the mean", () => {
    const { mean, half } = meanWithin(latencyMs);
    const harmonic = Array.from({ length: 16 }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b);
    expect(3 * harmonic).toBeCloseTo(10.142, 3);
    expect(Math.abs(mean - 3000 * harmonic)).toBeLessThan(half);
  });

  test("has its P95 at 14.09 s", () => {
    expect(Math.abs(quantile(latencyMs, 0.95) / 14_090 - 1)).toBeLessThan(0.015);
  });
});

describe("the time split of every run adds up to its latency", () => {
  const parts = [
    "hopMs",
    "queueMs",
    "coldMs",
    "initMs",
    "fetchMs",
    "computeMs",
    "stragglerMs",
    "storeMs",
  ] as const;
  const start = { initCpuMs: 300, skew: { content: 0.7, noiseCv: 0.1 } };
  const toy = fanOut(8, { lognormal: { median: 300, sigma: 0.5 } }, { bytes: 2e5, change: start });
  const direct = apart(toy, 1024, "direct");
  const plans = {
    apart: apart(toy, 1024),
    inline: apart(toy, 1024, "inline"),
    direct,
    "direct bundled": {
      ...direct,
      groups: direct.groups.map((group) => ({ ...group, workersPerVm: 4 })),
    },
    "bundled in waves": planOf(toy, [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 4, concurrency: 2, isolation: "processes" },
      { stages: ["gather"] },
    ]),
    whole: together(toy, { memoryMb: 3538 }),
    home: together(toy, {
      memoryMb: 3538,
      workersPerVm: 2,
      concurrency: 2,
      isolation: "processes",
    }),
    prewarmed: planOf(toy, [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 2, prewarmMs: 300 },
      { stages: ["gather"], prewarmMs: 900 },
    ]),
  };
  for (const [name, plan] of Object.entries(plans))
    test(`under a plan: ${name}`, () => {
      const busy = { ...awsLambda2024, keepAliveMs: 2000 };
      const tight = { ...busy, concurrency: { ...busy.concurrency, limit: 12 } };
      const { columns, status } = simulate(scenarioOf(toy, tight, poisson(0.5)), plan, {
        runs: 500,
        warmupRuns: 0,
        seed: "split",
      });
      expect(columns.coldStarts.some((n) => n > 0)).toBe(true);
      let worst = 0;
      status.forEach((code, run) => {
        if (code !== 0) return;
        const sum = parts.reduce((total, part) => total + columns[part][run]!, 0);
        worst = Math.max(worst, Math.abs(sum - columns.latencyMs[run]!));
        for (const part of parts) worst = Math.max(worst, -columns[part][run]!);
      });
      expect(worst).toBeLessThan(1e-6);
    });
});
