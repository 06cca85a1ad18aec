import { expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { undoings } from "../../src/plan/undo.ts";
import type { Objective } from "../../src/policy/policy.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { savingsOf } from "../../src/policy/savings.ts";
import { rootKey } from "../../src/stats/random.ts";
import { pairedQuantileDifference } from "../../src/stats/summary.ts";
import { exactCloud } from "../exact-cloud.ts";
import { chain, fanOut, ONE_VCPU_MB, planOf, scenarioOf } from "../toy-graphs.ts";

const toy = chain([100, 200], 10_000);
const warm = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
const key = rootKey("savings");
const savings = (objective: Objective, runs: number, cpuMs?: typeof toy) => {
  const of = cpuMs === undefined ? warm : { ...warm, ...cpuMs };
  const judge = scenarioModel(of, runs, "judge");
  const plan = planOf(toy, [{ stages: ["s0", "s1"] }]);
  return savingsOf(plan, undoings(plan, of), judge, { objective, key });
};
const within = (latencyMsMax: number): Objective => ({
  minimize: "cost",
  quantile: 0.95,
  latencyMsMax,
});

test("a fusion of two stages saves one hop and the way through the store, by hand", () => {
  // Fused: hop 100, 100 of work, 10,000 bytes at 10,000 bytes/ms, 200 of work. Apart: two hops, and
  // the bytes go out (30 + 10 ms) and in again (10 + 10 ms).
  const [fusion, ...others] = savings(within(450), 100);
  expect(others).toEqual([]);
  expect(fusion!.without.latencyMsP95).toBeCloseTo(100 + 100 + 40 + 100 + 20 + 200, 6);
  const saved = 401 - 560;
  expect(fusion!.latencyMs.value).toBeCloseTo(saved, 6);
  // Nothing varies, so nothing is uncertain.
  expect(fusion!.latencyMs.low).toBeCloseTo(saved, 6);
  expect(fusion!.latencyMs.high).toBeCloseTo(saved, 6);
  // One request, transition, PUT and GET less, and billed time of 310 ms instead of 140 + 220.
  const fees = 1e-3 + 1e-2 + 1e-1 + 1;
  expect(fusion!.costUsd.value).toBeCloseTo(-fees - 50 * ONE_VCPU_MB * 1e-9, 9);
  expect(fusion!.keepsBound).toBe(false);
  expect(fusion!.missed).toBe(false);
});

test("differences under shared luck are far surer than either plan's latency", () => {
  const noisy = chain([{ lognormal: { median: 5000, sigma: 1 } }, 200], 10_000);
  const [fusion] = savings(within(1e6), 500, noisy);
  expect(fusion!.latencyMs.high! - fusion!.latencyMs.low!).toBeLessThan(1);
  expect(fusion!.latencyMs.value).toBeCloseTo(-159, 6);
  expect(fusion!.keepsBound).toBe(true);
});

test("a decision that the objective would be better off without is called missed", () => {
  // One thread cannot use five vCPUs: the size buys nothing.
  const judge = scenarioModel(warm, 50, "judge");
  // One thread cannot use five vCPUs: the size buys nothing.
  const large = planOf(toy, [{ stages: ["s0"], memoryMb: 8845 }, { stages: ["s1"] }]);
  const [size] = savingsOf(large, undoings(large, warm, ONE_VCPU_MB), judge, {
    objective: within(1e6),
    key,
  });
  expect(size!.kind).toBe("size");
  expect(size!.costUsd.value).toBeGreaterThan(0);
  expect(size!.latencyMs.value).toBeCloseTo(0, 6);
  expect(size!.missed).toBe(true);
});

test("simulation finds the savings that are predicted", () => {
  const change = { initCpuMs: 200, memoryMb: { runtime: 120, worker: 180 } };
  const skewed = { ...change, skew: { content: 0.5, noiseCv: 0.1 }, compute: { maxVcpus: 4 } };
  const wide = fanOut(
    8,
    { lognormal: { median: 900, sigma: 0.4 } },
    { bytes: 4e6, change: skewed },
  );
  const of = scenarioOf(wide, awsLambda2024, { kind: "closed", inFlight: 1 });
  const plan = planOf(wide, [
    { stages: ["split"], workersPerVm: 1 },
    { stages: ["work"], workersPerVm: 4, memoryMb: 4096, isolation: "processes" },
    { stages: ["gather"], workersPerVm: 1 },
  ]);
  const simulated = (one: ExecutionPlan) =>
    simulate(of, one, { runs: 1500, warmupRuns: 20, seed: "savings" }).columns.latencyMs;
  const own = simulated(plan);
  const judge = scenarioModel(of, 1024, "judge");
  const found = savingsOf(plan, undoings(plan, of, 2048), judge, { objective: within(1e6), key });
  expect(found.map(({ kind }) => kind)).toEqual([
    "size",
    "bundle",
    "bundle",
    "size",
    "isolation",
    "size",
  ]);
  for (const saving of found) {
    const draws = { key, resamples: 500 };
    const real = pairedQuantileDifference(own, simulated(saving.plan), 0.95, draws);
    // Both are 95 % intervals of one number, from different luck.
    expect(real.low!, saving.instead).toBeLessThanOrEqual(saving.latencyMs.high! + 1);
    expect(real.high!, saving.instead).toBeGreaterThanOrEqual(saving.latencyMs.low! - 1);
  }
});
