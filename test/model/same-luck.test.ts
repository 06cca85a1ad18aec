import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2022, awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { exactCloud } from "../exact-cloud.ts";
import {
  apart,
  diamond,
  edge,
  fanOut,
  planOf,
  processes,
  scenarioOf,
  together,
  type Toy,
  toyOf,
} from "../toy-graphs.ts";

const RUNS = 60;
const WARM_UP = 3;
const change = {
  initCpuMs: 200,
  waitMs: { exponential: { mean: 30 } },
  skew: { content: 0.6, runSigma: 0.3, noiseCv: 0.1 },
};
const wide = fanOut(7, { lognormal: { median: 300, sigma: 0.5 } }, { bytes: 2e5, change });
const two = diamond(
  { first: 200, left: { exponential: { mean: 400 } }, right: 300, last: 100 },
  5e4,
);
const pairs = toyOf(
  "pairs",
  { split: [50], a: [{ exponential: { mean: 200 } }, 6, change], b: [150, 6, change], end: [20] },
  [
    edge("split", "a", "broadcast", 1e5),
    edge("a", "b", "pairwise", 6e5, { scalesWithRun: true }),
    edge("b", "end", "gather", 3e5, { parallelRequests: 4 }),
  ],
);
const plans = {
  "a VM for each worker": [wide, apart(wide)],
  "inline payloads": [two, apart(two, 1769, "inline")],
  "bundles in waves": [
    wide,
    planOf(wide, [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 4, ...processes },
      { stages: ["gather"] },
    ]),
  ],
  "one VM": [wide, together(wide, { memoryMb: 5307 })],
  "one VM for two branches": [two, together(two)],
  "a home with an overflow": [wide, together(wide, { workersPerVm: 2, ...processes })],
  "groups listed against the flow of data": [
    pairs,
    planOf(pairs, [{ stages: ["end"] }, { stages: ["b"] }, { stages: ["split", "a"] }]),
  ],
  "a fused pipeline": [
    pairs,
    planOf(pairs, [
      { stages: ["split"] },
      { stages: ["a", "b"], workersPerVm: 3, memoryMb: 2048 },
      { stages: ["end"] },
    ]),
  ],
  "a home with a pipeline": [pairs, together(pairs, { workersPerVm: 2, ...processes })],
} as const;
const ahead = (plan: ExecutionPlan, prewarmMs: number): ExecutionPlan => ({
  ...plan,
  groups: plan.groups.map((group, g) => (g === 0 ? group : { ...group, prewarmMs })),
});
const narrow: Platform = {
  ...exactCloud,
  name: "exact, two starts at once",
  orchestrator: { ...exactCloud.orchestrator, parallelStarts: 2 },
};

function expectSameRuns(
  scenario: Scenario,
  plan: ExecutionPlan,
  { runs = RUNS, warmupRuns = WARM_UP } = {},
): Float64Array {
  const { columns, status } = simulate(scenario, plan, { runs, warmupRuns, seed: "model/same" });
  const predicted = scenarioModel(scenario, warmupRuns + runs, "same")(plan);
  for (let run = 0; run < runs; run++) {
    expect(status[run]).toBe(0);
    expect(predicted.latencyMs[warmupRuns + run]! / columns.latencyMs[run]!).toBeCloseTo(1, 9);
    expect(predicted.costUsd[warmupRuns + run]! / columns.costUsd[run]!).toBeCloseTo(1, 9);
  }
  return columns.coldStarts;
}

describe("with the same luck and warm VMs the model is the simulation, run by run", () => {
  for (const platform of [exactCloud, narrow, awsLambda2022, awsLambda2024])
    for (const [name, [toy, plan]] of Object.entries(plans))
      test(`${name} on ${platform.name}`, () => {
        const scenario = scenarioOf(
          toy,
          { ...platform, keepAliveMs: Number.POSITIVE_INFINITY },
          { kind: "closed", inFlight: 1 },
        );
        const coldStarts = expectSameRuns(scenario, plan);
        expect(coldStarts.every((n) => n === 0)).toBe(true);
      });
});

describe("with the same luck and pauses that leave no doubt which VMs are cold it is too", () => {
  // Runs follow each other by 100 s, well within the keep-alive of 1,000 s, but for a pause after every fourth.
  const spells = Array.from({ length: 64 }, (_, i) => 100_000 * i + 2_000_000 * (i >> 2));
  // Two at a time: they begin 1 ms apart and overlap.
  const pairsOfRuns = Array.from(
    { length: 64 },
    (_, i) => 100_000 * (i >> 1) + (i % 2) + 2_000_000 * (i >> 2),
  );
  const askedAhead = {
    "asked for at the run's arrival": [wide, ahead(apart(wide), 0)],
    "asked for later": [wide, ahead(apart(wide), 300)],
    "a home asked for in time": [
      pairs,
      ahead(
        planOf(pairs, [
          { stages: ["split"] },
          { stages: ["a", "b", "end"], workersPerVm: 2, ...processes },
        ]),
        100,
      ),
    ],
  } as const;
  const expectMixed = (toy: Toy, plan: ExecutionPlan, platform: Platform, atMs: number[]) => {
    const keeping = { ...platform, keepAliveMs: 1_000_000 };
    const scenario = scenarioOf(toy, keeping, { kind: "timestamps", atMs });
    const coldStarts = expectSameRuns(scenario, plan, { runs: 20 });
    expect(coldStarts.some((n) => n > 0)).toBe(true);
    expect(coldStarts.some((n) => n === 0)).toBe(true);
  };
  for (const [name, [toy, plan]] of Object.entries(plans))
    test(`a search's quicker look at cold starts is alike, ${name}`, () => {
      // As if all groups were asked for at the run's arrival: with such pauses the same VMs are cold.
      const keeping = { ...exactCloud, keepAliveMs: 1_000_000 };
      const scenario = scenarioOf(toy, keeping, { kind: "timestamps", atMs: spells });
      const quicker = { luck: "independent", coldStarts: "per-group" } as const;
      const exact = scenarioModel(scenario, 40, "same")(plan);
      const quick = scenarioModel(scenario, 40, "same", quicker)(plan);
      exact.latencyMs.forEach((ms, run) => {
        expect(quick.latencyMs[run]! / ms).toBeCloseTo(1, 9);
        expect(quick.costUsd[run]! / exact.costUsd[run]!).toBeCloseTo(1, 9);
      });
    });
  for (const platform of [exactCloud, awsLambda2024]) {
    for (const [name, [toy, plan]] of Object.entries(plans))
      test(`${name} on ${platform.name}`, () => {
        expectMixed(toy, plan, platform, spells);
        expectMixed(toy, plan, platform, pairsOfRuns);
      });
    for (const [name, [toy, plan]] of Object.entries(askedAhead))
      test(`${name} on ${platform.name}`, () => expectMixed(toy, plan, platform, spells));
  }

  test("VMs that start in turn take over those that have ended", () => {
    // A cold start takes 80 ms, less than the hop of who comes next.
    const quick: Platform = {
      ...narrow,
      coldStart: { ...narrow.coldStart, acquisitionMs: 20 },
    };
    const plain = fanOut(7, { lognormal: { median: 300, sigma: 0.5 } }, { bytes: 2e5 });
    expectMixed(plain, apart(plain), quick, spells);
    expectMixed(plain, apart(plain), quick, pairsOfRuns);
  });

  test("a home is in use until its last step has ended, and what it calls only for its own", () => {
    for (const apartMs of [200, 500, 900, 1400]) {
      const atMs = Array.from(
        { length: 64 },
        (_, i) => 100_000 * (i >> 1) + apartMs * (i % 2) + 2_000_000 * (i >> 3),
      );
      const steady = fanOut(5, 300, { bytes: 2e5 });
      expectMixed(steady, together(steady, { workersPerVm: 2, ...processes }), exactCloud, atMs);
    }
  });
});

describe("where readers pull at one time the model is the simulation with direct passing", () => {
  // Being held is billed to the millisecond in the model; one connection carries less than a NIC.
  const round: Platform = {
    ...exactCloud,
    price: { ...exactCloud.price, billingStepMs: 0 },
    direct: { setupMs: 5, connectionBytesPerMs: 300 },
  };
  const even = toyOf("even", { split: [50], a: [200, 6], b: [150, 6], c: [90, 3], end: [20] }, [
    edge("split", "a", "broadcast", 1e5),
    edge("a", "b", "pairwise", 6e5),
    edge("b", "c", "shuffle", 9e5),
    edge("c", "end", "gather", 3e5),
  ]);
  const direct = (plan: ExecutionPlan): ExecutionPlan => ({
    ...plan,
    passing: Object.fromEntries(
      Object.entries(plan.passing).map(([id, how]) => [id, how === "local" ? how : "direct"]),
    ),
  });
  const cases = {
    "a VM for each worker": apart(even),
    "bundles of unequal size": planOf(even, [
      { stages: ["split"] },
      { stages: ["a"], workersPerVm: 2 },
      { stages: ["b"], workersPerVm: 6 },
      { stages: ["c"], workersPerVm: 1, memoryMb: 3538 },
      { stages: ["end"] },
    ]),
    "one VM for several stages": planOf(even, [
      { stages: ["split"] },
      { stages: ["a", "b"] },
      { stages: ["c", "end"], memoryMb: 3538 },
    ]),
    "a home that is pulled from": planOf(even, [
      { stages: ["split", "a"], workersPerVm: 2, ...processes },
      { stages: ["b"], workersPerVm: 6 },
      { stages: ["c"] },
      { stages: ["end"] },
    ]),
  };
  test("pairs whose readers come one after another: each producer waits for its own", () => {
    const two = toyOf("two", { a: [200, 6], b: [150, 6] }, [edge("a", "b", "pairwise", 6e5)]);
    const dispatchSpreadMs = [
      { x: 1, y: 0 },
      { x: 6, y: 500 },
    ];
    const spread = { ...round, orchestrator: { ...round.orchestrator, dispatchSpreadMs } };
    const warm = { ...spread, keepAliveMs: Number.POSITIVE_INFINITY };
    const scenario = scenarioOf(two, warm, { kind: "closed", inFlight: 1 });
    expectSameRuns(scenario, direct(apart(two)), { runs: 1, warmupRuns: 1 });
  });

  test("a producer that is held for its readers when the next run comes", () => {
    // Of each pair of runs the second finds the first one's VMs done with their work but still pulled from.
    const atMs = Array.from(
      { length: 64 },
      (_, i) => 100_000 * (i >> 1) + 700 * (i % 2) + 2_000_000 * (i >> 3),
    );
    const scenario = scenarioOf(
      even,
      { ...round, keepAliveMs: 1_000_000 },
      { kind: "timestamps", atMs },
    );
    for (const plan of [cases["a VM for each worker"], cases["bundles of unequal size"]]) {
      const coldStarts = expectSameRuns(scenario, direct(plan), { runs: 20 });
      expect(coldStarts.some((n) => n === 0)).toBe(true);
    }
  });
  for (const [name, plan] of Object.entries(cases))
    for (const arrivals of [{ kind: "closed", inFlight: 1 }, { kind: "once" }] as const)
      test(`${name}, ${arrivals.kind}`, () => {
        const once = arrivals.kind === "once";
        const keepAliveMs = once ? 0 : Number.POSITIVE_INFINITY;
        const scenario = scenarioOf(even, { ...round, keepAliveMs }, arrivals);
        expectSameRuns(scenario, direct(plan), { runs: 1, warmupRuns: once ? 0 : 1 });
      });
});
