import { describe, expect, test } from "vitest";
import type { GroupOutcome } from "../../src/model/prediction.ts";
import type { VmGroup } from "../../src/plan/plan.ts";
import { bundlesOf, layoutsOf, sizesAround } from "../../src/plan/rewrites.ts";
import { ideal } from "../../src/platform/ideal.ts";
import { BlockOptions, firstOptions, worthOf } from "../../src/policy/block-options.ts";
import { chain, fanOut, scenarioOf } from "../toy-graphs.ts";

const sizes = [128, 256, 512, 1024, 1769, 3538, 5307];
const platform = { ...ideal, memorySizesMb: sizes };
// 100 MB of runtime and 50 MB a worker.
const wide = scenarioOf(fanOut(6, 300), platform);
const line = scenarioOf(chain([300]), platform);
const outcome = (usd: number, ...latencyMs: number[]): GroupOutcome => ({
  latencyMs: Float64Array.from(latencyMs),
  leastMs: Float64Array.from(latencyMs),
  costUsdMean: usd,
  exact: true,
});
const shortOf = (group: VmGroup) =>
  `${group.workersPerVm} at ${group.memoryMb}, ${group.concurrency} at once`;

describe("where a group's options begin", () => {
  test("for one worker: a vCPU, and what just fits", () => {
    expect(firstOptions(line, ["s0"]).map(shortOf)).toEqual([
      "all at 1769, all at once",
      "all at 256, all at once",
    ]);
  });

  test("for six workers: alone, together, and together two at once", () => {
    expect(firstOptions(wide, ["work"]).map(shortOf)).toEqual([
      "1 at 1769, all at once",
      "1 at 256, all at once",
      // Six vCPUs are more than the largest size has; 100 MB and six times 50 MB fit in 512.
      "all at 5307, all at once",
      "all at 512, all at once",
      // Two of them at work fit in 256 MB.
      "all at 3538, 2 at once",
      "all at 256, 2 at once",
    ]);
  });

  test("are the smallest that fits where a vCPU is not enough, and none where nothing fits", () => {
    const heavy = (worker: number) =>
      scenarioOf(chain([300], 0, { memoryMb: { runtime: 100, worker } }), platform);
    expect(firstOptions(heavy(3000), ["s0"]).map(shortOf)).toEqual(["all at 3538, all at once"]);
    expect(firstOptions(heavy(6000), ["s0"])).toEqual([]);
  });

  test("hold fused stages in the order they are given", () => {
    const [first] = firstOptions(scenarioOf(chain([1, 2]), platform), ["s0", "s1"]);
    expect(first!.stages).toEqual(["s0", "s1"]);
    expect(first!.isolation).toBe("threads");
  });
});

test("a group is worth its cost and the price of its mean latency in the runs that count", () => {
  const one = outcome(5, 100, 200, 900);
  expect(worthOf(one, 0, [0])).toBe(5);
  expect(worthOf(one, 2, [0])).toBe(205);
  expect(worthOf(one, 2, [0, 2])).toBe(1005);
});

describe("the options of a group", () => {
  // A larger VM is faster and dearer, a bundle cheaper by a fee for each VM but slower by what it queues.
  const evaluate = ({ memoryMb, workersPerVm, concurrency }: VmGroup) => {
    const bundle = workersPerVm === "all" ? 6 : workersPerVm;
    const atOnce = concurrency === "all" ? bundle : concurrency;
    const vcpus = memoryMb / 1769;
    const ms = (300 * bundle) / Math.min(vcpus, atOnce) + 10 * atOnce;
    return outcome(1e-6 * memoryMb * ms * (6 / bundle) + 0.1 * (6 / bundle), ms, 2 * ms);
  };
  const optionsOf = () => {
    const asked: VmGroup[] = [];
    const block = new BlockOptions(wide, ["work"], (group) => {
      asked.push(group);
      return evaluate(group);
    });
    return { block, asked };
  };

  test("lead to one that no neighbour of it is better than, at any price", () => {
    for (const price of [0, 1e-5, 1e-4, 1e-3, 1e-2, 1]) {
      const { block } = optionsOf();
      const { group, outcome: own } = block.best(price, [0, 1]);
      const least = worthOf(own, price, [0, 1]);
      const around = [
        ...sizesAround(group, wide),
        ...bundlesOf(group, wide),
        ...layoutsOf(group, wide),
      ].filter(({ memoryMb }) => memoryMb >= 256);
      expect(around.length).toBeGreaterThan(3);
      for (const one of around)
        expect(worthOf(evaluate(one), price, [0, 1])).toBeGreaterThanOrEqual(least);
      expect(own).toEqual(evaluate(group));
    }
    // Where only money counts the one VM for all is the cheapest, where only time does a VM each is the fastest.
    expect(optionsOf().block.best(0, [0]).group.workersPerVm).toBe("all");
    expect(optionsOf().block.best(1, [0]).group.workersPerVm).toBe(1);
  });

  test("lead over sizes that are worse to one three rungs away", () => {
    // It begins at 1,769 MB and at 256; between the first and the best there are two that are worse.
    const usd = new Map([
      [256, 6],
      [1769, 5],
      [3538, 7],
      [5307, 7],
      [7076, 1],
    ]);
    const scenario = scenarioOf(chain([300]), { ...platform, memorySizesMb: [...usd.keys()] });
    const block = new BlockOptions(scenario, ["s0"], ({ memoryMb }) =>
      outcome(usd.get(memoryMb)!, 1),
    );
    expect(block.best(0, [0]).group.memoryMb).toBe(7076);
  });

  test("are each predicted once, and never one that does not fit", () => {
    const { block, asked } = optionsOf();
    for (const price of [1, 0, 1e-4, 1, 0]) block.best(price, [0]);
    block.add(asked[0]!);
    block.add({ ...asked[0]!, prewarmMs: 700 });
    expect(new Set(asked.map((one) => JSON.stringify(one))).size).toBe(asked.length);
    const before = asked.length;
    block.add({ ...asked[0]!, memoryMb: 128 });
    block.add({ ...asked[0]!, memoryMb: 700 });
    expect(asked.length).toBe(before);
    expect(asked.every(({ memoryMb, prewarmMs }) => memoryMb >= 256 && prewarmMs === null)).toBe(
      true,
    );
  });

  test("take up one to start from", () => {
    const { block, asked } = optionsOf();
    const six = { ...asked[0]!, workersPerVm: 6, isolation: "processes", memoryMb: 1024 } as const;
    block.add(six);
    expect(asked.at(-1)).toEqual(six);
    expect(block.near(0, [0], 100).map(({ group }) => group)).toContainEqual(six);
  });

  test("that are nearly as good come in the order of what they are worth", () => {
    const { block } = optionsOf();
    block.best(1e-3, [0]);
    const near = block.near(1e-3, [0], 5);
    const values = near.map((one) => worthOf(one.outcome, 1e-3, [0]));
    expect(near.length).toBe(5);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(near[0]).toBe(block.best(1e-3, [0]));
    expect(block.near(1e-3, [0], 1)).toHaveLength(1);
  });
});
