/**
 * Objectives that keep pace with a what-if: a bound that was right for a workload as it is would be out
 * of reach, or no bound at all, after its data grew 64-fold.
 */

import { InputError } from "../check.ts";
import { scenarioModel } from "../model/scenarios.ts";
import { checkPlan } from "../plan/check-plan.ts";
import { unfusedPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { type Objective, predictionOf } from "../policy/policy.ts";
import type { Workload } from "../trace/workload.ts";
import { oncePer } from "../workflow/once-per.ts";
import { objectivesAround, type Setting } from "./experiment.ts";
import { scenarioOf } from "./run-cell.ts";

/** The platform for which shipped workloads name their objectives. */
const HOME: Setting = { platform: "aws-lambda-2024", variation: undefined };
/** Few, since nothing is decided here: bounds only have to stretch alike. */
const PACE_RUNS = 128;
const PACE_SIZES_STEP = 6;
/** The unfused ML pipeline can not keep its own budget, and then nothing is at no greater cost. */
const BUDGET_FACTOR = 1.1;

/** What the unfused workflow can not go below with one VM size for all, every VM being warm. */
interface Pace {
  readonly latencyMs: number;
  readonly costUsd: number;
}

/** The workload's own SLO and 1.1 times its budget, in pace with every setting. */
export const objectivesInPace = {
  objectives: (workload: Workload) => objectivesAround(workload, [1], [BUDGET_FACTOR]),
  inSetting: inPace,
};

/**
 * A bound as far above the fastest, or the cheapest, unfused plan of one VM size as on `aws-lambda-2024` as
 * given: by prediction, over every sixth size, all VMs warm, since whether 4 or 6 % of runs start cold decides
 * a P95. Rounded to three digits for tables and names.
 * @throws InputError workflow, when the unfused workflow fits no single VM size of the platform.
 */
function inPace(own: Objective, workload: Workload, setting: Setting): Objective {
  const home = paceOf(workload, HOME);
  const here = paceOf(workload, setting);
  return own.minimize === "cost"
    ? { ...own, latencyMsMax: rounded((own.latencyMsMax * here.latencyMs) / home.latencyMs) }
    : { ...own, costUsdMax: rounded((own.costUsdMax * here.costUsd) / home.costUsd) };
}

const pacesOf = oncePer<Workload, Map<string, Pace>>(() => new Map());

function paceOf(workload: Workload, { platform, variation }: Setting): Pace {
  const known = pacesOf(workload);
  const key = JSON.stringify([platform, variation?.name, variation?.level]);
  let pace = known.get(key);
  if (pace === undefined) {
    const given = scenarioOf(workload, platform);
    pace = predicted(variation?.scenario(given) ?? given, workload.objective?.quantile ?? 0.95);
    known.set(key, pace);
  }
  return pace;
}

function predicted(scenario: Scenario, quantile: number): Pace {
  const { workflow, platform } = scenario;
  const warm: Scenario = { ...scenario, arrivals: { kind: "closed", inFlight: 1 } };
  const model = scenarioModel(warm, PACE_RUNS, "pace", {
    luck: "stratified",
    coldStarts: "per-group",
  });
  const legal = platform.memorySizesMb
    .toReversed()
    .map((memoryMb) => unfusedPlan(workflow, () => memoryMb))
    .filter((plan) => checkPlan(scenario, plan).length === 0);
  const predictions = legal
    .filter((_, i) => i % PACE_SIZES_STEP === 0)
    .map((plan) => predictionOf(model(plan), quantile));
  if (predictions.length === 0)
    throw new InputError("workflow", `"${workflow.name}" fits no VM size of ${platform.name}`);
  return {
    latencyMs: Math.min(...predictions.map((one) => one.latencyMsAtQuantile)),
    costUsd: Math.min(...predictions.map((one) => one.costUsdMean)),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
