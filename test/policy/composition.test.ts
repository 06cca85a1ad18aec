import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { Composition } from "../../src/policy/composition.ts";
import { GroupTable, type Least } from "../../src/policy/group-table.ts";
import { partitionsOf, passingChoices, planOfChoice } from "../../src/policy/plan-space.ts";
import { rootKey } from "../../src/stats/random.ts";
import { exactCloud } from "../exact-cloud.ts";
import { edge, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

const RUNS = 6;
const draws = rootKey("composition");
const lognormal = (median: number) => ({ lognormal: { median, sigma: 0.6 } });
const platform = {
  ...exactCloud,
  memorySizesMb: [1024, 3538],
  keepAliveMs: Number.POSITIVE_INFINITY,
};
// Where a home has several entries or exits, some of its stages begin at once, and others wait for outsiders.
const toys: readonly Toy[] = [
  toyOf(
    "woven",
    { a: [lognormal(300)], b: [lognormal(200), 3], c: [lognormal(400)], d: [lognormal(100)] },
    [
      edge("a", "b", "scatter", 3e5),
      edge("b", "d", "gather", 3e5),
      edge("a", "c", "gather", 1e5),
      edge("c", "d", "gather", 1e5),
    ],
  ),
  toyOf(
    "two sources",
    { a: [lognormal(300)], b: [lognormal(900)], c: [lognormal(200), 2], d: [lognormal(100)] },
    [edge("a", "c", "scatter", 2e5), edge("b", "d", "gather", 1e5), edge("c", "d", "gather", 2e5)],
  ),
];

test("groups end to end take what the plan takes where that is exact, and else no more, run by run", () => {
  let exact = 0;
  let below = 0;
  for (const [t, toy] of toys.entries()) {
    const scenario = scenarioOf(toy, platform, { kind: "closed", inFlight: 1 });
    const model = scenarioModel(scenario, RUNS, "composition");
    const objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 1e9 } as const;
    const table = new GroupTable({ scenario, objective, sizing: "tuned", model });
    for (const [p, partition] of partitionsOf(scenario).entries()) {
      const choices = passingChoices(scenario, partition);
      const at = (count: number, place: number) =>
        Math.floor(count * draws.uniform(1000 * t + p, place));
      const passings = choices[at(choices.length, 0)]!;
      const structure = table.structure(partition, passings);
      const composition = new Composition(scenario, structure, RUNS);
      const groups = partition.map((block, g) => block.options[at(block.options.length, 1 + g)]!);
      const leastOf = (chosen: typeof groups): Least[] => {
        const plan = planOfChoice(scenario, chosen, passings);
        return chosen.map((_, g) => {
          const { latencyMs, leastMs, costUsdMean } = model.group!(plan, g);
          return { latencyMs, leastMs, costUsd: costUsdMean };
        });
      };
      const check = (chosen: typeof groups, foundMs: Float64Array) => {
        const { latencyMs } = model(planOfChoice(scenario, chosen, passings));
        foundMs.forEach((ms, run) => {
          const where = `${toy.workflow.name}, partition ${p}, run ${run}`;
          if (composition.exact) expect(ms / latencyMs[run]!, where).toBeCloseTo(1, 9);
          else expect(ms, where).toBeLessThanOrEqual(latencyMs[run]! * (1 + 1e-12));
          if (composition.sameSums) expect(ms, where).toBe(latencyMs[run]);
          if (ms < latencyMs[run]! * (1 - 1e-9)) below++;
        });
        if (composition.exact) exact++;
      };
      check(groups, composition.latencyMs(leastOf(groups), 0));
      // With another option for one block only what comes from it on is worked out anew.
      const g = at(partition.length, 20);
      const { options } = partition[g]!;
      if (structure.pullsFrom.some((from) => from.length > 0)) continue;
      const other = groups.with(g, options[at(options.length, 30)]!);
      check(other, composition.latencyMs(leastOf(other), g));
    }
  }
  expect(exact).toBeGreaterThan(20);
  expect(below).toBeGreaterThan(5);
});

describe("what a composition of homes is exact for", () => {
  // A home's stages stand one after another; blocks by names, a home's with a plus between them.
  const compositionOf = (toy: Toy, blocks: readonly string[]) => {
    const partition = blocks.map((block) => ({
      stages: block.split("+"),
      home: block.includes("+"),
      options: [],
    }));
    const structure = { partition, passings: new Map(), pullsFrom: [], around: [] };
    return new Composition(scenarioOf(toy), structure, 1);
  };
  const outcomes = (...times: readonly (readonly [number, number])[]) =>
    times.map(([ms, least]) => ({
      latencyMs: Float64Array.of(ms),
      leastMs: Float64Array.of(least),
      costUsd: 0,
    }));
  const line = toyOf("line", { a: [1], b: [1], c: [1], d: [1] }, [
    edge("a", "b"),
    edge("b", "c"),
    edge("c", "d"),
  ]);
  const forked = toyOf("forked", { a: [1], b: [1], c: [1], d: [1], e: [1] }, [
    edge("a", "b"),
    edge("b", "c"),
    edge("b", "d"),
    edge("c", "e"),
  ]);
  const joined = toyOf("joined", { a: [1], b: [1], c: [1], d: [1] }, [
    edge("a", "c"),
    edge("b", "d"),
    edge("c", "d"),
  ]);

  test("is one that all data enters at one stage and leaves from one", () => {
    const found = compositionOf(line, ["a", "b+c", "d"]);
    expect([found.exact, found.sameSums]).toEqual([true, false]);
    expect(found.latencyMs(outcomes([100, 100], [300, 50], [70, 70]), 0)[0]).toBe(470);
    // One group for all has no outside.
    expect(compositionOf(line, ["a+b+c+d"]).exact).toBe(true);
    expect(compositionOf(line, ["a", "b", "c", "d"]).sameSums).toBe(true);
  });

  test("is none with another way out, another entry, or a stage that begins at once", () => {
    expect(compositionOf(forked, ["a", "b+c", "d", "e"]).exact).toBe(false);
    expect(compositionOf(joined, ["a", "b", "c+d"]).exact).toBe(false);
    expect(compositionOf(joined, ["a", "b+c", "d"]).exact).toBe(false);
  });

  test("lets data leave a home as soon as it may have been made, and the whole not before its time", () => {
    // d may have its data 100 + 50 ms after the start; the home is done after 100 + 300.
    const found = compositionOf(forked, ["a", "b+c", "d", "e"]);
    const ms = (d: number, e: number) =>
      found.latencyMs(outcomes([100, 100], [300, 50], [d, d], [e, e]), 0)[0];
    expect(ms(10, 10)).toBe(400);
    expect(ms(500, 10)).toBe(100 + 50 + 500);
    expect(ms(10, 500)).toBe(100 + 50 + 500);
  });

  test("begins a home at its first input, and waits for each input where that leads", () => {
    // c waits for a alone, d for b: the home begins after 100 ms, and what b brings takes 20 ms at least.
    const early = compositionOf(joined, ["a", "b", "c+d"]);
    const ms = (a: number, b: number) => early.latencyMs(outcomes([a, a], [b, b], [300, 20]), 0)[0];
    expect(ms(100, 100)).toBe(400);
    expect(ms(100, 250)).toBe(400);
    expect(ms(900, 100)).toBe(900);
    // A stage that begins at once begins the home.
    const atOnce = compositionOf(joined, ["a", "b+c", "d"]);
    expect(atOnce.latencyMs(outcomes([900, 900], [300, 20], [10, 10]), 0)[0]).toBe(930);
    expect(atOnce.latencyMs(outcomes([10, 10], [300, 20], [10, 10]), 0)[0]).toBe(300);
  });
});
