/** A thread that simulates replications of one plan. */

import type { RunLog } from "../execution/run-log.ts";
import { simulate } from "../execution/simulate.ts";
import { scenarioOf } from "../harness/run-cell.ts";
import { workloadOnce } from "./load.ts";
import type { ReplicationTask } from "./replications.ts";

/** The log of one replication; it depends on the task alone. */
export default function runReplication(task: ReplicationTask): RunLog {
  const workload = { ...workloadOnce(task.workload), arrivals: task.arrivals };
  const scenario = scenarioOf(workload, task.platform);
  const { runs, warmupRuns, seed } = task;
  return simulate(scenario, task.plan, { runs, warmupRuns, seed });
}
