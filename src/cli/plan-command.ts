/** `plan`: one workload, one policy, one objective; EXPLAIN text and what to expect. */

import { InputError } from "../check.ts";
import { planningModels, scenarioOf } from "../harness/run-cell.ts";
import { checkScenario } from "../plan/check-plan.ts";
import { explainPlan } from "../plan/explain.ts";
import { decide } from "../policy/decide.ts";
import { policies, policyName } from "../policy/index.ts";
import type { Decision, Objective } from "../policy/policy.ts";
import { planText } from "../trace/plan-file.ts";
import type { Workload } from "../trace/workload.ts";
import { objectivesOf, oneObjective } from "./arguments.ts";
import { writeWhole } from "./files.ts";
import { loadWorkload } from "./load.ts";
import { wrapped } from "./wrap.ts";

/** Options of `plan`, as yargs gives them. */
export interface PlanOptions {
  readonly workload: string;
  readonly policy: string;
  readonly slo?: string | undefined;
  readonly budget?: string | undefined;
  readonly quantile: number;
  readonly platform: string;
  readonly output?: string | undefined;
  readonly json: boolean;
}

const NO_PLAN_MEETS_IT = 3;

/** Plans and prints; 3 when no plan meets the objective, the nearest being printed. */
export function planCommand(options: PlanOptions): number {
  const { workload, file } = loadWorkload(options.workload);
  const policy = policies[policyName(options.policy)];
  const objective = oneObjective(objectivesOf(options)) ?? ownObjective(workload, options.quantile);
  const scenario = scenarioOf(workload, options.platform);
  const faults = checkScenario(scenario);
  if (faults.length > 0) throw new InputError("workload", faults, file);
  const { search, judge } = planningModels(scenario);
  const decision = decide(policy, { scenario, objective, sizing: "tuned", model: search }, judge);
  const text = planText(decision.plan);
  if (options.output !== undefined) writeWhole(options.output, text);
  const { feasible, prediction, stop, plansSeen } = decision;
  if (options.json) {
    const answer = { feasible, prediction, stop, plansSeen, plan: decision.plan };
    process.stdout.write(`${JSON.stringify(answer, null, 1)}\n`);
  } else {
    process.stdout.write(wrapped(explainPlan(scenario, decision.plan)));
    process.stdout.write(wrapped(expectation(decision, objective)));
    process.stdout.write(wrapped(assumptions(workload)));
  }
  if (!feasible)
    process.stderr.write(`no plan found meets ${boundText(objective)}; this is the nearest\n`);
  return feasible ? 0 : NO_PLAN_MEETS_IT;
}

function ownObjective(workload: Workload, quantile: number): Objective {
  const own = workload.objective;
  if (own?.latencyMsMax !== undefined)
    return { minimize: "cost", quantile: own.quantile, latencyMsMax: own.latencyMsMax };
  if (own?.costUsdMax !== undefined)
    return { minimize: "latency", quantile: own.quantile, costUsdMax: own.costUsdMax };
  throw new InputError(
    "usage",
    `give --slo or --budget: workload "${workload.name}" has no objective of its own at quantile ${quantile}`,
  );
}

function boundText(objective: Objective): string {
  const percentile = `P${Number((100 * objective.quantile).toPrecision(4))}`;
  return objective.minimize === "cost"
    ? `${percentile} <= ${seconds(objective.latencyMsMax)}`
    : `${usd(objective.costUsdMax)} a run`;
}

function expectation(decision: Decision, objective: Objective): string {
  const { prediction, stop, plansSeen } = decision;
  const { latencyMsP50, latencyMsP95, latencyMsP99, costUsdMean } = prediction;
  return [
    `objective: least ${objective.minimize}, ${boundText(objective)}`,
    `expected: P50 ${seconds(latencyMsP50)}, P95 ${seconds(latencyMsP95)}, P99 ${seconds(latencyMsP99)}; ${usd(costUsdMean)} a run`,
    `search: ${plansSeen} plans seen, stopped for ${stop}\n`,
  ].join("\n");
}

// What the answer rests on that nobody measured.
function assumptions(workload: Workload): string {
  const assumed = workload.provenance.filter((one) => one.tag === "assumed");
  if (assumed.length === 0) return "";
  const lines = assumed.map(({ path, source }) => `  ${path}: ${source}`);
  return `assumed, not measured:\n${lines.join("\n")}\n`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(4)} s`;
}

function usd(value: number): string {
  return `$${Number(value.toPrecision(4))}`;
}
