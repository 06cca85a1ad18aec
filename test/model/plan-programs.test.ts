import { expect, test } from "vitest";
import { PlanPrograms } from "../../src/model/plan-programs.ts";
import { compile } from "../../src/physics/compile.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { fusePair } from "../../src/plan/rewrites.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";

const line = chain(Array.from({ length: 40 }, () => 100));
const scenario = scenarioOf(line, awsLambda2024);
const start = unfusedPlan(line.workflow, () => 1769);
const withSizes = (plan: ExecutionPlan, count: number, memoryMb: number): ExecutionPlan => ({
  ...plan,
  groups: plan.groups.map((group, g) => (g < count ? { ...group, memoryMb } : group)),
});
// Draws hold functions, which are never equal.
const plainOf = (programs: PlanPrograms, plan: ExecutionPlan) => JSON.stringify(programs.of(plan));

test("programs are those that compiling each plan alone gives, whatever was asked for before", () => {
  const programs = new PlanPrograms(scenario);
  const plans = [1, 3, 4, 24, 25, 40, 1, 0].map((count) => withSizes(start, count, 1024));
  const fused = fusePair(start, scenario, 3, 4)!;
  for (const plan of [start, ...plans, fused, withSizes(fused, 1, 512), start, ...plans])
    expect(plainOf(programs, plan)).toBe(JSON.stringify(compile(scenario, plan)));
});

test("neighbours share the groups that do not change", () => {
  const programs = new PlanPrograms(scenario);
  const [first, next] = [programs.of(start), programs.of(withSizes(start, 2, 1024))];
  expect(next.edges).toBe(first.edges);
  next.groups.forEach((group, g) => {
    if (g < 2) expect(group.memoryMb).toBe(1024);
    else expect(group).toBe(first.groups[g]);
  });
  // Two dozen changed groups are still a neighbour's, more are another plan's.
  expect(programs.of(withSizes(start, 24, 512)).groups[39]).toBe(first.groups[39]);
  expect(programs.of(withSizes(start, 39, 256)).groups[39]).not.toBe(first.groups[39]);
});

test("groups of the last plan far away are shared with its own neighbours", () => {
  const programs = new PlanPrograms(scenario);
  programs.of(start);
  const far = withSizes(start, 4, 1024);
  const known = programs.of(far).groups[0];
  expect(programs.of(withSizes(far, 0, 1)).groups[0]).toBe(known);
  // Of one that differs in three groups only, the next neighbours are not taken to be.
  const near = programs.of(withSizes(far, 3, 512)).groups[0];
  expect(programs.of(withSizes(far, 3, 512)).groups[0]).not.toBe(near);
});
