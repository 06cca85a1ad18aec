import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2022, awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { policies } from "../../src/policy/index.ts";
import type { PlanningTask } from "../../src/policy/policy.ts";
import {
  apart,
  chain,
  fanOut,
  ONE_VCPU_MB,
  planOf,
  quantile,
  scenarioOf,
  type Toy,
  toyOf,
} from "../toy-graphs.ts";

const sparse: Arrivals = { kind: "poisson", perSecond: 0.5 };
const warm = (platform: Platform): Platform => ({
  ...platform,
  keepAliveMs: Number.POSITIVE_INFINITY,
});

function latencies(toy: Toy, plan: ExecutionPlan, platform: Platform, runs = 1000): Float64Array {
  return simulate(scenarioOf(toy, platform, sparse), plan, {
    runs,
    warmupRuns: 100,
    seed: "laws",
  }).columns.latencyMs;
}

const median = (sample: Float64Array) => quantile(sample, 0.5);

function taskOf(toy: Toy, latencyMsMax: number): PlanningTask {
  const scenario = scenarioOf(toy, warm(awsLambda2024), sparse);
  return {
    scenario,
    objective: { minimize: "cost", quantile: 0.95, latencyMsMax },
    sizing: "tuned",
    model: scenarioModel(scenario, 100, "laws"),
  };
}

describe("what a policy can gain vanishes with its cause", () => {
  test("photons is unfused, run by run, when every fan-out is 1", () => {
    const toy = chain([{ lognormal: { median: 300, sigma: 0.4 } }, 200, 100], 1e6);
    const shared = policies.photons(taskOf(toy, 3000)).plan;
    const size = shared.groups[0]!.memoryMb;
    const plain = unfusedPlan(toy.workflow, () => size);
    const platform = { ...awsLambda2024, keepAliveMs: 3000 };
    expect(latencies(toy, shared, platform)).toEqual(latencies(toy, plain, platform));
  });

  test("passing data directly gains nothing over the store as bytes go to 0", () => {
    const lead = (bytes: number) => {
      const toy = chain([200, 200, 200], bytes);
      const task = taskOf(toy, 1);
      const sized = (passing: "direct" | "object-store") =>
        task.model(apart(toy, 2048, passing)).latencyMs;
      return median(sized("object-store")) / median(sized("direct"));
    };
    expect(lead(3e7)).toBeGreaterThan(1.3);
    expect(lead(3e7)).toBeGreaterThan(lead(1e6));
    // What stays is the set-up of a connection, 10 ms at each of two edges.
    expect(Math.abs(lead(0) - 1)).toBeLessThan(20 / 1000);
  });

  // From 40 workers on it grows again: the orchestrator starts 40 at once, a home VM calls all.
  test("faastlane's lead over unfused shrinks as the fan-out outgrows the vCPUs", () => {
    const lead = (workers: number) => {
      const toy = fanOut(workers, 2000, { bytes: 1e6 });
      const plan = (slots: number) =>
        planOf(toy, [
          {
            stages: ["split", "work", "gather"],
            memoryMb: 3538,
            workersPerVm: slots,
            concurrency: slots,
            isolation: "processes",
          },
        ]);
      const fused = median(latencies(toy, plan(2), warm(awsLambda2024), 300));
      return median(latencies(toy, apart(toy, 3538), warm(awsLambda2024), 300)) / fused;
    };
    const leads = [2, 8].map(lead);
    expect(leads[0]).toBeGreaterThan(1.1);
    expect(leads[1]).toBeLessThan(leads[0]!);
  });
});

describe("the platform's own times come out", () => {
  const hops = { "aws-lambda-2022": 100, "aws-lambda-2024": 160 };
  for (const platform of [awsLambda2022, awsLambda2024])
    test(`a chain of 10 warm small steps takes 10 hops on ${platform.name}`, () => {
      const toy = chain(Array.from({ length: 10 }, () => 1));
      const ms = median(latencies(toy, apart(toy, 1024), warm(platform), 2000));
      const hop = hops[platform.name as keyof typeof hops];
      // A sum of skewed hops lies a little above ten medians; the steps add 17 ms.
      expect(ms).toBeGreaterThan(10 * hop);
      expect(ms).toBeLessThan(10 * hop * 1.05 + 18);
    });

  for (const platform of [awsLambda2022, awsLambda2024])
    test(`1 MB handed over through the store takes 125 to 145 ms in the median on ${platform.name}`, () => {
      const hop = chain([0.001, 0.001], 1e6);
      const { columns } = simulate(scenarioOf(hop, warm(platform), sparse), apart(hop, 2048), {
        runs: 4000,
        warmupRuns: 50,
        seed: "hand-over",
      });
      const ms = median(columns.fetchMs.map((fetch, i) => fetch + columns.storeMs[i]!));
      // PUT 60 + 19, GET 27, and 11 to 13 ms of transfer each way.
      expect(ms).toBeGreaterThan(125);
      expect(ms).toBeLessThan(145);
    });

  for (const platform of [awsLambda2022, awsLambda2024])
    test(`the first 30 parallel requests all start cold on ${platform.name}`, () => {
      const toy = toyOf("burst", { work: [3000, 30] }, []);
      const log = simulate(scenarioOf(toy, platform), apart(toy), {
        runs: 1,
        warmupRuns: 0,
        seed: "burst",
      });
      expect(log.columns.coldStarts[0]).toBe(30);
    });
});

describe("one VM", () => {
  const alone = (toy: Toy, plan: ExecutionPlan) =>
    simulate(scenarioOf(toy), plan, { runs: 1, warmupRuns: 0, seed: "vm" }).columns.latencyMs[0]!;
  const bundled = (toy: Toy, workersPerVm: number, memoryMb: number) =>
    planOf(toy, [{ stages: ["work"], workersPerVm, memoryMb }]);

  test("gains nothing by bundling workers that alone already have all they can use", () => {
    const toy = toyOf("twins", { work: [1000, 4, { skew: { content: [1, 2, 3, 4] } }] }, []);
    const apartMs = alone(toy, bundled(toy, 1, ONE_VCPU_MB));
    for (const workers of [2, 4])
      for (const vcpus of [1, 2, 4])
        expect(alone(toy, bundled(toy, workers, vcpus * ONE_VCPU_MB))).toBeGreaterThanOrEqual(
          apartMs - 1e-9,
        );
    expect(alone(toy, bundled(toy, 4, 4 * ONE_VCPU_MB))).toBeCloseTo(apartMs, 9);
  });

  test("takes at least its work over its vCPUs, and at least its longest worker alone", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 300, max: 10_240 }),
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        (weights, memoryMb, maxVcpus) => {
          const n = weights.length;
          const toy = toyOf(
            "bundle",
            {
              work: [
                1000,
                n,
                {
                  memoryMb: { runtime: 10, worker: 1 },
                  skew: { content: weights },
                  compute: { maxVcpus: Math.max(1, maxVcpus) },
                },
              ],
            },
            [],
          );
          const mean = weights.reduce((a, b) => a + b) / n;
          const v = Math.min(ideal.maxVcpus, memoryMb / ONE_VCPU_MB);
          const longest = (1000 * Math.max(...weights)) / mean / Math.min(v, Math.max(1, maxVcpus));
          const ms = alone(toy, bundled(toy, n, memoryMb));
          return ms >= Math.max((1000 * n) / v, longest) * (1 - 1e-9);
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });

  test("never slows a worker without data by more memory", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 10_240 }),
        fc.integer({ min: 200, max: 10_240 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        (a, b, serialFraction, workers) => {
          const compute = {
            maxVcpus: 4,
            serialFraction,
            oversubscription: { threads: 4, penalty: 0.6, exponent: 2 },
          };
          const toy = toyOf(
            "sizes",
            { work: [1000, workers, { memoryMb: { runtime: 10, worker: 1 }, compute }] },
            [],
          );
          const at = (memoryMb: number) => alone(toy, bundled(toy, workers, memoryMb));
          return at(Math.max(a, b)) <= at(Math.min(a, b)) * (1 + 1e-9);
        },
      ),
      { numRuns: 200, seed: 8 },
    );
  });
});
