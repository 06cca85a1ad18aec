import { expect, test } from "vitest";
import { simulate, simulateEach } from "../../src/execution/simulate.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { CellIdentity } from "../../src/result/cell-table.ts";
import { measureCell } from "../../src/result/measure.ts";
import { METER_ERROR, RunMeter } from "../../src/result/run-meter.ts";
import { rootKey } from "../../src/stats/random.ts";
import { apart, fanOut, scenarioOf } from "../toy-graphs.ts";

const identity: CellIdentity = {
  experiment: "simulate",
  workload: "fan-out",
  platform: "aws-lambda-2024",
  policy: "unfused",
  sizing: "tuned",
  objective: "latency",
  quantile: 0.95,
  slo_ms: null,
  budget_usd: null,
  variation: null,
  level: null,
  seed: "meter",
};
const prediction = {
  latencyMsP50: 1,
  latencyMsP95: 1,
  latencyMsP99: 1,
  latencyMsAtQuantile: 1,
  costUsdMean: 1,
};
const decision = { prediction, feasible: true };

// Some runs give up, so that what is over finished runs and what is over all of them differ.
const toy = fanOut(8, { lognormal: { median: 300, sigma: 0.8 } }, { bytes: 1e6 });
const platform = {
  ...awsLambda2024,
  concurrency: { ...awsLambda2024.concurrency, limit: 30 },
};
const scenario = scenarioOf(toy, platform, { kind: "poisson", perSecond: 6 });

for (const runs of [500, 11_000])
  test(`a meter of ${runs} runs gives the row of their log, quantiles within its error`, () => {
    const options = { runs, warmupRuns: 0, seed: "meter" };
    const meter = new RunMeter();
    simulateEach(scenario, apart(toy), options, meter.sink);
    const metered = meter.row(identity, decision);
    const log = simulate(scenario, apart(toy), options);
    const logged = measureCell(identity, decision, log, undefined, rootKey("meter"));
    expect(metered.failed).toBeGreaterThan(0);
    expect(metered.completed).toBeGreaterThan(runs / 2);
    for (const [column, value] of Object.entries(logged)) {
      const own = metered[column as keyof typeof metered];
      if (typeof value !== "number") expect(own).toBe(value);
      else {
        const error = /_p\d\d/.test(column) ? 2 * METER_ERROR : 1e-9;
        expect(Math.abs((own as number) - value)).toBeLessThanOrEqual(error * Math.abs(value));
      }
    }
  });
