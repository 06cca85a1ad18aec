import { describe, expect, test } from "vitest";
import type { RunColumn } from "../../src/execution/run-log.ts";
import { simulate } from "../../src/execution/simulate.ts";
import type { ExecutionPlan, Passing, VmGroup } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import type { Shape } from "../../src/workflow/workflow.ts";
import { exactCloud } from "../exact-cloud.ts";
import {
  apart,
  chain,
  edge,
  fanOut,
  ONE_VCPU_MB,
  planOf,
  scenarioOf,
  type Toy,
  toyOf,
} from "../toy-graphs.ts";

/** Columns of runs that find every VM warm. */
function warmRuns(toy: Toy, plan: ExecutionPlan, platform: Platform, runs = 1) {
  const scenario = scenarioOf(toy, platform, { kind: "closed", inFlight: 1 });
  const log = simulate(scenario, plan, { runs, warmupRuns: 1, seed: "data" });
  expect(Array.from(log.status)).toEqual(Array.from({ length: runs }, () => 0));
  return log.columns as Readonly<Record<RunColumn, Float64Array>>;
}

describe("8,000 bytes through the store, by hand", () => {
  // PUT 30 ms, GET 10 ms, 1,000 bytes/ms; each stage's VMs hold `bundle` of its workers.
  interface Case {
    readonly shape: Shape;
    readonly from: number;
    readonly to: number;
    readonly requests?: number;
    readonly bundle?: number;
    readonly isolation?: VmGroup["isolation"];
    readonly storeMs: number;
    readonly fetchMs: number;
    readonly gets: number;
    readonly bytes: number;
  }
  const cases: readonly (readonly [string, Case])[] = [
    [
      "scattered, each reader takes its part of one object",
      { shape: "scatter", from: 1, to: 4, storeMs: 38, fetchMs: 12, gets: 4, bytes: 16_000 },
    ],
    [
      "pairwise, each reader takes its partner's object",
      { shape: "pairwise", from: 4, to: 4, storeMs: 32, fetchMs: 12, gets: 4, bytes: 16_000 },
    ],
    [
      "gathered, the reader takes one object after the other",
      { shape: "gather", from: 4, to: 1, storeMs: 32, fetchMs: 48, gets: 4, bytes: 16_000 },
    ],
    [
      "gathered three at a time, in two rounds",
      {
        shape: "gather",
        from: 4,
        to: 1,
        requests: 3,
        storeMs: 32,
        fetchMs: 28,
        gets: 4,
        bytes: 16_000,
      },
    ],
    [
      "gathered by two, each takes half of the objects",
      { shape: "gather", from: 4, to: 2, storeMs: 32, fetchMs: 24, gets: 4, bytes: 16_000 },
    ],
    [
      "shuffled, each reader takes a part of every object",
      { shape: "shuffle", from: 4, to: 2, storeMs: 32, fetchMs: 44, gets: 8, bytes: 16_000 },
    ],
    [
      "broadcast, each reader takes all",
      { shape: "broadcast", from: 1, to: 4, storeMs: 38, fetchMs: 18, gets: 4, bytes: 40_000 },
    ],
    [
      "broadcast to threads of one VM, all take it together",
      {
        shape: "broadcast",
        from: 1,
        to: 4,
        bundle: 4,
        storeMs: 38,
        fetchMs: 18,
        gets: 4,
        bytes: 16_000,
      },
    ],
    [
      "broadcast to processes of one VM, each takes all through one NIC",
      {
        shape: "broadcast",
        from: 1,
        to: 4,
        bundle: 4,
        isolation: "processes",
        storeMs: 38,
        fetchMs: 42,
        gets: 4,
        bytes: 40_000,
      },
    ],
  ];
  for (const [name, one] of cases)
    test(name, () => {
      const { shape, from, to, bundle = 1, isolation = "threads" } = one;
      const toy = toyOf("shape", { make: [100, from], use: [100, to] }, [
        edge("make", "use", shape, 8000, { parallelRequests: one.requests ?? 1 }),
      ]);
      const plan = planOf(toy, [
        { stages: ["make"], workersPerVm: 1 },
        { stages: ["use"], workersPerVm: bundle, memoryMb: 4 * ONE_VCPU_MB, isolation },
      ]);
      const log = warmRuns(toy, plan, exactCloud);
      expect(log.storeMs[0]).toBeCloseTo(one.storeMs, 6);
      expect(log.fetchMs[0]).toBeCloseTo(one.fetchMs, 6);
      expect(log.bytesRemote[0]).toBeCloseTo(one.bytes, 6);
      const forkMs = isolation === "processes" ? 7 : 0;
      expect(log.latencyMs[0]).toBeCloseTo(400 + one.storeMs + one.fetchMs + forkMs, 6);
      // A GET costs 1 USD and a PUT 10 cents; everything else is below 10 cents together.
      const fees = one.gets + 0.1 * from;
      expect(log.costUsd[0]! - fees).toBeGreaterThan(0);
      expect(log.costUsd[0]! - fees).toBeLessThan(0.2);
    });

  test("read with more connections go as much faster as the NIC allows", () => {
    const wide: Platform = {
      ...exactCloud,
      nicBytesPerMs: [{ x: 0, y: 3000 }],
      store: { ...exactCloud.store, connectionsMax: 10 },
    };
    const fetchMs = (parallelRequests: number) => {
      const toy = toyOf("lanes", { make: [100, 4], use: [100] }, [
        edge("make", "use", "gather", 12_000, { parallelRequests }),
      ]);
      return warmRuns(toy, apart(toy), wide).fetchMs[0];
    };
    expect(fetchMs(1)).toBeCloseTo(40 + 12, 6);
    expect(fetchMs(2)).toBeCloseTo(20 + 6, 6);
    expect(fetchMs(4)).toBeCloseTo(10 + 4, 6);
  });
});

describe("8,000 bytes passed directly, by hand", () => {
  const direct = (toy: Toy, groups: readonly (Partial<VmGroup> & Pick<VmGroup, "stages">)[]) => {
    const plan = planOf(toy, groups);
    const passing = Object.fromEntries(
      Object.keys(plan.passing).map((id) => [id, "direct" as Passing]),
    );
    return { ...plan, passing };
  };

  test.each([
    ["threads", 8],
    ["processes", 32],
  ] as const)("are broadcast to %s of one VM in %i ms", (isolation, pullMs) => {
    const toy = toyOf("direct", { make: [100], use: [100, 4] }, [
      edge("make", "use", "broadcast", 8000),
    ]);
    const plan = direct(toy, [
      { stages: ["make"] },
      { stages: ["use"], workersPerVm: 4, memoryMb: 4 * ONE_VCPU_MB, isolation },
    ]);
    expect(warmRuns(toy, plan, exactCloud).fetchMs[0]).toBeCloseTo(5 + pullMs, 6);
  });

  test("are pulled from the VM that really holds the partner", () => {
    // Balanced producers: the heaviest (2) and the lightest (0) share VM 0, worker 1 has VM 1 alone.
    const toy = toyOf(
      "direct",
      {
        make: [300, 3, { skew: { content: [1, 2, 9] } }],
        use: [100, 3, { skew: { content: [1, 28, 1] } }],
      },
      [edge("make", "use", "pairwise", 6000)],
    );
    const plan = direct(toy, [
      { stages: ["make"], workersPerVm: 2, assignment: "balanced", memoryMb: 2 * ONE_VCPU_MB },
      { stages: ["use"], workersPerVm: 1 },
    ]);
    // The reader of 28 parts is the last; it has its partner's NIC to itself.
    expect(warmRuns(toy, plan, exactCloud).fetchMs[0]).toBeCloseTo(5 + 2, 6);
  });
});

describe("known content weights", () => {
  const toy = toyOf("weights", { work: [400, 4, { skew: { content: [1, 2, 3, 10] } }] }, []);
  const latency = (assignment: VmGroup["assignment"]) =>
    warmRuns(toy, planOf(toy, [{ stages: ["work"], workersPerVm: 2, assignment }]), ideal)
      .latencyMs[0];

  test("are 100 ms a part: neighbours share a VM, or the heaviest goes with the lightest", () => {
    expect(latency("consecutive")).toBeCloseTo(1300, 6);
    expect(latency("balanced")).toBeCloseTo(1100, 6);
  });
});

describe("a run factor", () => {
  const runs = 50;

  test("is one draw for all stages that name it", () => {
    const skew = { runSigma: 0.5, runFactor: "video" };
    const both = chain([100, 200], 0, { skew });
    const alone = chain([100], 0, { skew });
    const one = warmRuns(alone, apart(alone), ideal, runs).latencyMs;
    const two = warmRuns(both, apart(both), ideal, runs).latencyMs;
    expect(new Set(one).size).toBe(runs);
    two.forEach((ms, run) => expect(ms / one[run]!).toBeCloseTo(3, 9));
  });

  test("is a draw of its own for stages that do not share it", () => {
    const apartFactors = toyOf(
      "own",
      { a: [100, 1, { skew: { runSigma: 0.5 } }], b: [200, 1, { skew: { runSigma: 0.5 } }] },
      [edge("a", "b")],
    );
    const { latencyMs } = warmRuns(apartFactors, apart(apartFactors), ideal, runs);
    const lone = chain([100], 0, { skew: { runSigma: 0.5 } });
    const one = warmRuns(lone, apart(lone), ideal, runs).latencyMs;
    const ratios = Array.from(latencyMs, (ms, run) => ms / one[run]!);
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeGreaterThan(0.5);
  });

  test("scales the bytes that say so, and no others", () => {
    const make = (scalesWithRun: boolean) => {
      const toy = toyOf("scaled", { a: [100, 1, { skew: { runSigma: 0.5 } }], b: [200] }, [
        edge("a", "b", "gather", 10_000, { scalesWithRun }),
      ]);
      return warmRuns(toy, apart(toy), exactCloud, runs);
    };
    const [scaled, fixed] = [make(true), make(false)];
    for (let run = 0; run < runs; run++) {
      const factor = (scaled.computeMs[run]! - 200) / 100;
      expect(scaled.fetchMs[run]).toBeCloseTo(10 + 10 * factor, 6);
      expect(fixed.fetchMs[run]).toBeCloseTo(20, 6);
    }
  });
});

describe("the slowest worker", () => {
  const toy = fanOut(3, 200, { change: { skew: { content: [1, 2, 6] } } });

  test("is waited for: what it takes beyond the median is straggling, not computing", () => {
    const log = warmRuns(toy, apart(toy), ideal);
    expect(log.stragglerMs[0]).toBeCloseTo(400 - 400 / 3, 6);
    expect(log.computeMs[0]).toBeCloseTo(100 + 400 / 3 + 50, 6);
    expect(log.skew[0]).toBeCloseTo(3, 9);
  });

  test("is no straggler among equals, and without a parallel stage skew is 1", () => {
    const equal = fanOut(3, 200);
    expect(warmRuns(equal, apart(equal), ideal).stragglerMs[0]).toBeCloseTo(0, 9);
    expect(warmRuns(equal, apart(equal), ideal).skew[0]).toBeCloseTo(1, 9);
    const line = chain([1, 2, 3]);
    expect(warmRuns(line, apart(line), ideal).skew[0]).toBe(1);
  });
});
