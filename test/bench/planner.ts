/**
 * Speed of planning: end-to-end distributions of latency and cost per second on the three applications,
 * under both models, and the time of whole decisions. Runs on its own or as a part of `npm run bench`.
 */

import { fileURLToPath } from "node:url";
import { loadWorkload } from "../../src/cli/load.ts";
import { planningModels } from "../../src/harness/run-cell.ts";
import { convolutionModel } from "../../src/model/convolution.ts";
import type { PerformanceModel } from "../../src/model/prediction.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { bundle, fuse, resize } from "../../src/plan/rewrites.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { platformNamed } from "../../src/platform/index.ts";
import { decide } from "../../src/policy/decide.ts";
import { mainPolicies, policies } from "../../src/policy/index.ts";
import { predictionOf } from "../../src/policy/policy.ts";
import type { Objective } from "../../src/policy/policy.ts";

const APPS = ["ml-pipeline", "approximate-svd", "video-analytics"];
const ROUNDS = 5;
const RUNS = 128;
const QUANTILE = 0.95;
/** Plans of a mix: a walk over neighbours, so that groups recur as they do in a search. */
const PLANS = 400;
/** A model is asked for a share of the mix where one answer takes milliseconds. */
const PLANS_SLOW = 40;

/** Plans per second of one model on one application. Medians of rounds. */
export interface ModelSpeed {
  readonly app: string;
  readonly model: "scenarios" | "convolution";
  /** Nothing known: every plan to a model that has seen none. */
  readonly freshPerSecond: number;
  /** One plan after another, each new, groups recurring. */
  readonly newPerSecond: number;
  /** Plans whose groups are all known, each in full: quantiles of latency and mean cost. */
  readonly knownPerSecond: number;
}

/** Time of a whole decision, search and judgement, ms. Median of rounds, each with models of its own. */
export interface DecisionTime {
  readonly app: string;
  readonly policy: string;
  readonly decideMs: number;
}

/** What the planner bench measures. */
export interface PlannerSpeed {
  readonly models: readonly ModelSpeed[];
  readonly decisions: readonly DecisionTime[];
}

/** Measures the three applications in interleaved rounds; `rounds` decisions of each main policy. */
export function measurePlanner(rounds = ROUNDS): PlannerSpeed {
  const apps = APPS.map(appOf);
  const models = apps.flatMap((app) =>
    (["scenarios", "convolution"] as const).map((model) => ({
      ...app,
      model,
      samples: [] as Rates[],
    })),
  );
  const decisions = apps.flatMap((app) =>
    mainPolicies.map((policy) => ({ ...app, policy, ms: [] as number[] })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const one of models) one.samples.push(ratesOf(one.scenario, one.model, one.plans));
    for (const one of decisions) {
      const { search, judge } = planningModels(one.scenario);
      const { scenario, objective } = one;
      const task = { scenario, objective, sizing: "tuned", model: search } as const;
      one.ms.push(millisecondsOf(() => decide(policies[one.policy], task, judge)));
    }
  }
  return {
    models: models.map(({ name, model, samples }) => ({
      app: name,
      model,
      freshPerSecond: median(samples.map((one) => one.fresh)),
      newPerSecond: median(samples.map((one) => one.fromNew)),
      knownPerSecond: median(samples.map((one) => one.known)),
    })),
    decisions: decisions.map(({ name, policy, ms }) => ({
      app: name,
      policy,
      decideMs: median(ms),
    })),
  };
}

interface App {
  readonly name: string;
  readonly scenario: Scenario;
  readonly objective: Objective;
  readonly plans: readonly ExecutionPlan[];
}

function appOf(name: string): App {
  const { workload } = loadWorkload(name);
  const { workflow, profile, arrivals, objective } = workload;
  const latencyMsMax = objective?.latencyMsMax;
  if (arrivals === undefined || latencyMsMax === undefined)
    throw new Error(`${name} needs arrivals and an objective`);
  const scenario = { workflow, profile, arrivals, platform: platformNamed("aws-lambda-2024") };
  return {
    name,
    scenario,
    objective: { minimize: "cost", quantile: QUANTILE, latencyMsMax },
    plans: mixOf(scenario),
  };
}

// Neighbours breadth first from the unfused plan, each rewrite in turn, none twice.
function mixOf(scenario: Scenario): readonly ExecutionPlan[] {
  const plans = [unfusedPlan(scenario.workflow, () => scenario.platform.memory.maxMb)];
  const seen = new Set<string>();
  for (const from of plans)
    for (const rewrite of [resize, bundle, fuse])
      for (const plan of rewrite(from, scenario)) {
        const key = JSON.stringify(plan);
        if (plans.length >= PLANS) return plans;
        if (seen.has(key) || checkPlan(scenario, plan).length > 0) continue;
        seen.add(key);
        plans.push(plan);
      }
  return plans;
}

interface Rates {
  readonly fresh: number;
  readonly fromNew: number;
  readonly known: number;
}

function ratesOf(
  scenario: Scenario,
  model: ModelSpeed["model"],
  plans: readonly ExecutionPlan[],
): Rates {
  const make = (): PerformanceModel =>
    model === "scenarios"
      ? scenarioModel(scenario, RUNS, "bench", { luck: "stratified", coldStarts: "per-group" })
      : convolutionModel(scenario);
  const mix = model === "scenarios" ? plans : plans.slice(0, PLANS_SLOW);
  const remembering = make();
  const ask = (to: PerformanceModel, plan: ExecutionPlan) => predictionOf(to(plan), QUANTILE);
  const some = mix.filter((_, i) => i % (PLANS / 10) === 0);
  const perSecond = (count: number, work: () => void) => (1000 * count) / millisecondsOf(work);
  return {
    fresh: perSecond(some.length, () => {
      for (const plan of some) ask(make(), plan);
    }),
    fromNew: perSecond(mix.length, () => {
      for (const plan of mix) ask(remembering, plan);
    }),
    known: perSecond(mix.length, () => {
      for (const plan of mix) ask(remembering, plan);
    }),
  };
}

function millisecondsOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** The measurements as text tables. */
export function plannerTables({ models, decisions }: PlannerSpeed): string {
  const number = (value: number) => value.toFixed(0).padStart(14);
  return [
    "plans/s                        nothing known     new plans   groups known",
    ...models.map(
      ({ app, model, freshPerSecond, newPerSecond, knownPerSecond }) =>
        app.padEnd(17) +
        model.padEnd(11) +
        [freshPerSecond, newPerSecond, knownPerSecond].map(number).join(""),
    ),
    "",
    "decide, ms         " + APPS.map((app) => app.padStart(17)).join(""),
    ...mainPolicies.map(
      (policy) =>
        policy.padEnd(19) +
        decisions
          .filter((one) => one.policy === policy)
          .map((one) => one.decideMs.toFixed(0).padStart(17))
          .join(""),
    ),
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(plannerTables(measurePlanner(Number(process.argv[2] ?? ROUNDS))));
