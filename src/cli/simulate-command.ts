/** `simulate`: one workload under one plan; its table, or its runs as Arrow. */

import { InputError, type InputFault } from "../check.ts";
import type { RunLog } from "../execution/run-log.ts";
import { simulate, simulateEach, type SimulateOptions } from "../execution/simulate.ts";
import type { StageSpan } from "../execution/spans.ts";
import { renderSvg } from "../figure/figure.ts";
import { timelineChart } from "../figure/timeline.ts";
import { planningModels, scenarioOf } from "../harness/run-cell.ts";
import { type ShownRun, shownRuns } from "../harness/shown-runs.ts";
import { checkPlan, checkScenario } from "../plan/check-plan.ts";
import { explainPlan } from "../plan/explain.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Arrivals, Scenario } from "../plan/scenario.ts";
import { decide } from "../policy/decide.ts";
import { policies, policyName } from "../policy/index.ts";
import { type Decision, type Objective, predictionOf } from "../policy/policy.ts";
import { type CellIdentity, cellName, type CellRow, cellsToCsv } from "../result/cell-table.ts";
import { measureCell } from "../result/measure.ts";
import { METER_ERROR, RunMeter } from "../result/run-meter.ts";
import { spansToCsv } from "../result/spans-csv.ts";
import { spansToOtlp } from "../result/spans-otlp.ts";
import { comparisonTable } from "../result/text-table.ts";
import { timelineOf } from "../result/timeline.ts";
import { timelineTrace } from "../result/timeline-trace.ts";
import { rootKey } from "../stats/random.ts";
import { parsePlan, planText } from "../trace/plan-file.ts";
import { arrivalsOf, timestampsOf } from "../trace/units.ts";
import type { Workload } from "../trace/workload.ts";
import { wholeNumber } from "./arguments.ts";
import { readText, writeWhole } from "./files.ts";
import { loadWorkload } from "./load.ts";
import {
  refuseDetails,
  replicationJson,
  replicationText,
  repetitionsOf,
} from "./replication-options.ts";
import { replicate } from "./replications.ts";
import { writeRuns, writeRunsAsTheyEnd } from "./runs-file.ts";
import { fail } from "./usage.ts";

/** Options of `simulate`, as yargs gives them. */
export interface SimulateCommandOptions {
  readonly workload: string;
  readonly plan?: string | undefined;
  readonly policy?: string | undefined;
  readonly arrivals?: string | undefined;
  readonly platform: string;
  readonly runs: number;
  readonly seed: string;
  readonly output?: string | undefined;
  /** Where to write what every worker did: .csv, or .json for OTLP. */
  readonly spans?: string | undefined;
  /** Where to write a typical and a slow run: .json for a Chrome trace, .svg for a chart. */
  readonly timeline?: string | undefined;
  /** Runs before those that are reported; of each replication. */
  readonly warmup: number;
  readonly replications?: number | undefined;
  readonly until?: string | undefined;
  readonly jobs?: number | undefined;
  readonly json: boolean;
}

/** Runs up to which every one is kept and quantiles are exact. */
const RUNS_KEPT = 1_000_000;

const ANY_COST: Objective = { minimize: "latency", quantile: 0.95, costUsdMax: Number.MAX_VALUE };

/** Simulates and prints one row; with `-o` also writes tables and plan. */
export async function simulateCommand(options: SimulateCommandOptions): Promise<number> {
  const runs = wholeNumber("--runs", options.runs, 1);
  expectEnding("--spans", options.spans, [".csv", ".json"]);
  expectEnding("--timeline", options.timeline, [".json", ".svg"]);
  const { workload, file } = loadWorkload(options.workload);
  const arrivals =
    options.arrivals === undefined ? workload.arrivals : arrivalsFrom(options.arrivals);
  const scenario = scenarioOf({ ...workload, arrivals }, options.platform);
  const faults = checkScenario(scenario);
  if (faults.length > 0) throw new InputError("workload", faults, file);
  const warmupRuns = wholeNumber("--warmup", options.warmup, 0);
  const repetitions = repetitionsOf(options);
  const many = repetitions === undefined && runs > RUNS_KEPT;
  if (many) refuseDetails(options, `for ${RUNS_KEPT} runs at most, got ${runs}`);
  const { plan, policy, decision } = planOf(options, scenario);
  const identity: CellIdentity = {
    experiment: "simulate",
    workload: workload.name,
    platform: scenario.platform.name,
    policy,
    sizing: "tuned",
    objective: "latency",
    quantile: 0.95,
    slo_ms: null,
    budget_usd: null,
    variation: null,
    level: null,
    seed: options.seed,
  };
  const spans: StageSpan[] = [];
  const { seed, platform } = options;
  const task = { workload: options.workload, platform, arrivals: scenario.arrivals, plan, runs };
  const replicated =
    repetitions && (await replicate({ ...repetitions, task: { ...task, warmupRuns, seed } }));
  const settings: SimulateOptions = {
    runs,
    warmupRuns,
    seed,
    spans: options.spans === undefined ? undefined : (span) => spans.push(span),
  };
  const runsFile = options.output === undefined ? undefined : `${options.output}/runs.arrow`;
  const log = many ? null : (replicated?.log ?? simulate(scenario, plan, settings));
  const row =
    log === null
      ? await meteredRow(scenario, plan, settings, identity, decision, runsFile)
      : loggedRow(log, identity, decision);
  if (options.output !== undefined && runsFile !== undefined) {
    writeWhole(`${options.output}/cells.csv`, await cellsToCsv([row]));
    if (log !== null) await writeRuns(runsFile, [{ cell: cellName(identity), log }]);
    writeWhole(`${options.output}/plan.json`, planText(plan));
    writeWhole(`${options.output}/plan.txt`, explainPlan(scenario, plan));
  }
  if (options.spans !== undefined)
    writeWhole(options.spans, await spansText(options.spans, spans, workload));
  if (options.timeline !== undefined && log !== null) {
    const shown = shownRuns(scenario, plan, settings, log);
    writeWhole(options.timeline, await timelineText(options.timeline, shown, plan, workload.name));
  }
  if (options.json) {
    const json = { ...row, ...(replicated && replicationJson(replicated)) };
    process.stdout.write(`${JSON.stringify(json, null, 1)}\n`);
    return 0;
  }
  process.stdout.write(comparisonTable([row]));
  if (many)
    process.stdout.write(
      `quantiles of more than ${RUNS_KEPT} runs are within ${100 * METER_ERROR} % of exact ones\n`,
    );
  if (replicated) process.stdout.write(`\n${replicationText(replicated, repetitions?.precision)}`);
  return 0;
}

function expectEnding(option: string, file: string | undefined, endings: readonly string[]): void {
  if (file !== undefined && !endings.some((ending) => file.endsWith(ending)))
    fail(option, `expected a ${endings.join(" or ")} file, got ${file}`);
}

function loggedRow(
  log: RunLog,
  identity: CellIdentity,
  decision: Pick<Decision, "prediction" | "feasible">,
): CellRow {
  const key = rootKey(`bootstrap/${cellName(identity)}`);
  return measureCell(identity, decision, log, undefined, key);
}

// In memory that does not grow with the runs.
async function meteredRow(
  scenario: Scenario,
  plan: ExecutionPlan,
  options: SimulateOptions,
  identity: CellIdentity,
  decision: Pick<Decision, "prediction" | "feasible">,
  runsFile: string | undefined,
): Promise<CellRow> {
  const meter = new RunMeter();
  if (runsFile === undefined) simulateEach(scenario, plan, options, meter.sink);
  else
    await writeRunsAsTheyEnd(runsFile, cellName(identity), (keep) =>
      simulateEach(scenario, plan, options, (row, status) => {
        meter.sink(row, status);
        keep(row, status);
      }),
    );
  return meter.row(identity, decision);
}

function spansText(
  file: string,
  spans: readonly StageSpan[],
  { workflow }: Workload,
): Promise<string> {
  return file.endsWith(".csv")
    ? spansToCsv(spans, workflow)
    : Promise.resolve(spansToOtlp(spans, workflow));
}

function timelineText(
  file: string,
  shown: readonly ShownRun[],
  plan: ExecutionPlan,
  workload: string,
): string | Promise<string> {
  const runs = shown.map(({ name, run, arriveMs, latencyMs, spans }) => ({
    name: `${name} run`,
    title: `${name} run (number ${run})`,
    lanes: timelineOf(spans, plan, arriveMs),
    latencyMs,
  }));
  return file.endsWith(".json")
    ? timelineTrace(runs)
    : renderSvg(timelineChart(`Runs of ${workload} on their VMs`, runs, null));
}

function planOf(
  options: SimulateCommandOptions,
  scenario: Scenario,
): { plan: ExecutionPlan; policy: string; decision: Pick<Decision, "prediction" | "feasible"> } {
  const { search, judge } = planningModels(scenario);
  if (options.plan !== undefined) {
    const plan = parsePlan(readText(options.plan), options.plan);
    const faults = [...strangerFaults(scenario, plan), ...checkPlan(scenario, plan)];
    if (faults.length > 0) throw new InputError("plan", faults, options.plan);
    const prediction = predictionOf(judge(plan), 0.95);
    return { plan, policy: "fixed", decision: { prediction, feasible: true } };
  }
  if (options.policy === undefined)
    throw new InputError("usage", "give --plan plan.json or --policy name");
  const name = policyName(options.policy);
  const task = { scenario, objective: ANY_COST, sizing: "tuned", model: search } as const;
  const decision = decide(policies[name], task, judge);
  return { plan: decision.plan, policy: name, decision };
}

// Of a plan for another workflow hardly any rule holds; that it is for another is the reason.
function strangerFaults({ workflow }: Scenario, plan: ExecutionPlan): readonly InputFault[] {
  const known = new Set(workflow.stages.map(({ id }) => id));
  const lacked = plan.groups.flatMap(({ stages }) => stages.filter((id) => !known.has(id)));
  if (lacked.length === 0 || plan.workflow === workflow.name) return [];
  const message = `the plan is for "${plan.workflow}", not for "${workflow.name}"`;
  return [{ where: "workflow", message }];
}

function arrivalsFrom(text: string): Arrivals {
  if (!text.startsWith("trace:")) return arrivalsOf(text, "--arrivals");
  const file = text.slice("trace:".length);
  return timestampsOf(readText(file), file);
}
