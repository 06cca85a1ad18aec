/** Single decisions whose time is worth knowing: planners on workflows from three stages to hundreds. */

import { decide } from "../policy/decide.ts";
import { policies, type PolicyName } from "../policy/index.ts";
import type { Objective } from "../policy/policy.ts";
import { type DecisionRow, decisionRow } from "../result/decision-table.ts";
import { randomWorkload, SMALL } from "../trace/random-workload.ts";
import type { Workload } from "../trace/workload.ts";
import type { Drawn } from "./gap-study.ts";
import { planningModels, scenarioOf } from "./run-cell.ts";
import type { DecisionStudy } from "./study.ts";

/** What to plan for. */
interface PlanningStudyOptions {
  readonly policies: readonly PolicyName[];
  readonly platform: string;
  /** Random workloads for a policy: not every planner ends on large ones. */
  readonly drawn: (policy: PolicyName) => readonly Drawn[];
  /** Shipped workloads, each under its own SLO. */
  readonly shipped: readonly string[];
}

/**
 * One task a decision, as `wisefuse plan` takes it: models built, searched, judged, and searched again
 * where the plan does not hold up. A random workload's SLO lies halfway between the fastest and the
 * cheapest unfused plan's latency.
 */
export function planningStudy(name: string, options: PlanningStudyOptions): DecisionStudy {
  const parts = options.policies.flatMap((policy) => [
    ...options.drawn(policy).map(({ seed, stages }) => ({
      policy,
      label: `random-${seed}-of-${stages}-stages`,
      workload: () => randomWorkload(String(seed), { stages, ...SMALL }),
    })),
    ...options.shipped.map((label) => ({ policy, label, workload: undefined })),
  ]);
  const tasks = new Map(parts.map((part) => [`${part.policy} on ${part.label}`, part]));
  return {
    name,
    tasks: [...tasks.keys()],
    rows(task, load) {
      const { policy, label, workload } = tasks.get(task)!;
      return [planned(task, policy, workload?.() ?? load(label), options.platform)];
    },
  };
}

function planned(
  task: string,
  policy: PolicyName,
  workload: Workload,
  platform: string,
): DecisionRow {
  const scenario = scenarioOf(workload, platform);
  const { search, judge } = planningModels(scenario);
  const given = { scenario, sizing: "tuned", model: search } as const;
  const unfused = (objective: Objective) =>
    policies.unfused({ ...given, objective }).prediction.latencyMsAtQuantile;
  const halfway = (quantile: number) =>
    (unfused({ minimize: "latency", quantile, costUsdMax: Number.MAX_VALUE }) +
      unfused({ minimize: "cost", quantile, latencyMsMax: Number.MAX_VALUE })) /
    2;
  const quantile = workload.objective?.quantile ?? 0.95;
  const latencyMsMax = workload.objective?.latencyMsMax ?? halfway(quantile);
  const objective = { minimize: "cost", quantile, latencyMsMax } as const;
  const decision = decide(policies[policy], { ...given, objective }, judge);
  return decisionRow({ task, workload, policy }, objective, decision, undefined);
}
