import { describe, expect, test } from "vitest";
import { explainPlan, groupedVms } from "../../src/plan/explain.ts";
import type { VmGroup } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { chain, fanOut, planOf, scenarioOf, together } from "../toy-graphs.ts";

const wide = fanOut(8, 100);
const scenario = scenarioOf(wide, awsLambda2024);

/** The line of the VMs of the workers, up to their size. */
function vmsOf(change: Partial<VmGroup>, stages = ["work"]): string {
  const group = planOf(wide, [{ stages, memoryMb: 3538, ...change }]).groups[0]!;
  return groupedVms(scenario, group);
}

describe("the VMs of a group in words", () => {
  test.each<readonly [string, Partial<VmGroup>]>([
    ["8 VMs, 1 worker each", { workersPerVm: 1 }],
    ["8 VMs, 1 worker each", { workersPerVm: 1, concurrency: 1, isolation: "processes" }],
    ["3 VMs, 3 workers each as threads", { workersPerVm: 3 }],
    ["3 VMs, 3 workers each as threads", { workersPerVm: 3, concurrency: 3 }],
    ["3 VMs, 3 workers each as threads, 2 at once", { workersPerVm: 3, concurrency: 2 }],
    ["2 VMs, 4 workers each as processes", { workersPerVm: 4, isolation: "processes" }],
    [
      "2 VMs, 4 workers each as threads, balanced by weight",
      { workersPerVm: 4, assignment: "balanced" },
    ],
    ["1 VM, 8 workers as threads", { workersPerVm: "all" }],
    ["1 VM, 8 workers as threads", { workersPerVm: 9 }],
    ["1 VM, 8 workers as processes, 4 at once", { isolation: "processes", concurrency: 4 }],
  ])("is %s", (text, change) => {
    expect(vmsOf(change)).toBe(`${text}\n3538 MB (2.00 vCPU)`);
  });

  test("of a lone worker is how many VMs there are", () => {
    expect(vmsOf({ workersPerVm: 1 }, ["split"])).toBe("1 VM\n3538 MB (2.00 vCPU)");
  });

  test("of a join is one VM that holds all, or a home and as many as its widest stage still needs", () => {
    const all = ["split", "work", "gather"];
    expect(vmsOf({}, all)).toBe("1 VM, 8 workers as threads\n3538 MB (2.00 vCPU)");
    expect(vmsOf({ workersPerVm: 8 }, all)).toBe(vmsOf({}, all));
    expect(vmsOf({ workersPerVm: 3, concurrency: 1 }, all)).toBe(
      "a home and 2 further VMs, 3 workers each as threads, 1 at once\n3538 MB (2.00 vCPU)",
    );
  });
});

test("EXPLAIN lists only data that leaves a group", () => {
  const toy = chain([1, 2, 3], 1e5);
  const plan = planOf(toy, [{ stages: ["s0", "s1"] }, { stages: ["s2"], workersPerVm: 1 }]);
  expect(explainPlan(scenarioOf(toy, awsLambda2024), plan)).toBe(`plan for chain on aws-lambda-2024
group 1: s0 + s1
  1 VM of 1769 MB (1.00 vCPU), 250 MB in use at most
group 2: s2
  1 VM of 1769 MB (1.00 vCPU), 150 MB in use at most
data between groups:
  s1 -> s2: object-store
`);
  const one = explainPlan(scenarioOf(toy, awsLambda2024), together(toy));
  expect(one).not.toContain("data between groups");
});
