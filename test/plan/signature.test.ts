import { expect, test } from "vitest";
import { planSignature } from "../../src/plan/signature.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { apart, fanOut, planOf, scenarioOf, together } from "../toy-graphs.ts";

const toy = fanOut(8, 100, { bytes: 1e6 });
const scenario = scenarioOf(toy, awsLambda2024);

test("a signature names groups, bundles above one, sizes, and passing but the store's", () => {
  expect(planSignature(scenario, apart(toy, 1024))).toBe("split @1024 | work @1024 | gather @1024");
  expect(planSignature(scenario, together(toy))).toBe("split+work+gather x8 @1769");
  const plan = planOf(toy, [
    { stages: ["split"], workersPerVm: 1 },
    { stages: ["work"], workersPerVm: 4, memoryMb: 3008 },
    { stages: ["gather"], memoryMb: 512 },
  ]);
  expect(
    planSignature(scenario, { ...plan, passing: { ...plan.passing, "work->gather": "direct" } }),
  ).toBe("split @1769 | work x4 @3008 | gather @512 direct");
});
