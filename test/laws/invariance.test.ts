/** What must change nothing: names, text and back, the unit of time; and what EXPLAIN must tell apart. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RUN_COLUMNS, type RunLog } from "../../src/execution/run-log.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { explainPlan } from "../../src/plan/explain.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { bundle, fuse, lead, relayout, repass, resize, split } from "../../src/plan/rewrites.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform, RequestLatency } from "../../src/platform/platform.ts";
import type { DistributionSpec } from "../../src/stats/families.ts";
import { parsePlan, planText } from "../../src/trace/plan-file.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadText } from "../../src/trace/workload-text.ts";
import { randomWorkload } from "../../src/trace/random-workload.ts";
import { edgeId, makeWorkflow } from "../../src/workflow/workflow.ts";
import { planOf, scenarioOf, toyOf } from "../toy-graphs.ts";
import { type RandomCase, randomCases } from "./random-plan.ts";

const platform: Platform = { ...awsLambda2024, keepAliveMs: 4000 };
const options = { runs: 30, warmupRuns: 2, seed: "laws" };
const logOf = ({ scenario, plan }: RandomCase): RunLog => simulate(scenario, plan, options);

describe("names", () => {
  // Backwards in the alphabet, so that nothing can rest on their order.
  const renamed = (id: string) =>
    /^s\d+$/.test(id) ? `${String.fromCharCode(122 - Number(id.slice(1)))} stage` : id;

  function relabelled({ scenario, plan }: RandomCase): RandomCase {
    const { workflow, profile } = scenario;
    const edges = workflow.edges.map((edge) => ({
      ...edge,
      from: renamed(edge.from),
      to: renamed(edge.to),
    }));
    return {
      scenario: {
        ...scenario,
        workflow: makeWorkflow(
          "other",
          workflow.stages.map((stage) => ({ ...stage, id: renamed(stage.id) })),
          edges,
        ),
        profile: Object.fromEntries(
          Object.entries(profile)
            .reverse()
            .map(([id, one]) => [
              renamed(id),
              { ...one, skew: { ...one.skew, runFactor: `${one.skew.runFactor} factor` } },
            ]),
        ),
      },
      plan: {
        ...plan,
        workflow: "other",
        groups: plan.groups.map((group) => ({ ...group, stages: group.stages.map(renamed) })),
        passing: Object.fromEntries(
          workflow.edges.flatMap((edge, i) => {
            const passing = plan.passing[edgeId(edge)];
            return passing === undefined ? [] : [[edgeId(edges[i]!), passing] as const];
          }),
        ),
      },
    };
  }

  test("of stages, run factors and workflows change no bit of a run", () => {
    fc.assert(
      fc.property(randomCases(8, platform), (one) => {
        const other = relabelled(one);
        expect(other.scenario.workflow.stages.map(({ id }) => id)).toEqual(
          one.scenario.workflow.stages.map(({ id }) => renamed(id)),
        );
        expect(logOf(other)).toEqual(logOf(one));
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});

describe("the unit of time", () => {
  const request = (one: RequestLatency, k: number): RequestLatency => ({
    ...one,
    medianMs: k * one.medianMs,
    msPerMib: k * one.msPerMib,
    floorMs: k * one.floorMs,
  });

  function spec(one: DistributionSpec, k: number): DistributionSpec {
    if (typeof one === "number") return k * one;
    if ("constant" in one) return { constant: k * one.constant };
    if ("quantiles" in one) return { quantiles: one.quantiles.map(([p, x]) => [p, k * x]) };
    if ("mixture" in one)
      return { mixture: one.mixture.map((part) => ({ ...part, of: spec(part.of, k) })) };
    if ("lognormal" in one && "median" in one.lognormal)
      return { lognormal: { ...one.lognormal, median: k * one.lognormal.median } };
    if ("exponential" in one) return { exponential: { mean: k * one.exponential.mean } };
    throw new Error(`no rule to scale ${JSON.stringify(one)}`);
  }

  // Every time k times as long, every rate a k-th: the same cloud with another clock.
  function slowed({ scenario, plan }: RandomCase, k: number): RandomCase {
    const { platform: one, profile, arrivals } = scenario;
    if (arrivals.kind !== "poisson") throw new Error("expected Poisson arrivals");
    const { store, orchestrator, coldStart, direct, local, concurrency, price } = one;
    return {
      plan: {
        ...plan,
        groups: plan.groups.map((group) => ({
          ...group,
          prewarmMs: group.prewarmMs === null ? null : k * group.prewarmMs,
        })),
      },
      scenario: {
        ...scenario,
        arrivals: { ...arrivals, perSecond: arrivals.perSecond / k },
        profile: Object.fromEntries(
          Object.entries(profile).map(([id, stage]) => {
            const { compute } = stage;
            if (compute.kind !== "cpu") throw new Error("expected a formula");
            return [
              id,
              {
                ...stage,
                initCpuMs: k * stage.initCpuMs,
                waitMs: spec(stage.waitMs, k),
                compute: { ...compute, cpuMs: spec(compute.cpuMs, k) },
              },
            ];
          }),
        ),
        platform: {
          ...one,
          nicBytesPerMs: one.nicBytesPerMs.map(({ x, y }) => ({ x, y: y / k })),
          store: {
            ...store,
            get: request(store.get, k),
            put: request(store.put, k),
            connectionBytesPerMs: store.connectionBytesPerMs / k,
          },
          orchestrator: {
            ...orchestrator,
            hops: orchestrator.hops.map((hop) => ({
              ...hop,
              p50Ms: k * hop.p50Ms,
              p95Ms: k * hop.p95Ms,
            })),
            dispatchSpreadMs: orchestrator.dispatchSpreadMs.map(({ x, y }) => ({ x, y: k * y })),
          },
          invokeMs: spec(one.invokeMs, k),
          direct: {
            setupMs: k * direct.setupMs,
            connectionBytesPerMs: direct.connectionBytesPerMs / k,
          },
          local: {
            bytesPerMs: local.bytesPerMs / k,
            processStartMs: k * local.processStartMs,
          },
          coldStart: {
            acquisitionMs: spec(coldStart.acquisitionMs, k),
            acquisitionMsPerMb: k * coldStart.acquisitionMsPerMb,
            runtimeInitMs: Object.fromEntries(
              Object.entries(coldStart.runtimeInitMs).map(([name, { zip, image }]) => [
                name,
                { zip: spec(zip, k), image: spec(image, k) },
              ]),
            ),
          },
          keepAliveMs: spec(one.keepAliveMs, k),
          concurrency: {
            ...concurrency,
            scaleOutPerSecond: concurrency.scaleOutPerSecond / k,
            retry: { ...concurrency.retry, intervalMs: k * concurrency.retry.intervalMs },
          },
          runMsMax: k * one.runMsMax,
          price: {
            ...price,
            usdPerMbMs: price.usdPerMbMs / k,
            billingStepMs: k * price.billingStepMs,
            minimumBilledMs: k * price.minimumBilledMs,
          },
        },
      },
    };
  }

  const TIMES = RUN_COLUMNS.filter((name) => name.endsWith("Ms"));
  const busy = { ...platform, concurrency: { ...platform.concurrency, limit: 8 } };

  test("scales every time of every run, and leaves counts, bytes and cost alone", () => {
    fc.assert(
      fc.property(
        randomCases(8, busy),
        fc.double({ min: 0.05, max: 50, noNaN: true }),
        (one, k) => {
          const [log, slow] = [logOf(one), logOf(slowed(one, k))];
          expect(slow.status).toEqual(log.status);
          for (const name of RUN_COLUMNS) {
            const factor = TIMES.includes(name) || name === "gbS" ? k : 1;
            log.columns[name].forEach((value, run) => {
              const error = Math.abs(slow.columns[name][run]! - factor * value);
              expect(error, name).toBeLessThan(1e-7 * factor * (1 + Math.abs(value)));
            });
          }
        },
      ),
      { numRuns: 80, seed: 6 },
    );
  });
});

describe("text and back", () => {
  test("gives the same workload, whatever it is", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 9 }), (seed, stages) => {
        const workload = randomWorkload(`text ${seed}`, { stages, fanOutMax: 9, bytesMax: 1e8 });
        const text = workloadText(workload);
        const back = parseWorkload(text, "back.yaml");
        expect({ ...back, provenance: [] }).toEqual({ ...workload, provenance: [] });
        expect(workloadText(back)).toBe(text);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test("gives the same plan, with the same runs and the same EXPLAIN", () => {
    fc.assert(
      fc.property(randomCases(8, platform), ({ scenario, plan }) => {
        const back = parsePlan(planText(plan), "plan.json");
        expect(back).toEqual(plan);
        expect(explainPlan(scenario, back)).toBe(explainPlan(scenario, plan));
      }),
      { numRuns: 100, seed: 8 },
    );
  });
});

describe("EXPLAIN", () => {
  const behaviour = (scenario: Scenario, plan: ExecutionPlan) =>
    JSON.stringify(
      RUN_COLUMNS.map((name) => [
        ...simulate(scenario, plan, { ...options, runs: 10 }).columns[name],
      ]),
    );

  test("tells any two neighbouring plans apart that do not run alike", () => {
    const rewrites = [fuse, split, bundle, relayout, repass, resize, lead];
    let pairs = 0;
    fc.assert(
      fc.property(randomCases(6, platform), fc.nat(6), fc.nat(100), (one, rewrite, which) => {
        const { scenario, plan } = one;
        const near = [...rewrites[rewrite]!(plan, scenario)].filter(
          (other) => checkPlan(scenario, other).length === 0,
        );
        const other = near[which % Math.max(1, near.length)];
        if (other === undefined) return;
        if (explainPlan(scenario, other) !== explainPlan(scenario, plan)) {
          pairs++;
          return;
        }
        expect(behaviour(scenario, other)).toBe(behaviour(scenario, plan));
      }),
      { numRuns: 200, seed: 9 },
    );
    expect(pairs).toBeGreaterThan(100);
  });

  test("names what a plan is made of: sizes, slots, isolation, assignment, leads, passings", () => {
    const toy = toyOf("one", { work: [100, 4, { skew: { content: [1, 2, 3, 4] } }] }, []);
    const base = { stages: ["work"], workersPerVm: 2, memoryMb: 3538 } as const;
    const texts = [
      base,
      { ...base, memoryMb: 1769 },
      { ...base, workersPerVm: 4 },
      { ...base, concurrency: 1 },
      { ...base, isolation: "processes" as const },
      { ...base, assignment: "balanced" as const },
      { ...base, prewarmMs: 0 },
      { ...base, prewarmMs: 100 },
    ].map((group) => explainPlan(scenarioOf(toy), planOf(toy, [group])));
    expect(new Set(texts).size).toBe(texts.length);
  });
});
