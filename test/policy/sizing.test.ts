import { describe, expect, test } from "vitest";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { PlanningTask } from "../../src/policy/policy.ts";
import { oneSizeForAll } from "../../src/policy/sizing.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";
import { cheapest } from "./objectives.ts";

describe("one size for all of 500 stages", () => {
  const toy = chain(Array.from({ length: 500 }, () => 10));
  const scenario = scenarioOf(toy, awsLambda2024);
  const sizes = awsLambda2024.memorySizesMb;

  // Time falls with memory and its price rises with it: cheapest where a / m + b m is least.
  const costAt = (memoryMb: number, bestMb: number) => bestMb / memoryMb + memoryMb / bestMb;
  const taskFor = (bestMb: number): PlanningTask => ({
    scenario,
    objective: cheapest(1e9),
    sizing: "tuned",
    model: Object.assign(
      ({ groups }: { readonly groups: readonly { readonly memoryMb: number }[] }) => ({
        latencyMs: Float64Array.of(1e6 / groups[0]!.memoryMb),
        costUsd: Float64Array.of(costAt(groups[0]!.memoryMb, bestMb)),
      }),
      { runs: 1 },
    ),
  });
  const planAt = (memoryMb: number) => unfusedPlan(toy.workflow, () => memoryMb);

  test("finds the best size although it looks at every fourth first", () => {
    for (const bestMb of [sizes[0]!, sizes[1]!, 1024, 1769, sizes.at(-2)!, sizes.at(-1)!]) {
      const found = oneSizeForAll(taskFor(bestMb), planAt)!;
      const smallest = sizes.filter((mb) => mb >= 150)[0]!;
      expect(found.plan.groups[0]!.memoryMb).toBe(Math.max(bestMb, smallest));
      expect(found.stop).toBe("no-better-plan");
      // Every fourth, the last, and at most three on each side of the best.
      expect(found.plansSeen).toBeLessThanOrEqual(Math.ceil(sizes.length / 4) + 1 + 6);
    }
  });

  test("looks at every size of fewer stages", () => {
    const few = chain(Array.from({ length: 499 }, () => 10));
    const task = { ...taskFor(1769), scenario: scenarioOf(few, awsLambda2024) };
    const found = oneSizeForAll(task, (memoryMb) => unfusedPlan(few.workflow, () => memoryMb))!;
    expect(found.plan.groups[0]!.memoryMb).toBe(1769);
    expect(found.stop).toBe("space-exhausted");
    expect(found.plansSeen).toBe(sizes.filter((mb) => mb >= 150).length);
  });

  test("is the smallest that fits where it is not tuned, and none where none fits", () => {
    const found = oneSizeForAll({ ...taskFor(1769), sizing: "default" }, planAt)!;
    expect(found.plan.groups[0]!.memoryMb).toBe(sizes.filter((mb) => mb >= 150)[0]);
    expect([found.stop, found.plansSeen]).toEqual(["fixed", 1]);
    expect(oneSizeForAll(taskFor(1769), () => undefined)).toBeUndefined();
  });
});
