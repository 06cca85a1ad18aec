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

// What the compiler has made of the first simulation it takes back in the second, whose parts are others of their kind.
const WARM_UPS = 3;

/** Options of a simulation that is measured. */
export interface RunsOptions {
  readonly runs: number;
  readonly unitsPerRun: number;
  /** Done before anything is measured, in some short simulations; by default 50,000, and no more than are measured. */
  readonly warmUpUnits?: number;
}

/** Simulates after a warm-up and keeps the quantiles of latency, as a user would. */
export function simulated(
  scenario: Scenario,
  plan: ExecutionPlan,
  { runs, unitsPerRun, warmUpUnits = Math.min(50_000, runs * unitsPerRun) }: RunsOptions,
): Done {
  const some = Math.ceil(warmUpUnits / unitsPerRun / WARM_UPS);
  for (let i = 0; i < WARM_UPS; i++) {
    const options = { runs: some, warmupRuns: 0, seed: `warm-up ${i}` };
    simulateEach(scenario, plan, options, new Tally().sink);
  }
  const tally = new Tally();
  const time = timed(() =>
    simulateEach(scenario, plan, { runs, warmupRuns: 0, seed: "bench" }, tally.sink),
  );
  return { units: runs * unitsPerRun, ...time, note: tally.note(runs) };
}

/** What a user would keep of runs. */
class Tally {
  readonly #latencyMs = new QuantileSketch({ relativeError: 0.001, exactUpTo: 10_000 });
  #costUsd = 0;
  #cold = 0;
  #uses = 0;
  #failed = 0;

  readonly sink = (row: Float64Array, status: number): void => {
    this.#latencyMs.add(row[3]!);
    this.#costUsd += row[4]!;
    this.#cold += row[5]!;
    this.#uses += row[6]!;
    if (status !== 0) this.#failed++;
  };

  note(runs: number): string {
    const latencyMs = this.#latencyMs;
    const shown = [
      `mean ${(latencyMs.mean / 1000).toFixed(3)} s`,
      `P95 ${(latencyMs.quantile(0.95) / 1000).toFixed(2)} s`,
      `cold ${((100 * this.#cold) / this.#uses).toFixed(2)} %`,
      `${((1e6 * this.#costUsd) / runs).toPrecision(3)} USD/M`,
    ];
    if (this.#failed > 0) shown.push(`failed ${this.#failed}`);
    return shown.join(", ");
  }
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
