import { describe, expect, test } from "vitest";
import { checkPlan } from "../../src/plan/check-plan.ts";
import type { ExecutionPlan, VmGroup } from "../../src/plan/plan.ts";
import { undoings } from "../../src/plan/undo.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { apart, chain, diamond, edge, planOf, scenarioOf, toyOf } from "../toy-graphs.ts";

const pairs = toyOf("pairs", { s: [10], a: [10, 6], b: [10, 6], t: [10] }, [
  edge("s", "a", "scatter", 1000),
  edge("a", "b", "pairwise", 1000),
  edge("b", "t", "gather", 1000),
]);
const scenario = scenarioOf(pairs, awsLambda2024);
const fused = planOf(pairs, [
  { stages: ["s"], workersPerVm: 1, memoryMb: 512, prewarmMs: 40 },
  {
    stages: ["a", "b"],
    workersPerVm: 3,
    memoryMb: 3008,
    concurrency: 2,
    isolation: "processes",
    assignment: "balanced",
    prewarmMs: 90,
  },
  { stages: ["t"], workersPerVm: 1, memoryMb: 1024 },
]);
const plan: ExecutionPlan = { ...fused, passing: { ...fused.passing, "s->a": "inline" } };

/** Fields in which the groups of two plans of the same partition differ, and passings that do. */
function differences(a: ExecutionPlan, b: ExecutionPlan): string[] {
  const fields = a.groups.flatMap((group, g) =>
    (Object.keys(group) as (keyof VmGroup)[])
      .filter((field) => JSON.stringify(group[field]) !== JSON.stringify(b.groups[g]![field]))
      .map((field) => `${g}.${field}`),
  );
  const passings = Object.keys(a.passing).filter((id) => a.passing[id] !== b.passing[id]);
  return [...fields, ...passings];
}

test("an unfused plan of the usual size has no decision to undo", () => {
  expect(undoings(apart(pairs, 1024), scenario, 1024)).toEqual([]);
});

test("every undoing is legal, and together they name every decision once", () => {
  const undone = undoings(plan, scenario, 1024);
  for (const { plan: other } of undone) expect(checkPlan(scenario, other)).toEqual([]);
  expect(undone.map(({ kind, decision, instead }) => [kind, decision, instead])).toEqual([
    ["size", "give s 512 MB", "1024 MB, as unfused"],
    ["prewarm", "pre-warm s 40 ms after arrival", "when its inputs are ready"],
    ["fusion", "fuse a + b", "stages in VMs of their own"],
    ["bundle", "bundle a + b by 3", "1 worker a VM of 3008 MB"],
    ["bundle", "bundle a + b by 3", "1 worker a VM of 1024 MB"],
    ["size", "give a + b 3008 MB", "1024 MB, as unfused"],
    ["concurrency", "run a + b 2 at once in a VM", "all workers at once"],
    ["isolation", "run a + b as processes", "threads"],
    ["assignment", "assign workers of a + b balanced", "consecutive"],
    ["prewarm", "pre-warm a + b 90 ms after arrival", "when its inputs are ready"],
    ["passing", "pass s -> a inline", "through the object store"],
  ]);
});

test("an undoing differs from the plan in its one decision", () => {
  const changed = undoings(plan, scenario, 1024)
    .filter(({ kind }) => kind !== "fusion")
    .map((undone) => differences(plan, undone.plan));
  expect(changed).toEqual([
    ["0.memoryMb"],
    ["0.prewarmMs"],
    ["1.workersPerVm"],
    // At the size that leaves each worker its share.
    ["1.workersPerVm", "1.memoryMb"],
    ["1.memoryMb"],
    ["1.concurrency"],
    ["1.isolation"],
    ["1.assignment"],
    ["1.prewarmMs"],
    ["s->a"],
  ]);
});

test("without a fusion its parts keep bundle and size, and pass data through the store", () => {
  const { plan: split } = undoings(plan, scenario).find(({ kind }) => kind === "fusion")!;
  const parted = plan.groups[1]!;
  expect(split.groups).toEqual([
    plan.groups[0],
    { ...parted, stages: ["a"] },
    { ...parted, stages: ["b"], prewarmMs: null },
    plan.groups[2],
  ]);
  expect(split.passing).toEqual({ ...plan.passing, "a->b": "object-store" });
});

describe("a fusion of several stages", () => {
  test("is undone all the way and at each place", () => {
    const three = chain([10, 20, 30], 1000);
    const whole = planOf(three, [{ stages: ["s0", "s1", "s2"] }]);
    const undone = undoings(whole, scenarioOf(three, awsLambda2024));
    expect(undone.map((one) => one.instead)).toEqual([
      "stages in VMs of their own",
      "cut before s1",
      "cut before s2",
    ]);
    expect(undone.map((one) => one.plan.groups.map((group) => group.stages))).toEqual([
      [["s0"], ["s1"], ["s2"]],
      [["s0"], ["s1", "s2"]],
      [["s0", "s1"], ["s2"]],
    ]);
    expect(undone[2]!.plan.passing).toEqual({ "s0->s1": "local", "s1->s2": "object-store" });
  });

  test("with branches stays legal wherever it is cut", () => {
    const toy = diamond({ first: 10, left: 20, right: 30, last: 40 }, 1000);
    const of = scenarioOf(toy, awsLambda2024);
    const whole = planOf(toy, [{ stages: ["first", "left", "right", "last"] }]);
    const undone = undoings(whole, of).filter(({ kind }) => kind === "fusion");
    expect(undone).toHaveLength(4);
    for (const one of undone) expect(checkPlan(of, one.plan)).toEqual([]);
  });
});

test("what memory forbids is not among the undoings", () => {
  // Three resident processes of 300 MB do not fit into 512 MB.
  const kinds = (usualMb: number) =>
    undoings(plan, scenario, usualMb).filter(
      ({ kind, decision }) => kind === "size" && decision.includes("a + b"),
    );
  expect(kinds(512)).toHaveLength(1);
  expect(kinds(384)).toHaveLength(0);
});

test("a bundle falls back on the least size that leaves a worker its share and fits", () => {
  // A worker needs 150 MB; a sixth of 768 MB is 128 MB.
  const bundled = planOf(pairs, [
    { stages: ["s"] },
    { stages: ["a"], workersPerVm: 6, memoryMb: 768 },
    { stages: ["b"], workersPerVm: 1 },
    { stages: ["t"] },
  ]);
  expect(
    undoings(bundled, scenario)
      .filter(({ kind }) => kind === "bundle")
      .map(({ instead }) => instead),
  ).toEqual(["1 worker a VM of 768 MB", "1 worker a VM of 192 MB"]);
});
