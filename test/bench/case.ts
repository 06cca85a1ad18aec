/** What a bench case is, and how one is measured: its own process each time, so that peak memory is its own too. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type ExecutionPlan, type Scenario, simulateEach } from "../../src/index.ts";
import { QuantileSketch } from "../../src/stats/quantile-sketch.ts";

/** One thing to measure. */
export interface BenchCase {
  readonly name: string;
  /** Which table it belongs to, and what is counted there. */
  readonly family: string;
  readonly unit: string;
  /** Left out of `--quick`. */
  readonly long?: boolean;
  /** Does it once and says how much was done, and what shows that it was done right. */
  readonly work: () => Done;
}

/** How much was done, in how long. */
export interface Done {
  readonly units: number;
  readonly seconds: number;
  /** CPU time of all threads, the collector's too; on a machine that is shared it says more. */
  readonly cpuSeconds: number;
  readonly note: string;
}

/** What one process measured. */
export interface Measured extends Done {
  readonly peakMib: number;
}

/** Options of a simulation that is measured. */
export interface RunsOptions {
  readonly runs: number;
  readonly unitsPerRun: number;
}

/** Simulates after a warm-up and keeps the quantiles of latency, as a user would. */
export function simulated(
  scenario: Scenario,
  plan: ExecutionPlan,
  { runs, unitsPerRun }: RunsOptions,
): Done {
  const latencyMs = new QuantileSketch({ relativeError: 0.001, exactUpTo: 10_000 });
  let costUsd = 0;
  let cold = 0;
  let uses = 0;
  let failed = 0;
  const warmUp = Math.min(runs, Math.ceil(50_000 / unitsPerRun));
  simulateEach(scenario, plan, { runs: warmUp, warmupRuns: 0, seed: "warm-up" }, () => {});
  const time = timed(() =>
    simulateEach(scenario, plan, { runs, warmupRuns: 0, seed: "bench" }, (row, status) => {
      latencyMs.add(row[3]!);
      costUsd += row[4]!;
      cold += row[5]!;
      uses += row[6]!;
      if (status !== 0) failed++;
    }),
  );
  const shown = [
    `mean ${(latencyMs.mean / 1000).toFixed(3)} s`,
    `P95 ${(latencyMs.quantile(0.95) / 1000).toFixed(2)} s`,
    `cold ${((100 * cold) / uses).toFixed(2)} %`,
    `${((1e6 * costUsd) / runs).toPrecision(3)} USD/M`,
  ];
  if (failed > 0) shown.push(`failed ${failed}`);
  return { units: runs * unitsPerRun, ...time, note: shown.join(", ") };
}

/** Wall and CPU time of some work, s. */
function timed(work: () => void): Pick<Done, "seconds" | "cpuSeconds"> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  work();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/** Measures a case in this process. */
export function measured(one: BenchCase): Measured {
  return { ...one.work(), peakMib: process.resourceUsage().maxRSS / 1024 };
}

/** Measures a case in a process of its own. */
export function inProcess(name: string): Measured {
  const main = fileURLToPath(new URL("main.js", import.meta.url));
  const text = execFileSync(process.execPath, [main, "--child", name], { encoding: "utf8" });
  return JSON.parse(text) as Measured;
}

/** The middle value; the upper one of an even number. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
