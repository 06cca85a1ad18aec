import { describe, expect, test } from "vitest";
import { checkPlan, smallestFitMb } from "../../src/plan/check-plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { apart, chain, edge, fanOut, planOf, scenarioOf, toyOf } from "../toy-graphs.ts";

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
