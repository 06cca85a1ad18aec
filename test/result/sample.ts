/**
 * Made-up but lifelike cells: a stated share of time in each part of a run, and lognormal noise on
 * it.
 */

import { RUN_COLUMNS, type RunColumn, type RunLog } from "../../src/execution/run-log.ts";
import { type CellIdentity, type CellRow, cellName } from "../../src/result/cell-table.ts";
import { measureCell, TIME_SPLIT } from "../../src/result/measure.ts";
import { unitLognormal } from "../../src/stats/families.ts";
import { RandomKey } from "../../src/stats/random.ts";

/** Mean ms of hop, queue, cold, init, fetch, compute, straggler and store. */
type Split = readonly [number, number, number, number, number, number, number, number];

/** What a policy does on a good day. */
interface Habit {
  readonly split: Split;
  readonly costUsd: number;
  readonly sigma: number;
}

/** Policies as the paper describes them, with times of the size of its video pipeline. */
export const HABITS: Readonly<Record<string, Habit>> = {
  unfused: { split: [150, 40, 620, 900, 2900, 6200, 3900, 1800], costUsd: 1.42e-3, sigma: 0.35 },
  photons: { split: [150, 30, 260, 420, 2100, 6900, 2600, 1400], costUsd: 0.97e-3, sigma: 0.3 },
  faastlane: { split: [50, 60, 340, 510, 800, 7400, 2100, 700], costUsd: 1.11e-3, sigma: 0.28 },
  sonic: { split: [150, 45, 600, 880, 1300, 6200, 3900, 900], costUsd: 1.31e-3, sigma: 0.34 },
  wisefuse: { split: [60, 20, 180, 260, 520, 5600, 1100, 420], costUsd: 0.78e-3, sigma: 0.22 },
  "wisefuse-joint": { split: [60, 18, 90, 130, 430, 5500, 900, 380], costUsd: 0.74e-3, sigma: 0.2 },
};

/** A log of n rows with every column 0 but those given. */
export function logOf(n: number, given: Partial<Record<RunColumn, readonly number[]>>): RunLog {
  const columns = Object.fromEntries(
    RUN_COLUMNS.map((column) => [column, Float64Array.from(given[column] ?? Array(n).fill(0))]),
  ) as Record<RunColumn, Float64Array>;
  return { runs: n, columns, status: new Uint8Array(n), events: 0 };
}

/**
 * A log of a policy: each run has one factor of luck, the same under every policy, and one of its
 * own.
 */
export function habitLog(policy: string, n: number, scale = 1): RunLog {
  const habit = HABITS[policy]!;
  const own = 100 + Object.keys(HABITS).indexOf(policy);
  const key = new RandomKey(2024, 7);
  const log = logOf(n, {});
  const c = log.columns;
  for (let i = 0; i < n; i++) {
    const shared = unitLognormal(key.uniform(i, 0), habit.sigma);
    const noise = unitLognormal(key.uniform(i, own), 0.08);
    TIME_SPLIT.forEach((column, part) => {
      c[column][i] = habit.split[part]! * shared * noise * scale;
    });
    const latency = TIME_SPLIT.reduce((sum, column) => sum + c[column][i]!, 0);
    c.run[i] = i;
    c.arriveMs[i] = 500 * i;
    c.latencyMs[i] = latency;
    c.finishMs[i] = c.arriveMs[i]! + latency;
    c.costUsd[i] = habit.costUsd * shared * scale ** -0.5;
    c.vmUses[i] = 20;
    c.coldStarts[i] = key.uniform(i, 99) < 0.2 ? 9 : 1;
    c.gbS[i] = 60 * shared;
    c.bytesRemote[i] = habit.split[4] * 1e4;
    c.skew[i] = 1 + habit.split[6] / 2000;
  }
  return log;
}

/** The identity of a cell, with what is given changed. */
export function cellOf(given: Partial<CellIdentity> = {}): CellIdentity {
  return {
    experiment: "video-analytics",
    workload: "video-analytics",
    platform: "aws-lambda",
    policy: "wisefuse",
    sizing: "tuned",
    objective: "cost",
    quantile: 0.95,
    slo_ms: 20_000,
    budget_usd: null,
    variation: null,
    level: null,
    seed: "1",
    ...given,
  };
}

/** Rows and logs of every policy under each identity. Looser SLOs take longer and cost less. */
export function sampleTables(
  identities: readonly Partial<CellIdentity>[],
  n = 400,
  policies: readonly string[] = Object.keys(HABITS),
): { cells: CellRow[]; runs: Map<string, RunLog> } {
  const cells: CellRow[] = [];
  const runs = new Map<string, RunLog>();
  for (const identity of identities)
    for (const policy of policies) {
      const cell = cellOf({ ...identity, policy });
      const scale = cell.slo_ms === null ? 1 : (cell.slo_ms / 20_000) ** 0.5;
      const log = habitLog(policy, n, scale);
      const p95 = [...log.columns.latencyMs].sort((a, b) => a - b)[Math.floor(0.95 * n)]!;
      const decision = {
        feasible: cell.slo_ms === null || p95 <= cell.slo_ms,
        prediction: {
          latencyMsP50: p95 / 1.6,
          latencyMsP95: p95 * 0.97,
          latencyMsP99: p95 * 1.2,
          latencyMsAtQuantile: p95 * 0.97,
          costUsdMean: HABITS[policy]!.costUsd,
        },
      };
      const unfused = policy === "unfused" ? log : habitLog("unfused", n, scale);
      cells.push(measureCell(cell, decision, log, unfused, new RandomKey(1, 2)));
      runs.set(cellName(cell), log);
    }
  return { cells, runs };
}
