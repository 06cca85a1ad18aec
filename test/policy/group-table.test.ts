import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import type { VmGroup } from "../../src/plan/plan.ts";
import {
  type Entry,
  GroupTable,
  type Least,
  type Structure,
} from "../../src/policy/group-table.ts";
import { partitionsOf, passingChoices, planOfChoice } from "../../src/policy/plan-space.ts";
import type { PlanningTask } from "../../src/policy/policy.ts";
import { exactCloud } from "../exact-cloud.ts";
import { edge, scenarioOf, toyOf } from "../toy-graphs.ts";

const platform = {
  ...exactCloud,
  memorySizesMb: [1024, 1769, 3538],
  keepAliveMs: Number.POSITIVE_INFINITY,
  nicBytesPerMs: [
    { x: 0, y: 0 },
    { x: 10_000, y: 1000 },
  ],
};
// Two producers, of which one has four workers, and one that reads from both.
const toy = toyOf("join", { a: [{ exponential: { mean: 300 } }, 4], b: [200], c: [100] }, [
  edge("a", "c", "gather", 4e5),
  edge("b", "c", "gather", 2e5),
]);
const scenario = scenarioOf(toy, platform, { kind: "closed", inFlight: 1 });
const model = scenarioModel(scenario, 5, "table", { luck: "stratified", coldStarts: "per-group" });
const objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 1e9 } as const;
const task: PlanningTask = { scenario, objective, sizing: "tuned", model };
const apart = partitionsOf(scenario).find((partition) => partition.length === 3)!;
const readerOf = ({ partition }: Structure) =>
  partition.findIndex(({ stages }) => stages.includes("c"));
const structureOf = (table: GroupTable, a: string, b: string) =>
  table.structure(
    apart,
    passingChoices(scenario, apart).find(
      (choice) => choice.get("a->c") === a && choice.get("b->c") === b,
    )!,
  );
const firstsOf = ({ partition }: Structure) => partition.map(({ options }) => options[0]!);

/** Every entry of block `g`, with every choice of the blocks in `open`. */
function everyEntry(
  structure: Structure,
  groups: readonly VmGroup[],
  g: number,
  open: readonly number[],
) {
  const { partition, passings } = structure;
  const choices = open.reduce<readonly (readonly VmGroup[])[]>(
    (begun, p) => begun.flatMap((some) => partition[p]!.options.map((one) => some.with(p, one))),
    [groups],
  );
  return choices.flatMap((some) =>
    partition[g]!.options.map((option) => {
      const plan = planOfChoice(scenario, some.with(g, option), passings);
      return { option, ...model.group!(plan, g) };
    }),
  );
}
const leastRuns = (some: readonly Pick<Least, "latencyMs">[]) =>
  some[0]!.latencyMs.map((_, run) => Math.min(...some.map((one) => one.latencyMs[run]!)));

test("a model that cannot tell groups apart has no table", () => {
  const { group, ...rest } = model;
  const blind = Object.assign((plan: Parameters<typeof model>[0]) => model(plan), rest);
  expect(() => new GroupTable({ ...task, model: blind })).toThrow("the model tells groups apart");
  expect(group).toBeDefined();
});

describe("entries of a block", () => {
  test("are what the model says of each option, in the order of cost", () => {
    const table = new GroupTable(task);
    for (const how of ["object-store", "direct"]) {
      const structure = structureOf(table, how, how);
      const groups = firstsOf(structure);
      for (const g of [0, 1, 2]) {
        const entries = table.entries(structure, groups, g);
        const known = everyEntry(structure, groups, g, []);
        expect(entries.length).toBe(known.length);
        for (const { option, latencyMs, costUsdMean } of known) {
          const found = entries.find((entry) => entry.option === option)!;
          expect([found.costUsd, found.latencyMs]).toEqual([costUsdMean, latencyMs]);
        }
        const costs = entries.map(({ costUsd }) => costUsd);
        expect(costs).toEqual(costs.toSorted((x, y) => x - y));
      }
    }
  });

  test("of a reader depend on whom it pulls from, and are remembered for each sort of producer", () => {
    const table = new GroupTable(task);
    const structure = structureOf(table, "direct", "direct");
    const g = readerOf(structure);
    const groups = firstsOf(structure);
    const placeOf = (id: string) =>
      structure.partition.findIndex(({ stages }) => stages.includes(id));
    const [a, b] = [placeOf("a"), placeOf("b")];
    const fast = structure.partition[b]!.options.find(({ memoryMb }) => memoryMb === 3538)!;
    const slowly = table.entries(structure, groups, g);
    const quickly = table.entries(structure, groups.with(b, fast), g);
    expect(leastRuns(quickly)[0]!).toBeLessThan(leastRuns(slowly)[0]!);
    expect(table.entries(structure, groups, g)).toBe(slowly);
    // Slots in a producer of one size make no difference to who pulls.
    const pairs = structure.partition[a]!.options.filter(
      ({ workersPerVm, memoryMb }) => workersPerVm === 2 && memoryMb === 1024,
    );
    expect(pairs.length).toBeGreaterThan(1);
    const byPairs = pairs.map((pair) => table.entries(structure, groups.with(a, pair), g));
    for (const entries of byPairs) expect(entries).toBe(byPairs[0]);
    expect(byPairs[0]).not.toBe(slowly);
    const stored = structureOf(table, "object-store", "object-store");
    expect(stored.pullsFrom).toEqual([[], [], []]);
    expect(table.entries(stored, groups, g)).not.toBe(slowly);
  });

  test("on the front are those that no other equals or beats in all, and no others are left out", () => {
    const table = new GroupTable(task);
    const structure = structureOf(table, "object-store", "object-store");
    const groups = firstsOf(structure);
    const beats = (one: Entry, other: Entry) =>
      one.costUsd <= other.costUsd && one.latencyMs.every((ms, run) => ms <= other.latencyMs[run]!);
    let dropped = 0;
    for (const g of [0, 1, 2]) {
      const [all, front] = [table.entries(structure, groups, g), table.front(structure, groups, g)];
      for (const entry of front)
        expect(front.some((one) => one !== entry && beats(one, entry))).toBe(false);
      for (const entry of all)
        if (!front.includes(entry)) {
          expect(front.some((one) => beats(one, entry))).toBe(true);
          dropped++;
        }
    }
    expect(dropped).toBeGreaterThan(0);
  });
});

describe("the least of a block", () => {
  test("is that over its options, where it pulls from nobody", () => {
    const table = new GroupTable(task);
    const structure = structureOf(table, "object-store", "object-store");
    const groups = firstsOf(structure);
    for (const g of [0, 1, 2]) {
      const least = table.least(structure, groups, g, 0);
      const known = everyEntry(structure, groups, g, []);
      expect(least.latencyMs).toEqual(leastRuns(known));
      // Of a group of one step they are the same.
      expect(least.leastMs).toEqual(least.latencyMs);
      expect(least.costUsd).toBe(Math.min(...known.map(({ costUsdMean }) => costUsdMean)));
    }
  });

  test("is that over whom it pulls from too, but for those that are decided", () => {
    const table = new GroupTable(task);
    // b has three sorts, one for each size.
    const structure = structureOf(table, "object-store", "direct");
    const g = readerOf(structure);
    const [b] = structure.pullsFrom[g]!;
    const { options } = structure.partition[b!]!;
    const free = table.least(structure, firstsOf(structure), g, 0);
    expect(free.latencyMs).toEqual(leastRuns(everyEntry(structure, firstsOf(structure), g, [b!])));
    const decided = options.map((option) => {
      const groups = firstsOf(structure).with(b!, option);
      const least = table.least(structure, groups, g, b! + 1);
      expect(least.latencyMs).toEqual(leastRuns(everyEntry(structure, groups, g, [])));
      expect(table.least(structure, groups, g, b!)).toEqual(free);
      return least;
    });
    expect(leastRuns(decided)).toEqual(free.latencyMs);
    expect(decided.some((one) => one.latencyMs[0]! > free.latencyMs[0]!)).toBe(true);
  });

  test("is no more than under any of many sorts of producers", () => {
    const table = new GroupTable(task);
    const structure = structureOf(table, "direct", "direct");
    const g = readerOf(structure);
    const groups = firstsOf(structure);
    const least = table.least(structure, groups, g, 0);
    const known = everyEntry(structure, groups, g, structure.pullsFrom[g]!);
    for (const one of known) {
      expect(one.latencyMs.every((ms, run) => ms >= least.latencyMs[run]!)).toBe(true);
      expect(one.costUsdMean).toBeGreaterThanOrEqual(least.costUsd);
    }
    expect(table.least(structure, groups, g, 0)).toBe(least);
  });
});
