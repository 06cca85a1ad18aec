/** Simulates workflow runs under a plan: the public face of the execution. */

import { InputError } from "../check.ts";
import { Simulator } from "../des/simulator.ts";
import { compile } from "../physics/compile.ts";
import { checkPlan } from "../plan/check-plan.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { rootKey } from "../stats/random.ts";
import { arrivalProcess } from "../physics/arrivals.ts";
import { Account } from "./account.ts";
import { LoneRuns, runsAreAlone } from "./lone-runs.ts";
import { RUN_COLUMNS, type RunColumn, type RunLog, type RunSink } from "./run-log.ts";
import { simulationOf } from "./simulation-of.ts";
import type { SpanSink } from "./spans.ts";
import { VmSupply } from "./vm-supply.ts";

/** Events after which something must be wrong. */
export const EVENTS_MAX = 1e12;

/** How much to simulate, and with which luck. */
export interface SimulateOptions {
  /** Runs to report. */
  readonly runs: number;
  /** Runs before them that only warm the platform up. */
  readonly warmupRuns: number;
  /** Any text: names the luck. */
  readonly seed: string;
  /** Receives what every worker of the reported runs did; costs nothing when left out. */
  readonly spans?: SpanSink | undefined;
}

/**
 * Simulates and hands each reported run to `sink` in order of completion (of arrival, where runs cannot meet), in
 * memory that does not grow with the number of runs. Returns the number of events.
 * @throws InputError plan, naming every rule the plan breaks.
 */
export function simulateEach(
  scenario: Scenario,
  plan: ExecutionPlan,
  options: SimulateOptions,
  sink: RunSink,
): number {
  const faults = checkPlan(scenario, plan);
  if (faults.length > 0) throw new InputError("plan", faults);
  const root = rootKey(options.seed);
  const { warmupRuns, runs, spans } = options;
  const program = compile(scenario, plan);
  const arrivals = arrivalProcess(scenario.arrivals, root);
  const reported: RunSink = (row, status) => {
    if (row[0]! < warmupRuns) return;
    row[0] = row[0]! - warmupRuns;
    sink(row, status);
  };
  if (spans === undefined && runsAreAlone(program, arrivals))
    return new LoneRuns(program, root, reported).run(arrivals, warmupRuns + runs);
  const { platform, groups } = program;
  const clock = new Simulator({ eventsMax: EVENTS_MAX });
  const supply = new VmSupply(program, new Account(platform.concurrency, groups.length), 0);
  const simulation = simulationOf({
    program,
    root,
    arrivals,
    runs: warmupRuns + runs,
    sink: reported,
    clock,
    supply,
    spans: spans === undefined ? undefined : reportedSpans(spans, warmupRuns),
  });
  simulation.begin();
  clock.run((kind, subject) => simulation.handle(kind, subject));
  return clock.events;
}

/**
 * Simulates and returns every reported run, in the order of arrival.
 * @throws InputError plan, naming every rule the plan breaks.
 */
export function simulate(
  scenario: Scenario,
  plan: ExecutionPlan,
  options: SimulateOptions,
): RunLog {
  const columns = RUN_COLUMNS.map(() => new Float64Array(options.runs));
  const status = new Uint8Array(options.runs);
  let reported = 0;
  const events = simulateEach(scenario, plan, options, (row, code) => {
    const run = row[0]!;
    for (let c = 0; c < columns.length; c++) columns[c]![run] = row[c]!;
    status[run] = code;
    reported++;
  });
  const whole = reported === options.runs;
  return {
    runs: reported,
    columns: Object.fromEntries(
      RUN_COLUMNS.map((name, c) => [name, whole ? columns[c]! : columns[c]!.slice(0, reported)]),
    ) as Record<RunColumn, Float64Array>,
    status: whole ? status : status.slice(0, reported),
    events,
  };
}

function reportedSpans(spans: SpanSink, warmupRuns: number): SpanSink {
  return (span) => {
    if (span.run >= warmupRuns) spans({ ...span, run: span.run - warmupRuns });
  };
}
