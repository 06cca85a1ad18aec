import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import {
  bundle,
  fuse,
  fusePair,
  resize,
  resizeAll,
  type Rewrite,
  trade,
} from "../../src/plan/rewrites.ts";
import { isPipeline, stepsOfGroup } from "../../src/plan/steps.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import {
  apart,
  chain,
  diamond,
  edge,
  fanOut,
  planOf,
  scenarioOf,
  type Toy,
  together,
  toyOf,
  video,
} from "../toy-graphs.ts";

const toys: Record<string, Toy> = {
  chain: chain([100, 200, 300], 1e5),
  diamond: diamond({ first: 1, left: 2, right: 3, last: 4 }, 1e5),
  fanOut: fanOut(6, 100),
  "random fan-out": fanOut({ uniform: { min: 1, max: 6 } }, 100),
  video,
};
const rewrites: Record<string, Rewrite> = { resize, resizeAll, trade, bundle, fuse };
const stagesOf = (plan: ExecutionPlan): string[] => plan.groups.flatMap((g) => g.stages).sort();

describe("rewriting a plan", () => {
  for (const [name, toy] of Object.entries(toys))
    test(`of ${name} again and again never changes which stages run, and leaves legal plans`, () => {
      const scenario = scenarioOf(toy, awsLambda2024);
      const stages = toy.workflow.stages.map((stage) => stage.id).sort();
      const names = fc.constantFrom(...Object.keys(rewrites));
      fc.assert(
        fc.property(fc.array(fc.tuple(names, fc.nat(30)), { maxLength: 6 }), (steps) => {
          let plan = unfusedPlan(toy.workflow, () => 1769);
          for (const [rewrite, choice] of steps) {
            const all = [...rewrites[rewrite]!(plan, scenario)];
            for (const next of all) {
              expect(stagesOf(next)).toEqual(stages);
              expect(Object.keys(next.passing)).toEqual(Object.keys(plan.passing));
              expect(JSON.parse(JSON.stringify(next))).toEqual(next);
            }
            const clean = all.filter((next) => checkPlan(scenario, next).length === 0);
            plan = clean[choice % clean.length] ?? plan;
          }
          expect(checkPlan(scenario, plan)).toEqual([]);
        }),
        { numRuns: 60 },
      );
    });

  test("does not touch the plan it starts from", () => {
    const plan = apart(video);
    const before = JSON.stringify(plan);
    for (const rewrite of Object.values(rewrites)) {
      expect([...rewrite(plan, scenarioOf(video, awsLambda2024))].length).toBeGreaterThan(0);
    }
    expect(JSON.stringify(plan)).toBe(before);
  });
});

describe("fusing", () => {
  const scenario = scenarioOf(video, awsLambda2024);

  test("offers each pair of groups that an edge connects, once", () => {
    expect(
      [...fuse(apart(video), scenario)].map((plan) => plan.groups.map((g) => g.stages)),
    ).toEqual([
      [["split", "extract"], ["classify"], ["gather"]],
      [["split"], ["extract", "classify"], ["gather"]],
      [["split"], ["extract"], ["classify", "gather"]],
    ]);
  });

  test("keeps workers of a pipeline apart, puts others into one VM, and passes data locally", () => {
    const pipeline = fusePair(apart(video), scenario, 1, 2)!;
    expect(pipeline.groups[1]).toMatchObject({ workersPerVm: 1, memoryMb: 1769 });
    expect(pipeline.passing).toEqual({
      "split->extract": "object-store",
      "extract->classify": "local",
      "classify->gather": "object-store",
    });
    expect(fusePair(apart(video), scenario, 0, 1)!.groups[0]!.workersPerVm).toBe("all");
  });

  test("takes the larger size, or what the fused group needs", () => {
    const sized = unfusedPlan(video.workflow, (id) => (id === "extract" ? 512 : 256));
    expect(fusePair(sized, scenario, 1, 2)!.groups[1]!.memoryMb).toBe(512);
    // 2 runtimes of 100 MB and 12 workers of 50 MB.
    expect(fusePair(sized, scenario, 0, 1)!.groups[0]!.memoryMb).toBe(896);
  });

  test("that would need more than the largest VM is not offered", () => {
    const huge = fanOut(300, 100);
    expect(fusePair(apart(huge), scenarioOf(huge, awsLambda2024), 0, 1)).toBeUndefined();
  });

  test("one branch of a diamond with both ends is not legal, and the check says so", () => {
    const toy = toys.diamond!;
    const here = scenarioOf(toy, awsLambda2024);
    const half = fusePair(apart(toy), here, 0, 1)!;
    const around = fusePair(half, here, 0, 2)!;
    expect(around.groups.map((group) => group.stages)).toEqual([
      ["first", "left", "last"],
      ["right"],
    ]);
    expect(checkPlan(here, around).map((fault) => fault.message)).toEqual([
      "not convex: a path leaves it into group 1 and returns",
    ]);
  });
});

describe("bundling and sizing", () => {
  const scenario = scenarioOf(video, awsLambda2024);

  test("go by divisors of the fan-out, at the size itself and at the same share for each worker", () => {
    const plan = planOf(video, [
      { stages: ["split"], workersPerVm: 1 },
      { stages: ["extract"], workersPerVm: 3, memoryMb: 1024 },
      { stages: ["classify"], workersPerVm: 12 },
      { stages: ["gather"], workersPerVm: 1 },
    ]);
    const extract = [...bundle(plan, scenario)]
      .filter((next) => JSON.stringify(next.groups[2]) === JSON.stringify(plan.groups[2]))
      .map(({ groups }) => [groups[1]!.workersPerVm, groups[1]!.memoryMb]);
    // 2,048 and 1,365 MB keep the share; 1,365 is rounded up along the ladder.
    expect(extract).toEqual([
      [4, 1024],
      [4, 1536],
      [6, 1024],
      [6, 2048],
      [2, 1024],
      [2, 768],
      [1, 1024],
      [1, 384],
    ]);
  });

  test("from a VM for all workers go down by divisors", () => {
    const plan = planOf(video, [
      { stages: ["split"], workersPerVm: 1 },
      { stages: ["extract"], workersPerVm: "all", memoryMb: 1536 },
      { stages: ["classify"], workersPerVm: 1 },
      { stages: ["gather"], workersPerVm: 1 },
    ]);
    const bundles = [...bundle(plan, scenario)]
      .filter(({ groups }) => groups[1] !== plan.groups[1])
      .map(({ groups }) => [groups[1]!.workersPerVm, groups[1]!.memoryMb]);
    expect(bundles).toEqual([
      [6, 1536],
      [6, 768],
      [4, 1536],
      [4, 512],
    ]);
  });

  test("move one rung, and three, up and down", () => {
    const toy = chain([100]);
    const here = scenarioOf(toy, awsLambda2024);
    const sizes = (mb: number) =>
      [...resize(apart(toy, mb), here)].map((p) => p.groups[0]!.memoryMb);
    expect(sizes(1024)).toEqual([1280, 1769, 896, 640]);
    expect(sizes(1000)).toEqual([1024, 1536, 896, 640]);
    expect(sizes(128)).toEqual([192, 320]);
    expect(sizes(10_240)).toEqual([8845, 7076]);
  });

  test("move all groups together to each size of the ladder", () => {
    const toy = chain([100, 200]);
    const plans = [...resizeAll(apart(toy, 512), scenarioOf(toy, awsLambda2024))];
    expect(plans.map((plan) => plan.groups.map((group) => group.memoryMb))).toEqual(
      awsLambda2024.memorySizesMb.map((size) => [size, size]),
    );
  });

  test("trade between groups: one up, another down", () => {
    const toy = chain([100, 200]);
    const plan = unfusedPlan(toy.workflow, () => 1024);
    for (const next of trade(plan, scenarioOf(toy, awsLambda2024))) {
      const [a, b] = next.groups.map((group) => group.memoryMb - 1024);
      expect(a! * b!).toBeLessThan(0);
    }
  });
});

describe("a group's layout", () => {
  const layout = (toy: Toy, change: Parameters<typeof planOf>[1][number]) =>
    stepsOfGroup(toy.workflow, planOf(toy, [change]).groups[0]!);

  test("is a pipeline where workers pair up, whatever the bundle", () => {
    for (const workersPerVm of [1, 5, "all"] as const)
      expect(layout(video, { stages: ["extract", "classify"], workersPerVm })).toEqual({
        kind: "pipeline",
        steps: [["extract", "classify"]],
      });
  });

  test("is a pipeline for lone workers, whatever the shape and however their number is written", () => {
    const lone = chain([1, 2]);
    expect(layout(lone, { stages: ["s0", "s1"], workersPerVm: 1 }).kind).toBe("pipeline");
    const written = toyOf("lone", { a: [1, { constant: 1 }], b: [1, { constant: 1 }] }, [
      edge("a", "b", "gather"),
    ]);
    expect(isPipeline(written.workflow, ["a", "b"])).toBe(true);
  });

  test("is one VM when it holds the widest stage, and a home with an overflow when not", () => {
    const stages = ["split", "extract", "classify", "gather"];
    expect(layout(video, { stages, workersPerVm: 12 }).kind).toBe("whole");
    expect(layout(video, { stages, workersPerVm: 11 })).toEqual({
      kind: "home",
      steps: [["split"], ["extract", "classify"], ["gather"]],
    });
  });

  test("puts no stage before its inputs when merging pairwise neighbours would close a circle", () => {
    const twisted = toyOf("twisted", { a: [1, 4], side: [1], b: [1, 4] }, [
      edge("a", "b", "pairwise"),
      edge("a", "side", "gather"),
      edge("side", "b", "broadcast"),
    ]);
    const stages = ["a", "side", "b"];
    expect(layout(twisted, { stages, workersPerVm: 2 }).steps).toEqual([["a"], ["side"], ["b"]]);
    expect(together(twisted).groups).toHaveLength(1);
  });
});
