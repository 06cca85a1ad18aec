/** The runs of a simulation that are worth looking at one by one: a typical one and a slow one. */

import { RUN_STATUS, type RunLog } from "../execution/run-log.ts";
import { simulate, type SimulateOptions } from "../execution/simulate.ts";
import type { StageSpan } from "../execution/spans.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { percentile } from "../result/unit.ts";

/** One run of many, chosen by how slow it is. Times in ms after the simulation's first moment. */
export interface ShownRun {
  /** `P50` or `P95`. */
  readonly name: string;
  readonly run: number;
  readonly arriveMs: number;
  readonly latencyMs: number;
  readonly spans: readonly StageSpan[];
}

const SHOWN = [0.5, 0.95];
const FINISHED = RUN_STATUS.indexOf("finished");

/**
 * The runs whose latencies are the nearest ranks of P50 and P95 among those that finished, with what
 * their workers did. Simulates again with the same luck, since spans of all runs would not fit; no
 * run is shown when none has finished. `log` is of the same simulation.
 */
export function shownRuns(
  scenario: Scenario,
  plan: ExecutionPlan,
  options: SimulateOptions,
  log: Pick<RunLog, "columns" | "status" | "runs">,
): readonly ShownRun[] {
  const { latencyMs, arriveMs } = log.columns;
  const finished = Array.from({ length: log.runs }, (_, run) => run)
    .filter((run) => log.status[run] === FINISHED)
    .sort((a, b) => latencyMs[a]! - latencyMs[b]! || a - b);
  if (finished.length === 0) return [];
  const chosen = SHOWN.map((p) => ({
    name: percentile(p),
    run: finished[Math.ceil(p * finished.length) - 1]!,
  }));
  const spans = new Map(chosen.map(({ run }): [number, StageSpan[]] => [run, []]));
  simulate(scenario, plan, { ...options, spans: (span) => spans.get(span.run)?.push(span) });
  return chosen.map(({ name, run }) => ({
    name,
    run,
    arriveMs: arriveMs[run]!,
    latencyMs: latencyMs[run]!,
    spans: spans.get(run)!,
  }));
}
