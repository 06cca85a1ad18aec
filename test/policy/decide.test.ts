import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { decide } from "../../src/policy/decide.ts";
import { policies } from "../../src/policy/index.ts";
import { better, type Objective, predictionOf, violation } from "../../src/policy/policy.ts";
import { fanOut, scenarioOf } from "../toy-graphs.ts";
import { casesOf } from "../whole.ts";

const change = {
  initCpuMs: 200,
  memoryMb: { runtime: 120, worker: 180 },
  skew: { content: 0.6, runSigma: 0.2, noiseCv: 0.1 },
};
const toy = fanOut(8, { lognormal: { median: 900, sigma: 0.3 } }, { bytes: 4e6, change });
const scenario = scenarioOf(toy, awsLambda2024, { kind: "poisson", perSecond: 0.2 });
// So few runs that their P95 is off by some per cent either way.
const luckOf = (seed: string) => scenarioModel(scenario, 64, seed);
const judge = scenarioModel(scenario, 2000, "judge");
const any = { scenario, sizing: "tuned", model: judge } as const;
const fast = policies.unfused({
  ...any,
  objective: { minimize: "latency", quantile: 0.95, costUsdMax: 1 },
}).prediction;
const cheap = policies.unfused({
  ...any,
  objective: { minimize: "cost", quantile: 0.95, latencyMsMax: 1e9 },
}).prediction;
// Half-way between what the unfused workflow can do at its fastest and at its cheapest.
const objectives: readonly Objective[] = [
  {
    minimize: "cost",
    quantile: 0.95,
    latencyMsMax: (fast.latencyMsP95 + cheap.latencyMsP95) / 2,
  },
  { minimize: "latency", quantile: 0.95, costUsdMax: (fast.costUsdMean + cheap.costUsdMean) / 2 },
];

describe("a decision searched on few runs and judged on many", () => {
  for (const objective of objectives)
    test(`keeps the bound on the judge's runs, and is no worse for it (least ${objective.minimize})`, () => {
      for (const seed of casesOf(["a", "b", "c", "d"], 2)) {
        const task = { scenario, objective, sizing: "tuned", model: luckOf(seed) } as const;
        const decision = decide(policies.wisefuse, task, judge);
        const once = policies.wisefuse(task);
        const judged = predictionOf(judge(once.plan), 0.95);
        expect(decision.prediction).toEqual(predictionOf(judge(decision.plan), 0.95));
        expect(decision.feasible).toBe(true);
        expect(violation(decision.prediction, objective)).toBe(0);
        const goal = (one: typeof judged) =>
          objective.minimize === "cost" ? one.costUsdMean : one.latencyMsAtQuantile;
        if (violation(judged, objective) === 0)
          expect(goal(decision.prediction)).toBeLessThanOrEqual(goal(judged));
      }
    });

  test("says so when nothing keeps the bound", () => {
    const objective: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 10 };
    const task = { scenario, objective, sizing: "tuned", model: luckOf("a") } as const;
    expect(decide(policies.wisefuse, task, judge).feasible).toBe(false);
  });

  test("is never worse than what its rivals decide, whatever the search's runs make of it", () => {
    const joint = policies["wisefuse-joint"];
    const searched = scenarioModel(scenario, 16, "few");
    for (const objective of casesOf(objectives, 1)) {
      const task = { scenario, objective, sizing: "tuned", model: searched } as const;
      const decision = decide(joint, task, judge);
      const rivals = joint.rivals!(task).map((rival) => decide(rival, task, judge));
      expect(rivals.length).toBeGreaterThan(3);
      for (const rival of rivals)
        expect(better(rival.prediction, decision.prediction, objective)).toBe(false);
      expect(decision.prediction).toEqual(predictionOf(judge(decision.plan), 0.95));
    }
  });
});
