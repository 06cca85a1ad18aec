import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SpeedLaw } from "../../src/physics/compute.ts";
import * as vm from "../../src/physics/vm.ts";

const law = (change: Partial<SpeedLaw> = {}): SpeedLaw => ({
  maxVcpus: 1,
  serialFraction: 0,
  parallelYield: 1,
  threads: 1,
  penalty: 0,
  exponent: 1,
  shares: [],
  mediansMs: [],
  ...change,
});

/** Demands of one job by phase; jobs are given stage by stage. */
interface Job {
  readonly stage?: number;
  readonly start?: number;
  readonly init?: number;
  readonly fetchLatency?: number;
  readonly fetch?: number;
  readonly wait?: number;
  readonly compute?: number;
  readonly storeLatency?: number;
  readonly store?: number;
  readonly fetchCap?: number;
  readonly storeCap?: number;
}

function solve(setting: Partial<vm.VmSetting>, jobs: readonly Job[]): vm.VmSolver {
  const solver = new vm.VmSolver();
  solver.begin(jobs.length);
  jobs.forEach((job, j) => {
    const at = solver.set(j, job.stage ?? 0, j);
    const { demand } = solver;
    demand[at + vm.START] = job.start ?? 0;
    demand[at + vm.INIT] = job.init ?? 0;
    demand[at + vm.FETCH_LATENCY] = job.fetchLatency ?? 0;
    demand[at + vm.FETCH] = job.fetch ?? 0;
    demand[at + vm.WAIT] = job.wait ?? 0;
    demand[at + vm.COMPUTE] = job.compute ?? 0;
    demand[at + vm.STORE_LATENCY] = job.storeLatency ?? 0;
    demand[at + vm.STORE] = job.store ?? 0;
    solver.fetchCap[j] = job.fetchCap ?? Number.POSITIVE_INFINITY;
    solver.storeCap[j] = job.storeCap ?? Number.POSITIVE_INFINITY;
  });
  solver.solve({
    vcpus: 1,
    nicBytesPerMs: 1e15,
    concurrency: Number.POSITIVE_INFINITY,
    laws: [law()],
    inner: [],
    ...setting,
  });
  return solver;
}

const ends = (setting: Partial<vm.VmSetting>, jobs: readonly Job[]): number[] =>
  Array.from(solve(setting, jobs).finishMs.subarray(0, jobs.length));

function expectEnds(
  setting: Partial<vm.VmSetting>,
  jobs: readonly Job[],
  expected: readonly number[],
): void {
  const actual = ends(setting, jobs);
  expected.forEach((end, j) => expect(actual[j]).toBeCloseTo(end, 6));
}

const work = (...cpuMs: number[]): Job[] => cpuMs.map((compute) => ({ compute }));

describe("one worker in a VM", () => {
  const job: Job = {
    start: 5,
    init: 100,
    fetchLatency: 10,
    fetch: 1000,
    wait: 7,
    compute: 100,
    storeLatency: 3,
    store: 500,
    fetchCap: 50,
    storeCap: 200,
  };
  // 5 + 100/0.5 + 10 + 1000/50 + 7 + 100/0.5 + 3 + 500/100
  const setting = { vcpus: 0.5, nicBytesPerMs: 100 };

  test("goes through all its phases one after the other", () => {
    const solver = solve(setting, [job]);
    expect(solver.totalMs).toBeCloseTo(450, 9);
    expect(solver.startedMs(0)).toBeCloseTo(205, 9);
    expect(solver.fetchedMs(0)).toBeCloseTo(30, 9);
    expect(solver.computedMs(0)).toBeCloseTo(207, 9);
    expect(solver.storedMs(0)).toBeCloseTo(8, 9);
  });

  test("takes as long beside one that has nothing to do", () => {
    const solver = solve(setting, [job, {}]);
    expect(solver.totalMs).toBeCloseTo(450, 6);
    expect(solver.lastJob).toBe(0);
    expect(solver.startedMs(0)).toBeCloseTo(205, 6);
    expect(solver.fetchedMs(0)).toBeCloseTo(30, 6);
    expect(solver.computedMs(0)).toBeCloseTo(207, 6);
    expect(solver.storedMs(0)).toBeCloseTo(8, 6);
  });

  test("starts its handler on one vCPU at most", () => {
    expect(solve({ vcpus: 4, laws: [law({ maxVcpus: 4 })] }, [{ init: 80 }]).totalMs).toBe(80);
  });

  test("uses no more vCPUs than it can", () => {
    expect(solve({ vcpus: 4, laws: [law({ maxVcpus: 2 })] }, work(100)).totalMs).toBeCloseTo(50);
  });

  test("follows Amdahl's law above one vCPU and is proportional below", () => {
    const laws = [law({ maxVcpus: 4, serialFraction: 0.25 })];
    expect(solve({ vcpus: 4, laws }, work(100)).totalMs).toBeCloseTo(43.75, 9);
    expect(solve({ vcpus: 2, laws }, work(100)).totalMs).toBeCloseTo(62.5, 9);
    expect(solve({ vcpus: 0.25, laws }, work(100)).totalMs).toBeCloseTo(400, 9);
  });

  test("transfers at once over an unlimited network", () => {
    expect(solve({}, [{ fetch: 1e9, store: 1e9, compute: 10 }]).totalMs).toBeCloseTo(10, 4);
  });
});

describe("workers that share vCPUs", () => {
  test("halve one vCPU, and the longer one speeds up when the shorter has left", () => {
    expectEnds({}, work(100, 300), [200, 400]);
  });

  test("do not disturb each other while there is a vCPU for each", () => {
    expectEnds({ vcpus: 4 }, work(100, 300, 200), [100, 300, 200]);
  });

  test("leave what they cannot use to the others", () => {
    const laws = [law({ maxVcpus: 1 }), law({ maxVcpus: 4 })];
    // 1 + 3 vCPUs; then the second alone on 4.
    expectEnds({ vcpus: 4, laws }, [{ compute: 50 }, { stage: 1, compute: 310 }], [50, 90]);
  });

  test("share with a handler that starts, which takes one vCPU at most", () => {
    const laws = [law({ maxVcpus: 4 })];
    // 1 for the handler, 3 for the worker until 60; then 4.
    expectEnds({ vcpus: 4, laws }, [{ init: 60 }, { compute: 200 }], [60, 65]);
  });

  test("are served from the smallest limit up, however many limits there are", () => {
    const laws = [law({ maxVcpus: 1 }), law({ maxVcpus: 1.4 }), law({ maxVcpus: 4 })];
    // 1, 1.4 and the remaining 1.6 vCPUs.
    const jobs = [{ compute: 100 }, { stage: 1, compute: 140 }, { stage: 2, compute: 160 }];
    expectEnds({ vcpus: 4, laws }, jobs, [100, 100, 100]);
    // A handler is limited to 1 of 3: the worker has 2 until 60, then 3.
    const three = [law({ maxVcpus: 3 })];
    expectEnds({ vcpus: 3, laws: three }, [{ init: 60 }, { compute: 150 }], [60, 70]);
  });

  test("each follow Amdahl's law at their share", () => {
    const laws = [law({ maxVcpus: 4, serialFraction: 0.5 })];
    // Share 2: 100 (0.5 + 0.25) = 75.
    expectEnds({ vcpus: 4, laws }, work(100, 100), [75, 75]);
  });

  test("lose what sibling hyper-threads take from each other", () => {
    // Two busy vCPUs yield 1.5; when one is left it yields 1.
    const laws = [law({ parallelYield: 0.5 })];
    expectEnds({ vcpus: 2, laws }, work(75, 150), [100, 175]);
  });

  test("wait in waves for a slot, and name the worker whose end let them start", () => {
    const solver = solve({ vcpus: 2, concurrency: 2 }, work(100, 150, 100, 100, 100));
    expect(Array.from(solver.finishMs.subarray(0, 5))).toEqual([100, 150, 200, 250, 300]);
    expect(Array.from(solver.startMs.subarray(0, 5))).toEqual([0, 0, 100, 150, 200]);
    expect(Array.from(solver.trigger.subarray(0, 5))).toEqual([-1, -1, 0, 1, 2]);
    expect(solver.lastJob).toBe(4);
  });

  test("overlap the waiting of one with the computing of another", () => {
    expectEnds({}, [{ wait: 100, compute: 50 }, { compute: 100 }], [150, 100]);
  });
});

describe("workers that share a NIC", () => {
  test("fill it from the smallest connection up", () => {
    // 20 and 80 bytes/ms until 12.5 ms; the first stays at its cap of 20.
    expectEnds(
      { nicBytesPerMs: 100 },
      [
        { fetch: 1000, fetchCap: 20 },
        { fetch: 1000, fetchCap: 100 },
      ],
      [50, 12.5],
    );
  });

  test("share it between reading and writing", () => {
    expectEnds({ nicBytesPerMs: 100 }, [{ fetch: 1000 }, { store: 500 }], [15, 10]);
  });

  test("leave it alone while they wait for a first byte", () => {
    expectEnds(
      { nicBytesPerMs: 100 },
      [{ fetchLatency: 10, fetch: 1000 }, { fetch: 1000 }],
      [20, 10],
    );
  });
});

describe("fused stages", () => {
  const laws = [law(), law()];
  const pairwise = [{ from: 0, to: 1, pairwise: true }];
  const join = [{ from: 0, to: 1, pairwise: false }];

  test("flow on worker by worker without a barrier", () => {
    const jobs = [...work(100, 200), { stage: 1, compute: 100 }, { stage: 1, compute: 50 }];
    expectEnds({ vcpus: 2, laws, inner: pairwise }, jobs, [100, 200, 200, 250]);
    // On one vCPU: A0 to 200; A1 (100 left) and B0 (100) together to 400; B1 alone.
    expectEnds({ vcpus: 1, laws, inner: pairwise }, jobs, [200, 400, 400, 450]);
  });

  test("wait at a join for the last worker before it", () => {
    const jobs = [...work(100, 300), { stage: 1, compute: 50 }];
    const solver = solve({ laws, inner: join }, jobs);
    expect(Array.from(solver.finishMs.subarray(0, 3))).toEqual([200, 400, 450]);
    expect(solver.trigger[2]).toBe(1);
  });

  test("fan out inside the VM when the stage before them has ended", () => {
    const jobs = [{ compute: 100 }, { stage: 1, compute: 50 }, { stage: 1, compute: 100 }];
    expectEnds({ vcpus: 2, laws, inner: join }, jobs, [100, 150, 200]);
  });

  test("let a worker that has begun go on before another begins", () => {
    const jobs = [...work(100, 100), { stage: 1, compute: 100 }, { stage: 1, compute: 100 }];
    expectEnds({ concurrency: 1, laws, inner: pairwise }, jobs, [100, 300, 200, 400]);
  });

  test("pass through a stage with nothing to do", () => {
    const inner = [...pairwise, { from: 1, to: 2, pairwise: true }];
    const jobs = [...work(100, 50), { stage: 1 }, { stage: 1 }].concat([
      { stage: 2, compute: 10 },
      { stage: 2, compute: 10 },
    ]);
    expectEnds({ vcpus: 2, laws: [law(), law(), law()], inner }, jobs, [100, 50, 100, 50, 110, 60]);
  });

  test("end where the chain of triggers says: the times on it add up to the whole", () => {
    const demands = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 100 }), fc.nat(1000)), {
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(demands, fc.integer({ min: 1, max: 4 }), fc.boolean(), (all, slots, paired) => {
        const first = all.map(([wait, compute, fetch]) => ({ wait, compute, fetch, fetchCap: 60 }));
        const second = all.map(([wait, compute]) => ({
          stage: 1,
          compute: wait,
          storeLatency: compute,
        }));
        const solver = solve(
          {
            vcpus: 1.5,
            concurrency: slots,
            laws,
            nicBytesPerMs: 100,
            inner: paired ? pairwise : join,
          },
          [...first, ...second],
        );
        let sumMs = 0;
        let startMs = Number.NaN;
        for (let j = solver.lastJob; j >= 0; j = solver.trigger[j]!) {
          sumMs +=
            solver.startedMs(j) + solver.fetchedMs(j) + solver.computedMs(j) + solver.storedMs(j);
          startMs = solver.startMs[j]!;
        }
        expect(startMs).toBe(0);
        expect(sumMs).toBeCloseTo(solver.totalMs, 6);
      }),
    );
  });
});

describe("a bundle", () => {
  const cpuMs = fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), {
    minLength: 1,
    maxLength: 12,
  });
  const vcpus = fc.double({ min: 0.1, max: 6, noNaN: true });
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);

  test("takes at least the work over the vCPUs, and at least its longest worker alone", () => {
    fc.assert(
      fc.property(cpuMs, vcpus, vcpus, fc.integer({ min: 1, max: 12 }), (all, v, p, slots) => {
        const setting = { vcpus: v, concurrency: slots, laws: [law({ maxVcpus: p })] };
        const { totalMs } = solve(setting, work(...all));
        const least = Math.max(sum(all) / v, Math.max(...all) / Math.min(v, p));
        expect(totalMs).toBeGreaterThan(least * (1 - 1e-9));
      }),
    );
  });

  test("conserves work: workers that can use the whole VM end together after sum W / v", () => {
    fc.assert(
      fc.property(cpuMs, vcpus, fc.integer({ min: 1, max: 12 }), (all, v, slots) => {
        const setting = { vcpus: v, concurrency: slots, laws: [law({ maxVcpus: 6 })] };
        expect(solve(setting, work(...all)).totalMs / (sum(all) / v)).toBeCloseTo(1, 9);
      }),
    );
  });

  test("gains nothing when each worker alone already has all the vCPUs it can use", () => {
    fc.assert(
      fc.property(cpuMs, fc.integer({ min: 1, max: 4 }), (all, p) => {
        const laws = [law({ maxVcpus: p, serialFraction: 0.3 })];
        const bundled = ends({ vcpus: p * all.length, laws }, work(...all));
        all.forEach((cpu, j) =>
          expect(bundled[j]).toBeCloseTo(ends({ vcpus: p, laws }, work(cpu))[0]!, 6),
        );
      }),
    );
  });

  test("without slots ends no later on more vCPUs, worker by worker", () => {
    fc.assert(
      fc.property(cpuMs, vcpus, vcpus, (all, a, b) => {
        const laws = [law({ maxVcpus: 2, serialFraction: 0.2 })];
        const slow = ends({ vcpus: Math.min(a, b), laws }, work(...all));
        const fast = ends({ vcpus: Math.max(a, b), laws }, work(...all));
        fast.forEach((end, j) => expect(end).toBeLessThan(slow[j]! * (1 + 1e-9)));
      }),
    );
  });

  test("gives the same answer when the solver has served a larger VM before", () => {
    const solver = solve({ vcpus: 2 }, work(...Array.from({ length: 40 }, (_, i) => i + 1)));
    solver.begin(2);
    for (const [j, cpu] of [100, 300].entries()) {
      solver.demand[solver.set(j, 0, j) + vm.COMPUTE] = cpu;
      solver.fetchCap[j] = 0;
    }
    solver.solve({ vcpus: 1, nicBytesPerMs: 1, concurrency: 9, laws: [law()], inner: [] });
    expect([solver.finishMs[0], solver.finishMs[1], solver.totalMs]).toEqual([200, 400, 400]);
  });
});
