import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RUN_COLUMNS, type RunLog } from "../../src/execution/run-log.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { convolutionModel } from "../../src/model/convolution.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { type Failures, NO_FAILURES } from "../../src/plan/failures.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { TIME_SPLIT } from "../../src/result/measure.ts";
import { exactCloud } from "../exact-cloud.ts";
import { randomCases } from "../laws/random-plan.ts";
import { apart, chain, edge, fanOut, planOf, scenarioOf, together, toyOf } from "../toy-graphs.ts";

const FINISHED = 0;
const FAILED = 2;
/** Two-sided normal deviate of 1 in 10,000. */
const Z = 3.89;

function failing(scenario: Scenario, failures: Partial<Failures>): Scenario {
  return { ...scenario, failures: { ...NO_FAILURES, ...failures } };
}

function run(scenario: Scenario, plan: ExecutionPlan, runs: number): RunLog {
  return simulate(scenario, plan, { runs, warmupRuns: 0, seed: "failures" });
}

function share(log: RunLog, status: number): number {
  return log.status.filter((one) => one === status).length / log.runs;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// Within the binomial interval of n trials.
function expectShare(observed: number, chance: number, n: number): void {
  expect(Math.abs(observed - chance)).toBeLessThan(
    Z * Math.sqrt((chance * (1 - chance)) / n) + 1e-9,
  );
}

const at = { kind: "poisson", perSecond: 1 } as const;

describe("errors of invocations", () => {
  const retry = { intervalMs: 50, backoffRate: 2, maxAttempts: 2 };
  const p = 0.3;
  const logOf = (runs: number) => {
    const toy = chain([100]);
    const scenario = scenarioOf(toy, { ...ideal, price: exactCloud.price }, at);
    return run(failing(scenario, { invocationErrors: p, retry }), apart(toy), runs);
  };

  test("fail a run when all attempts do: p to the power of their number", () => {
    const log = logOf(20_000);
    expectShare(share(log, FAILED), p ** 3, log.runs);
    expect(share(log, FAILED) + share(log, FINISHED)).toBe(1);
  });

  test("cost 1 + p + p^2 attempts, the failed ones half their time in the mean", () => {
    const attempts = 1 + p + p * p;
    const failed = p + p * p + p ** 3;
    const { vmUses, gbS, retries } = logOf(20_000).columns;
    expect(mean(vmUses)).toBeCloseTo(attempts, 1);
    expect(mean(retries)).toBeCloseTo(attempts - 1, 1);
    expect(mean(gbS) / (0.1 * (1769 / 1024))).toBeCloseTo(attempts - failed / 2, 1);
  });

  test("wait by the rule and are paid for one by one", () => {
    const { columns, status, runs } = logOf(2000);
    for (let i = 0; i < runs; i++) {
      const repeats = columns.retries[i]!;
      expect(columns.vmUses[i]).toBe(repeats + 1);
      if (status[i] !== FINISHED) continue;
      // Waits of 50 and 100 ms; each failed attempt took less than 100 ms.
      const waitMs = [0, 50, 150][repeats]!;
      const lostMs = columns.latencyMs[i]! - 100 - waitMs;
      expect(lostMs).toBeGreaterThanOrEqual(repeats > 0 ? 0 : -1e-9);
      expect(lostMs).toBeLessThan(100 * repeats + 1e-6);
      const busyGbS = ((100 + lostMs) / 1000) * (1769 / 1024);
      expect(columns.gbS[i]).toBeCloseTo(busyGbS, 9);
    }
  });

  test("lose all that is fused or bundled: fewer invocations, each with as much to lose", () => {
    const wide = fanOut(8, 100);
    const given = failing(scenarioOf(wide, ideal, at), {
      invocationErrors: 0.05,
      retry: { ...retry, maxAttempts: 0 },
    });
    const lost = (plan: ExecutionPlan) => share(run(given, plan, 10_000), FAILED);
    expectShare(lost(apart(wide)), 1 - 0.95 ** 10, 10_000);
    expectShare(lost(together(wide)), 0.05, 10_000);
  });
});

describe("crashes", () => {
  const perMs = 1 / 1000;
  const failures = {
    crashesPerHour: perMs * 3_600_000,
    retry: { ...NO_FAILURES.retry, maxAttempts: 0 },
  };

  for (const busyMs of [100, 700, 2000])
    test(`strike a VM that is busy for ${busyMs} ms with chance 1 - exp(-rate t)`, () => {
      const toy = chain([busyMs]);
      const log = run(failing(scenarioOf(toy, ideal, at), failures), apart(toy), 10_000);
      const chance = 1 - Math.exp(-perMs * busyMs);
      expectShare(share(log, FAILED), chance, log.runs);
      // Mean time of an exponential cut at busyMs.
      const billedMs = (mean(log.columns.gbS) * 1000) / (1769 / 1024);
      expect(Math.abs(billedMs - chance / perMs) / busyMs).toBeLessThan(0.02);
    });

  test("cost a fused chain all it did: with retries it is as often whole, and later", () => {
    const toy = chain([300, 300, 300]);
    const often = { ...failures, retry: { intervalMs: 0, backoffRate: 1, maxAttempts: 20 } };
    const given = failing(scenarioOf(toy, ideal, at), often);
    const [fused, unfused] = [together(toy), apart(toy)].map((plan) => run(given, plan, 10_000));
    // Mean time to get through t without a crash: (exp(rate t) - 1) / rate.
    const through = (ms: number) => (Math.exp(perMs * ms) - 1) / perMs;
    expect(mean(fused!.columns.latencyMs) / through(900)).toBeCloseTo(1, 1);
    expect(mean(unfused!.columns.latencyMs) / (3 * through(300))).toBeCloseTo(1, 1);
  });

  test("take the VM: the next attempt starts cold, after an error it starts warm", () => {
    const toy = chain([1000]);
    const given = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
    const retry = { intervalMs: 0, backoffRate: 1, maxAttempts: 20 };
    const crashed = run(failing(given, { crashesPerHour: 1800, retry }), apart(toy), 500).columns;
    const erred = run(failing(given, { invocationErrors: 0.4, retry }), apart(toy), 500).columns;
    expect(mean(crashed.retries)).toBeGreaterThan(0.3);
    expect(mean(erred.retries)).toBeGreaterThan(0.3);
    expect(mean(crashed.coldStarts)).toBeCloseTo(mean(crashed.retries), 1);
    expect(mean(erred.coldStarts) * 500).toBe(1);
  });
});

describe("store requests that fail", () => {
  test("lengthen the worker by their repeats and waits, at no fee", () => {
    const toy = chain([100, 100], 8000);
    const given = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
    const calm = run(given, apart(toy), 4000).columns;
    const { columns, status } = run(failing(given, { storeErrors: 0.2 }), apart(toy), 4000);
    expect(status.every((one) => one === FINISHED)).toBe(true);
    // n failures of a GET (10 ms) or PUT (30 ms): n requests more and 500 (2^n - 1) ms of waiting.
    const waits = [0, 1, 2, 3, 4, 5].map((n) => 0.8 * 0.2 ** n * 500 * (2 ** n - 1));
    const waitMs = waits.reduce((sum, ms) => sum + ms, 0);
    const longerMs = 2 * waitMs + 0.25 * (10 + 30);
    const meanMs = mean(columns.latencyMs) - mean(calm.latencyMs);
    expect(meanMs / longerMs).toBeGreaterThan(0.85);
    expect(meanMs / longerMs).toBeLessThan(1.15);
    expect(columns.bytesRemote).toEqual(calm.bytesRemote);
  });
});

test("a second delivery is billed and changes nothing else", () => {
  const toy = chain([100, 200], 8000);
  const given = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
  const calm = run(given, apart(toy), 200).columns;
  const { columns } = run(failing(given, { duplicates: 1 }), apart(toy), 200);
  // The compute of a single job is summed in another order where VMs may fail.
  columns.latencyMs.forEach((ms, i) => expect(ms).toBeCloseTo(calm.latencyMs[i]!, 6));
  columns.gbS.forEach((gbS, i) => expect(gbS).toBeCloseTo(2 * calm.gbS[i]!, 9));
  // Three transitions are paid once.
  columns.costUsd.forEach((usd, i) =>
    expect(usd - 0.03).toBeCloseTo(2 * (calm.costUsd[i]! - 0.03), 6),
  );
});

describe("what hangs together", () => {
  test("a home that crashes starts over with all its VMs", () => {
    // Work overflows the home of two; `split` and `gather` run in it.
    const toy = toyOf("home", { split: [100], work: [100, 6], gather: [100] }, [
      edge("split", "work", "scatter", 6000),
      edge("work", "gather", "gather", 6000),
    ]);
    const plan = planOf(toy, [
      { stages: ["split", "work", "gather"], workersPerVm: 2, concurrency: 2 },
    ]);
    const given = scenarioOf(
      toy,
      { ...exactCloud, keepAliveMs: 1e9 },
      { kind: "poisson", perSecond: 1 },
    );
    const retry = { intervalMs: 10, backoffRate: 1, maxAttempts: 20 };
    const { columns, status } = run(failing(given, { crashesPerHour: 3000, retry }), plan, 2000);
    expect(status.every((one) => one === FINISHED)).toBe(true);
    const again = Array.from(columns.vmUses).filter((uses, i) => uses - columns.retries[i]! > 3);
    // Two more of the overflow, less what was repeated by itself.
    expect(again.length).toBeGreaterThan(100);
  });

  test("a direct reader takes the VMs it reads from with it", () => {
    const pair = chain([100, 400], 8000);
    const direct = apart(pair, undefined, "direct");
    const warm = scenarioOf(pair, exactCloud, { kind: "closed", inFlight: 1 });
    const retry = { intervalMs: 0, backoffRate: 1, maxAttempts: 20 };
    const { columns, status } = run(failing(warm, { invocationErrors: 0.3, retry }), direct, 3000);
    expect(status.every((one) => one === FINISHED)).toBe(true);
    // A pass is good with 0.7; before each of its tries the first stage takes 1 / 0.7 attempts.
    expect(mean(columns.vmUses)).toBeCloseTo((1 / 0.7 + 1) / 0.7, 1);
  });
});

describe("on random workflows under random plans", () => {
  test("rates of 0 change no bit", () => {
    fc.assert(
      fc.property(randomCases(), ({ scenario, plan }) => {
        const [calm, zero] = [scenario, failing(scenario, {})].map((one) => run(one, plan, 20));
        for (const name of RUN_COLUMNS) expect(zero!.columns[name]).toEqual(calm!.columns[name]);
        expect(zero!.events).toBe(calm!.events);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  test("rates next to 0 change what a different order of sums does", () => {
    fc.assert(
      fc.property(randomCases(), ({ scenario, plan }) => {
        const calm = run(scenario, plan, 20);
        const { columns } = run(failing(scenario, { crashesPerHour: 1e-12 }), plan, 20);
        for (const name of RUN_COLUMNS)
          columns[name].forEach((value, i) => {
            const other = calm.columns[name][i]!;
            expect(Math.abs(value - other)).toBeLessThan(1e-6 * (1 + Math.abs(other)));
          });
      }),
      { numRuns: 40, seed: 8 },
    );
  });

  test("every run ends, its time adds up, and failing is never free or faster", () => {
    let repeats = 0;
    fc.assert(
      fc.property(randomCases(12), fc.nat(3), ({ scenario, plan }, much) => {
        const rare = { ...scenario, arrivals: { kind: "closed", inFlight: 1 } as const };
        const warm = { ...rare, platform: { ...scenario.platform, coldStart: ideal.coldStart } };
        const calm = run(warm, plan, 30);
        const rates = {
          crashesPerHour: [50, 300, 1000, 3000][much]!,
          invocationErrors: [0.01, 0.05, 0.2, 0.3][much]!,
          storeErrors: [0, 0.01, 0, 0.1][much]!,
          duplicates: [0, 0.1, 0, 0.2][much]!,
          retry: { intervalMs: 100, backoffRate: 1.5, maxAttempts: 8 },
        };
        const { columns, status, runs } = run(failing(warm, rates), plan, 30);
        expect(runs).toBe(30);
        for (let i = 0; i < runs; i++) {
          repeats += columns.retries[i]!;
          if (status[i] !== FINISHED) continue;
          const splitMs = TIME_SPLIT.reduce((sum, name) => sum + columns[name][i]!, 0);
          expect(splitMs).toBeCloseTo(columns.latencyMs[i]!, 3);
          for (const name of TIME_SPLIT) expect(columns[name][i]).toBeGreaterThan(-1e-6);
          // A worker that waits for the store may leave another more of their VM's CPU, just when it counts.
          if (rates.storeErrors > 0) continue;
          expect(columns.latencyMs[i]).toBeGreaterThan(
            calm.columns.latencyMs[i]! * (1 - 1e-9) - 1e-6,
          );
          expect(columns.gbS[i]).toBeGreaterThan(calm.columns.gbS[i]! * (1 - 1e-9));
        }
      }),
      { numRuns: 80, seed: 9 },
    );
    expect(repeats).toBeGreaterThan(1000);
  });
});

test("both models predict as if nothing failed", () => {
  const scenario = scenarioOf(chain([100, 200], 8000), { ...exactCloud }, at);
  const rates = { crashesPerHour: 100, invocationErrors: 0.5, storeErrors: 0.5, duplicates: 0.5 };
  const plan = apart(chain([100, 200], 8000));
  for (const model of [(one: Scenario) => scenarioModel(one, 64, "x"), convolutionModel])
    expect(model(failing(scenario, rates))(plan)).toEqual(model(scenario)(plan));
});
