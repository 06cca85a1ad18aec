import { describe, expect, it } from "vitest";
import { measureCell } from "../../src/result/measure.ts";
import { RandomKey } from "../../src/stats/random.ts";
import { cellOf, logOf } from "./sample.ts";

const DECISION = {
  feasible: true,
  prediction: {
    latencyMsP50: 1,
    latencyMsP95: 123.4567890123,
    latencyMsP99: 3,
    latencyMsAtQuantile: 2,
    costUsdMean: 0.5,
  },
};
const KEY = new RandomKey(1, 1);

// Five runs; the last one times out.
function fiveRuns() {
  const log = logOf(5, {
    run: [0, 1, 2, 3, 4],
    latencyMs: [100, 200, 300, 400, 9000],
    costUsd: [1, 2, 3, 4, 5],
    coldStarts: [1, 0, 0, 1, 2],
    vmUses: [2, 2, 2, 2, 2],
    gbS: [1, 1, 1, 1, 6],
    bytesRemote: [10, 10, 10, 10, 60],
    skew: [1, 1, 2, 3, 9],
    computeMs: [60, 160, 260, 360, 0],
    hopMs: [40, 40, 40, 40, 0],
  });
  log.status[4] = 1;
  return log;
}

describe("the row of a cell", () => {
  const row = measureCell(cellOf({ slo_ms: 300 }), DECISION, fiveRuns(), undefined, KEY);

  it("has latency, its split and skew over the runs that finished", () => {
    expect(row).toMatchObject({
      runs: 5,
      completed: 4,
      failed: 1,
      latency_ms_mean: 250,
      latency_ms_p50: 250,
      latency_ms_p95: 385,
      latency_ms_p99: 397,
      latency_ms_p95_lo: 300,
      latency_ms_p95_hi: null,
      hop_ms_mean: 40,
      compute_ms_mean: 210,
      store_ms_mean: 0,
      skew_p50: 1.5,
      skew_p95: 2.85,
    });
  });

  it("has money, VM uses and bytes over all runs", () => {
    expect(row).toMatchObject({
      cost_usd_mean: 3,
      cost_usd_p95: 4.8,
      cold_start_fraction: 0.4,
      vm_uses_per_run: 2,
      gb_s_per_run: 2,
      bytes_remote_per_run: 20,
    });
    // R: t.test(1:5)$conf.int
    expect(row.cost_usd_mean_lo).toBeCloseTo(1.036757, 5);
    expect(row.cost_usd_mean_hi).toBeCloseTo(4.963243, 5);
  });

  it("counts a run that did not finish as missing the SLO", () => {
    expect(row.slo_attainment).toBe(0.6);
    const none = measureCell(cellOf({ slo_ms: null }), DECISION, fiveRuns(), undefined, KEY);
    expect(none.slo_attainment).toBeNull();
  });

  it("has no ratio without the unfused runs, and carries the prediction to nine digits", () => {
    expect(row).toMatchObject({
      p95_ratio_vs_unfused: null,
      p95_ratio_lo: null,
      p95_ratio_hi: null,
      predicted_latency_ms_p95: 123.456789,
      predicted_cost_usd_mean: 0.5,
      feasible: true,
    });
  });

  it("has no latency when nothing finished, and still costs", () => {
    const log = fiveRuns();
    log.status.fill(2);
    const failed = measureCell(cellOf(), DECISION, log, fiveRuns(), KEY);
    expect(failed).toMatchObject({
      completed: 0,
      failed: 5,
      latency_ms_p95: null,
      hop_ms_mean: null,
      slo_attainment: 0,
      cost_usd_mean: 3,
      p95_ratio_vs_unfused: null,
    });
  });
});

describe("the ratio to the unfused runs", () => {
  it("is 1 for the unfused runs themselves", () => {
    const log = fiveRuns();
    const row = measureCell(cellOf(), DECISION, log, log, KEY);
    expect(row).toMatchObject({ p95_ratio_vs_unfused: 1, p95_ratio_lo: 1, p95_ratio_hi: 1 });
  });

  it("is over the runs that finished in both", () => {
    const slow = logOf(5, {
      latencyMs: [200, 400, 600, 800, 10],
      computeMs: [200, 400, 600, 800, 10],
      costUsd: [1, 1, 1, 1, 1],
    });
    const row = measureCell(cellOf(), DECISION, fiveRuns(), slow, KEY);
    expect(row).toMatchObject({ p95_ratio_vs_unfused: 0.5, p95_ratio_lo: 0.5, p95_ratio_hi: 0.5 });
  });

  it("refuses runs that do not match", () => {
    expect(() => measureCell(cellOf(), DECISION, fiveRuns(), logOf(4, {}), KEY)).toThrow(
      /same runs/,
    );
  });
});

describe("the time split", () => {
  it("must add up to the latency of each finished run", () => {
    const log = fiveRuns();
    log.columns.computeMs[2] = 261;
    expect(() => measureCell(cellOf(), DECISION, log, undefined, KEY)).toThrow(
      /time split of run 2 adds up to 301 ms, its latency is 300 ms/,
    );
  });
});
