import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { policies, policyNames } from "../../src/policy/index.ts";
import { fanOut, meanWithin, quantile, scenarioOf, type Toy } from "../toy-graphs.ts";

const RUNS = 5000;
const WARM_UP = 200;
const change = {
  initCpuMs: 200,
  memoryMb: { runtime: 120, worker: 180 },
  skew: { content: 0.5, runSigma: 0.2, noiseCv: 0.1 },
};
// A heavy tail leaves P95 of 5,000 runs uncertain by some per cent, so there both get the same luck.
const cases: readonly { name: string; toy: Toy; seed: string }[] = [
  {
    name: "a fan-out of 8 with 8 MB, other luck",
    toy: fanOut(8, { lognormal: { median: 900, sigma: 0.3 } }, { bytes: 8e6, change }),
    seed: "other luck",
  },
  {
    name: "a heavy-tailed fan-out of 12 without data, same luck",
    toy: fanOut(12, { exponential: { mean: 800 } }, { change }),
    seed: "model/agree",
  },
];

for (const { name, toy, seed } of cases)
  describe(`always warm, ${name}`, () => {
    const scenario = scenarioOf(
      toy,
      { ...awsLambda2024, keepAliveMs: Number.POSITIVE_INFINITY },
      { kind: "poisson", perSecond: 0.02 },
    );
    const model = scenarioModel(scenario, WARM_UP + RUNS, "agree");
    const objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 4000 } as const;
    for (const policy of policyNames) {
      const planner = {
        scenario,
        objective,
        sizing: "tuned",
        model: scenarioModel(scenario, 60, "plan"),
      } as const;
      const { plan } = policies[policy](planner);
      const predicted = model(plan);
      const { columns, status } = simulate(scenario, plan, {
        runs: RUNS,
        warmupRuns: WARM_UP,
        seed,
      });

      test(`P95 of the plan of ${policy} is predicted within 2.5 %`, () => {
        expect(status.every((code) => code === 0)).toBe(true);
        const ratio =
          quantile(predicted.latencyMs.slice(WARM_UP), 0.95) / quantile(columns.latencyMs, 0.95);
        expect(Math.abs(ratio - 1)).toBeLessThan(0.025);
      });

      test(`cost of the plan of ${policy} is predicted within 1.5 %`, () => {
        const ratio =
          meanWithin(predicted.costUsd.slice(WARM_UP)).mean / meanWithin(columns.costUsd).mean;
        expect(Math.abs(ratio - 1)).toBeLessThan(0.015);
      });
    }
  });
