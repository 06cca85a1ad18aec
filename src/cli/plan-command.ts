/** `plan`: one workload, one policy, one objective; EXPLAIN text, what to expect and why. */

import { InputError } from "../check.ts";
import { simulate, type SimulateOptions } from "../execution/simulate.ts";
import { renderPng } from "../figure/figure.ts";
import { policyStyle } from "../figure/palette.ts";
import { paretoFront as frontFigure } from "../figure/pareto-front.ts";
import { diagramSheet, planDiagram, STAGES_DRAWN_MAX } from "../figure/plan-diagram.ts";
import { type PlanningModels, planningModels, scenarioOf } from "../harness/run-cell.ts";
import { shownRuns } from "../harness/shown-runs.ts";
import { checkScenario } from "../plan/check-plan.ts";
import { explainPlan } from "../plan/explain.ts";
import type { Scenario } from "../plan/scenario.ts";
import { decide } from "../policy/decide.ts";
import { type PolicyName, policies, policyName } from "../policy/index.ts";
import { paretoFront } from "../policy/pareto.ts";
import type { Decision, Objective, PlanningTask } from "../policy/policy.ts";
import { aimText } from "../result/comparison.ts";
import { type Front, frontOf, frontTable } from "../result/front.ts";
import { planReport } from "../result/plan-report.ts";
import { planReportText } from "../result/plan-report-text.ts";
import { criticalStages } from "../result/timeline.ts";
import { planText } from "../trace/plan-file.ts";
import type { Workload } from "../trace/workload.ts";
import { objectivesOf, oneObjective, wholeNumber } from "./arguments.ts";
import { writeChart } from "./chart-files.ts";
import { fontFiles, writeWhole } from "./files.ts";
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
  readonly pareto: boolean;
  readonly points: number;
  readonly output?: string | undefined;
  readonly json: boolean;
}

const NO_PLAN_MEETS_IT = 3;

/** Plans and prints; 3 when no plan meets the objective, the nearest being printed. */
export async function planCommand(options: PlanOptions): Promise<number> {
  const points = wholeNumber("--points", options.points, 2);
  const { workload, file } = loadWorkload(options.workload);
  const policy = policyName(options.policy);
  const objective = oneObjective(objectivesOf(options)) ?? ownObjective(workload, options.quantile);
  const scenario = scenarioOf(workload, options.platform);
  const faults = checkScenario(scenario);
  if (faults.length > 0) throw new InputError("workload", faults, file);
  const models = planningModels(scenario);
  const task: PlanningTask = { scenario, objective, sizing: "tuned", model: models.search };
  const decision = decide(policies[policy], task, models.judge);
  const report = planReport({
    workload,
    policy,
    task,
    decision,
    judge: models.judge,
    warmJudge: planningModels(withoutColdStarts(scenario)).judge,
    usualMb: usualMb(task, models),
  });
  const front = options.pareto ? frontFor(task, policy, decision, models, points) : undefined;
  if (options.output !== undefined) {
    writeWhole(options.output, planText(decision.plan));
    await writeDiagram(options.output, scenario, policy, decision);
    if (front !== undefined) await writeFront(options.output, front);
  }
  if (options.json) {
    const answer = front === undefined ? report : { ...report, front };
    process.stdout.write(`${JSON.stringify(answer, null, 1)}\n`);
  } else {
    process.stdout.write(wrapped(explainPlan(scenario, decision.plan)));
    process.stdout.write(wrapped(planReportText(report)));
    if (front !== undefined) process.stdout.write(`\n${frontTable(front)}`);
  }
  if (!decision.feasible)
    process.stderr.write(`no plan found meets ${aimText(objective)}; this is the nearest\n`);
  return decision.feasible ? 0 : NO_PLAN_MEETS_IT;
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

// Runs that follow each other at once always find warm VMs.
function withoutColdStarts(scenario: Scenario): Scenario {
  return { ...scenario, arrivals: { kind: "closed", inFlight: 1 } };
}

// The size that the unfused workflow would be given; undefined where no one size suits all stages.
function usualMb(task: PlanningTask, { judge }: PlanningModels): number | undefined {
  try {
    return decide(policies.unfused, task, judge).plan.groups[0]!.memoryMb;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function frontFor(
  task: PlanningTask,
  policy: PolicyName,
  decision: Decision,
  { judge }: PlanningModels,
  points: number,
): Front {
  process.stderr.write(`searching the cost-latency front: ${points} objectives\n`);
  const decisions = paretoFront(policies[policy], task, judge, points);
  return frontOf(task.scenario, { policy, objective: task.objective }, decisions, decision);
}

const LOOKED_AT: SimulateOptions = { runs: 200, warmupRuns: 20, seed: "diagram" };

// Beside the plan, its diagram; which stages are critical is what a typical run of a few shows.
async function writeDiagram(
  output: string,
  scenario: Scenario,
  policy: PolicyName,
  { plan }: Decision,
): Promise<void> {
  const { workflow } = scenario;
  const few = workflow.stages.length <= STAGES_DRAWN_MAX;
  const log = few ? simulate(scenario, plan, LOOKED_AT) : undefined;
  const typical = log === undefined ? undefined : shownRuns(scenario, plan, LOOKED_AT, log)[0];
  const critical = criticalStages(typical?.spans ?? [], workflow.edges);
  const title = `${workflow.name}, ${policyStyle(policy).label}`;
  const sheet = diagramSheet([await planDiagram(scenario, plan, { title, critical })]);
  const base = output.replace(/\.json$/, "");
  writeWhole(`${base}.svg`, sheet);
  writeWhole(`${base}.png`, await renderPng(sheet, fontFiles()));
}

async function writeFront(output: string, front: Front): Promise<void> {
  const base = output.replace(/\.json$/, "");
  writeWhole(`${base}.pareto.json`, `${JSON.stringify(front, null, 1)}\n`);
  await writeChart(`${base}.pareto`, frontFigure(front));
}
