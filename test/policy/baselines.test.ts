/** Baselines whose plans can be written down from their papers' rules. */

import { describe, expect, test } from "vitest";
import type { PerformanceModel } from "../../src/model/prediction.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { bestMemory } from "../../src/policy/best-memory.ts";
import { faastlane } from "../../src/policy/faastlane.ts";
import { policies, policyName, policyNames } from "../../src/policy/index.ts";
import { photons } from "../../src/policy/photons.ts";
import type { Objective, PlanningTask, Sizing } from "../../src/policy/policy.ts";
import { bundleOptions, planOfChoices, withChoice } from "../../src/policy/stage-choice.ts";
import { unfused } from "../../src/policy/unfused.ts";
import {
  chain,
  edge,
  fanOut,
  type ProfileChange,
  scenarioOf,
  type Toy,
  toyOf,
} from "../toy-graphs.ts";

const sizes = [256, 512, 1024, 1769, 3538, 5307];
const platform = { ...ideal, memorySizesMb: sizes };
const cheapest: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 1e9 };

/** A plan takes and costs what the size of its first group says: by default more is faster and dearer. */
function taskOf(
  toy: Toy,
  sizing: Sizing,
  objective = cheapest,
  of = (mb: number) => ({ ms: 1e6 / mb, usd: mb }),
): PlanningTask {
  const model: PerformanceModel = Object.assign(
    ({ groups }: ExecutionPlan) => {
      const { ms, usd } = of(groups[0]!.memoryMb);
      return { latencyMs: Float64Array.of(ms), costUsd: Float64Array.of(usd) };
    },
    { runs: 1 },
  );
  return { scenario: scenarioOf(toy, platform), objective, sizing, model };
}
const wideOf = (memoryMb: ProfileChange["memoryMb"]) =>
  fanOut(8, 100, { change: memoryMb === undefined ? {} : { memoryMb } });
const within = (latencyMsMax: number): Objective => ({ ...cheapest, latencyMsMax });

describe("photons", () => {
  test("bundles as many workers as memory admits, the runtime counted once", () => {
    const wide = wideOf({ runtime: 100, worker: 180 });
    // floor((512 - 100) / 180) = 2 workers; 256 MB hold none.
    const small = photons(taskOf(wide, "default"));
    expect(small.plan.groups.map(({ workersPerVm }) => workersPerVm)).toEqual([1, 2, 1]);
    expect(small.plan.groups.map(({ memoryMb }) => memoryMb)).toEqual([512, 512, 512]);
    expect([small.stop, small.plansSeen]).toEqual(["fixed", 1]);
    // 1e6 / 1,024 ms is the first within a second: floor(924 / 180) = 5 workers.
    const tuned = photons(taskOf(wide, "tuned", within(1000)));
    expect(tuned.plan.groups[1]!.workersPerVm).toBe(5);
    // 5,307 MB would hold 28, but there are 8.
    const fast = photons(taskOf(wide, "tuned", within(200)));
    expect([fast.plan.groups[1]!.workersPerVm, fast.plan.groups[1]!.memoryMb]).toEqual([8, 5307]);
    expect(fast.plan.groups.every(({ isolation }) => isolation === "threads")).toBe(true);
  });

  test("bundles all workers that take no memory", () => {
    const { plan } = photons(taskOf(wideOf({ runtime: 100, worker: 0 }), "default"));
    expect(plan.groups.map(({ workersPerVm }) => workersPerVm)).toEqual([1, 8, 1]);
  });
});

describe("faastlane", () => {
  test("holds the whole workflow in one VM, as many processes at once as it has vCPUs", () => {
    const wide = wideOf({ runtime: 100, worker: 50 });
    const at = (objective: Objective) => faastlane(taskOf(wide, "tuned", objective)).plan;
    for (const [objective, memoryMb, k] of [
      [cheapest, 256, 1],
      [within(1e6 / 1769), 1769, 1],
      [within(300), 3538, 2],
      [within(200), 5307, 3],
    ] as const) {
      const { groups, passing } = at(objective);
      expect(groups).toEqual([
        {
          stages: ["split", "work", "gather"],
          workersPerVm: k,
          memoryMb,
          concurrency: k,
          isolation: "processes",
          assignment: "consecutive",
          prewarmMs: null,
        },
      ]);
      expect(passing).toEqual({ "split->work": "local", "work->gather": "local" });
      expect(checkPlan(scenarioOf(wide, platform), at(objective))).toEqual([]);
    }
  });

  test("is unfused where one VM cannot hold the workflow", () => {
    const mixed = toyOf("mixed", { a: [1], b: [1, 1, { runtime: "nodejs20" }] }, [edge("a", "b")]);
    const task = taskOf(mixed, "tuned");
    expect(faastlane(task)).toEqual(unfused(task));
    expect(photons(task).plan.groups).toHaveLength(2);
  });
});

describe("unfused", () => {
  test("takes the best of all sizes that fit, or the smallest", () => {
    const toy = chain([1, 1], 0, { memoryMb: { runtime: 300, worker: 100 } });
    const tuned = unfused(taskOf(toy, "tuned", within(600)));
    expect(tuned.plan).toEqual(unfusedPlan(toy.workflow, () => 1769));
    expect([tuned.stop, tuned.plansSeen]).toEqual(["space-exhausted", 5]);
    expect(unfused(taskOf(toy, "default", within(600))).plan.groups[0]!.memoryMb).toBe(512);
  });

  test("says that no one size suits stages that were measured at different ones", () => {
    const at = (...memoryMb: number[]) => ({
      measured: memoryMb.map((mb) => ({ memoryMb: mb, timeMs: 100 })),
    });
    const toy = toyOf("apart", { a: [0, 1, at(256, 512)], b: [0, 1, at(1024, 1769)] }, [
      edge("a", "b"),
    ]);
    expect(() => unfused(taskOf(toy, "tuned"))).toThrow(
      "no memory size of ideal suits every stage at once",
    );
    expect(() => unfused(taskOf(toy, "tuned"))).toThrow(
      expect.objectContaining({ code: "workflow" }),
    );
    // Each of its own size they can be planned.
    expect(bundleOptions(scenarioOf(toy, platform)).map((of) => of[0]!.sizesMb)).toEqual([
      [256, 512],
      [1024, 1769],
    ]);
  });
});

describe("best-memory", () => {
  const toy = chain([1]);
  const flat = (mb: number) => ({ ms: mb >= 1024 ? 100 + 1769 / mb : 1000, usd: mb });

  test("is the smallest size within 1 % of the fastest", () => {
    // 5,307 MB take 100.33 ms, 3,538 MB 100.5, 1,769 MB 101 and 1,024 MB 101.7.
    const { plan, plansSeen, stop } = bestMemory(taskOf(toy, "tuned", cheapest, flat));
    expect([plan.groups[0]!.memoryMb, plansSeen, stop]).toEqual([1769, 6, "space-exhausted"]);
  });

  test("is the fastest that a budget pays for, and regards no SLO", () => {
    const paying = (costUsdMax: number): Objective => ({
      minimize: "latency",
      quantile: 0.95,
      costUsdMax,
    });
    const sizeFor = (objective: Objective) =>
      bestMemory(taskOf(toy, "tuned", objective, flat)).plan.groups[0]!.memoryMb;
    expect(sizeFor(paying(1024))).toBe(1024);
    expect(sizeFor(paying(1e6))).toBe(1769);
    expect(sizeFor(paying(600))).toBe(256);
    expect(sizeFor(within(100.4))).toBe(1769);
  });
});

test("best-memory falls back on the best size of unfused, whatever the sizing", () => {
  const objective: Objective = { minimize: "latency", quantile: 0.95, costUsdMax: 1 };
  const task = taskOf(chain([1]), "default", objective, (mb) => ({
    ms: 1,
    usd: mb === 1024 ? 20 : 50,
  }));
  expect(bestMemory(task).plan.groups[0]!.memoryMb).toBe(1024);
});

describe("choices stage by stage", () => {
  const wide = wideOf({ runtime: 100, worker: 400 });
  const scenario = scenarioOf(wide, platform);

  test("are divisors of the fan-out, with the sizes that hold them as processes", () => {
    const [split, work] = bundleOptions(scenario);
    expect(split).toEqual([{ workersPerVm: 1, sizesMb: [512, 1024, 1769, 3538, 5307] }]);
    expect(work).toEqual([
      { workersPerVm: 1, sizesMb: [512, 1024, 1769, 3538, 5307] },
      { workersPerVm: 2, sizesMb: [1024, 1769, 3538, 5307] },
      { workersPerVm: 4, sizesMb: [3538, 5307] },
      { workersPerVm: 8, sizesMb: [5307] },
    ]);
  });

  test("make a plan without fusion, in which lone workers are threads", () => {
    const alone = { memoryMb: 512, workersPerVm: 1 };
    const choices = withChoice([alone, alone, alone], 1, { memoryMb: 1024, workersPerVm: 2 });
    const { groups, passing } = planOfChoices(scenario, choices);
    expect(
      groups.map(({ memoryMb, workersPerVm, isolation }) => [memoryMb, workersPerVm, isolation]),
    ).toEqual([
      [512, 1, "threads"],
      [1024, 2, "processes"],
      [512, 1, "threads"],
    ]);
    expect(new Set(Object.values(passing))).toEqual(new Set(["object-store"]));
  });
});

test("every policy is known by its name, and a misspelt one by the nearest", () => {
  for (const name of Object.keys(policies)) expect(policyName(name)).toBe(name);
  expect(policyNames).toContain("wisefuse-joint");
  expect(() => policyName("faastlan")).toThrow(expect.objectContaining({ code: "policy" }));
  expect(() => policyName("faastlan")).toThrow(
    'unknown policy "faastlan"; did you mean "faastlane"?',
  );
});
