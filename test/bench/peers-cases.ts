/** What peers were measured on. */

import { type BenchCase, simulated } from "./case.ts";
import {
  AWS,
  type BenchScenario,
  forkJoin,
  IDEAL,
  keepAlive,
  mm10,
  noServer,
  oneDag,
  type Setting,
} from "./workloads.ts";

// An arrival and one event a worker: what the peers' loops count for a workflow.
const FORK_JOIN_EVENTS = 49;
const NOSERVER_CALLS = 52;
const DAG_TASKS = 20_800;

const run = ({ scenario, plan }: BenchScenario, runs: number, unitsPerRun: number) =>
  simulated(scenario, plan, { runs, unitsPerRun });

function forkJoinCase(name: string, setting: Setting, runs: number): BenchCase {
  return {
    name: `fork-join-${name}-${runs}`,
    family: "fork-join, 3 x 16 workers, exp 1 s, 10/s",
    unit: "events",
    work: () => run(forkJoin(setting, 10), runs, FORK_JOIN_EVENTS),
  };
}

function keepAliveCase(perSecond: number): BenchCase {
  return {
    name: `keep-alive-${perSecond}`,
    family: "keep-alive, one function, exp 1.991 s, kept 600 s",
    unit: "calls",
    work: () => run(keepAlive(perSecond), 1_000_000, 1),
  };
}

/** Cases in the order of their tables. */
export const peersCases: readonly BenchCase[] = [
  ...[10_000, 100_000, 1_000_000].map((runs) => forkJoinCase("ideal", IDEAL, runs)),
  ...[10_000, 100_000, 1_000_000].map((runs) => forkJoinCase("aws", AWS, runs)),
  ...[0.9, 10, 100, 5000].map(keepAliveCase),
  {
    name: "noserver",
    family: "NoServer's own case, 52 calls a workflow",
    unit: "workflows",
    work: () => {
      const done = run(noServer(IDEAL), 20_000, NOSERVER_CALLS);
      return { ...done, units: done.units / NOSERVER_CALLS };
    },
  },
  {
    name: "noserver-aws",
    family: "NoServer's own case, 52 calls a workflow",
    unit: "workflows",
    work: () => {
      const done = run(noServer(AWS), 20_000, NOSERVER_CALLS);
      return { ...done, units: done.units / NOSERVER_CALLS };
    },
  },
  {
    name: "one-dag",
    family: "one DAG of 20,800 tasks on 20 slots",
    unit: "tasks",
    work: () => run(oneDag(), 1, DAG_TASKS),
  },
  {
    name: "mm10",
    family: "M/M/10 at load 0.9, tries again every 50 ms",
    unit: "customers",
    work: () => run(mm10(), 200_000, 1),
  },
];
