import { describe, expect, test } from "vitest";
import { checkPlan } from "../../src/plan/check-plan.ts";
import {
  fusePair,
  layoutsOf,
  lead,
  LEAD_STEP_MS,
  relayout,
  repass,
  sizesAround,
  split,
  withFused,
  fusedGroup,
} from "../../src/plan/rewrites.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { apart, chain, fanOut, planOf, scenarioOf, together, video } from "../toy-graphs.ts";

const scenario = scenarioOf(video, awsLambda2024);

describe("splitting", () => {
  test("cuts a group at every place of its order, and nothing else", () => {
    const whole = together(video, { memoryMb: 1769 });
    const plans = [...split(whole, scenario)];
    expect(plans.map((plan) => plan.groups.map(({ stages }) => stages))).toEqual([
      [["split"], ["extract", "classify", "gather"]],
      [
        ["split", "extract"],
        ["classify", "gather"],
      ],
      [["split", "extract", "classify"], ["gather"]],
    ]);
    for (const plan of plans) expect(checkPlan(scenario, plan)).toEqual([]);
    expect(plans.map(({ passing }) => Object.values(passing))).toEqual([
      ["object-store", "local", "local"],
      ["local", "object-store", "local"],
      ["local", "local", "object-store"],
    ]);
    expect([...split(apart(video), scenario)]).toEqual([]);
  });

  test("leaves workers of a join apart once they are a pipeline, and other bundles as they are", () => {
    const bundles = (workersPerVm: number | "all") =>
      [...split(together(video, { memoryMb: 1769, workersPerVm }), scenario)].map((plan) =>
        plan.groups.map((group) => group.workersPerVm),
      );
    expect(bundles("all")).toEqual([
      [1, "all"],
      ["all", "all"],
      ["all", 1],
    ]);
    expect(bundles(12)).toEqual([
      [1, 12],
      [12, 12],
      [12, 1],
    ]);
    const pair = planOf(video, [
      { stages: ["split"] },
      { stages: ["extract", "classify"], workersPerVm: "all", prewarmMs: 300 },
      { stages: ["gather"] },
    ]);
    const [cut] = [...split(pair, scenario)];
    expect(cut!.groups.map((group) => group.workersPerVm)).toEqual(["all", "all", "all", "all"]);
    expect(cut!.groups.map((group) => group.prewarmMs)).toEqual([null, null, null, null]);
  });

  test("gives each part the group's size, or what it needs", () => {
    // As a pipeline of 12 workers in one VM, each part needs 100 + 12 * 50 MB.
    const small = planOf(video, [
      { stages: ["split"] },
      { stages: ["extract", "classify"], memoryMb: 512 },
      { stages: ["gather"] },
    ]);
    const [cut] = [...split(small, scenario)];
    expect(cut!.groups.map((group) => group.memoryMb)).toEqual([1769, 768, 768, 1769]);
  });

  test("undoes a fusion", () => {
    const fused = fusePair(apart(video), scenario, 1, 2)!;
    expect([...split(fused, scenario)]).toEqual([apart(video)]);
  });
});

describe("other layouts", () => {
  const layouts = (stages: readonly string[], change: object) =>
    layoutsOf(planOf(video, [{ stages, ...change }]).groups[0]!, scenario).map(
      ({ isolation, concurrency, workersPerVm, memoryMb }) =>
        `${workersPerVm} ${isolation} ${concurrency} ${memoryMb}`,
    );

  test("of a bundle are the other isolation, and as many at once as vCPUs, or all again", () => {
    // 12 processes need 12 * (100 + 50) MB; 1769 MB buy one vCPU, 3538 two.
    expect(layouts(["extract"], { memoryMb: 1769 })).toEqual([
      "all processes all 2048",
      "all threads 1 1769",
    ]);
    expect(layouts(["extract"], { memoryMb: 3538, workersPerVm: 3 })).toEqual([
      "3 processes all 3538",
      "3 threads 2 3538",
    ]);
    expect(layouts(["extract"], { memoryMb: 3538, workersPerVm: 2 })).toEqual([
      "2 processes all 3538",
    ]);
    expect(
      layouts(["extract"], { memoryMb: 3538, concurrency: 2, isolation: "processes" }),
    ).toEqual(["all threads 2 3538", "all processes all 3538"]);
    // Less than a vCPU still runs one.
    expect(layouts(["extract"], { memoryMb: 896, workersPerVm: 4 })).toEqual([
      "4 processes all 896",
      "4 threads 1 896",
    ]);
  });

  test("of a lone worker are none, nor of workers apart", () => {
    expect(layouts(["split"], {})).toEqual([]);
    expect(layouts(["extract"], { workersPerVm: 1 })).toEqual([]);
  });

  test("of a join are bundles of its overflow too, and one VM for all where it has some", () => {
    const all = ["split", "extract", "classify", "gather"];
    expect(layouts(all, { memoryMb: 10_240 })).toEqual([
      "all processes all 10240",
      "all threads 5 10240",
      "6 threads all 10240",
      "4 threads all 10240",
    ]);
    expect(layouts(all, { memoryMb: 10_240, workersPerVm: 4 })).toEqual([
      "4 processes all 10240",
      "all threads all 10240",
      "6 threads all 10240",
      "12 threads all 10240",
      "3 threads all 10240",
      "2 threads all 10240",
    ]);
  });

  test("that no VM holds are not offered", () => {
    // 190 workers: 9,600 MB as threads, 28,500 MB as processes.
    const wide = fanOut(190, 100);
    const here = scenarioOf(wide, awsLambda2024);
    const group = planOf(wide, [{ stages: ["work"], memoryMb: 10_240 }]).groups[0]!;
    expect(layoutsOf(group, here).map(({ isolation }) => isolation)).toEqual(["threads"]);
  });

  test("of a plan are those of each group", () => {
    const plan = planOf(video, [
      { stages: ["split"] },
      { stages: ["extract"] },
      { stages: ["classify"], workersPerVm: 2 },
      { stages: ["gather"] },
    ]);
    const places = [...relayout(plan, scenario)].map((next) =>
      next.groups.flatMap((group, g) => (group === plan.groups[g] ? [] : [g])),
    );
    expect(places).toEqual([[1], [1], [2], [2]]);
  });
});

describe("passing", () => {
  test("tries both other ways on every edge between groups", () => {
    const plan = fusePair(apart(video), scenario, 1, 2)!;
    const mixed = { ...plan, passing: { ...plan.passing, "classify->gather": "direct" as const } };
    const tried = [...repass(mixed, scenario)].map(({ passing }) => Object.values(passing));
    expect(tried).toEqual([
      ["inline", "local", "direct"],
      ["direct", "local", "direct"],
      ["object-store", "local", "object-store"],
      ["object-store", "local", "inline"],
    ]);
  });
});

describe("leads", () => {
  const toy = chain([100, 200]);
  // Behind the three leads of the other group.
  const leadsFrom = (prewarmMs: number | null) =>
    [...lead(planOf(toy, [{ stages: ["s0"] }, { stages: ["s1"], prewarmMs }]), scenarioOf(toy))]
      .slice(3)
      .map(({ groups }) => groups[1]!.prewarmMs);

  test("begin at the arrival, after one second and after eight", () => {
    expect(leadsFrom(null)).toEqual([0, 1000, 8000]);
  });

  test("halve, double, grow by a step, end, and stay whole steps", () => {
    expect(leadsFrom(1000)).toEqual([null, 0, 500, 1100, 2000]);
    expect(leadsFrom(300)).toEqual([null, 0, 200, 400, 600]);
    expect(leadsFrom(0)).toEqual([null, LEAD_STEP_MS]);
  });
});

describe("pairs fused at once", () => {
  test("each take the first one's place and pass their own data locally", () => {
    const toy = chain([1, 2, 3, 4, 5], 1e5);
    const here = scenarioOf(toy, awsLambda2024);
    const plan = apart(toy);
    const pairs = [
      { a: 1, b: 0, group: fusedGroup(plan, here, 1, 0)! },
      { a: 2, b: 3, group: fusedGroup(plan, here, 2, 3)! },
    ];
    const fused = withFused(plan, here, pairs);
    expect(fused.groups.map(({ stages }) => stages)).toEqual([["s0", "s1"], ["s2", "s3"], ["s4"]]);
    expect(Object.values(fused.passing)).toEqual([
      "local",
      "object-store",
      "local",
      "object-store",
    ]);
    expect(Object.values(plan.passing)).toEqual(Array(4).fill("object-store"));
  });

  test("bundle as the larger of two numbers, or all where either does", () => {
    const bundled = (a: number | "all", b: number | "all") =>
      fusedGroup(
        planOf(video, [
          { stages: ["split"] },
          { stages: ["extract"], workersPerVm: a },
          { stages: ["classify"], workersPerVm: b },
          { stages: ["gather"] },
        ]),
        scenario,
        1,
        2,
      )!.workersPerVm;
    expect([bundled(2, 3), bundled(4, 3), bundled("all", 3), bundled(2, "all")]).toEqual([
      3,
      4,
      "all",
      "all",
    ]);
  });
});

test("sizes around another are as many rungs away as asked, and keep all else", () => {
  const group = planOf(video, [{ stages: ["extract"], memoryMb: 1024, prewarmMs: 5 }]).groups[0]!;
  expect(sizesAround(group, scenario, [2])).toEqual([
    { ...group, memoryMb: 1536 },
    { ...group, memoryMb: 768 },
  ]);
});
