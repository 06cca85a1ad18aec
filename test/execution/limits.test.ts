import { describe, expect, test } from "vitest";
import { RUN_COLUMNS } from "../../src/execution/run-log.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { NO_FAILURES } from "../../src/plan/failures.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { ConcurrencyRule, Platform } from "../../src/platform/platform.ts";
import { exactCloud } from "../exact-cloud.ts";
import { apart, chain, edge, fanOut, planOf, scenarioOf, together, toyOf } from "../toy-graphs.ts";

const FINISHED = 0;
const TIMED_OUT = 1;
const FAILED = 2;

function limited(change: Partial<ConcurrencyRule>): Platform {
  return { ...ideal, concurrency: { ...ideal.concurrency, ...change } };
}

const at = (...atMs: number[]): Arrivals => ({ kind: "timestamps", atMs });

describe("the time limit", () => {
  const hasty: Platform = { ...exactCloud, runMsMax: 500 };
  const options = { runs: 1, warmupRuns: 0, seed: "limit" };

  test("ends a stage that takes longer, and with it the run, billed up to the limit", () => {
    const toy = chain([100, 501, 100]);
    const log = simulate(scenarioOf(toy, hasty), apart(toy), options);
    expect(Array.from(log.status)).toEqual([TIMED_OUT]);
    expect(log.columns.vmUses[0]).toBe(2);
    expect(log.columns.gbS[0]).toBeCloseTo((600 / 1000) * (1769 / 1024), 9);
    // Two hops and cold starts, 100 ms, and the limit.
    expect(log.columns.latencyMs[0]).toBeCloseTo(720 + 600, 6);
  });

  test("lets a stage of exactly that time finish", () => {
    const toy = chain([100, 500, 100]);
    const log = simulate(scenarioOf(toy, hasty), apart(toy), options);
    expect(Array.from(log.status)).toEqual([FINISHED]);
  });

  test("counts all fused stages as one use", () => {
    const toy = chain([300, 300]);
    expect(simulate(scenarioOf(toy, hasty), apart(toy), options).status[0]).toBe(FINISHED);
    expect(simulate(scenarioOf(toy, hasty), together(toy), options).status[0]).toBe(TIMED_OUT);
  });

  test("takes the killed VM from the platform: the next run starts cold", () => {
    const toy = chain([501]);
    const scenario = scenarioOf(toy, hasty, at(0, 5000));
    const log = simulate(scenario, apart(toy), { ...options, runs: 2 });
    expect(Array.from(log.columns.coldStarts)).toEqual([1, 1]);
  });
});

describe("the concurrency limit", () => {
  test("of 1 without retries fails the run that comes too early, and no later one", () => {
    const toy = chain([100]);
    const scenario = scenarioOf(toy, limited({ limit: 1 }), at(0, 50, 200, 310));
    const log = simulate(scenario, apart(toy), { runs: 4, warmupRuns: 0, seed: "limit" });
    expect(Array.from(log.status)).toEqual([FINISHED, FAILED, FINISHED, FINISHED]);
    expect(Array.from(log.columns.latencyMs)).toEqual([100, 0, 100, 100]);
    expect(log.columns.costUsd[1]).toBe(0);
  });

  test("fails a run with two workers at once, and gives its VM back", () => {
    const toy = toyOf("pair", { work: [100, { empirical: [1, 2] }] }, []);
    const scenario = scenarioOf(toy, limited({ limit: 1 }), { kind: "closed", inFlight: 1 });
    const log = simulate(scenario, apart(toy), { runs: 200, warmupRuns: 0, seed: "limit" });
    const failed = log.status.filter((code) => code === FAILED).length;
    expect(failed).toBeGreaterThan(50);
    expect(failed).toBeLessThan(150);
    log.status.forEach((code, run) => {
      expect(code === FINISHED || code === FAILED).toBe(true);
      expect(log.columns.latencyMs[run]).toBeCloseTo(100, 6);
    });
  });

  test("fails a run before any step that its plan lists first has begun, without another run's times", () => {
    const toy = toyOf("late", { a: [100], b: [100, 3], c: [100] }, [
      edge("a", "b"),
      edge("b", "c"),
    ]);
    const scenario = scenarioOf(toy, limited({ limit: 1 }), at(0, 50, 5000));
    const forwards = apart(toy);
    const plan = { ...forwards, groups: forwards.groups.toReversed() };
    const log = simulate(scenario, plan, { runs: 2, warmupRuns: 0, seed: "limit" });
    expect(Array.from(log.status)).toEqual([FAILED, FAILED]);
    expect(Array.from(log.columns.skew)).toEqual([1, 1]);
    expect(log.columns.computeMs[1]).toBe(0);
    expect(log.columns.hopMs[1]).toBe(0);
  });

  test("with retries makes the second run wait, and calls the wait queueing", () => {
    const toy = chain([100]);
    const retry = { intervalMs: 40, backoffRate: 2, maxAttempts: 3 };
    const scenario = scenarioOf(toy, limited({ limit: 1, retry }), at(0, 30));
    const log = simulate(scenario, apart(toy), { runs: 2, warmupRuns: 0, seed: "limit" });
    expect(Array.from(log.status)).toEqual([FINISHED, FINISHED]);
    // Asked at 30, 70 and 150; free since 100.
    expect(log.columns.queueMs[1]).toBeCloseTo(120, 9);
    expect(log.columns.latencyMs[1]).toBeCloseTo(220, 9);
  });

  test("on new VMs holds for every function by itself, or for all of the account", () => {
    const toy = toyOf("two", { a: [1000], b: [1000] }, []);
    const retry = { intervalMs: 125, backoffRate: 1, maxAttempts: 100 };
    const queueMs = (scope: ConcurrencyRule["scope"]) => {
      const rule = limited({ burst: 1, scaleOutPerSecond: 1, retry, scope });
      const one = { runs: 1, warmupRuns: 0, seed: "limit" };
      return simulate(scenarioOf(toy, rule), apart(toy), one).columns.queueMs[0];
    };
    expect(queueMs("function")).toBe(0);
    // A token a second.
    expect(queueMs("account")).toBe(1000);
  });

  test("on new VMs lets a burst through, then its rate", () => {
    const toy = chain([1000]);
    const retry = { intervalMs: 100, backoffRate: 1, maxAttempts: 100 };
    const rule = limited({ burst: 2, scaleOutPerSecond: 1, retry });
    const log = simulate(scenarioOf(toy, rule, at(0, 0, 0)), apart(toy), {
      runs: 3,
      warmupRuns: 0,
      seed: "limit",
    });
    expect(log.columns.queueMs[0]).toBe(0);
    expect(log.columns.queueMs[1]).toBe(0);
    expect(log.columns.queueMs[2]).toBeCloseTo(1000, 6);
  });
});

describe("when all others have gone", () => {
  // A crowd that comes within a second, and late runs that come one by one when no VM is warm any more.
  const crowd = Array.from({ length: 60 }, (_, i) => 17 * i);
  const late = Array.from({ length: 6 }, (_, i) => 1e7 * (i + 1));
  const toy = () => fanOut(5, { lognormal: { median: 300, sigma: 0.7 } }, { bytes: 50_000 });
  const retry = { intervalMs: 70, backoffRate: 1.5, maxAttempts: 3 };
  const narrow = { ...exactCloud.concurrency, limit: 7, retry };
  const home = { workersPerVm: 2, concurrency: 2, memoryMb: 3538 };
  const early = [
    { stages: ["split"], prewarmMs: 2000 },
    { stages: ["work"], prewarmMs: 150 },
    { stages: ["gather"], prewarmMs: 900 },
  ];

  test.each([
    ["apart", () => apart(toy())],
    ["directly", () => apart(toy(), 1769, "direct")],
    ["at home", () => together(toy(), home)],
    ["ahead of time", () => planOf(toy(), early)],
  ])("a run has the account to itself, whatever became of them: %s", (_, makePlan) => {
    for (const failures of [
      NO_FAILURES,
      { ...NO_FAILURES, invocationErrors: 0.1, crashesPerHour: 300 },
    ]) {
      const platform = { ...exactCloud, keepAliveMs: 1e5, runMsMax: 900 };
      const logOf = (concurrency: ConcurrencyRule) => {
        const scenario = scenarioOf(toy(), { ...platform, concurrency }, at(...crowd, ...late));
        return simulate({ ...scenario, failures }, makePlan(), {
          runs: 66,
          warmupRuns: 0,
          seed: "late",
        });
      };
      const [free, tight] = [logOf(exactCloud.concurrency), logOf(narrow)];
      expect(tight.status.filter((code) => code === FAILED).length).toBeGreaterThan(10);
      expect(tight.status.some((code) => code === TIMED_OUT)).toBe(true);
      expect(tight.status.slice(60)).toEqual(free.status.slice(60));
      for (const name of RUN_COLUMNS)
        expect(tight.columns[name].slice(60)).toEqual(free.columns[name].slice(60));
    }
  });
});

describe("however runs end", () => {
  const toy = fanOut({ uniform: { min: 1, max: 9 } }, { lognormal: { median: 200, sigma: 1 } });
  const harsh: Platform = {
    ...exactCloud,
    runMsMax: 900,
    concurrency: {
      ...exactCloud.concurrency,
      limit: 12,
      retry: { intervalMs: 50, backoffRate: 2, maxAttempts: 2 },
    },
  };
  const plans = {
    apart: apart(toy),
    direct: apart(toy, 1769, "direct"),
    home: together(toy, { workersPerVm: 2, concurrency: 2, isolation: "processes" }),
    prewarmed: planOf(toy, [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 2, prewarmMs: 100 },
      { stages: ["gather"], prewarmMs: 700 },
    ]),
  };
  for (const [name, plan] of Object.entries(plans))
    test(`finished, timed-out and failed runs are all the runs there were: ${name}`, () => {
      const scenario = scenarioOf(toy, harsh, { kind: "poisson", perSecond: 2 });
      const log = simulate(scenario, plan, { runs: 2000, warmupRuns: 10, seed: "harsh" });
      expect(log.runs).toBe(2000);
      expect(log.status.length).toBe(2000);
      expect(Array.from(log.columns.run)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
      const count = (code: number) => log.status.filter((status) => status === code).length;
      expect(count(FINISHED) + count(TIMED_OUT) + count(FAILED)).toBe(2000);
      for (const code of [FINISHED, TIMED_OUT, FAILED]) expect(count(code)).toBeGreaterThan(0);
      for (let run = 0; run < 2000; run++)
        expect(log.columns.finishMs[run]! >= log.columns.arriveMs[run]!).toBe(true);
    });
});
