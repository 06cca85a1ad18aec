/** What a replay gives: runs of many workflows under several policies, summed up by class of workflow. */

import { RUN_PLACE } from "../execution/run-log.ts";
import { QuantileSketch } from "../stats/quantile-sketch.ts";
import { rootKey } from "../stats/random.ts";
import {
  type Estimate,
  meanEstimate,
  pairedQuantileRatio,
  quantileOfSorted,
} from "../stats/summary.ts";
import { POPULARITY, PUBLISHED_BEHAVIOUR } from "../trace/published.ts";
import type { KeptByRun, KeptRun, KeptRuns } from "./kept-runs.ts";
import { type RowOf, RowTable } from "./row-table.ts";

/** Quantiles of more runs are off by a thousandth at most. */
const SKETCH = { relativeError: 0.001, exactUpTo: 100_000 };

/** What the runs of one workflow under one policy add up to, those of the warm-up left out. */
export class ReplayedWorkflow {
  readonly name: string;
  readonly width: number;
  readonly perDay: number;
  /** ms, of the runs that finished. */
  readonly latencyMs = new QuantileSketch(SKETCH);
  /** Some of the runs, or all: what is compared between policies. */
  readonly kept: KeptByRun;
  runs = 0;
  costUsd = 0;
  coldStarts = 0;
  vmUses = 0;
  queueMs = 0;
  readonly #keep: (run: number, of: KeptRun) => void;

  /** No run so far. */
  constructor(name: string, width: number, perDay: number, keeper: KeptRuns) {
    this.name = name;
    this.width = width;
    this.perDay = perDay;
    const { runs, add } = keeper.begin(name);
    this.kept = runs;
    this.#keep = add;
  }

  /** One more run: its row, one number per RUN_COLUMNS, and whether it finished. */
  add(row: Float64Array, finished: boolean): void {
    this.runs++;
    const latencyMs = finished ? row[RUN_PLACE.latencyMs]! : Number.NaN;
    const costUsd = row[RUN_PLACE.costUsd]!;
    if (finished) this.latencyMs.add(latencyMs);
    this.costUsd += costUsd;
    this.coldStarts += row[RUN_PLACE.coldStarts]!;
    this.vmUses += row[RUN_PLACE.vmUses]!;
    this.queueMs += row[RUN_PLACE.queueMs]!;
    this.#keep(row[RUN_PLACE.run]!, { latencyMs, costUsd });
  }
}

/** All workflows under one policy. */
export interface ReplayedPolicy {
  readonly policy: string;
  /** Whose plan was expected to meet its objective. */
  readonly feasible: number;
  readonly workflows: readonly ReplayedWorkflow[];
}

const OFTEN = POPULARITY.ordinary.perDay;
const LONG_MS = PUBLISHED_BEHAVIOUR.latencyMsP50;

/** A class of workflows, by what they are and how they run under the first policy. */
interface ReplayClass {
  readonly name: string;
  readonly has: (underFirst: ReplayedWorkflow) => boolean;
}

/** By width, by length, by popularity, and all: a workflow is in one class of each kind. */
const REPLAY_CLASSES: readonly ReplayClass[] = [
  { name: "chains", has: ({ width }) => width < 2 },
  { name: "2 to 8 wide", has: ({ width }) => width >= 2 && width <= 8 },
  { name: "wider", has: ({ width }) => width > 8 },
  { name: "short", has: ({ latencyMs }) => (quantileOrNull(latencyMs, 0.5) ?? 0) < LONG_MS },
  { name: "long", has: ({ latencyMs }) => (quantileOrNull(latencyMs, 0.5) ?? 0) >= LONG_MS },
  { name: "rare", has: ({ perDay }) => perDay < OFTEN },
  { name: "popular", has: ({ perDay }) => perDay >= OFTEN },
  { name: "all", has: () => true },
];

/** What the names of classes mean that do not say it. */
export const CLASS_MEANING: Readonly<Record<string, string>> = {
  short: `median under ${LONG_MS / 1000} s`,
  long: `median of ${LONG_MS / 1000} s or more`,
  rare: `fewer than ${OFTEN} runs a day`,
  popular: `${OFTEN} runs a day or more`,
};

const COLUMNS = {
  policy: "text",
  class: "text",
  workflows: "number",
  runs: "number",
  failed: "number",
  latency_ms_p50: "number or null",
  latency_ms_p95: "number or null",
  ratio_to_first: "number or null",
  cost_usd_mean: "number",
  cold_start_fraction: "number or null",
  queue_ms_mean: "number",
  vm_uses_per_run: "number",
  p95_ratio: "number or null",
  p95_ratio_lo: "number or null",
  p95_ratio_hi: "number or null",
  workflow_ratio_p50: "number or null",
  cost_ratio: "number or null",
  cost_ratio_lo: "number or null",
  cost_ratio_hi: "number or null",
  platform: "text",
  seed: "text",
} as const;

/**
 * One class under one policy. Times are ms, money USD per run. Ratios are to the first policy, of runs that
 * finished under both: of P95, of mean latency, of mean cost; intervals are paired, and take the workflows
 * as given. `workflow_ratio_p50` is the median over workflows of the ratio of their own mean latencies.
 */
export type ReplayRow = RowOf<typeof COLUMNS>;

/** Rows of replays as CSV. */
export const REPLAY_TABLE = new RowTable(COLUMNS);

const RESAMPLES = 400;

type Totals = "workflows" | "runs" | "costUsd" | "coldStarts" | "vmUses" | "queueMs";

/** A class under one policy, summed up. */
interface ClassSum extends Record<Totals, number> {
  readonly latencyMs: QuantileSketch;
  /** Kept runs of each workflow under this policy and under the first. */
  readonly pairs: { readonly own: KeptByRun; readonly first: KeptByRun }[];
}

/** Sums replays up by class of workflow: one account after the other, each under the same policies. */
export class ReplayTally {
  /** Of all accounts, in the order of the policies. */
  readonly feasible: { readonly policy: string; feasible: number; workflows: number }[] = [];
  readonly #sums = REPLAY_CLASSES.map(() => new Map<string, ClassSum>());

  /** One more account. */
  add(account: readonly ReplayedPolicy[]): void {
    const first = account[0]!.workflows;
    account.forEach(({ policy, feasible, workflows }, place) => {
      const plans = (this.feasible[place] ??= { policy, feasible: 0, workflows: 0 });
      plans.feasible += feasible;
      plans.workflows += workflows.length;
      workflows.forEach((one, i) => {
        const reference = first[i]!;
        if (one.runs === 0) return;
        REPLAY_CLASSES.forEach(({ has }, c) => {
          if (has(reference)) addTo(sumOf(this.#sums[c]!, policy), one, reference);
        });
      });
    });
  }

  /** Rows by class, then by policy, with all workflows last; a class without a run is left out. */
  rows({ platform, seed }: Pick<ReplayRow, "platform" | "seed">): readonly ReplayRow[] {
    return REPLAY_CLASSES.flatMap(({ name }, c) =>
      Array.from(this.#sums[c]!, ([policy, sum]) => ({
        platform,
        seed,
        policy,
        class: name,
        ...rowOf(sum, `${seed}/${name}`),
      })),
    );
  }
}

function sumOf(sums: Map<string, ClassSum>, policy: string): ClassSum {
  const known = sums.get(policy);
  if (known !== undefined) return known;
  const none = { workflows: 0, runs: 0, costUsd: 0, coldStarts: 0, vmUses: 0, queueMs: 0 };
  const sum = { ...none, latencyMs: new QuantileSketch(SKETCH), pairs: [] };
  sums.set(policy, sum);
  return sum;
}

function addTo(sum: ClassSum, one: ReplayedWorkflow, first: ReplayedWorkflow): void {
  sum.workflows++;
  sum.runs += one.runs;
  sum.costUsd += one.costUsd;
  sum.coldStarts += one.coldStarts;
  sum.vmUses += one.vmUses;
  sum.queueMs += one.queueMs;
  sum.latencyMs.merge(one.latencyMs);
  sum.pairs.push({ own: one.kept, first: first.kept });
}

type Measured = Omit<ReplayRow, "platform" | "seed" | "policy" | "class">;

function rowOf(sum: ClassSum, luck: string): Measured {
  const { workflows, runs, latencyMs, vmUses } = sum;
  return {
    workflows,
    runs,
    failed: runs - latencyMs.count,
    latency_ms_p50: quantileOrNull(latencyMs, 0.5),
    latency_ms_p95: quantileOrNull(latencyMs, 0.95),
    ...ratiosOf(sum, luck),
    cost_usd_mean: sum.costUsd / runs,
    cold_start_fraction: vmUses === 0 ? null : sum.coldStarts / vmUses,
    queue_ms_mean: sum.queueMs / runs,
    vm_uses_per_run: vmUses / runs,
  };
}

type Ratios = Pick<ReplayRow, `${"p95" | "cost"}_ratio${"" | "_lo" | "_hi"}`> &
  Pick<ReplayRow, "ratio_to_first" | "workflow_ratio_p50">;

function ratiosOf({ pairs }: ClassSum, luck: string): Ratios {
  const byWorkflow = pairs.map(pairsOf).filter(({ latencyMs }) => latencyMs.length > 0);
  if (byWorkflow.length === 0) return NO_RATIOS;
  const own = joined(byWorkflow, (pair) => pair.latencyMs);
  const first = joined(byWorkflow, (pair) => pair.firstMs);
  const key = rootKey(`replay/${luck}`);
  const p95 = pairedQuantileRatio(own, first, 0.95, { key, resamples: RESAMPLES });
  const cost = meanRatio(
    joined(byWorkflow, (pair) => pair.costUsd),
    joined(byWorkflow, (pair) => pair.firstUsd),
  );
  const ratios = byWorkflow.map(({ latencyMs, firstMs }) => meanRatio(latencyMs, firstMs).value);
  return {
    p95_ratio: p95.value,
    p95_ratio_lo: p95.low,
    p95_ratio_hi: p95.high,
    ratio_to_first: meanRatio(own, first).value,
    workflow_ratio_p50: quantileOfSorted(Float64Array.from(ratios).sort(), 0.5),
    cost_ratio: cost.value,
    cost_ratio_lo: cost.low,
    cost_ratio_hi: cost.high,
  };
}

const NO_RATIOS: Ratios = {
  p95_ratio: null,
  p95_ratio_lo: null,
  p95_ratio_hi: null,
  ratio_to_first: null,
  workflow_ratio_p50: null,
  cost_ratio: null,
  cost_ratio_lo: null,
  cost_ratio_hi: null,
};

// The kept runs that finished under both, in the order of their arrival.
function pairsOf({ own, first }: ClassSum["pairs"][number]) {
  const both = [...own.keys()]
    .filter((run) => {
      const other = first.get(run)?.latencyMs ?? Number.NaN;
      return !Number.isNaN(own.get(run)!.latencyMs) && !Number.isNaN(other);
    })
    .toSorted((a, b) => a - b);
  const of = (value: (run: number) => number) => Float64Array.from(both, value);
  return {
    latencyMs: of((run) => own.get(run)!.latencyMs),
    firstMs: of((run) => first.get(run)!.latencyMs),
    costUsd: of((run) => own.get(run)!.costUsd),
    firstUsd: of((run) => first.get(run)!.costUsd),
  };
}

/** Ratio of means of paired samples. Interval by the delta method: that of the mean of a - r b, over the mean of b. */
function meanRatio(a: Float64Array, b: Float64Array): Estimate {
  const below = meanEstimate(b).value;
  const value = meanEstimate(a).value / below;
  const { low, high } = meanEstimate(a.map((x, i) => (x - value * b[i]!) / below));
  return {
    value,
    low: low === null ? null : value + low,
    high: high === null ? null : value + high,
  };
}

function joined<T>(parts: readonly T[], of: (part: T) => Float64Array): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + of(part).length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(of(part), at);
    at += of(part).length;
  }
  return all;
}

function quantileOrNull(sketch: QuantileSketch, p: number): number | null {
  return sketch.count === 0 ? null : sketch.quantile(p);
}
