import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { planningModels } from "../../src/harness/run-cell.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { decide } from "../../src/policy/decide.ts";
import { exhaustive } from "../../src/policy/exhaustive.ts";
import { policies, policyNames } from "../../src/policy/index.ts";
import { lowerBound } from "../../src/policy/lower-bound.ts";
import type { Decision, Objective, PlanningTask } from "../../src/policy/policy.ts";
import { randomWorkload, SMALL } from "../../src/trace/random-workload.ts";
import { chain, diamond, fanOut, scenarioOf, type Toy, toyOf, edge } from "../toy-graphs.ts";
import { casesOf, whole } from "../whole.ts";

const LUCK = { luck: "stratified", coldStarts: "per-group" } as const;
const taskOf = (scenario: Scenario, objective: Objective, runs = 64): PlanningTask => ({
  scenario,
  objective,
  sizing: "tuned",
  model: scenarioModel(scenario, runs, "joint", LUCK),
});
const goalOf = ({ prediction }: Decision, { minimize }: Objective) =>
  minimize === "cost" ? prediction.costUsdMean : prediction.latencyMsAtQuantile;

/** A random workload with an SLO between what `unfused` can do at best and at its cheapest, and a budget. */
function randomTasks(seed: number, stages: number, memorySizesMb: readonly number[]) {
  const { workflow, profile, arrivals } = randomWorkload(String(seed), { stages, ...SMALL });
  const platform = { ...awsLambda2024, memorySizesMb };
  const scenario: Scenario = { workflow, profile, platform, arrivals: arrivals! };
  const any = taskOf(scenario, { minimize: "latency", quantile: 0.95, costUsdMax: 1e9 });
  const fast = policies.unfused(any).prediction;
  const cheapest: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 1e12 };
  const cheap = policies.unfused({ ...any, objective: cheapest }).prediction;
  const objectives: readonly Objective[] = [
    {
      minimize: "cost",
      quantile: 0.95,
      latencyMsMax: (fast.latencyMsP95 + cheap.latencyMsP95) / 2,
    },
    { minimize: "cost", quantile: 0.95, latencyMsMax: fast.latencyMsP95 },
    {
      minimize: "latency",
      quantile: 0.95,
      costUsdMax: cheap.costUsdMean + 0.3 * (fast.costUsdMean - cheap.costUsdMean),
    },
  ];
  return objectives.map((objective) => ({ ...any, objective }));
}

describe("against the proven optimum of small random workflows", () => {
  const gaps: number[] = [];
  const seeds = casesOf(
    Array.from({ length: 12 }, (_, i) => 200 + i),
    3,
  );
  for (const seed of seeds)
    for (const task of randomTasks(seed, 2 + (seed % 2), [512, 1769, 3538, 10240])) {
      const best = exhaustive(task);
      const found = policies["wisefuse-joint"](task);
      if (best.stop !== "space-exhausted" || !best.feasible) continue;
      expect(found.feasible).toBe(true);
      gaps.push(goalOf(found, task.objective) / goalOf(best, task.objective) - 1);
      // The bound holds for any plan, also for those with leads, which the exhaustive space leaves out.
      expect(lowerBound(task)!).toBeLessThanOrEqual(goalOf(best, task.objective) * (1 + 1e-9));
      expect(found.goalLowerBound!).toBeLessThanOrEqual(goalOf(found, task.objective));
    }

  test("no plan is more than 3 % dearer or slower, and nearly all are within 1 %", () => {
    expect(gaps.length).toBeGreaterThanOrEqual(2.5 * seeds.length);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(0.03);
    expect(gaps.filter((gap) => gap > 0.01).length).toBeLessThanOrEqual(1);
  });
});

describe("against every other policy", () => {
  const { memorySizesMb } = awsLambda2024;
  for (const seed of casesOf([31, 32, 33, 34], 2))
    test(`its plan of random workflow ${seed} serves each objective no worse`, () => {
      for (const task of randomTasks(seed, 3 + (seed % 5), memorySizesMb)) {
        const own = policies["wisefuse-joint"](task);
        for (const name of policyNames) {
          const other = policies[name](task);
          if (!other.feasible) continue;
          expect(own.feasible).toBe(true);
          expect(goalOf(own, task.objective)).toBeLessThanOrEqual(
            goalOf(other, task.objective) * (1 + 1e-9),
          );
        }
      }
    });
});

const width = whole ? 1000 : 100;
const wide: Toy = fanOut(width, { lognormal: { median: 200, sigma: 0.3 } });
const still = { skew: { content: 0, runSigma: 0, noiseCv: 0 } };
const degenerate: Readonly<Record<string, Toy>> = {
  "one stage": toyOf("one", { only: [400, 1, still] }, []),
  "fan-out 1 everywhere": chain([200, { lognormal: { median: 400, sigma: 0.2 } }, 100], 1e5),
  [`fan-out ${width}`]: wide,
  "edges of zero bytes": diamond({ first: 100, left: 300, right: 200, last: 50 }, 0),
  "work of zero variance": fanOut(4, 500, { bytes: 1e6 }),
  "no work at all": toyOf("idle", { a: [0], b: [0] }, [edge("a", "b")]),
};

describe("on degenerate input", () => {
  for (const [name, toy] of Object.entries(degenerate))
    test(`${name}: a legal plan no worse than unfused, and its bound below it`, () => {
      const scenario = scenarioOf(toy, awsLambda2024, { kind: "poisson", perSecond: 0.05 });
      const task = taskOf(scenario, { minimize: "cost", quantile: 0.95, latencyMsMax: 60_000 }, 32);
      const own = policies["wisefuse-joint"](task);
      expect(checkPlan(scenario, own.plan)).toEqual([]);
      expect(own.feasible).toBe(true);
      const { costUsdMean } = policies.unfused(task).prediction;
      expect(own.prediction.costUsdMean).toBeLessThanOrEqual(costUsdMean);
      expect(own.goalLowerBound!).toBeLessThanOrEqual(own.prediction.costUsdMean);
    });

  const measured = (...sizes: readonly (readonly [number, number])[]) => ({
    measured: sizes.map(([memoryMb, timeMs]) => ({ memoryMb, timeMs })),
  });
  const apartOnly: Readonly<Record<string, Toy>> = {
    "runtimes that share no VM": toyOf(
      "runtimes",
      { a: [200, 1, { runtime: "python3.12" }], b: [300, 1, { runtime: "nodejs20" }] },
      [edge("a", "b", "gather", 1e5)],
    ),
    "stages measured at few sizes": toyOf(
      "few",
      {
        a: [0, 1, measured([512, 900], [1024, 500], [2048, 300])],
        b: [0, 1, measured([1024, 900], [1536, 700])],
      },
      [edge("a", "b", "gather", 1e5)],
    ),
    "stages measured at sizes that do not meet": toyOf(
      "disjoint",
      {
        a: [0, 1, measured([512, 900], [1024, 500])],
        b: [0, 1, measured([2048, 900], [3008, 700])],
      },
      [edge("a", "b", "gather", 1e5)],
    ),
  };
  for (const [name, toy] of Object.entries(apartOnly))
    test(`${name}: a legal plan within the SLO`, () => {
      const scenario = scenarioOf(toy, awsLambda2024, { kind: "poisson", perSecond: 0.05 });
      const own = policies["wisefuse-joint"](
        taskOf(scenario, { minimize: "cost", quantile: 0.95, latencyMsMax: 8000 }, 32),
      );
      expect(checkPlan(scenario, own.plan)).toEqual([]);
      expect(own.feasible).toBe(true);
    });

  const line = scenarioOf(chain([500, 700], 1e5), awsLambda2024, {
    kind: "poisson",
    perSecond: 0.05,
  });

  test("an SLO below the critical path: the nearest plan, and proof that there is none", () => {
    const own = policies["wisefuse-joint"](
      taskOf(line, { minimize: "cost", quantile: 0.95, latencyMsMax: 100 }),
    );
    expect(own.feasible).toBe(false);
    expect(own.goalLowerBound).toBe(Number.POSITIVE_INFINITY);
    expect(checkPlan(line, own.plan)).toEqual([]);
  });

  test("a budget of zero: the cheapest plan found", () => {
    const own = policies["wisefuse-joint"](
      taskOf(line, { minimize: "latency", quantile: 0.95, costUsdMax: 0 }),
    );
    expect(own.feasible).toBe(false);
    const cheapest = policies.unfused(
      taskOf(line, { minimize: "cost", quantile: 0.95, latencyMsMax: 1e9 }),
    );
    expect(own.prediction.costUsdMean).toBeLessThanOrEqual(cheapest.prediction.costUsdMean);
  });
});

describe("a plan predicted to keep its SLO", () => {
  for (const seed of casesOf([5, 8], 1))
    test(`keeps it in simulation to one point, on luck nobody planned with (workflow ${seed})`, () => {
      const [task] = randomTasks(seed, 4, awsLambda2024.memorySizesMb);
      const { scenario, objective } = task!;
      const { search, judge } = planningModels(scenario);
      for (const name of ["wisefuse-joint", "wisefuse", "orion"] as const) {
        const decision = decide(policies[name], { ...task!, model: search }, judge);
        if (!decision.feasible || objective.minimize !== "cost") continue;
        const { columns } = simulate(scenario, decision.plan, {
          runs: 10_000,
          warmupRuns: 200,
          seed: "unseen",
        });
        const kept = columns.latencyMs.filter((ms) => ms <= objective.latencyMsMax).length;
        expect(kept / 10_000).toBeGreaterThanOrEqual(0.94);
      }
    });
});
