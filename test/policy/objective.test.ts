import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/check.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { policies, policyNames } from "../../src/policy/index.ts";
import {
  better,
  compare,
  type Objective,
  type Prediction,
  predictionOf,
} from "../../src/policy/policy.ts";
import { chain, fanOut, scenarioOf, type Toy } from "../toy-graphs.ts";

const seen = (latencyMs: number, costUsd: number): Prediction => ({
  latencyMsP50: latencyMs,
  latencyMsP95: latencyMs,
  latencyMsP99: latencyMs,
  latencyMsAtQuantile: latencyMs,
  costUsdMean: costUsd,
});
const cheapest: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 100 };
const fastest: Objective = { minimize: "latency", quantile: 0.95, costUsdMax: 5 };

const taskOf = (toy: Toy, objective: Objective) => {
  const scenario = scenarioOf(toy, awsLambda2024, { kind: "poisson", perSecond: 0.1 });
  return { scenario, objective, sizing: "tuned", model: scenarioModel(scenario, 50, "o") } as const;
};

describe("of two predictions the better one", () => {
  test.each<readonly [string, Objective, Prediction, Prediction]>([
    ["keeps the bound, whatever it costs", cheapest, seen(100, 9), seen(101, 1)],
    ["is cheaper when both are fast enough", cheapest, seen(99, 1), seen(50, 2)],
    ["is nearer to the bound when neither keeps it", cheapest, seen(150, 9), seen(200, 1)],
    ["is faster at the same cost", cheapest, seen(50, 1), seen(60, 1)],
    ["keeps the budget, however slow", fastest, seen(900, 5), seen(1, 5.1)],
    ["is faster when both are cheap enough", fastest, seen(50, 4), seen(60, 1)],
    ["is cheaper when both are as fast", fastest, seen(50, 1), seen(50, 4)],
    [
      "is the cheaper where the budget is 0",
      { ...fastest, costUsdMax: 0 },
      seen(900, 1),
      seen(1, 2),
    ],
  ])("%s", (_, objective, winner, loser) => {
    expect(better(winner, loser, objective)).toBe(true);
    expect(better(loser, winner, objective)).toBe(false);
  });

  test("is not better than itself, and orders any three without a circle", () => {
    const prediction = fc.tuple(fc.nat(4), fc.nat(4)).map(([a, b]) => seen(50 * a, 2 * b));
    const objective = fc.constantFrom(cheapest, fastest, { ...fastest, costUsdMax: 0 });
    fc.assert(
      fc.property(prediction, prediction, prediction, objective, (a, b, c, o) => {
        expect(better(a, a, o)).toBe(false);
        if (better(a, b, o)) expect(better(b, a, o)).toBe(false);
        if (better(a, b, o) && better(b, c, o)) expect(better(a, c, o)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("comes first in their order", () => {
    const ordered = [seen(50, 1), seen(60, 1), seen(99, 2), seen(120, 9), seen(150, 1)];
    const shuffled = [3, 0, 4, 2, 1].map((place) => ordered[place]!);
    expect(shuffled.toSorted((a, b) => compare(a, b, cheapest))).toEqual(ordered);
    expect(compare(seen(50, 1), seen(50, 1), cheapest)).toBe(0);
  });

  test("is judged by type 7 quantiles and the mean", () => {
    const outcome = {
      latencyMs: Float64Array.from({ length: 101 }, (_, i) => 100 - i),
      costUsd: Float64Array.of(1, 2, 6),
    };
    expect(predictionOf(outcome, 0.25)).toEqual({
      latencyMsP50: 50,
      latencyMsP95: 95,
      latencyMsP99: 99,
      latencyMsAtQuantile: 25,
      costUsdMean: 3,
    });
  });
});

describe("the nearest plan to a budget of 0", () => {
  test("is the cheapest size of the unfused workflow", () => {
    const toy = chain([{ lognormal: { median: 500, sigma: 0.2 } }, 300], 1e6);
    const none = policies.unfused(taskOf(toy, { ...fastest, costUsdMax: 0 }));
    const least = policies.unfused(taskOf(toy, { ...cheapest, latencyMsMax: 1e9 }));
    expect(none.feasible).toBe(false);
    expect(none.prediction.costUsdMean).toBe(least.prediction.costUsdMean);
  });
});

describe("a stage that fits no VM", () => {
  const toy = fanOut(2, 100, { change: { memoryMb: { runtime: 200, worker: 10_041 } } });
  for (const policy of policyNames)
    test(`is refused by ${policy}, with its need and the platform's largest size`, () => {
      const plan = () => policies[policy](taskOf(toy, cheapest));
      expect(plan).toThrow(InputError);
      expect(plan).toThrow(
        'stage "split" needs 10241 MB, the largest VM of aws-lambda-2024 has 10240',
      );
    });
});
