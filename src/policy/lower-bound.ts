/**
 * What no plan can go below, whatever it fuses, bundles, sizes or passes: from the work itself, the speed
 * laws and the price of a vCPU. Hops, transfers and starts are left out, so the bound holds for any plan,
 * and is loose where these dominate.
 *
 * With k runs at or below the quantile, the mean of the k least latencies is at most the quantile; along
 * any path it is at least the sum of the stages' own means over their k least runs. So for any worth of a
 * millisecond (a Lagrange multiplier) cost + worth * (latency - bound) is at least the sum over stages of
 * the least that each can do alone.
 */

import type { StageWork } from "../model/prediction.ts";
import { type SpeedLaw, speedAt, speedLawOf } from "../physics/compute.ts";
import type { Scenario } from "../plan/scenario.ts";
import { constantOf } from "../stats/families.ts";
import { graphOf } from "../workflow/graph.ts";
import type { PlanningTask } from "./policy.ts";

/** Steps of the ladder of vCPU shares and of the search for the best worth. */
const SHARES = 96;
const WORTHS = 48;
const ROUNDING = 1e-12;

interface StageFloor {
  readonly law: SpeedLaw;
  /** Most vCPUs one worker can have. */
  readonly vcpusMax: number;
  /** Work of all workers, mean per run, vCPU-ms. */
  readonly totalCpuMs: number;
  /** Work of the slowest worker in the k least runs: their sum over the number of all runs, vCPU-ms. */
  readonly slowestCpuMs: number;
  readonly waitMs: number;
}

/**
 * Least cost, USD per run, of any plan that keeps the objective's SLO; or least latency at the quantile,
 * ms, of any plan within its budget. Null where the model does not know the stages' work. Infinity where
 * no plan can keep the bound.
 */
export function lowerBound(task: PlanningTask): number | null {
  const { scenario, objective, model } = task;
  if (model.work === undefined) return null;
  const floors = new Map<string, StageFloor>();
  for (const { id } of scenario.workflow.stages)
    floors.set(id, floorOf(scenario, id, objective.quantile, model.work(id)));
  const { runs } = model;
  const leastShare = (Math.floor((runs - 1) * objective.quantile) + 1) / runs;
  const path = longestPath(scenario, (id) => {
    const floor = floors.get(id)!;
    return floor.waitMs + (floor.slowestCpuMs / leastShare) * leastPerWork(floor, 0, 1);
  });
  const leastMs = path.ms;
  if (objective.minimize === "cost" && leastMs > objective.latencyMsMax)
    return Number.POSITIVE_INFINITY;
  const usdPerVcpuMs = vcpuMsPrice(scenario);
  const onPath = path.stages.map((id) => floors.get(id)!);
  let fixedUsd = leastFees(scenario);
  for (const [id, floor] of floors) {
    const { totalCpuMs, slowestCpuMs } = floor;
    const apart = path.stages.includes(id) ? totalCpuMs - slowestCpuMs : totalCpuMs;
    fixedUsd += usdPerVcpuMs * apart * leastPerWork(floor, 1, 0);
  }
  // The stages of the path at `worth` USD per ms of their mean over the k least runs.
  const pathValue = (worth: number) =>
    onPath.reduce(
      (sum, floor) =>
        sum +
        floor.slowestCpuMs * leastPerWork(floor, usdPerVcpuMs, worth / leastShare) +
        worth * floor.waitMs,
      0,
    );
  const leastUsd = fixedUsd + pathValue(0);
  if (objective.minimize === "latency" && leastUsd > objective.costUsdMax)
    return Number.POSITIVE_INFINITY;
  let best = objective.minimize === "cost" ? leastUsd : leastMs;
  // Worths about the one at which the path's time and its vCPUs weigh alike.
  const middle = leastUsd / Math.max(leastMs, 1e-9);
  for (let i = 0; i < WORTHS; i++) {
    const worth = middle * powerOfTwo((i - WORTHS / 2) / 2);
    const value = fixedUsd + pathValue(worth);
    const bound =
      objective.minimize === "cost"
        ? value - worth * objective.latencyMsMax
        : (value - objective.costUsdMax) / worth;
    best = Math.max(best, bound);
  }
  // Sums of products round; a bound that a plan meets exactly must not come out above it.
  return best * (1 - ROUNDING);
}

function floorOf(
  scenario: Scenario,
  id: string,
  quantile: number,
  work: StageWork | undefined,
): StageFloor {
  const profile = scenario.profile[id]!;
  const law = speedLawOf(profile, scenario.platform.memoryMbPerVcpu);
  const vcpusMax = Math.min(law.maxVcpus, scenario.platform.maxVcpus);
  if (work === undefined) return { law, vcpusMax, totalCpuMs: 0, slowestCpuMs: 0, waitMs: 0 };
  const sorted = Float64Array.from(work.slowestCpuMs).sort();
  const k = Math.floor((sorted.length - 1) * quantile) + 1;
  let sum = 0;
  for (let i = 0; i < k; i++) sum += sorted[i]!;
  return {
    law,
    vcpusMax,
    totalCpuMs: work.totalCpuMsMean,
    slowestCpuMs: sum / sorted.length,
    waitMs: profile.when === undefined ? (constantOf(profile.waitMs) ?? 0) : 0,
  };
}

// At most (usd * share + worth) / speed at any share: below one vCPU speed is proportional, so one is
// best; above, between two shares of a ladder nothing beats the lower one's price at the upper's speed.
function leastPerWork({ law, vcpusMax }: StageFloor, usd: number, worth: number): number {
  const first = Math.min(1, vcpusMax);
  let least = (usd * first + worth) / speedAt(law, first);
  for (let i = 0; i < SHARES; i++) {
    const below = first + ((vcpusMax - first) * i) / SHARES;
    const above = first + ((vcpusMax - first) * (i + 1)) / SHARES;
    least = Math.min(least, (usd * below + worth) / speedAt(law, above));
  }
  return least;
}

// A VM has at most memory / memoryMbPerVcpu vCPUs, so a vCPU-ms costs at least that much memory.
function vcpuMsPrice({ platform }: Scenario): number {
  return platform.price.usdPerMbMs * platform.memoryMbPerVcpu;
}

// One transition for the run and one for its first VM, and one request.
function leastFees({ platform }: Scenario): number {
  return 2 * platform.price.usdPerTransition + platform.price.usdPerRequest;
}

function longestPath(
  scenario: Scenario,
  ms: (id: string) => number,
): { readonly ms: number; readonly stages: readonly string[] } {
  const { workflow } = scenario;
  const { into } = graphOf(workflow);
  const longest: { ms: number; stages: string[] }[] = [];
  let best = { ms: 0, stages: [] as string[] };
  workflow.stages.forEach(({ id }, place) => {
    let before = { ms: 0, stages: [] as string[] };
    for (const { from } of into[place]!) if (longest[from]!.ms > before.ms) before = longest[from]!;
    const one = { ms: before.ms + ms(id), stages: [...before.stages, id] };
    longest.push(one);
    if (one.ms > best.ms) best = one;
  });
  return best;
}

// 2^x for halves, without the engine's own powers.
function powerOfTwo(x: number): number {
  let value = x === Math.floor(x) ? 1 : Math.SQRT2;
  const whole = Math.floor(x);
  for (let i = 0; i < Math.abs(whole); i++) value *= whole > 0 ? 2 : 0.5;
  return value;
}
