/** Laws of VMs and workers on a cloud without overhead, over random workflows: what can only help or only hurt. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { makeWorkflow } from "../../src/workflow/workflow.ts";
import { apart, planOf, toyOf } from "../toy-graphs.ts";
import { randomScenario } from "./random-plan.ts";

const RUNS = 20;
const options = { runs: RUNS, warmupRuns: 0, seed: "laws" };
const LAST_BITS = 1 + 1e-9;

// 80 vCPUs of 128 MB: enough for every worker of a random workflow at once.
const roomy: Platform = { ...ideal, memoryMbPerVcpu: 128, maxVcpus: 80 };
const ROOMY_MB = 10_240;

/**
 * The scenario of a seed with workers that need next to no memory and no start, and run on one vCPU each
 * if `single`. With a start, a faster run may leave no second VM behind for the one after it.
 */
function light(seed: number, platform: Platform, single: boolean): Scenario {
  const scenario = randomScenario(seed, platform);
  return {
    ...scenario,
    profile: Object.fromEntries(
      Object.entries(scenario.profile).map(([id, one]) => [
        id,
        {
          ...one,
          memoryMb: { runtime: 1, worker: 0 },
          initCpuMs: 0,
          compute: single ? { ...one.compute, maxVcpus: 1 } : one.compute,
        },
      ]),
    ),
  };
}

const latencies = (scenario: Scenario, plan: ExecutionPlan) => [
  ...simulate(scenario, plan, options).columns.latencyMs,
];

/** Every stage alone, in VMs of `workersPerVm` workers. */
function bundled(scenario: Scenario, workersPerVm: number, memoryMb: number): ExecutionPlan {
  const plan = apart(scenario, memoryMb);
  return { ...plan, groups: plan.groups.map((group) => ({ ...group, workersPerVm })) };
}

/** All stages in one VM. */
function whole(scenario: Scenario, memoryMb: number): ExecutionPlan {
  const stages = scenario.workflow.stages.map(({ id }) => id);
  return planOf(scenario, [{ stages, memoryMb }]);
}

const seeds = fc.nat(100_000);

describe("on a cloud without overhead", () => {
  test("more memory never slows a run, whatever its workflow and its bundles", () => {
    let faster = 0;
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 128, max: ROOMY_MB }),
        fc.integer({ min: 128, max: ROOMY_MB }),
        (seed, workersPerVm, a, b) => {
          const scenario = light(seed, ideal, false);
          const at = (memoryMb: number) =>
            latencies(scenario, bundled(scenario, workersPerVm, memoryMb));
          const [small, large] = [at(Math.min(a, b)), at(Math.max(a, b))];
          large.forEach((ms, run) => {
            expect(ms).toBeLessThanOrEqual(small[run]! * LAST_BITS);
            if (ms < 0.9 * small[run]!) faster++;
          });
        },
      ),
      { numRuns: 120, seed: 11 },
    );
    expect(faster).toBeGreaterThan(500);
  });

  test("fusing is neutral where data costs nothing, nobody shares a vCPU and joins stay joins", () => {
    let wide = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const scenario = light(seed, roomy, true);
        const { workflow } = scenario;
        // A fused pipeline flows on worker by worker, which a join would not.
        const joined = makeWorkflow(
          workflow.name,
          workflow.stages,
          workflow.edges.map((edge) => ({
            ...edge,
            shape: edge.shape === "pairwise" ? ("shuffle" as const) : edge.shape,
          })),
        );
        const of = { ...scenario, workflow: joined };
        const fused = latencies(of, whole(of, ROOMY_MB));
        latencies(of, apart(of, 128)).forEach((ms, run) => {
          expect(Math.abs(fused[run]! / ms - 1)).toBeLessThan(1e-9);
        });
        if (workflow.stages.length > 2) wide++;
        // With its own shapes it can only be faster.
        const flowing = latencies(scenario, whole(scenario, ROOMY_MB));
        flowing.forEach((ms, run) => expect(ms).toBeLessThanOrEqual(fused[run]! * LAST_BITS));
      }),
      { numRuns: 120, seed: 12 },
    );
    expect(wide).toBeGreaterThan(50);
  });

  test("a VM for all takes its work over its vCPUs, and the critical path, at least", () => {
    const bound = { work: 0, path: 0 };
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, vcpus) => {
        const scenario = light(seed, roomy, true);
        const workMs = new Float64Array(RUNS);
        const pathMs = [
          ...simulate(scenario, whole(scenario, ROOMY_MB), {
            ...options,
            spans: ({ run, startMs, endMs }) => {
              workMs[run]! += endMs - startMs;
            },
          }).columns.latencyMs,
        ];
        latencies(scenario, whole(scenario, 128 * vcpus)).forEach((ms, run) => {
          expect(ms * LAST_BITS).toBeGreaterThanOrEqual(workMs[run]! / vcpus);
          expect(ms * LAST_BITS).toBeGreaterThanOrEqual(pathMs[run]!);
          if (ms < 1.001 * pathMs[run]!) bound.path++;
          else if (ms < (1.001 * workMs[run]!) / vcpus) bound.work++;
        });
      }),
      { numRuns: 120, seed: 13 },
    );
    // Both bounds are reached, so neither is too low to notice.
    expect(bound.path).toBeGreaterThan(100);
    expect(bound.work).toBeGreaterThan(100);
  });

  test("a further worker never shortens a stage, nor makes it cheaper", () => {
    let longer = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 128, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (workers, workersPerVm, concurrency, memoryMb, content) => {
          const runs = (n: number) => {
            const toy = toyOf(
              "stage",
              {
                work: [
                  { lognormal: { median: 500, sigma: 0.7 } },
                  n,
                  {
                    memoryMb: { runtime: 1, worker: 1 },
                    skew: { content, runSigma: 0.3, noiseCv: 0.1 },
                    compute: { maxVcpus: 3, serialFraction: 0.2 },
                  },
                ],
              },
              [],
            );
            const scenario: Scenario = {
              ...toy,
              platform: roomy,
              arrivals: { kind: "closed", inFlight: 1 },
            };
            const plan = planOf(toy, [{ stages: ["work"], workersPerVm, concurrency, memoryMb }]);
            return simulate(scenario, plan, options).columns;
          };
          const [few, more] = [runs(workers), runs(workers + 1)];
          few.latencyMs.forEach((ms, run) => {
            expect(more.latencyMs[run]! * LAST_BITS).toBeGreaterThanOrEqual(ms);
            expect(more.costUsd[run]! * LAST_BITS).toBeGreaterThanOrEqual(few.costUsd[run]!);
            if (more.latencyMs[run]! > 1.01 * ms) longer++;
          });
        },
      ),
      { numRuns: 150, seed: 14 },
    );
    expect(longer).toBeGreaterThan(200);
  });
});
