import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { policies } from "../../src/policy/index.ts";
import type { Objective, PlanningTask } from "../../src/policy/policy.ts";
import { chain, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

const change = {
  memoryMb: { runtime: 120, worker: 180 },
  skew: { content: 0.8, noiseCv: 0.1 },
  compute: { maxVcpus: 4, serialFraction: 0.2 },
};
const toy = fanOut(8, { lognormal: { median: 900, sigma: 0.4 } }, { bytes: 8e6, change });
const cheap: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 5000 };
const fast: Objective = { minimize: "latency", quantile: 0.95, costUsdMax: 8e-4 };

function taskOf(of: Toy, objective: Objective): PlanningTask {
  const warm = { ...awsLambda2024, keepAliveMs: Number.POSITIVE_INFINITY };
  const scenario = scenarioOf(of, warm, { kind: "poisson", perSecond: 0.1 });
  return { scenario, objective, sizing: "tuned", model: scenarioModel(scenario, 100, "ablation") };
}

// What each may do: fuse, bundle, size.
const ABLATIONS = {
  "fusion-only": [true, false, false],
  "bundling-only": [false, true, false],
  "sizing-only": [false, false, true],
  "fusion-bundling": [true, true, false],
  "fusion-sizing": [true, false, true],
  "bundling-sizing": [false, true, true],
} as const;

for (const [objectiveName, objective] of Object.entries({ cheap, fast }))
  describe(`an ablation, ${objectiveName}`, () => {
    const task = taskOf(toy, objective);
    const plain = policies.unfused(task).prediction;
    for (const [name, [fuses, bundles, sizes]] of Object.entries(ABLATIONS)) {
      const policy = policies[name as keyof typeof ABLATIONS];
      test(`${name} uses no transformation but its own, and is no worse than unfused`, () => {
        const { plan, prediction, feasible } = policy(task);
        const alone = plan.groups.filter((group) => group.stages.length === 1);
        if (!fuses) expect(alone.length).toBe(plan.groups.length);
        if (!bundles) expect(alone.every((group) => group.workersPerVm === 1)).toBe(true);
        if (!sizes) expect(new Set(plan.groups.map((group) => group.memoryMb)).size).toBe(1);
        expect(feasible).toBe(true);
        const goal = objective.minimize === "cost" ? "costUsdMean" : "latencyMsAtQuantile";
        expect(prediction[goal]).toBeLessThanOrEqual(plain[goal]);
      });
    }
  });

describe("the shape of a workflow", () => {
  test("leaves bundling-only at unfused, to the cent, when every fan-out is 1", () => {
    const task = taskOf(chain([300, 200, 400], 1e6), { ...cheap, latencyMsMax: 3000 });
    const { plan, prediction } = policies["bundling-only"](task);
    const unfused = policies.unfused(task);
    expect(prediction).toEqual(unfused.prediction);
    expect(plan.groups.map((g) => g.memoryMb)).toEqual(unfused.plan.groups.map((g) => g.memoryMb));
  });

  test("leaves sizing-only and bundling-sizing alike when every fan-out is 1", () => {
    const task = taskOf(chain([300, 900, 400], 1e6), { ...cheap, latencyMsMax: 3000 });
    expect(policies["bundling-sizing"](task).plan).toEqual(policies["sizing-only"](task).plan);
  });

  test("lets sizing-only size work above waiting, which one size cannot", () => {
    const waits = { waitMs: 1500 };
    const toy = toyOf("waits", { call: [5, 1, waits], work: [4000], reply: [5, 1, waits] }, [
      edge("call", "work"),
      edge("work", "reply"),
    ]);
    const task = taskOf(toy, { ...cheap, latencyMsMax: 8000 });
    const { plan, prediction } = policies["sizing-only"](task);
    const [first, heavy, last] = plan.groups.map((group) => group.memoryMb);
    expect(heavy).toBeGreaterThan(first!);
    expect(heavy).toBeGreaterThan(last!);
    expect(prediction.costUsdMean).toBeLessThan(policies.unfused(task).prediction.costUsdMean);
  });
});
