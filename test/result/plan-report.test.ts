import { expect, test } from "vitest";
import { leftOut, scenarioModel } from "../../src/model/scenarios.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { type Objective, predictionOf, violation } from "../../src/policy/policy.ts";
import { wrapped } from "../../src/cli/wrap.ts";
import { assumptionsOf } from "../../src/result/assumptions.ts";
import { optimalityGap, type PlanReport, planReport } from "../../src/result/plan-report.ts";
import { planReportText } from "../../src/result/plan-report-text.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { COLD_MS, exactCloud } from "../exact-cloud.ts";
import { apart, chain, planOf, scenarioOf } from "../toy-graphs.ts";

const toy = chain([1000, 2000], 10_000);
const fused = planOf(toy, [{ stages: ["s0", "s1"] }]);
const objective: Objective = { minimize: "cost", quantile: 0.9, latencyMsMax: 3300 };
const workload: Workload = {
  name: "chain",
  description: "two stages",
  source: "a test",
  workflow: toy.workflow,
  profile: toy.profile,
  arrivals: { kind: "once" },
  objective: undefined,
  provenance: [
    { path: "stages.s0.compute", tag: "assumed", source: "a round number" },
    { path: "stages.s1.compute", tag: "measured", source: "a stopwatch" },
  ],
};

function reportOf(
  plan: ExecutionPlan,
  arrivals: Arrivals,
  change: {
    readonly goalLowerBound?: number;
    readonly platform?: Platform;
    readonly objective?: Objective;
    readonly usualMb?: number;
  } = {},
): PlanReport {
  const { goalLowerBound = null, platform = exactCloud, usualMb } = change;
  const aim = change.objective ?? objective;
  const scenario = scenarioOf(toy, platform, arrivals);
  const model = scenarioModel(scenario, 400, "judge");
  const warm = { ...scenario, arrivals: { kind: "closed", inFlight: 1 } } as const;
  const prediction = predictionOf(model(plan), aim.quantile);
  const feasible = violation(prediction, aim) === 0;
  const stop = "no-better-plan";
  return planReport({
    workload,
    policy: "by hand",
    task: { scenario, objective: aim, sizing: "tuned", model },
    decision: { plan, prediction, feasible, stop, plansSeen: 7, goalLowerBound },
    judge: model,
    warmJudge: scenarioModel(warm, 400, "judge"),
    usualMb,
  });
}

test("a lone run always meets a cold start, and the report says what it takes, by hand", () => {
  const { expected, coldStarts, feasible } = reportOf(fused, { kind: "once" });
  // The fused VM loads both packages: 10 MB more. Hop 100, 1,000 of work, 1 for 10,000 bytes in memory, 2,000 of work.
  const warmMs = 3101;
  expect(coldStarts.runFraction).toBe(1);
  expect(coldStarts.latencyMsAtQuantileWithout).toBeCloseTo(warmMs, 6);
  expect(expected.latencyMsAtQuantile.value).toBeCloseTo(warmMs + COLD_MS + 10, 6);
  expect(feasible).toBe(false);
  expect(reportOf(fused, { kind: "closed", inFlight: 1 }).coldStarts.runFraction).toBe(0);
});

test("the share of cold runs is that of pauses longer than the keep-alive", () => {
  // Poisson at rate r: exp(-r K) of the runs come later than the keep-alive K.
  const platform: Platform = { ...exactCloud, keepAliveMs: 60_000 };
  const { coldStarts } = reportOf(fused, { kind: "poisson", perSecond: 0.01 }, { platform });
  const share = 0.5488;
  expect(Math.abs(coldStarts.runFraction - share)).toBeLessThan(4 * Math.sqrt(0.25 / 400));
});

test("the optimality gap is what the goal is above its bound, over the goal", () => {
  const prediction = {
    costUsdMean: 4,
    latencyMsAtQuantile: 50,
    latencyMsP50: 1,
    latencyMsP95: 1,
    latencyMsP99: 1,
  };
  const gap = (goalLowerBound: number | null, minimize: "cost" | "latency", feasible = true) =>
    optimalityGap(
      { prediction, feasible, goalLowerBound },
      minimize === "cost"
        ? { minimize, quantile: 0.9, latencyMsMax: 99 }
        : { minimize, quantile: 0.9, costUsdMax: 9 },
    );
  expect(gap(3, "cost")).toBe(0.25);
  expect(gap(40, "latency")).toBeCloseTo(0.2, 12);
  // The bound is of other runs than the prediction, so it may come out above it.
  expect(gap(4.1, "cost")).toBe(0);
  expect(gap(null, "cost")).toBeNull();
  expect(gap(3, "cost", false)).toBeNull();
});

test("a report survives JSON", () => {
  const report = reportOf(fused, { kind: "once" }, { goalLowerBound: 1 });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test("assumptions are those of the workload, those of the platform in use, and the model's", () => {
  const paths = (plan: ExecutionPlan) =>
    assumptionsOf(workload, awsLambda2024, plan).map(({ of, path }) => `${of} ${path}`);
  const unfused = paths(apart(toy));
  expect(unfused).toContain("workload stages.s0.compute");
  expect(unfused).not.toContain("workload stages.s1.compute");
  expect(unfused).toContain("platform price.initBilled");
  expect(unfused.filter((path) => /direct|local|concurrency|memory/.test(path))).toEqual([]);
  expect(paths(apart(toy, 1769, "direct"))).toContain("platform direct");
  expect(paths(fused)).toContain("platform local");
  expect(unfused.filter((path) => path === "model ").length).toBe(leftOut.length);
});

test("the text, with what each decision changes, fits 80 columns", () => {
  const report = reportOf(fused, { kind: "closed", inFlight: 1 }, { goalLowerBound: 0.01 });
  const text = wrapped(planReportText(report));
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).toMatchInlineSnapshot(`
    "objective: least cost, P90 ≤ 3.3 s
    expected, with 95 % intervals:
      P50   3.101  (3.101 to 3.101) s
      P90   3.101  (3.101 to 3.101) s
      P95   3.101  (3.101 to 3.101) s
      P99   3.101  (3.101 to 3.101) s
      cost  26.32  (26.32 to 26.32) USD per 1,000 runs
      Intervals are of the luck in the model's 400 runs, not of its error.
      No run of the model meets a cold start.

    what each decision changes, against the plan without that one:
                                                       what it changes    without it
                                          P90    95 % interval    cost    P90   cost
                                            s                s  USD/1k      s USD/1k
    fuse s0 + s1
      vs stages in VMs of their own    −0.159 −0.159 to −0.159   −1111  3.260   1137

    search: 7 plans seen; no rewrite of the best plans brought a better one; no plan
      of its space within the bound costs less than 10.00 USD per 1,000 runs;
      optimality gap 62.0 %

    assumed of the workload, not measured:
      stages.s0.compute: a round number
    left out by the model:
      throttling: concurrency limits, burst and retries
      readers of direct passing that pull at different times
      failures: crashes, errors, repeats and second deliveries; plans are made as if
        nothing failed
    "
  `);
  expect(planReportText({ ...report, decisions: [], goalLowerBound: null })).toContain(
    "no rewrite of the best plans brought a better one; no bound proved\n",
  );
});

test("marks say what the objective needs, what the policy does not find, and what the model ignores", () => {
  const closed = { kind: "closed", inFlight: 1 } as const;
  const prewarmed = planOf(toy, [{ stages: ["s0", "s1"], prewarmMs: 5 }]);
  const tight: Objective = { ...objective, latencyMsMax: 3200 };
  expect(planReportText(reportOf(prewarmed, closed, { objective: tight }))).toMatch(
    /own \* +−0\.159 .*\n.*\n {2}vs when its inputs are ready: no change that the model knows of\n\* misses/,
  );
  const hopeless: Objective = { ...objective, latencyMsMax: 1 };
  expect(planReportText(reportOf(prewarmed, closed, { objective: hopeless }))).not.toContain("*");
  // One thread cannot use five vCPUs.
  const large = planOf(toy, [{ stages: ["s0"], memoryMb: 8845 }, { stages: ["s1"] }]);
  expect(planReportText(reportOf(large, closed, { usualMb: 1769 }))).toMatch(
    /give s0 8845 MB\n {2}vs 1769 MB, as unfused ! +0\.000 .*\n! serves/,
  );
});
