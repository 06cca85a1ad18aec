import { describe, expect, test } from "vitest";
import type { RunColumn, RunLog } from "../../src/execution/run-log.ts";
import { simulate } from "../../src/execution/simulate.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { COLD_MS, exactCloud } from "../exact-cloud.ts";
import {
  apart,
  chain,
  diamond,
  edge,
  fanOut,
  ONE_VCPU_MB,
  planOf,
  scenarioOf,
  type Toy,
  together,
  toyOf,
} from "../toy-graphs.ts";

/** The first run, which finds no VM. */
function firstRun(toy: Toy, plan: ExecutionPlan, platform: Platform = exactCloud): RunLog {
  return simulate(scenarioOf(toy, platform), plan, { runs: 1, warmupRuns: 0, seed: "first" });
}

/** A run that finds the VMs of the one before it. */
function warmRun(toy: Toy, plan: ExecutionPlan, platform: Platform = exactCloud): RunLog {
  const scenario = scenarioOf(toy, platform, { kind: "closed", inFlight: 1 });
  return simulate(scenario, plan, { runs: 1, warmupRuns: 1, seed: "warm" });
}

function read(log: RunLog, column: RunColumn): number {
  expect(Array.from(log.status)).toEqual([0]);
  return log.columns[column][0]!;
}

const GB_S = ONE_VCPU_MB / 1024 / 1000;

describe("on the ideal platform the makespan is the critical path", () => {
  const latency = (toy: Toy, plan: ExecutionPlan) =>
    read(simulate(scenarioOf(toy), plan, { runs: 1, warmupRuns: 0, seed: "any" }), "latencyMs");

  test("of a chain: the sum of its stages, apart or together", () => {
    const toy = chain([100, 200, 300]);
    expect(latency(toy, apart(toy))).toBeCloseTo(600, 9);
    expect(latency(toy, together(toy))).toBeCloseTo(600, 9);
  });

  test("of a diamond: its slower branch, and both branches on one vCPU", () => {
    const toy = diamond({ first: 10, left: 20, right: 35, last: 5 });
    expect(latency(toy, apart(toy))).toBeCloseTo(10 + 35 + 5, 9);
    expect(latency(toy, together(toy))).toBeCloseTo(10 + 55 + 5, 9);
    expect(latency(toy, together(toy, { memoryMb: 2 * ONE_VCPU_MB }))).toBeCloseTo(50, 9);
  });

  test("of a fan-out: its slowest worker, bundled ones sharing their vCPU", () => {
    const toy = fanOut(3, 200, { change: { skew: { content: [1, 2, 6] } } });
    // Weights are rescaled to mean 1: 200/3, 400/3 and 400 ms.
    expect(latency(toy, apart(toy))).toBeCloseTo(100 + 400 + 50, 9);
    expect(latency(toy, together(toy))).toBeCloseTo(100 + 600 + 50, 9);
    const pairs = planOf(toy, [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 2 },
      { stages: ["gather"] },
    ]);
    expect(latency(toy, pairs)).toBeCloseTo(100 + 400 + 50, 9);
    const balanced = planOf(toy, [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 2, memoryMb: ONE_VCPU_MB, assignment: "balanced" },
      { stages: ["gather"] },
    ]);
    expect(latency(toy, balanced)).toBeLessThanOrEqual(latency(toy, pairs) + 67);
  });

  test("scales with the share below one vCPU", () => {
    const toy = chain([100, 200, 300]);
    expect(latency(toy, apart(toy, 512))).toBeCloseTo((600 * ONE_VCPU_MB) / 512, 6);
  });
});

describe("a first run, by hand", () => {
  const toy = chain([100, 200], 10_000, { initCpuMs: 40 });

  test("pays hop, cold start, handler, PUT and GET at every stage", () => {
    const log = firstRun(toy, apart(toy));
    expect(read(log, "hopMs")).toBeCloseTo(200, 9);
    expect(read(log, "coldMs")).toBeCloseTo(2 * COLD_MS, 9);
    expect(read(log, "initMs")).toBeCloseTo(80, 9);
    expect(read(log, "computeMs")).toBeCloseTo(300, 9);
    expect(read(log, "storeMs")).toBeCloseTo(30 + 10, 9);
    expect(read(log, "fetchMs")).toBeCloseTo(10 + 10, 9);
    expect(read(log, "latencyMs")).toBeCloseTo(200 + 520 + 80 + 300 + 40 + 20, 9);
    expect(read(log, "coldStarts")).toBe(2);
    expect(read(log, "bytesRemote")).toBe(20_000);
  });

  test("is billed for active time in whole steps, requests, transitions, PUT and GET", () => {
    const log = firstRun(toy, apart(toy));
    // 140 ms and 220 ms of 1,769 MB; 2 requests; the start and 2 stages; 1 PUT; 1 GET.
    const byHand = 360 * ONE_VCPU_MB * 1e-9 + 2e-3 + 3e-2 + 0.1 + 1;
    expect(read(log, "costUsd")).toBeCloseTo(byHand, 12);
    expect(read(log, "gbS")).toBeCloseTo(360 * GB_S, 12);
    expect(read(log, "vmUses")).toBe(2);
  });

  test("rounds each use up on its own", () => {
    const odd = chain([101, 201]);
    const log = firstRun(odd, apart(odd));
    expect(read(log, "costUsd")).toBeCloseTo((110 + 210) * ONE_VCPU_MB * 1e-9 + 2e-3 + 3e-2, 12);
  });

  test("is billed for the runtime and the handler's start where the platform bills them", () => {
    const lone = chain([100], 0, { initCpuMs: 40 });
    const price = (initBilled: "all" | "none" | "image") =>
      read(
        firstRun(lone, apart(lone), { ...exactCloud, price: { ...exactCloud.price, initBilled } }),
        "gbS",
      );
    expect(price("none")).toBeCloseTo(100 * GB_S, 12);
    expect(price("image")).toBeCloseTo(100 * GB_S, 12);
    expect(price("all")).toBeCloseTo(190 * GB_S, 12);
    const image = chain([100], 0, { initCpuMs: 40, package: { format: "image", mb: 10 } });
    const log = firstRun(image, apart(image), {
      ...exactCloud,
      price: { ...exactCloud.price, initBilled: "image" },
    });
    expect(read(log, "gbS")).toBeCloseTo(190 * GB_S, 12);
  });

  test("starts all fused handlers once, at the share of the VM", () => {
    const log = firstRun(toy, together(toy, { memoryMb: ONE_VCPU_MB - 885 }));
    const share = 884 / ONE_VCPU_MB;
    expect(read(log, "initMs")).toBeCloseTo(80 / share, 6);
    // Both packages are fetched: 20 MB.
    expect(read(log, "coldMs")).toBeCloseTo(COLD_MS + 10, 9);
    expect(read(log, "vmUses")).toBe(1);
    expect(read(log, "bytesRemote")).toBe(0);
  });
});

describe("a warm run, by hand", () => {
  test("pays neither cold start nor handler", () => {
    const toy = chain([100, 200], 10_000, { initCpuMs: 40 });
    const log = warmRun(toy, apart(toy));
    expect(read(log, "latencyMs")).toBeCloseTo(200 + 140 + 220, 6);
    expect(read(log, "coldStarts")).toBe(0);
  });

  test("counts a transition for every branch of a parallel stage, and one for the stage", () => {
    const toy = fanOut(4, 200);
    const log = warmRun(toy, apart(toy));
    const byHand = (100 + 4 * 200 + 50) * ONE_VCPU_MB * 1e-9 + 6e-3 + (1 + 1 + 5 + 1) * 1e-2;
    expect(read(log, "costUsd")).toBeCloseTo(byHand, 9);
    expect(read(log, "latencyMs")).toBeCloseTo(300 + 350, 6);
  });

  test("carries an inline payload by a slower hop, without the store", () => {
    const toy = chain([100, 200], 50_000);
    const log = warmRun(toy, apart(toy, ONE_VCPU_MB, "inline"));
    expect(read(log, "hopMs")).toBeCloseTo(100 + 150, 6);
    expect(read(log, "latencyMs")).toBeCloseTo(250 + 300, 6);
    expect(read(log, "costUsd")).toBeCloseTo(300 * ONE_VCPU_MB * 1e-9 + 2e-3 + 3e-2, 9);
  });

  test("copies local data at memory speed", () => {
    const toy = chain([100, 200], 50_000);
    const log = warmRun(toy, together(toy));
    expect(read(log, "fetchMs")).toBeCloseTo(5, 6);
    expect(read(log, "latencyMs")).toBeCloseTo(100 + 305, 6);
  });

  test("starts no more VMs of a stage at once than the orchestrator's Map", () => {
    const toy = toyOf("wide", { work: [200, 5] }, []);
    const narrow: Platform = {
      ...exactCloud,
      orchestrator: { ...exactCloud.orchestrator, parallelStarts: 2 },
    };
    // Two at once: three rounds, each with its own hop.
    const log = warmRun(toy, apart(toy), narrow);
    expect(read(log, "latencyMs")).toBeCloseTo(3 * 300, 6);
    expect(read(log, "vmUses")).toBe(5);
  });

  test("spreads parallel starts over the time the orchestrator needs", () => {
    const toy = toyOf("wide", { work: [200, 5] }, []);
    const slow: Platform = {
      ...exactCloud,
      orchestrator: {
        ...exactCloud.orchestrator,
        dispatchSpreadMs: [
          { x: 1, y: 0 },
          { x: 5, y: 40 },
        ],
      },
    };
    expect(read(warmRun(toy, apart(toy), slow), "latencyMs")).toBeCloseTo(100 + 40 + 200, 6);
    const { orchestrator } = slow;
    const spread = { ...orchestrator, hops: ideal.orchestrator.hops };
    const free = { ...ideal, orchestrator: spread };
    expect(read(firstRun(toy, apart(toy), free), "latencyMs")).toBeCloseTo(40 + 200, 6);
  });
});

describe("direct passing, by hand", () => {
  const senderTo = (readers: number) =>
    toyOf("direct", { send: [100], read: [200, readers] }, [
      edge("send", "read", "scatter", 10_000 * readers),
    ]);

  for (const readers of [1, 2, 5])
    test(`${readers} reader(s) share the sender's network`, () => {
      const toy = senderTo(readers);
      const log = warmRun(toy, apart(toy, ONE_VCPU_MB, "direct"));
      const pullMs = 5 + 10 * readers;
      expect(read(log, "latencyMs")).toBeCloseTo(100 + 100 + 100 + pullMs + 200, 6);
      expect(read(log, "bytesRemote")).toBeCloseTo(10_000 * readers, 6);
      // The sender is held through the hop and until the last pull has ended.
      const activeMs = 100 + 100 + pullMs + readers * (pullMs + 200);
      expect(read(log, "gbS")).toBeCloseTo(activeMs * GB_S, 9);
      const transitions = 1 + 1 + (readers > 1 ? readers + 1 : 1);
      const billedMs = activeMs + (readers + 1) * (Math.ceil(pullMs / 10) * 10 - pullMs);
      expect(read(log, "costUsd")).toBeCloseTo(
        billedMs * ONE_VCPU_MB * 1e-9 + (readers + 1) * 1e-3 + transitions * 1e-2,
        9,
      );
    });

  test("a reader of several senders is limited by its own network", () => {
    const toy = toyOf("gather", { send: [100, 4], read: [200] }, [
      edge("send", "read", "gather", 40_000),
    ]);
    const log = warmRun(toy, apart(toy, ONE_VCPU_MB, "direct"));
    expect(read(log, "fetchMs")).toBeCloseTo(5 + 40, 6);
  });

  test("no pull is faster than its connection", () => {
    const toy = senderTo(2);
    const slow: Platform = {
      ...exactCloud,
      direct: { setupMs: 5, connectionBytesPerMs: 100 },
    };
    const log = warmRun(toy, apart(toy, ONE_VCPU_MB, "direct"), slow);
    expect(read(log, "fetchMs")).toBeCloseTo(5 + 100, 6);
  });

  test("pairwise readers pull from their own producers' VMs alone", () => {
    const toy = toyOf("pairs", { send: [100, 4], read: [200, 4] }, [
      edge("send", "read", "pairwise", 40_000),
    ]);
    const log = warmRun(toy, apart(toy, ONE_VCPU_MB, "direct"));
    expect(read(log, "fetchMs")).toBeCloseTo(5 + 10, 6);
  });
});

describe("direct passing from VMs of several workers, by hand", () => {
  test("pairwise readers share the network of the VM that their producers share", () => {
    const toy = toyOf("pairs", { send: [100, 4], read: [200, 4] }, [
      edge("send", "read", "pairwise", 40_000),
    ]);
    const plan = planOf(toy, [
      { stages: ["send"], workersPerVm: 2 },
      { stages: ["read"], workersPerVm: 1 },
    ]);
    const direct = { ...plan, passing: { "send->read": "direct" as const } };
    const log = warmRun(toy, direct);
    // Two pulls of 10,000 bytes at half of 1,000 bytes/ms each.
    expect(read(log, "fetchMs")).toBeCloseTo(5 + 20, 6);
    expect(read(log, "vmUses")).toBe(6);
  });
});

describe("a home group with overflow, by hand", () => {
  const toy = fanOut(5, 200);
  const plan = together(toy, {
    workersPerVm: 2,
    concurrency: 2,
    isolation: "processes",
    memoryMb: 2 * ONE_VCPU_MB,
  });

  test("takes ceil(n/k) VMs: the home, and calls to the others", () => {
    const log = warmRun(toy, plan);
    expect(read(log, "vmUses")).toBe(3);
    // The second VM of two processes ends last: call 20, fork 7, compute 200.
    expect(read(log, "latencyMs")).toBeCloseTo(100 + 100 + 227 + 50, 6);
  });

  test("is billed for the home to the end, for the others to their own", () => {
    const log = warmRun(toy, plan);
    // Home 100 + 227 + 50, a pair 207, a lone worker in its VM's own process 200.
    expect(read(log, "gbS")).toBeCloseTo((377 + 207 + 200) * 2 * GB_S, 9);
    const byHand = (380 + 210 + 200) * 2 * ONE_VCPU_MB * 1e-9 + 3e-3 + 2e-2;
    expect(read(log, "costUsd")).toBeCloseTo(byHand, 9);
  });

  test("sends what the overflow needs and makes through the store", () => {
    const heavy = fanOut(4, 200, { bytes: 8_000 });
    const half = together(heavy, { workersPerVm: 2, concurrency: 2, memoryMb: 2 * ONE_VCPU_MB });
    const log = warmRun(heavy, half);
    // split PUTs half of 8,000 bytes, two workers GET 2,000 each at half the NIC and PUT as much.
    const splitMs = 100 + 30 + 4;
    const awayMs = 20 + (10 + 4) + 200 + (30 + 4);
    // gather reads half from memory, half as two objects one after the other.
    const gatherMs = 0.4 + (10 + 10 + 4) + 50;
    expect(read(log, "bytesRemote")).toBeCloseTo(4_000 * 4, 6);
    expect(read(log, "latencyMs")).toBeCloseTo(100 + splitMs + awayMs + gatherMs, 6);
  });
});

describe("pre-warming, by hand", () => {
  const toy = chain([100, 200]);
  const warmedAt = (prewarmMs: number | null) =>
    planOf(toy, [{ stages: ["s0"] }, { stages: ["s1"], prewarmMs }]);

  test("in time hides the cold start and bills the idle VM", () => {
    // s0 ends at 100 + 260 + 100 = 460; s1 is asked for at 150, ready at 410, needed at 560.
    const log = firstRun(toy, warmedAt(150));
    expect(read(log, "latencyMs")).toBeCloseTo(560 + 200, 9);
    expect(read(log, "coldMs")).toBeCloseTo(COLD_MS, 9);
    expect(read(log, "gbS")).toBeCloseTo((100 + 760 - 410) * GB_S, 12);
    expect(read(log, "coldStarts")).toBe(2);
    expect(read(log, "vmUses")).toBe(2);
  });

  test("bills the idle VM where none starts cold, whichever stage it is for", () => {
    // From 10 ms on for the second stage, which takes the 200 ms from 100 ms on; or for neither.
    const activeMs = (prewarmMs: number | null) => {
      const one = { runs: 1, warmupRuns: 0, seed: "any" };
      return read(simulate(scenarioOf(toy), warmedAt(prewarmMs), one), "gbS") / GB_S;
    };
    expect(activeMs(10)).toBeCloseTo(100 + 290, 6);
    expect(activeMs(null)).toBeCloseTo(300, 6);
  });

  test("too late hides a part of it", () => {
    const log = firstRun(toy, warmedAt(400));
    expect(read(log, "latencyMs")).toBeCloseTo(660 + 200, 9);
    expect(read(log, "coldMs")).toBeCloseTo(COLD_MS + 100, 9);
    expect(read(log, "gbS")).toBeCloseTo(300 * GB_S, 12);
  });

  test("after the inputs are there changes nothing", () => {
    const plain = firstRun(toy, warmedAt(null));
    const late = firstRun(toy, warmedAt(500));
    expect(late.columns).toEqual(plain.columns);
  });

  test("due after the run has ended does not touch the runs that follow", () => {
    const scenario = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
    const options = { runs: 30, warmupRuns: 0, seed: "late" };
    const plain = simulate(scenario, warmedAt(null), options);
    const late = simulate(scenario, warmedAt(1100), options);
    expect(late.columns).toEqual(plain.columns);
  });

  test("of two stages, due after the run has ended, touches the runs that follow no more than one", () => {
    const scenario = scenarioOf(chain([100, 200, 50]), exactCloud, { kind: "closed", inFlight: 2 });
    const logOf = (prewarmMs: readonly (number | null)[]) =>
      simulate(
        scenario,
        planOf(scenario, [
          { stages: ["s0"] },
          { stages: ["s1"], prewarmMs: prewarmMs[0]! },
          { stages: ["s2"], prewarmMs: prewarmMs[1]! },
        ]),
        { runs: 40, warmupRuns: 0, seed: "late" },
      );
    expect(logOf([2000, 3500]).columns).toEqual(logOf([null, null]).columns);
  });

  test("is not begun for a run that a time limit has ended elsewhere", () => {
    const toy = toyOf("branches", { a: [300], b: [400], c: [10], other: [501] }, [
      edge("a", "b"),
      edge("b", "c"),
    ]);
    const plan = planOf(toy, [
      { stages: ["a"] },
      { stages: ["b"] },
      { stages: ["c"], prewarmMs: 600 },
      { stages: ["other"] },
    ]);
    const { columns, status } = simulate(scenarioOf(toy, { ...ideal, runMsMax: 500 }), plan, {
      runs: 1,
      warmupRuns: 0,
      seed: "limit",
    });
    // It ends when `b` does; nothing is begun between 500 and 700 ms.
    expect(Array.from(status)).toEqual([1]);
    expect([columns.latencyMs[0], columns.vmUses[0]]).toEqual([700, 3]);
  });

  test("of one run is never used by another", () => {
    // Every run asks 650 ms ahead of its second stage; throttled or not, each run pays for its own VMs.
    const scenario = scenarioOf(toy, exactCloud, {
      kind: "timestamps",
      atMs: [0, 2000, 2100, 2200, 2300, 4000, 4050, 4100],
    });
    const log = simulate(scenario, warmedAt(90), { runs: 8, warmupRuns: 0, seed: "own" });
    expect(Array.from(log.columns.vmUses)).toEqual(Array.from({ length: 8 }, () => 2));
    expect(Array.from(log.status)).toEqual(Array.from({ length: 8 }, () => 0));
  });
});
