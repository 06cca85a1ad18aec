import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { NO_FAILURES } from "../../src/plan/failures.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { COLD_MS, exactCloud } from "../exact-cloud.ts";
import {
  apart,
  chain,
  edge,
  fanOut,
  ONE_VCPU_MB,
  planOf,
  profileOf,
  scenarioOf,
  type Toy,
  together,
  toyOf,
} from "../toy-graphs.ts";

/** A VM crashes once a second: one that is busy for BRIEF ms never does, one for ENDLESS ms always. */
const BRIEF = 1e-6;
const ENDLESS = 1e6;
const RUNS = 20;

const crashes = { ...NO_FAILURES, crashesPerHour: 3600 };
// Only what is asked for has a price: an invocation 1, a transition 1000, requests to the store nothing.
const platform = {
  ...exactCloud,
  price: {
    ...exactCloud.price,
    usdPerMbMs: 0,
    usdPerRequest: 1,
    usdPerTransition: 1000,
    usdPerPut: 0,
    usdPerGet: 0,
  },
};

/** What the runs of a plan counted, and how long of each none of its VMs was active, where they never overlap. */
function countsOf(
  toy: Toy,
  plan: ExecutionPlan,
  maxAttempts: number,
  status: number,
  intervalMs = 50,
) {
  const scenario = scenarioOf(toy, platform, { kind: "closed", inFlight: 1 });
  const retry = { intervalMs, backoffRate: 2, maxAttempts };
  const log = simulate({ ...scenario, failures: { ...crashes, retry } }, plan, {
    runs: RUNS,
    warmupRuns: 1,
    seed: "crash",
  });
  const { retries, vmUses, coldStarts, costUsd, latencyMs, gbS } = log.columns;
  expect(new Set(log.status)).toEqual(new Set([status]));
  return Array.from(retries, (again, run) => ({
    again,
    counts: [vmUses[run], coldStarts[run], costUsd[run]],
    idleMs: latencyMs[run]! - (gbS[run]! * 1000 * 1024) / ONE_VCPU_MB,
  }));
}

const FINISHED = 0;
const FAILED = 2;

/** The home of two crashes in `gather`; `audit` has read from `split` before that. */
function homeOf(gatherMs: number): readonly [Toy, ExecutionPlan] {
  const toy = toyOf(
    "home",
    { split: [BRIEF], work: [BRIEF, 4], gather: [gatherMs], audit: [BRIEF] },
    [
      edge("split", "work", "scatter"),
      edge("work", "gather", "gather"),
      edge("split", "audit", "gather"),
    ],
  );
  const home = { workersPerVm: 2, concurrency: 2, memoryMb: 2 * ONE_VCPU_MB };
  return [
    toy,
    planOf(toy, [{ stages: ["split", "work", "gather"], ...home }, { stages: ["audit"] }]),
  ];
}

// Waits of 50, 100, 200, … ms.
const waitsMs = (repeats: number) => 50 * (2 ** repeats - 1);

describe("a VM that crashes every time", () => {
  test("is asked for again and again, cold, after longer and longer waits", () => {
    const toy = chain([ENDLESS]);
    for (const { again, counts, idleMs } of countsOf(toy, apart(toy), 2, FAILED)) {
      expect(again).toBe(2);
      // Paid are the run, its step and two repeats; and three requests.
      expect(counts).toEqual([3, 3, 4003]);
      expect(idleMs).toBeCloseTo(100 + 3 * COLD_MS + waitsMs(2), 4);
    }
  });

  test("takes only its own work with it where its inputs are in the store", () => {
    const toy = chain([BRIEF, ENDLESS]);
    for (const { again, counts, idleMs } of countsOf(toy, apart(toy), 2, FAILED)) {
      expect(again).toBe(2);
      // The first VM stays warm from run to run.
      expect(counts).toEqual([4, 3, 5004]);
      expect(idleMs).toBeCloseTo(200 + 3 * COLD_MS + waitsMs(2), 4);
    }
  });

  test("takes those along that it pulled from, and they start over together", () => {
    const toy = chain([BRIEF, ENDLESS], 1000);
    for (const { again, counts } of countsOf(toy, apart(toy, ONE_VCPU_MB, "direct"), 2, FAILED)) {
      expect(again).toBe(2);
      // Two steps three times, and two repeats of both.
      expect(counts).toEqual([6, 3, 9006]);
    }
  });

  test("takes its whole home along, but not who has read from it before", () => {
    for (const { again, counts } of countsOf(...homeOf(ENDLESS), 2, FAILED)) {
      expect(again).toBe(2);
      // Home and overflow three times, the audit once. The overflow's VM is the next home, and warm.
      expect(counts).toEqual([7, 3, 7007]);
    }
  });
});

test("a further VM of a home that crashes every time is repeated alone", () => {
  // The second half of the workers, which the home calls in another VM, takes the time of all.
  const toy = fanOut(4, ENDLESS, { change: { skew: { content: [1e-13, 1e-13, 1, 1] } } });
  const brief = { ...toy.profile["split"]!, compute: profileOf("split", BRIEF).compute };
  const profile = { ...toy.profile, split: brief, gather: brief };
  const home = together(toy, { workersPerVm: 2, concurrency: 2, memoryMb: 2 * ONE_VCPU_MB });
  for (const { again, counts } of countsOf({ ...toy, profile }, home, 2, FAILED)) {
    expect(again).toBe(2);
    expect(counts).toEqual([4, 3, 4004]);
  }
});

test("an attempt has made as much of its requests as it had of its time", () => {
  const toy = chain([100, 100], 8000);
  const scenario = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
  const failures = {
    ...NO_FAILURES,
    invocationErrors: 1,
    retry: { intervalMs: 0, backoffRate: 1, maxAttempts: 0 },
  };
  const { columns } = simulate({ ...scenario, failures }, apart(toy), {
    runs: RUNS,
    warmupRuns: 1,
    seed: "half-way",
  });
  for (let run = 0; run < RUNS; run++) {
    // 100 ms of work, and a PUT of 30 ms and 8,000 bytes.
    const part = (columns.gbS[run]! * 1000 * 1024) / ONE_VCPU_MB / 138;
    expect(part).toBeLessThan(1);
    expect(columns.bytesRemote[run]).toBeCloseTo(8000 * part, 6);
  }
});

test("a home runs twice from its first step to its last, or once", () => {
  const toy = fanOut(4, 10, { bytes: 8000 });
  const home = together(toy, { workersPerVm: 2, concurrency: 2, memoryMb: 2 * ONE_VCPU_MB });
  const scenario = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
  const failures = { ...NO_FAILURES, duplicates: 0.5 };
  const { columns } = simulate({ ...scenario, failures }, home, {
    runs: 100,
    warmupRuns: 1,
    seed: "twice",
  });
  // The home sends the overflow half of 8,000 bytes and gets as many back; the overflow moves as much.
  for (let run = 0; run < 100; run++)
    expect(columns.bytesRemote[run]).toBeCloseTo(16_000 + 8000 * (columns.vmUses[run]! - 2), 6);
  expect(new Set(columns.vmUses)).toEqual(new Set([2, 3, 4]));
});

test("who becomes ready while they wait to start over starts with them", () => {
  // `late` reads from `send` as `reader` does, and from a chain of 60 hops that ends while `reader` waits for its repeat.
  const names = Array.from({ length: 60 }, (_, i) => `hop${i}`);
  const toy = toyOf(
    "late",
    {
      send: [BRIEF],
      reader: [ENDLESS],
      late: [BRIEF],
      ...Object.fromEntries(names.map((name) => [name, [BRIEF]] as const)),
    },
    [
      edge("send", "reader", "gather", 1000),
      edge("send", "late", "gather", 1000),
      edge("hop59", "late"),
      ...names.slice(1).map((name, i) => edge(names[i]!, name)),
    ],
  );
  const stored = apart(toy);
  const direct = { "send->reader": "direct", "send->late": "direct" } as const;
  const plan = { ...stored, passing: { ...stored.passing, ...direct } };
  for (const { again, counts } of countsOf(toy, plan, 1, FAILED, 1e5)) {
    expect(again).toBe(1);
    // The chain once, `send` and `reader` twice, `late` with them the second time.
    expect(counts[0]).toBe(60 + 2 + 2 + 1);
  }
});

describe("a VM that crashes now and then", () => {
  const often = (rows: ReturnType<typeof countsOf>) =>
    expect(rows.filter(({ again }) => again > 0).length).toBeGreaterThan(5);

  test("is repeated until it is whole, each repeat a request, a transition and a cold start", () => {
    const toy = chain([BRIEF, 1000]);
    const rows = countsOf(toy, apart(toy), 20, FINISHED);
    for (const { again, counts, idleMs } of rows) {
      expect(counts).toEqual([2 + again, again, 3002 + 1001 * again]);
      expect(idleMs).toBeCloseTo(200 + again * COLD_MS + waitsMs(again), 4);
    }
    often(rows);
  });

  test("has those that it pulled from repeated as often", () => {
    const toy = chain([BRIEF, 1000], 1000);
    const rows = countsOf(toy, apart(toy, ONE_VCPU_MB, "direct"), 20, FINISHED);
    for (const { again, counts } of rows)
      expect(counts).toEqual([2 + 2 * again, again, 3002 + 3002 * again]);
    often(rows);
  });

  test("has its whole home repeated as often, but not who has read from it before", () => {
    const rows = countsOf(...homeOf(1000), 20, FINISHED);
    for (const { again, counts } of rows)
      expect([counts[0], counts[2]]).toEqual([3 + 2 * again, 3003 + 2002 * again]);
    often(rows);
  });
});
