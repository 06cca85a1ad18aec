/** The row of a cell from its runs as they end, in memory that does not grow with them. */

import {
  RUN_COLUMNS,
  RUN_PLACE,
  RUN_STATUS,
  type RunColumn,
  type RunSink,
} from "../execution/run-log.ts";
import type { Decision } from "../policy/policy.ts";
import { QuantileSketch } from "../stats/quantile-sketch.ts";
import { binomialRanks, tQuantile975 } from "../stats/summary.ts";
import type { CellIdentity, CellRow } from "./cell-table.ts";
import { cellRow, TIME_SPLIT } from "./measure.ts";

const FINISHED = RUN_STATUS.indexOf("finished");

/** Most that the meter's quantiles are off, relative to them. */
export const METER_ERROR = 0.001;
const SKETCH = { relativeError: METER_ERROR, exactUpTo: 10_000 };

/** Adds up runs of one cell. Columns are those of `measureCell`; quantiles are off by `METER_ERROR` at most. */
export class RunMeter {
  readonly #latencyMs = new QuantileSketch(SKETCH);
  readonly #skew = new QuantileSketch(SKETCH);
  readonly #costUsd = new QuantileSketch(SKETCH);
  /** Sums by column: over all runs, and over those that finished. */
  readonly #all = new Float64Array(RUN_COLUMNS.length);
  readonly #finished = new Float64Array(RUN_COLUMNS.length);
  #costMean = 0;
  #costSquares = 0;

  /** Takes a run; a sink for `simulateEach`. */
  readonly sink: RunSink = (row, status) => {
    for (let c = 0; c < row.length; c++) this.#all[c] = this.#all[c]! + row[c]!;
    this.#addCost(row[RUN_PLACE.costUsd]!);
    if (status !== FINISHED) return;
    for (let c = 0; c < row.length; c++) this.#finished[c] = this.#finished[c]! + row[c]!;
    this.#latencyMs.add(row[RUN_PLACE.latencyMs]!);
    this.#skew.add(row[RUN_PLACE.skew]!);
  };

  /** The row of all runs so far; at least one. Ratios to another policy need both logs, so there are none. */
  row(cell: CellIdentity, decision: Pick<Decision, "prediction" | "feasible">): CellRow {
    const runs = this.#costUsd.count;
    const completed = this.#latencyMs.count;
    const mean = (column: RunColumn) => this.#all[RUN_PLACE[column]]! / runs;
    const split = (column: (typeof TIME_SPLIT)[number]) =>
      completed === 0 ? null : this.#finished[RUN_PLACE[column]]! / completed;
    const half =
      runs < 2 ? null : tQuantile975(runs - 1) * Math.sqrt(this.#costSquares / (runs - 1) / runs);
    const [low, high] = this.#endsOfP95();
    return cellRow(
      cell,
      decision,
      { runs, completed },
      {
        latency_ms_mean: completed === 0 ? null : this.#latencyMs.mean,
        latency_ms_p50: quantileOrNull(this.#latencyMs, 0.5),
        latency_ms_p95: quantileOrNull(this.#latencyMs, 0.95),
        latency_ms_p95_lo: low,
        latency_ms_p95_hi: high,
        latency_ms_p99: quantileOrNull(this.#latencyMs, 0.99),
        skew_p50: quantileOrNull(this.#skew, 0.5),
        skew_p95: quantileOrNull(this.#skew, 0.95),
        cost_usd_mean: this.#costMean,
        cost_usd_mean_lo: half === null ? null : this.#costMean - half,
        cost_usd_mean_hi: half === null ? null : this.#costMean + half,
        cost_usd_p95: this.#costUsd.quantile(0.95),
        cold_start_fraction: mean("vmUses") > 0 ? mean("coldStarts") / mean("vmUses") : null,
        vm_uses_per_run: mean("vmUses"),
        gb_s_per_run: mean("gbS"),
        bytes_remote_per_run: mean("bytesRemote"),
        hop_ms_mean: split("hopMs"),
        queue_ms_mean: split("queueMs"),
        cold_ms_mean: split("coldMs"),
        init_ms_mean: split("initMs"),
        fetch_ms_mean: split("fetchMs"),
        compute_ms_mean: split("computeMs"),
        straggler_ms_mean: split("stragglerMs"),
        store_ms_mean: split("storeMs"),
        p95_ratio_vs_unfused: null,
        p95_ratio_lo: null,
        p95_ratio_hi: null,
        slo_attainment: null,
        predicted_latency_ms_p95: decision.prediction.latencyMsP95,
        predicted_cost_usd_mean: decision.prediction.costUsdMean,
      },
    );
  }

  // Source: Welford, Technometrics 4(3), 1962.
  #addCost(usd: number): void {
    this.#costUsd.add(usd);
    const off = usd - this.#costMean;
    this.#costMean += off / this.#costUsd.count;
    this.#costSquares += off * (usd - this.#costMean);
  }

  // The order statistics around P95, as `quantileEstimate` has them.
  #endsOfP95(): readonly [number | null, number | null] {
    const n = this.#latencyMs.count;
    if (n < 2) return [null, null];
    const { low, high } = binomialRanks(n, 0.95);
    const at = (rank: number) => this.#latencyMs.quantile((rank - 1) / (n - 1));
    return [low >= 1 ? at(low) : null, high <= n ? at(high) : null];
  }
}

function quantileOrNull(sketch: QuantileSketch, p: number): number | null {
  return sketch.count === 0 ? null : sketch.quantile(p);
}
