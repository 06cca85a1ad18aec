/** How long each task of a sweep is expected to take: to start the longest first, and to cut shards of one size. */

import { join } from "node:path";
import type { PolicyName } from "../policy/index.ts";
import { shapeOf } from "../trace/shape-facts.ts";
import type { Workload } from "../trace/workload.ts";
import { type Sweep, taskName } from "./sweep-tasks.ts";
import { readTimings } from "./timings-file.ts";
import type { SweepTask } from "./worker.ts";

// Milliseconds of one core, fitted by eye to the timings of `slo-sweep`, `ablation` and `equal-cost`: right within a
// factor of three for nine tasks in ten, which is enough to order and to cut.
const SIMULATE_MS = 0.003; // a worker's run, the reference's share included
const PLAN_MS = 10; // a worker of the workflow, under most policies
const POLICY_PLAN_MS: Partial<Record<PolicyName | "fixed", number>> = {
  fixed: 1,
  unfused: 4,
  cherrypick: 20,
  "wisefuse-joint": 50,
  exhaustive: 1000,
};
const STUDY_MS = 10_000;

/** Expected time of each task on one core, ms: as measured before where `timings.json` has it, else by the rule above. */
export function expectedTimes(sweep: Sweep, folder: string): readonly number[] {
  const measured = earlierTimes(folder);
  const workers = new Map(
    sweep.loaded.map(({ workload }) => [workload.name, workersOf(workload)] as const),
  );
  return sweep.tasks.map((task) => measured.get(taskName(task)) ?? ruleMs(task, workers));
}

function ruleMs(task: SweepTask, workers: ReadonlyMap<string, number>): number {
  if (task.kind === "study") return STUDY_MS;
  const { policy, workload, runs, warmupRuns } = task.cell;
  const planMs = POLICY_PLAN_MS[policy] ?? PLAN_MS;
  return workers.get(workload)! * (planMs + SIMULATE_MS * (runs + warmupRuns));
}

function workersOf({ workflow }: Workload): number {
  return shapeOf(workflow).nodes;
}

function earlierTimes(folder: string): ReadonlyMap<string, number> {
  const { cells, studies } = readTimings(join(folder, "timings.json"));
  return new Map([
    ...cells.map(({ cell, wallMs }) => [cell, wallMs] as const),
    ...studies.map(({ study, task, wallMs }) => [`${study}/${task}`, wallMs] as const),
  ]);
}

/**
 * Cuts a row of tasks into at most `shards` runs of neighbours, so that the longest run is as short as can be:
 * neighbours share a scenario, so what one has learnt serves the next. Places of tasks, shard by shard; none is empty.
 * Cost: O(tasks × log).
 */
export function shardsOf(timesMs: readonly number[], shards: number): readonly number[][] {
  let low = Math.max(...timesMs);
  let high = timesMs.reduce((sum, ms) => sum + ms, 0);
  // Sixty halvings of the bound are more than a number has digits.
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (cut(timesMs, middle).length <= shards) high = middle;
    else low = middle;
  }
  return cut(timesMs, high);
}

function cut(timesMs: readonly number[], boundMs: number): number[][] {
  const parts: number[][] = [];
  let sum = Number.POSITIVE_INFINITY;
  timesMs.forEach((ms, place) => {
    if (sum + ms > boundMs) {
      parts.push([]);
      sum = 0;
    }
    sum += ms;
    parts.at(-1)!.push(place);
  });
  return parts;
}
