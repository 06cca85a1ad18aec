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
/** One vCPU on AWS: the size of the VMs of the plan that sets the pace. */
const PACE_MB = 1769;
const PACE_RUNS = 512;

interface Pace {
  readonly latencyMs: number;
  readonly costUsd: number;
}

/**
 * The workload's own SLO and budget, stretched as much as predicted P95 and cost of the unfused workflow in
 * VMs of one vCPU (or the nearest size that fits) differ from what they are on `aws-lambda-2024` as
 * given. Rounded to three digits, so that the same number stands in tables and names.
 * @throws InputError workflow, when the unfused workflow fits no single VM size of the platform.
 */
export function objectivesInPace(workload: Workload, setting: Setting): readonly Objective[] {
  const home = paceOf(workload, HOME);
  const here = paceOf(workload, setting);
  return objectivesAround(workload, [1], [1]).map((own) =>
    own.minimize === "cost"
      ? { ...own, latencyMsMax: rounded((own.latencyMsMax * here.latencyMs) / home.latencyMs) }
      : { ...own, costUsdMax: rounded((own.costUsdMax * here.costUsd) / home.costUsd) },
  );
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
  const distance = (memoryMb: number) => Math.abs(memoryMb - PACE_MB);
  const plan = platform.memorySizesMb
    .toSorted((a, b) => distance(a) - distance(b))
    .map((memoryMb) => unfusedPlan(workflow, () => memoryMb))
    .find((one) => checkPlan(scenario, one).length === 0);
  if (plan === undefined)
    throw new InputError("workflow", `"${workflow.name}" fits no VM size of ${platform.name}`);
  const model = scenarioModel(scenario, PACE_RUNS, "pace", {
    luck: "stratified",
    coldStarts: "per-plan",
  });
  const { latencyMsAtQuantile, costUsdMean } = predictionOf(model(plan), quantile);
  return { latencyMs: latencyMsAtQuantile, costUsd: costUsdMean };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
