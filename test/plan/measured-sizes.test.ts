import { expect, test } from "vitest";
import { scenarioOf } from "../../src/harness/run-cell.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkScenario } from "../../src/plan/check-plan.ts";
import { withMeasuredSizes } from "../../src/plan/measured-sizes.ts";
import { platformNamed } from "../../src/platform/index.ts";
import { policies } from "../../src/policy/index.ts";
import { chain, profileOf } from "../toy-graphs.ts";

const aws = platformNamed("aws-lambda-2024");

test("a stage measured off the ladder, at one size, is planned there", () => {
  const toy = chain([1000, 1000]);
  const [first, second] = toy.workflow.stages.map(({ id }) => id);
  const profile = {
    ...toy.profile,
    [first!]: profileOf(first!, 0, { measured: [{ memoryMb: 1000, timeMs: 500 }] }),
  };
  const given = { ...toy, profile, arrivals: { kind: "poisson", perSecond: 0.1 } } as const;
  const about = { name: "measured", description: "", source: "test", objective: undefined };
  const scenario = scenarioOf({ ...given, ...about, provenance: [] }, aws.name);
  expect(checkScenario({ ...scenario, platform: aws })).not.toEqual([]);
  expect(checkScenario(scenario)).toEqual([]);
  const objective = { minimize: "latency", quantile: 0.95, costUsdMax: 1 } as const;
  const model = scenarioModel(scenario, 64, "search");
  const { plan } = policies.wisefuse({ scenario, objective, sizing: "tuned", model });
  const memoryMb = (id: string) => plan.groups.find(({ stages }) => stages.includes(id))!.memoryMb;
  expect(memoryMb(first!)).toBe(1000);
  expect(memoryMb(second!)).toBeGreaterThanOrEqual(1000);
});

test("only legal sizes come on the ladder, in order, each once", () => {
  const measured = [64, 1000, 1000.5, 2048, 20_000].map((memoryMb) => ({ memoryMb, timeMs: 1 }));
  const profile = { a: profileOf("a", 0, { measured }) };
  const added = withMeasuredSizes(aws, profile).memorySizesMb;
  expect(added).toEqual([...aws.memorySizesMb, 1000].toSorted((a, b) => a - b));
  const google = platformNamed("google-workflows");
  expect(withMeasuredSizes(google, profile)).toBe(google);
});
