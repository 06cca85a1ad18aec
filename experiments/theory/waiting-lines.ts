/** First come, first served as a workflow: a customer starts after its arrival and after the one before it. */

import { counted, exactly, type Family, pairs, type Setting } from "./family.ts";
import { drainTime, forkJoinOfTwo, harmonic } from "./formulas.ts";
import {
  apart,
  cloud,
  inOneVm,
  LAWS,
  REPLICATIONS,
  scenarioOf,
  SERVICE_MS,
  type Work,
} from "./scenarios.ts";
import {
  type DistributionSpec,
  type ExecutionPlan,
  RUN_COLUMNS,
  type Scenario,
  simulateEach,
} from "../../src/index.ts";

const LATENCY = RUN_COLUMNS.indexOf("latencyMs");
const EXPONENTIAL: Work = { cpuMs: LAWS.exponential };

/** How a waiting line is laid out. */
interface Line {
  readonly load: number;
  /** Queues that every customer joins at once. */
  readonly queues: number;
  readonly customers: number;
  /** Customers of each replication that only fill the queues. */
  readonly skipped: number;
  /** How long the customer who comes to each queue at 0 is there. */
  readonly atFirst: DistributionSpec;
}

/**
 * Stages a0 -> a1 -> … wait from arrival to arrival; stage s<i>q<k> is customer i in queue k, after its
 * arrival and after customer i - 1: Lindley's recursion as a graph.
 */
function lineOf({ load, queues, customers, atFirst }: Line): Scenario {
  const stages: Record<string, Work> = {};
  const edges: (readonly [string, string, "gather"])[] = [];
  const queue = Array.from({ length: queues }, (_, k) => k);
  for (const k of queue) stages[`first${k}`] = { cpuMs: atFirst };
  for (let i = 0; i < customers; i++) {
    stages[`a${i}`] = { waitMs: { exponential: { mean: SERVICE_MS / load } } };
    if (i > 0) edges.push([`a${i - 1}`, `a${i}`, "gather"]);
    for (const k of queue) {
      stages[`s${i}q${k}`] = EXPONENTIAL;
      edges.push([`a${i}`, `s${i}q${k}`, "gather"]);
      edges.push([i > 0 ? `s${i - 1}q${k}` : `first${k}`, `s${i}q${k}`, "gather"]);
    }
  }
  return scenarioOf(stages, edges, cloud(), REPLICATIONS);
}

/** Mean response of each replication, in services: from a customer's arrival to the end of its last part. */
function responses(
  line: Line,
  scenario: Scenario,
  plan: ExecutionPlan,
  runs: number,
  seed: string,
): Float64Array {
  const arriveMs = new Float64Array(line.customers);
  const leaveMs = new Float64Array(line.customers);
  const means: number[] = [];
  simulateEach(
    scenario,
    plan,
    {
      runs,
      warmupRuns: 0,
      seed,
      spans: ({ stage, endMs }) => {
        const customer = Number.parseInt(stage.slice(1), 10);
        if (stage.startsWith("a")) arriveMs[customer] = endMs;
        else if (stage.startsWith("s")) leaveMs[customer] = Math.max(leaveMs[customer]!, endMs);
      },
    },
    () => {
      let sum = 0;
      for (let i = line.skipped; i < line.customers; i++) sum += leaveMs[i]! - arriveMs[i]!;
      means.push(sum / (line.customers - line.skipped) / SERVICE_MS);
      leaveMs.fill(0);
    },
  );
  return Float64Array.from(means);
}

// In steady state the response is exponential, so this customer, who comes at 0, makes all that follow
// stationary. What the first arrival after 0 would find of a stationary backlog is less: nobody came since.
function stationary(load: number): DistributionSpec {
  return { exponential: { mean: SERVICE_MS / (1 - load) } };
}

const LOADS = [
  0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85,
] as const;

/** M/M/1, first come, first served: stages of one VM, or each in a VM of its own. */
export const singleServer: Family = {
  name: "M/M/1",
  quantity: "mean response, first come, first served, in services",
  formula: "1 / (1 - load)",
  source: "Kleinrock, Queueing Systems I, 1975, §3.2; Lindley, 1952 (the graph)",
  settings: pairs(["one VM", "apart"] as const, LOADS).map(([layout, load]) => ({
    label: `load ${load}, ${layout}`,
    truth: exactly(1 / (1 - load)),
    observe: (seed, effort) => {
      const line = { load, queues: 1, customers: 50, skipped: 0, atFirst: stationary(load) };
      const scenario = lineOf(line);
      const plan = layout === "apart" ? apart(scenario) : inOneVm(scenario, 1);
      return responses(line, scenario, plan, counted(800, effort), seed);
    },
  })),
};

function queueing(queues: number, load: number): Setting {
  const two = forkJoinOfTwo(load);
  // Above two queues: no less than two of them or than empty queues, no more than if they were independent.
  const bounds = { low: Math.max(two, harmonic(queues)), high: harmonic(queues) / (1 - load) };
  return {
    label: `${queues} queues, load ${load}`,
    truth: queues === 2 ? exactly(two) : bounds,
    observe: (seed, effort) => {
      const line = { load, queues, customers: 150, skipped: 90, atFirst: 0 };
      const scenario = lineOf(line);
      return responses(line, scenario, apart(scenario), counted(250, effort, 60), seed);
    },
  };
}

// The makespan of n workers of one stage that start together.
function together(
  label: string,
  n: number,
  servers: number,
  layout: "vcpus" | "map" | "slots",
): Setting {
  return {
    label: `${n} workers, ${label}`,
    truth: exactly(drainTime(n, servers)),
    observe: (seed, effort) => {
      const { orchestrator } = cloud();
      const platform =
        layout === "map"
          ? cloud({ orchestrator: { ...orchestrator, parallelStarts: servers } })
          : cloud();
      const scenario = scenarioOf(
        { fork: { ...EXPONENTIAL, workers: n } },
        [],
        platform,
        REPLICATIONS,
      );
      const one = inOneVm(scenario, layout === "slots" ? 80 : Math.min(80, servers));
      const slotted = { ...one, groups: [{ ...one.groups[0]!, concurrency: servers }] };
      const plan = layout === "map" ? apart(scenario) : layout === "slots" ? slotted : one;
      const times: number[] = [];
      simulateEach(
        scenario,
        plan,
        { runs: counted(60_000 / n, effort, 400), warmupRuns: 0, seed },
        (row) => times.push(row[LATENCY]! / SERVICE_MS),
      );
      return Float64Array.from(times);
    },
  };
}

/** Fork and join: queues that every arrival joins, and workers of one run on servers of several sorts. */
export const forkJoin: Family = {
  name: "fork-join",
  quantity: "mean time until the slowest of n exponential parts has ended, in services",
  formula: "(12 - load) / 8 / (1 - load) for 2 queues; sum of 1 / min(k, servers)",
  source: "Flatto and Hahn, 1984; Nelson and Tantawi, 1988; Renyi, 1953",
  settings: [
    ...[0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65].map((load) => queueing(2, load)),
    ...pairs([3, 5, 8], [0.2, 0.4, 0.6]).map(([queues, load]) => queueing(queues, load)),
    ...[2, 3, 5, 10, 30, 100].map((n) => together("a VM each", n, n, "map")),
    ...pairs([4, 12, 40], [2, 5]).map(([n, c]) => together(`${c} vCPUs`, n, c, "vcpus")),
    ...pairs([4, 12, 40], [2, 5]).map(([n, c]) => together(`${c} slots`, n, c, "slots")),
    ...pairs([4, 12, 40], [2, 5]).map(([n, c]) => together(`${c} starts at once`, n, c, "map")),
  ],
};
