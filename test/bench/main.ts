/**
 * `npm run bench`: the peers' fork-join workload through the public API, 3 stages of 16 workers, exponential
 * 1 s, Poisson 10/s, on `ideal` and with the full physics of `aws-lambda-2024`; speed and peak memory.
 */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  makeWorkflow,
  platformNamed,
  type Scenario,
  simulateEach,
  unfusedPlan,
} from "../../src/index.ts";
import { LogHistogram } from "./log-histogram.ts";

/** What one process measured. */
interface Measured {
  readonly runsPerSecond: number;
  readonly workersPerSecond: number;
  readonly eventEquivalentsPerSecond: number;
  readonly meanMs: number;
  readonly p95Ms: number;
  readonly peakMib: number;
}

const STAGES = ["a", "b", "c"];
const WORKERS = 16;
/** Arrival, and one event per worker: what the peers' loops count for a workflow. */
const EVENTS_PER_RUN = 1 + STAGES.length * WORKERS;
const ROUNDS = 5;

function forkJoin(platform: string): Scenario {
  const edges = [
    ["a", "b"],
    ["b", "c"],
  ].map(([from, to]) => ({
    from: from!,
    to: to!,
    bytes: 0,
    shape: "shuffle" as const,
    scalesWithRun: false,
    parallelRequests: 1,
  }));
  const stages = STAGES.map((id) => ({ id, workers: WORKERS }));
  const profileOf = (id: string) => ({
    runtime: "python3.12",
    package: { format: "zip" as const, mb: 10 },
    memoryMb: { runtime: 60, worker: 100 },
    initCpuMs: 100,
    compute: {
      kind: "cpu" as const,
      cpuMs: { exponential: { mean: 1000 } },
      serialFraction: 1,
      maxVcpus: 1,
      parallelYield: 1,
    },
    waitMs: 0,
    skew: { content: 0, runSigma: 0, runFactor: id, noiseCv: 0 },
  });
  return {
    workflow: makeWorkflow("fork-join", stages, edges),
    profile: Object.fromEntries(STAGES.map((id) => [id, profileOf(id)])),
    platform: platformNamed(platform),
    arrivals: { kind: "poisson", perSecond: 10 },
  };
}

function measure(platform: string, runs: number): Measured {
  const scenario = forkJoin(platform);
  const plan = unfusedPlan(scenario.workflow, () => 1769);
  const latency = new LogHistogram(1.001);
  simulateEach(scenario, plan, { runs: 500, warmupRuns: 0, seed: "warm-up" }, () => {});
  const startMs = performance.now();
  simulateEach(scenario, plan, { runs, warmupRuns: 0, seed: "bench" }, (row) => {
    latency.add(row[3]!);
  });
  const seconds = (performance.now() - startMs) / 1000;
  return {
    runsPerSecond: runs / seconds,
    workersPerSecond: (runs * (EVENTS_PER_RUN - 1)) / seconds,
    eventEquivalentsPerSecond: (runs * EVENTS_PER_RUN) / seconds,
    meanMs: latency.mean,
    p95Ms: latency.quantile(0.95),
    peakMib: process.resourceUsage().maxRSS / 1024,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

// Each measurement in a process of its own, so that peak memory is its own too; rounds interleaved.
function inProcess(platform: string, runs: number): Measured {
  const self = fileURLToPath(import.meta.url);
  const text = execFileSync(process.execPath, [self, platform, String(runs)], { encoding: "utf8" });
  return JSON.parse(text) as Measured;
}

function report(): void {
  const cases = ["ideal", "aws-lambda-2024"].flatMap((platform) =>
    [10_000, 100_000].map((runs) => ({ platform, runs, rounds: [] as Measured[] })),
  );
  for (let round = 0; round < ROUNDS; round++)
    for (const one of cases) one.rounds.push(inProcess(one.platform, one.runs));
  console.log(
    `fork-join, 3 x 16 workers, exp 1 s, 10/s; medians of ${ROUNDS} interleaved rounds, one core\n`,
  );
  console.log(
    "platform             runs   runs/s  workers/s  event-eq/s   mean s    P95 s  peak MiB",
  );
  for (const { platform, runs, rounds } of cases) {
    const at = (pick: (one: Measured) => number) => median(rounds.map(pick));
    console.log(
      [
        platform.padEnd(16),
        String(runs).padStart(8),
        at((m) => m.runsPerSecond)
          .toFixed(0)
          .padStart(8),
        at((m) => m.workersPerSecond)
          .toExponential(2)
          .padStart(10),
        at((m) => m.eventEquivalentsPerSecond)
          .toExponential(2)
          .padStart(11),
        (at((m) => m.meanMs) / 1000).toFixed(3).padStart(8),
        (at((m) => m.p95Ms) / 1000).toFixed(2).padStart(8),
        at((m) => m.peakMib)
          .toFixed(0)
          .padStart(9),
      ].join(" "),
    );
  }
  console.log("\nexact mean 10.142 s and P95 14.09 s on ideal (3 H(16); peers agree)");
}

const [platform, runs] = process.argv.slice(2);
if (platform !== undefined && runs !== undefined)
  console.log(JSON.stringify(measure(platform, Number(runs))));
else report();
