/** WiseFuse and its ablations where the worth of a plan is made up: what each may not do shows where it would pay. */

import { describe, expect, test } from "vitest";
import type { PerformanceModel } from "../../src/model/prediction.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { policies } from "../../src/policy/index.ts";
import type { PlanningTask } from "../../src/policy/policy.ts";
import { chain, fanOut, scenarioOf, type Toy } from "../toy-graphs.ts";

const platform = { ...ideal, memorySizesMb: [512, 1024, 1769, 3538] };

function taskOf(toy: Toy, usdOf: (plan: ExecutionPlan) => number) {
  const asked: ExecutionPlan[] = [];
  const predict = (plan: ExecutionPlan) => {
    asked.push(plan);
    return { latencyMs: Float64Array.of(1), costUsd: Float64Array.of(usdOf(plan)) };
  };
  const model: PerformanceModel = Object.assign(predict, { runs: 1 });
  const objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 10 } as const;
  const task: PlanningTask = {
    scenario: scenarioOf(toy, platform),
    objective,
    sizing: "tuned",
    model,
  };
  return { task, asked };
}

// 100 MB of runtime and 400 MB a worker: fused stages need the next size.
const line = chain([1, 1, 1], 0, { memoryMb: { runtime: 100, worker: 400 } });
const wide = fanOut(6, 1);
const sizesOf = ({ groups }: ExecutionPlan) => new Set(groups.map(({ memoryMb }) => memoryMb));

describe("one size for all", () => {
  // Sizes that differ would be worth most.
  const mixing = (plan: ExecutionPlan) =>
    (sizesOf(plan).size > 1 ? 0 : 100) + 10 * plan.groups.length + plan.groups[0]!.memoryMb / 1e4;

  test("is kept by what may not size, at every plan it looks at", () => {
    for (const name of ["fusion-only", "bundling-only", "fusion-bundling"] as const)
      for (const toy of [line, wide]) {
        const { task, asked } = taskOf(toy, mixing);
        const { plan } = policies[name](task);
        expect(sizesOf(plan).size).toBe(1);
        expect(asked.every((one) => sizesOf(one).size === 1)).toBe(true);
      }
  });

  test("grows for all where fused stages need more", () => {
    const { task } = taskOf(line, (plan) => plan.groups.length + plan.groups[0]!.memoryMb / 1e6);
    const { plan } = policies["fusion-only"](task);
    expect(plan.groups.map(({ stages, memoryMb }) => [stages.length, memoryMb])).toEqual([
      [3, 1024],
    ]);
  });

  test("is not kept by what may size", () => {
    for (const name of ["sizing-only", "fusion-sizing", "bundling-sizing", "wisefuse"] as const)
      expect(sizesOf(policies[name](taskOf(line, mixing).task).plan).size).toBeGreaterThan(1);
  });
});

describe("sizes", () => {
  test("are traded between stages, where no step alone is any better", () => {
    // Half a step is worse than none: the first stage is to be larger and the second smaller.
    const usd = ({ groups }: ExecutionPlan) => {
      const [first, second] = groups.map(({ memoryMb }) => memoryMb);
      return first === 1769 && second === 512 ? 1 : first === 1024 && second === 1024 ? 2 : 3;
    };
    const two = chain([1, 1]);
    for (const name of ["sizing-only", "fusion-sizing", "bundling-sizing", "wisefuse"] as const) {
      const { plan } = policies[name](taskOf(two, usd).task);
      expect(plan.groups.map(({ memoryMb }) => memoryMb)).toEqual([1769, 512]);
    }
  });
});

describe("bundles", () => {
  test("are processes, and are only formed by what may bundle", () => {
    const fewer = ({ groups }: ExecutionPlan) =>
      groups.reduce(
        (sum, { workersPerVm, stages }) =>
          sum + 6 / Math.min(6, Number(workersPerVm) || 6) + stages.length,
        0,
      );
    for (const [name, bundles] of [
      ["bundling-only", true],
      ["bundling-sizing", true],
      ["sizing-only", false],
    ] as const) {
      const { plan } = policies[name](taskOf(wide, fewer).task);
      expect(plan.groups[1]!.workersPerVm).toBe(bundles ? 6 : 1);
      expect(plan.groups.every(({ isolation }) => isolation === "processes")).toBe(true);
    }
  });

  test("are found by wisefuse also where only large ones in larger VMs pay", () => {
    // Six workers in a VM of two vCPUs are cheap; what lies between costs more than one worker a VM.
    const valley = ({ groups }: ExecutionPlan) => {
      const { workersPerVm, memoryMb, stages } = groups.find((one) => one.stages.includes("work"))!;
      if (stages.length > 1) return 50;
      if (workersPerVm === 6 && memoryMb === 3538) return 1;
      return workersPerVm === 1 ? 10 : 20;
    };
    const { plan } = policies.wisefuse(taskOf(wide, valley).task);
    expect(plan.groups.find((one) => one.stages.includes("work"))!.workersPerVm).toBe(6);
  });
});

describe("from 64 stages on", () => {
  test("ablations fuse pairs in series too, and keep one size where they may not size", () => {
    const long = chain(Array.from({ length: 64 }, () => 1));
    for (const name of ["fusion-only", "fusion-bundling"] as const) {
      const { task, asked } = taskOf(long, (plan) => plan.groups.length + sizesOf(plan).size / 100);
      const { plan } = policies[name](task);
      expect(plan.groups.length).toBe(2);
      expect(asked.every((one) => sizesOf(one).size === 1)).toBe(true);
    }
  });

  test("wisefuse fuses pairs in series all at once, and looks at few plans", () => {
    const long = chain(Array.from({ length: 64 }, () => 1));
    const { task, asked } = taskOf(long, (plan) => plan.groups.length);
    const { plan, plansSeen } = policies.wisefuse(task);
    // 100 MB of runtime for each of the fused stages, 50 MB at work: one VM of 3,538 MB holds 32.
    expect(plan.groups.length).toBe(2);
    expect(plansSeen).toBeLessThan(2000);
    // The tuned unfused plan is found before the search.
    expect(asked.length).toBe(plansSeen + platform.memorySizesMb.length);
  });
});
