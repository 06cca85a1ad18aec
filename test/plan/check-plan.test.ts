import { describe, expect, test } from "vitest";
import {
  checkPlan,
  checkScenario,
  memoryNeededMb,
  smallestFitMb,
} from "../../src/plan/check-plan.ts";
import type { VmGroup } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { apart, chain, edge, fanOut, planOf, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

describe("a plan that is not legal", () => {
  test("because groups wait for each other in a circle is not convex", () => {
    const ring = toyOf("ring", { a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] }, [
      edge("a", "d"),
      edge("b", "e"),
      edge("c", "f"),
    ]);
    const plan = planOf(ring, [
      { stages: ["a", "e"] },
      { stages: ["b", "f"] },
      { stages: ["c", "d"] },
    ]);
    expect(checkPlan(scenarioOf(ring), plan)).toEqual([
      { where: "groups", message: "not convex: groups wait for each other in a circle" },
    ]);
  });

  test("for a runtime the platform does not know says which it knows", () => {
    const odd = chain([100], 0, { runtime: "cobol" });
    const faults = checkPlan(scenarioOf(odd, awsLambda2024), apart(odd));
    expect(faults).toHaveLength(1);
    expect(faults[0]!.message).toContain('unknown runtime "cobol"; known: python3.12, ');
  });

  test("for several reasons names them all at once", () => {
    const toy = chain([100, 100], 300_000);
    const plan = apart(toy, 100, "inline");
    const faults = checkPlan(scenarioOf(toy, awsLambda2024), plan);
    expect(faults.map((fault) => fault.where)).toEqual([
      "groups.0.memoryMb",
      "groups.1.memoryMb",
      "passing.s0->s1",
    ]);
  });
});

describe("a group", () => {
  const toy = chain([100, 100]);
  const faultsOf = (change: Partial<VmGroup>) =>
    checkPlan(
      scenarioOf(toy, awsLambda2024),
      planOf(toy, [{ stages: ["s0"] }, { stages: ["s1"], ...change }]),
    ).map(({ where, message }) => `${where}: ${message}`);
  const whole = 'expected a whole number of at least 1 or "all", got';

  test.each<readonly [Partial<VmGroup>, string]>([
    [{ memoryMb: 1000.5 }, "memoryMb: expected 128 to 10240 MB in steps of 1, got 1000.5"],
    [{ memoryMb: Number.NaN }, "memoryMb: expected 128 to 10240 MB in steps of 1, got NaN"],
    [{ workersPerVm: 0 }, `workersPerVm: ${whole} 0`],
    [{ workersPerVm: 1.5 }, `workersPerVm: ${whole} 1.5`],
    [{ concurrency: 0 }, `concurrency: ${whole} 0`],
    [{ concurrency: 2.5 }, `concurrency: ${whole} 2.5`],
    [{ prewarmMs: -1 }, "prewarmMs: expected at least 0 ms or null, got -1"],
    // 100 MB of runtime and 50 MB of its worker.
    [{ memoryMb: 149 }, "memoryMb: needs 150 MB at its worst moment, has 149"],
  ])("of %o is refused", (change, fault) => {
    expect(faultsOf(change)).toEqual([`groups.1.${fault}`]);
  });

  test("at the ends of what is allowed is legal", () => {
    for (const change of [
      { memoryMb: 150 },
      { memoryMb: 10_240 },
      { workersPerVm: 1 },
      { concurrency: 1 },
      { prewarmMs: 0 },
    ])
      expect(faultsOf(change)).toEqual([]);
  });

  test("that is wrong is refused again after a legal plan, and however often", () => {
    const scenario = scenarioOf(toy, awsLambda2024);
    const legal = apart(toy);
    const wrong = { ...legal, groups: legal.groups.with(1, { ...legal.groups[1]!, memoryMb: 1 }) };
    const both = { ...legal, groups: wrong.groups.with(0, { ...legal.groups[0]!, memoryMb: 2 }) };
    expect(checkPlan(scenario, legal)).toEqual([]);
    for (let again = 0; again < 2; again++) {
      expect(checkPlan(scenario, wrong).map(({ where }) => where)).toEqual(["groups.1.memoryMb"]);
      expect(checkPlan(scenario, both).map(({ where }) => where)).toEqual([
        "groups.0.memoryMb",
        "groups.1.memoryMb",
      ]);
    }
    expect(checkPlan(scenario, legal)).toEqual([]);
  });

  test("with a stage that nobody knows says which is near, and no more", () => {
    const odd = planOf(toy, [{ stages: ["s0", "s9", "s9"] }, { stages: ["s1"] }]);
    expect(checkPlan(scenarioOf(toy), odd).map(({ where, message }) => [where, message])).toEqual([
      ["groups.0.stages.1", 'unknown stage "s9"; did you mean "s0"?'],
      ["groups.0.stages.2", 'unknown stage "s9"; did you mean "s0"?'],
      ["groups.0.stages.2", 'stage "s9" is in two groups'],
      ["groups.0.stages", "stages are not in topological order"],
    ]);
  });
});

test("every stage of two groups is named, the first of the workflow too", () => {
  const toy = chain([100, 100]);
  const twice = planOf(toy, [{ stages: ["s0"] }, { stages: ["s0", "s1"] }, { stages: ["s1"] }]);
  expect(
    checkPlan(scenarioOf(toy), twice).map(({ where, message }) => `${where}: ${message}`),
  ).toEqual([
    'groups.1.stages.0: stage "s0" is in two groups',
    'groups.2.stages.0: stage "s1" is in two groups',
  ]);
});

describe("a scenario under which no plan is legal", () => {
  test("names the stage that fits no size, what it needs, and where it was measured", () => {
    const measured = [
      { memoryMb: 1030, timeMs: 2 },
      { memoryMb: 1279, timeMs: 1 },
    ];
    const faults = (toy: Toy) => checkScenario(scenarioOf(toy, awsLambda2024));
    expect(faults(chain([1], 0, { measured }))).toEqual([
      {
        where: "stages.s0.memoryMb",
        message:
          "fits no memory size of aws-lambda-2024: needs 150 MB, measured from 1030 to 1279 MB, the largest VM has 10240",
      },
    ]);
    const large = { memoryMb: { runtime: 10_000, worker: 240.5 } };
    expect(faults(chain([1], 0, large))).toEqual([
      {
        where: "stages.s0.memoryMb",
        message: "fits no memory size of aws-lambda-2024: needs 10241 MB, the largest VM has 10240",
      },
    ]);
    expect(faults(chain([1], 0, { memoryMb: { runtime: 10_000, worker: 240 } }))).toEqual([]);
  });

  test("names the runtime the platform does not know; one that lists none knows all", () => {
    const odd = chain([1], 0, { runtime: "python3.1" });
    const fault = checkScenario(scenarioOf(odd, awsLambda2024))[0]!;
    expect(fault.where).toBe("stages.s0.runtime");
    expect(fault.message).toMatch(
      /^unknown runtime "python3.1" on aws-lambda-2024; did you mean "python3/,
    );
    expect(checkScenario(scenarioOf(odd))).toEqual([]);
  });
});

describe("memory at the worst moment", () => {
  // Stages of 10 to 40 MB a worker; the runtime of each is 100 MB.
  const sized = (worker: number) => ({ memoryMb: { runtime: 100, worker } });
  const toy = toyOf(
    "diamond",
    { a: [1, 1, sized(10)], b: [1, 3, sized(20)], c: [1, 2, sized(30)], d: [1, 1, sized(40)] },
    [
      edge("a", "b", "scatter"),
      edge("a", "c", "scatter"),
      edge("b", "d", "gather"),
      edge("c", "d", "gather"),
    ],
  );
  const neededMb = (change: Partial<VmGroup>, stages = ["a", "b", "c", "d"]) =>
    memoryNeededMb(toy.workflow, toy.profile, planOf(toy, [{ stages, ...change }]).groups[0]!);

  test("is that of branches at once, over all runtimes as threads and each its own as processes", () => {
    // b and c: 3 * 20 + 2 * 30 MB.
    expect(neededMb({})).toBe(400 + 120);
    expect(neededMb({ isolation: "processes" })).toBe(120 + 5 * 100);
  });

  test("holds no more workers than run at once, or than are in the bundle", () => {
    expect(neededMb({ concurrency: 1 })).toBe(400 + 50);
    expect(neededMb({ workersPerVm: 2 })).toBe(400 + 100);
    expect(neededMb({ workersPerVm: 2, concurrency: 5, isolation: "processes" })).toBe(100 + 400);
  });

  test("of a stage alone is its workers', each with a runtime as processes", () => {
    expect(neededMb({}, ["b"])).toBe(100 + 60);
    expect(neededMb({ isolation: "processes" }, ["b"])).toBe(360);
    expect(neededMb({ isolation: "processes", workersPerVm: 2 }, ["b"])).toBe(240);
  });

  test("of a pipeline is that of its largest stage, as one follows the other", () => {
    const pairs = toyOf("pairs", { a: [1, 4, sized(10)], b: [1, 4, sized(70)] }, [
      edge("a", "b", "pairwise"),
    ]);
    const group = planOf(pairs, [{ stages: ["a", "b"], workersPerVm: 3 }]).groups[0]!;
    const of = (isolation: "threads" | "processes") =>
      memoryNeededMb(pairs.workflow, pairs.profile, { ...group, isolation });
    expect([of("threads"), of("processes")]).toEqual([200 + 3 * 70, 3 * (200 + 70)]);
  });
});

describe("the smallest size that fits", () => {
  test("holds the largest plausible draw of a random fan-out", () => {
    const { workflow, profile } = fanOut({ uniform: { min: 1, max: 9 } }, 100);
    const group = planOf({ workflow, profile }, [{ stages: ["work"] }]).groups[0]!;
    // 100 MB of runtime, 9 workers of 50 MB.
    expect(smallestFitMb(workflow, profile, awsLambda2024, group)).toBe(640);
  });

  test("is none when the group needs too much, or no size of the ladder was measured", () => {
    const wide = fanOut(500, 100);
    const work = planOf(wide, [{ stages: ["work"] }]).groups[0]!;
    expect(smallestFitMb(wide.workflow, wide.profile, awsLambda2024, work)).toBeUndefined();
    const between = (min: number, max: number) => {
      const measured = [
        { memoryMb: min, timeMs: 2 },
        { memoryMb: max, timeMs: 1 },
      ];
      const toy = chain([1], 0, { measured });
      const lone = planOf(toy, [{ stages: ["s0"] }]).groups[0]!;
      return smallestFitMb(toy.workflow, toy.profile, awsLambda2024, lone);
    };
    expect(between(1000, 2000)).toBe(1024);
    expect(between(1030, 1279)).toBeUndefined();
  });
});
