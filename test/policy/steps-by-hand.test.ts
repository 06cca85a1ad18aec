/** Descents of orion and jolteon on made-up models, of few stages and of many, where every step is known. */

import { describe, expect, test } from "vitest";
import type { GroupOutcome, PerformanceModel } from "../../src/model/prediction.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { jolteon } from "../../src/policy/jolteon.ts";
import { orion } from "../../src/policy/orion.ts";
import { goal, type Objective, type PlanningTask, violation } from "../../src/policy/policy.ts";
import { chain, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";
import { cheapest, fastest } from "./objectives.ts";

const sizes = [256, 512, 1024, 1769, 3538, 5307];
const platform = { ...ideal, memorySizesMb: sizes };
interface Share {
  readonly ms: number;
  readonly usd: number;
}

/** A plan takes and costs the sum of its groups, which stand in a row. */
function taskOf(toy: Toy, objective: Objective, of: (group: VmGroup) => Share): PlanningTask {
  const sum = (plan: ExecutionPlan, part: "ms" | "usd") =>
    Float64Array.of(plan.groups.reduce((total, group) => total + of(group)[part], 0));
  const group = (plan: ExecutionPlan, g: number): GroupOutcome => {
    const { ms, usd } = of(plan.groups[g]!);
    const latencyMs = Float64Array.of(ms);
    return { latencyMs, leastMs: latencyMs, costUsdMean: usd, exact: true };
  };
  const predict = (plan: ExecutionPlan) => ({
    latencyMs: sum(plan, "ms"),
    costUsd: sum(plan, "usd"),
  });
  const model: PerformanceModel = Object.assign(predict, { runs: 1, group });
  return { scenario: scenarioOf(toy, platform), objective, sizing: "tuned", model };
}

const sizesOf = ({ plan }: { readonly plan: ExecutionPlan }) =>
  plan.groups.map(({ memoryMb }) => memoryMb);
// Twice the memory, half the time; the second stage has ten times the work of the others.
const worked = ({ stages, memoryMb }: VmGroup) => ({
  ms: (stages[0] === "s1" ? 10e6 : 1e6) / memoryMb,
  usd: memoryMb,
});

describe("orion's sizes", () => {
  const line = chain([1, 1, 1]);

  test("grow where the quantile drops most per MB, until the SLO is kept", () => {
    // At 256 MB: 3,906, 39,063 and 3,906 ms. Two steps of the second stage save most: 76 and 19 ms per MB.
    expect(sizesOf(orion(taskOf(line, cheapest(20_000), worked)))).toEqual([256, 1024, 256]);
    // The next saves 5.5 there and 7.6 where the others go from 256 to 512 MB, the first stage first.
    expect(sizesOf(orion(taskOf(line, cheapest(16_000), worked)))).toEqual([512, 1024, 256]);
    expect(sizesOf(orion(taskOf(line, cheapest(14_000), worked)))).toEqual([512, 1024, 512]);
    expect(sizesOf(orion(taskOf(line, cheapest(10_000), worked)))).toEqual([512, 1769, 512]);
  });

  test("are the largest where no sizes keep the SLO", () => {
    const found = orion(taskOf(line, cheapest(100), worked));
    expect([sizesOf(found), found.feasible]).toEqual([[5307, 5307, 5307], false]);
  });

  test("grow as long as the budget pays for a step somewhere", () => {
    const { plan, feasible, prediction } = orion(taskOf(line, fastest(2400), worked));
    expect([plan.groups.map(({ memoryMb }) => memoryMb), feasible]).toEqual([
      [256, 1769, 256],
      true,
    ]);
    expect(prediction.costUsdMean).toBe(256 + 1769 + 256);
    // 119 USD are left, and the next rung anywhere costs more than that; 256 would pay for one.
    expect(sizesOf(orion(taskOf(line, fastest(2281 + 256), worked)))).toEqual([512, 1769, 256]);
  });

  test("grow out of a budget that small sizes exceed", () => {
    // A stage of 256 MB costs more than one of 512.
    const dear = (group: VmGroup) => ({
      ms: worked(group).ms,
      usd: group.memoryMb === 256 ? 5000 : group.memoryMb,
    });
    const { feasible, prediction } = orion(taskOf(line, fastest(3000), dear));
    expect(feasible).toBe(true);
    expect(prediction.costUsdMean).toBeLessThanOrEqual(3000);
  });

  test("of a bundle are those that hold it, and larger bundles are tried until two bring nothing", () => {
    // A VM costs a fee; two workers in one are as fast as one, four and more are too slow.
    const of = ({ stages, workersPerVm, memoryMb }: VmGroup) => {
      const bundle = Number(workersPerVm);
      const vms = stages[0] === "work" ? 12 / bundle : 1;
      return { ms: bundle > 2 ? 5000 : 100, usd: vms * (10 + memoryMb / 1e4) };
    };
    const { plan } = orion(taskOf(fanOut(12, 1), cheapest(1000), of));
    expect(plan.groups.map(({ workersPerVm }) => workersPerVm)).toEqual([1, 2, 1]);
    // 3 and 4 bring nothing, so that 6, which would, is not looked at.
    const later = (group: VmGroup) =>
      Number(group.workersPerVm) === 6 ? { ms: 100, usd: 1 } : of(group);
    expect(orion(taskOf(fanOut(12, 1), cheapest(1000), later)).plan.groups[1]!.workersPerVm).toBe(
      2,
    );
    const sooner = (group: VmGroup) =>
      Number(group.workersPerVm) === 4 ? { ms: 100, usd: 1 } : of(group);
    expect(orion(taskOf(fanOut(12, 1), cheapest(1000), sooner)).plan.groups[1]!.workersPerVm).toBe(
      4,
    );
  });
});

test("orion asks for VMs of a long run late in it, to 100 ms", () => {
  // The first stage takes 20 s, and a VM asked for ahead 450 ms to start.
  const predict = ({ groups }: ExecutionPlan) => {
    const readyMs = Math.min(groups[1]!.prewarmMs ?? Number.POSITIVE_INFINITY, 20_000) + 450;
    return {
      latencyMs: Float64Array.of(Math.max(20_000, readyMs) + 1000),
      costUsd: Float64Array.of(1 + 1e-5 * Math.max(0, 20_000 - readyMs)),
    };
  };
  const model: PerformanceModel = Object.assign(predict, { runs: 1 });
  const scenario = scenarioOf(chain([1, 1]), platform);
  const task = { scenario, objective: fastest(100), sizing: "tuned", model } as const;
  expect(orion(task).plan.groups.map(({ prewarmMs }) => prewarmMs)).toEqual([null, 19_500]);
});

test("orion asks for no VM before the run's arrival", () => {
  // The first stage takes 100 ms, so that the second's VM is best asked for at once.
  const leads: number[] = [];
  const predict = ({ groups }: ExecutionPlan) => {
    const leadMs = groups[1]!.prewarmMs;
    if (leadMs !== null) leads.push(leadMs);
    const readyMs = Math.min(leadMs ?? Number.POSITIVE_INFINITY, 100) + 450;
    return { latencyMs: Float64Array.of(readyMs + 3000), costUsd: Float64Array.of(1) };
  };
  const model: PerformanceModel = Object.assign(predict, { runs: 1 });
  const scenario = scenarioOf(chain([1, 1]), platform);
  const task = { scenario, objective: fastest(100), sizing: "tuned", model } as const;
  expect(orion(task).plan.groups[1]!.prewarmMs).toBe(0);
  expect(Math.min(...leads)).toBe(0);
});

test("orion never asks ahead for what begins at once", () => {
  // Asking for the first stage's VM ahead would seem to help here.
  const predict = ({ groups }: ExecutionPlan) => ({
    latencyMs: Float64Array.of(
      groups.reduce((sum, { prewarmMs }) => sum + (prewarmMs === null ? 1000 : 500), 0),
    ),
    costUsd: Float64Array.of(1),
  });
  const model: PerformanceModel = Object.assign(predict, { runs: 1 });
  const scenario = scenarioOf(chain([1, 1]), platform);
  const task = { scenario, objective: fastest(100), sizing: "tuned", model } as const;
  const [first, second] = orion(task).plan.groups;
  expect([first!.prewarmMs, second!.prewarmMs]).toEqual([null, 0]);
});

describe("64 stages alike", () => {
  const STAGES = 64;
  const line = chain(Array.from({ length: STAGES }, () => 1));
  const alike = ({ memoryMb }: VmGroup) => ({ ms: 1e6 / memoryMb, usd: memoryMb });

  test("grow together in orion, whose steps are equally steep", () => {
    // 64 stages of 256 MB take 250 s, of 512 MB 125 s, of 1,024 MB 63 s.
    const found = orion(taskOf(line, cheapest(130_000), alike));
    expect(sizesOf(found)).toEqual(Array.from({ length: STAGES }, () => 512));
    // The start, one step of each, all of them together, and what leads might bring.
    expect(found.plansSeen).toBe(1 + STAGES + 1 + 1);
    expect(new Set(sizesOf(orion(taskOf(line, cheapest(70_000), alike))))).toEqual(new Set([1024]));
  });

  test("grow alone in orion where the others are less than a quarter as steep", () => {
    const heavy = (group: VmGroup) => ({
      ms: (group.stages[0] === "s7" ? 1e9 : 1e5) / group.memoryMb,
      usd: group.memoryMb,
    });
    const found = sizesOf(orion(taskOf(line, cheapest(1_100_000), heavy)));
    expect(found[7]).toBe(1024);
    expect(found.filter((size) => size === 256).length).toBe(STAGES - 1);
  });

  test("keep a budget in orion", () => {
    const { feasible, prediction } = orion(taskOf(line, fastest(70 * 256), alike));
    expect(feasible).toBe(true);
    expect(prediction.costUsdMean).toBe(70 * 256);
  });

  test("shrink one after another in jolteon where only money counts", () => {
    const cheap = ({ memoryMb }: VmGroup) => ({ ms: 1, usd: memoryMb });
    const { plan, feasible, prediction, plansSeen } = jolteon(taskOf(line, cheapest(1000), cheap));
    // Every stage once, and a probe around the end.
    expect(plansSeen).toBeLessThan(3000);
    // From 3,538 MB by strides of one, two and four rungs.
    expect(new Set(plan.groups.map(({ memoryMb }) => memoryMb))).toEqual(new Set([256]));
    expect([feasible, prediction.costUsdMean]).toEqual([true, STAGES * 256]);
  });

  test("are bundled at their sizes in orion, where a VM costs a fee", () => {
    const wide = chain(Array.from({ length: STAGES }, () => 1));
    const parallel: Toy = {
      ...wide,
      workflow: {
        ...wide.workflow,
        stages: wide.workflow.stages.map((stage, i) =>
          i === 3 ? { ...stage, workers: 4 } : stage,
        ),
      },
    };
    const fee = ({ workersPerVm, memoryMb }: VmGroup) => ({
      ms: 1e6 / memoryMb,
      usd: 1e5 / Number(workersPerVm) + memoryMb,
    });
    const { plan, plansSeen } = orion(taskOf(parallel, cheapest(130_000), fee));
    const bundled = plan.groups.filter(({ workersPerVm }) => workersPerVm !== 1);
    expect(bundled.map(({ stages, workersPerVm }) => [stages[0], workersPerVm])).toEqual([
      ["s3", 4],
    ]);
    // Sized once, for lone workers; then two bundles, and what leads might bring.
    expect(plansSeen).toBe(1 + STAGES + 1 + 2 + 1);
  });
});

describe("64 stages in two rows, one of them far slower", () => {
  const HALF = 32;
  const ids = (row: string) => Array.from({ length: HALF }, (_, i) => `${row}${i}`);
  const rows = [ids("slow"), ids("fast")];
  const toy = toyOf(
    "rows",
    Object.fromEntries(rows.flat().map((id) => [id, [1] as const])),
    rows.flatMap((row) => row.slice(1).map((id, i) => edge(row[i]!, id))),
  );
  const of = ({ stages, memoryMb }: VmGroup) => ({
    ms: (stages[0]!.startsWith("slow") ? 1e6 : 1e4) / memoryMb,
    usd: memoryMb,
  });
  const task = (objective: Objective, tellsGroups = true): PlanningTask => {
    const summed = taskOf(toy, objective, of);
    const { group } = summed.model;
    const predict = (plan: ExecutionPlan) => {
      const msOf = (row: string) =>
        plan.groups.reduce(
          (sum, one) => sum + (one.stages[0]!.startsWith(row) ? of(one).ms : 0),
          0,
        );
      return {
        ...summed.model(plan),
        latencyMs: Float64Array.of(Math.max(msOf("slow"), msOf("fast"))),
      };
    };
    const model = Object.assign(predict, { runs: 1, ...(tellsGroups && { group: group! }) });
    return { ...summed, model };
  };

  test("orion enlarges those that decide the quantile, and looks at no others", () => {
    // The slow row takes 125 s at 256 MB, 62.5 s at 512 MB.
    const found = orion(task(cheapest(63_000)));
    const sizeOf = (row: string) =>
      new Set(
        found.plan.groups.flatMap((one) => (one.stages[0]!.startsWith(row) ? [one.memoryMb] : [])),
      );
    expect([sizeOf("slow"), sizeOf("fast")]).toEqual([new Set([512]), new Set([256])]);
    // The start, a step of each in the slow row, all of these together, and what leads might bring.
    expect(found.plansSeen).toBe(1 + HALF + 1 + 1);
  });

  test("orion looks at all where the model does not tell groups apart", () => {
    const found = orion(task(cheapest(63_000), false));
    expect(found.feasible).toBe(true);
    expect(found.plansSeen).toBe(1 + 2 * HALF + 1 + 1);
  });
});

describe("jolteon", () => {
  test("starts from the smallest sizes of two vCPUs, and stays where nothing is better", () => {
    const flat = () => ({ ms: 1, usd: 1 });
    const found = jolteon(taskOf(chain([1, 1]), cheapest(10), flat));
    expect(sizesOf(found)).toEqual([3538, 3538]);
    expect(found.plan.groups.map(({ workersPerVm }) => workersPerVm)).toEqual([1, 1]);
  });

  test("starts from the largest where none has two vCPUs", () => {
    const task = taskOf(chain([1]), cheapest(10), () => ({ ms: 1, usd: 1 }));
    const small = { ...platform, memorySizesMb: [256, 512, 1024] };
    const scenario = { ...task.scenario, platform: small };
    expect(sizesOf(jolteon({ ...task, scenario }))).toEqual([1024]);
  });

  test("gathers workers in bundles at the size they have, or at what holds them", () => {
    // A VM costs a fee: six workers in one, of six runtimes of 100 MB and 50 MB each.
    const fee = ({ workersPerVm }: VmGroup) => ({ ms: 1, usd: 6 / Number(workersPerVm) });
    const { plan } = jolteon(taskOf(fanOut(6, 1), cheapest(10), fee));
    expect(plan.groups.map(({ workersPerVm, memoryMb }) => [workersPerVm, memoryMb])).toEqual([
      [1, 3538],
      [6, 3538],
      [1, 3538],
    ]);
    const heavy = { change: { memoryMb: { runtime: 500, worker: 300 } } };
    const large = jolteon(taskOf(fanOut(6, 1, heavy), cheapest(10), fee)).plan.groups[1]!;
    expect([large.workersPerVm, large.memoryMb]).toEqual([6, 5307]);
  });

  test("finds the best of all sizes of a chain that keep an SLO", () => {
    const of = ({ stages, memoryMb }: VmGroup) => {
      const work = stages[0] === "s0" ? 2e6 : 9e6;
      return { ms: work / Math.min(memoryMb, 3538) + 100, usd: 1e-3 * memoryMb + work / 1e6 };
    };
    for (const objective of [cheapest(8000), cheapest(15_000), cheapest(60_000)]) {
      const task = taskOf(chain([1, 1]), objective, of);
      const { groups } = unfusedPlan(task.scenario.workflow, () => 256);
      const all = sizes.flatMap((a) =>
        sizes.map((b) => {
          const [first, second] = groups;
          const shares = [of({ ...first!, memoryMb: a }), of({ ...second!, memoryMb: b })];
          return {
            latencyMsAtQuantile: shares[0]!.ms + shares[1]!.ms,
            costUsdMean: shares[0]!.usd + shares[1]!.usd,
          };
        }),
      );
      const kept = all.filter((one) => violation(one, objective) === 0);
      const least = Math.min(...kept.map((one) => goal(one, objective)));
      const { prediction, feasible } = jolteon(task);
      expect(feasible).toBe(true);
      expect(goal(prediction, objective)).toBeCloseTo(least, 9);
    }
  });

  // From 3,538 MB on; what lies between the third rungs down is never any better.
  const ladder = { ...platform, memorySizesMb: [256, 512, 768, 1024, 1280, 1769, 3538] };
  const lone = (objective: Objective, of: (group: VmGroup) => Share) => {
    const task = taskOf(chain([1]), objective, of);
    const asked: number[] = [];
    const model = Object.assign(
      (plan: ExecutionPlan) => {
        asked.push(plan.groups[0]!.memoryMb);
        return task.model(plan);
      },
      { runs: 1 },
    );
    const scenario = { ...task.scenario, platform: ladder };
    return { decision: jolteon({ ...task, scenario, model }), asked };
  };

  test("probes on while nothing keeps the bound, three steps at a time", () => {
    const { decision, asked } = lone(cheapest(10), ({ memoryMb }) => ({
      ms: memoryMb === 256 ? 1 : memoryMb === 1024 ? 50 : 100,
      usd: 1,
    }));
    expect([sizesOf(decision), decision.feasible]).toEqual([[256], true]);
    // No size is asked for twice.
    expect(new Set(asked).size).toBe(asked.length);
    expect(decision.plansSeen).toBe(asked.length);
  });

  test("probes once around what keeps it", () => {
    const { decision } = lone(cheapest(10), ({ memoryMb }) => ({
      ms: 1,
      usd: memoryMb === 256 ? 1 : memoryMb === 1024 ? 8 : memoryMb === 3538 ? 10 : 11,
    }));
    expect(sizesOf(decision)).toEqual([1024]);
  });
});
