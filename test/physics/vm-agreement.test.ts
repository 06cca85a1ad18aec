import fc from "fast-check";
import { expect, test } from "vitest";
import { RandomKey } from "../../src/stats/random.ts";
import * as vm from "../../src/physics/vm.ts";
import { type GivenJob, solvePlainly } from "./reference-solver.ts";

/** Amounts: often none, often equal, so that jobs end together; or any. */
const amount = (max: number) =>
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 4 }).map((i) => (i * max) / 4),
    fc.double({ min: 0.01 * max, max, noNaN: true }),
  );
const cap = fc.oneof(
  fc.constantFrom(40, 100, Number.POSITIVE_INFINITY),
  fc.double({ min: 5, max: 200, noNaN: true }),
);
const law = fc.record({
  maxVcpus: fc.constantFrom(0.5, 1, 1, 2, 6),
  serialFraction: fc.constantFrom(0, 0.3, 1),
  parallelYield: fc.constantFrom(0.6, 1),
  threads: fc.constantFrom(1, 6),
  penalty: fc.constantFrom(0, 0.4),
  exponent: fc.constant(2),
  shares: fc.constant([]),
  mediansMs: fc.constant([]),
});
const jobOf = (stage: number): fc.Arbitrary<GivenJob> =>
  fc.record({
    stage: fc.constant(stage),
    demand: fc.tuple(...[20, 50, 20, 2000, 60, 200, 20, 1000].map(amount)),
    fetchCap: cap,
    storeCap: cap,
  });
// Workers of few kinds, so that some of them end together.
const stageOf = (stage: number, workers: number) =>
  fc
    .tuple(
      fc.array(jobOf(stage), { minLength: 1, maxLength: workers }),
      fc.array(fc.nat(), { minLength: workers, maxLength: workers }),
    )
    .map(([kinds, picks]) => picks.map((pick) => kinds[pick % kinds.length]!));

/** A VM of up to four stages and its jobs. Every stage may have edges to later ones. */
const caseArbitrary = fc
  .array(fc.constantFrom(1, 2, 2, 5, 5, 8), { minLength: 1, maxLength: 4 })
  .chain((workers) => {
    const pairs = workers.flatMap((_, to) =>
      Array.from({ length: to }, (__, from) => ({ from, to })),
    );
    const inner = fc.tuple(
      ...pairs.map(({ from, to }) =>
        fc
          .constantFrom("none", "pairwise", "join")
          .map((kind) => ({ from, to, kind }))
          .filter(({ kind }) => kind !== "pairwise" || workers[from] === workers[to]),
      ),
    );
    const setting: fc.Arbitrary<vm.VmSetting> = fc.record({
      vcpus: fc.constantFrom(0.3, 1, 1.77, 2, 6),
      nicBytesPerMs: fc.constantFrom(80, 300, 1e15),
      concurrency: fc.constantFrom(1, 2, 3, 8, Number.POSITIVE_INFINITY),
      laws: fc.tuple(...workers.map(() => law)),
      inner: inner.map((edges) =>
        edges
          .filter(({ kind }) => kind !== "none")
          .map(({ from, to, kind }) => ({ from, to, pairwise: kind === "pairwise" })),
      ),
    });
    return fc.tuple(
      setting,
      fc.tuple(...workers.map((count, stage) => stageOf(stage, count))).map((all) => all.flat()),
    );
  });

// Kept from case to case, as the evaluators keep theirs from VM to VM.
const solver = new vm.VmSolver();

function expectAgreement(setting: vm.VmSetting, given: readonly GivenJob[]): void {
  solver.begin(given.length);
  given.forEach((job, j) => {
    const at = solver.set(j, job.stage, j);
    solver.demand.set(job.demand, at);
    solver.fetchCap[j] = job.fetchCap;
    solver.storeCap[j] = job.storeCap;
  });
  solver.solve(setting);
  const { jobs, lastJob } = solvePlainly(setting, given);
  const close = (actual: number, expected: number, scale: number) =>
    Math.abs(actual - expected) <= 1e-9 * Math.max(scale, 1e-3);
  const wrong: string[] = [];
  jobs.forEach((job, j) => {
    const note = (what: string, actual: number, expected: number, scale: number) => {
      if (!close(actual, expected, scale))
        wrong.push(`${what} of ${j}: ${actual}, not ${expected}`);
    };
    note("start", solver.startMs[j]!, job.startMs, job.startMs);
    note("finish", solver.finishMs[j]!, job.finishMs, job.finishMs);
    job.spent.forEach((ms, phase) =>
      note(`phase ${phase}`, solver.spent[j * vm.PHASES + phase]!, ms, job.finishMs),
    );
    note("trigger", solver.trigger[j]!, job.trigger, 0);
  });
  const totalMs = Math.max(...jobs.map((job) => job.finishMs));
  if (!close(solver.totalMs, totalMs, totalMs)) wrong.push(`total ${solver.totalMs}`);
  if (solver.lastJob !== lastJob) wrong.push(`last job ${solver.lastJob}, not ${lastJob}`);
  expect(wrong).toEqual([]);
}

test("a VM's jobs have the times that looking at every job at every event gives", () => {
  fc.assert(
    fc.property(caseArbitrary, ([setting, given]) => expectAgreement(setting, given)),
    { numRuns: 3000 },
  );
});

test("so do hundreds of jobs, each with rate limits of its own", () => {
  const key = new RandomKey(1, 2);
  const between = (j: number, i: number, low: number, high: number) =>
    low + (high - low) * key.uniform(j, i);
  const given = Array.from({ length: 300 }, (_, j) => ({
    stage: j < 150 ? 0 : 1,
    demand: [4, 30, 10, 5000, 20, 300, 10, 1000].map((most, i) => between(j, i, 0, most)),
    fetchCap: between(j, 8, 5, 50),
    storeCap: between(j, 9, 5, 50),
  }));
  const one = { serialFraction: 0.2, threads: 1, penalty: 0, exponent: 1, parallelYield: 0.8 };
  const laws = [1, 2].map((maxVcpus) => ({ ...one, maxVcpus, shares: [], mediansMs: [] }));
  for (const concurrency of [16, Number.POSITIVE_INFINITY])
    for (const pairwise of [true, false])
      expectAgreement(
        { vcpus: 6, nicBytesPerMs: 400, concurrency, laws, inner: [{ from: 0, to: 1, pairwise }] },
        given,
      );
});
