/** What plans are asked for at P95. */

import type { Objective } from "../../src/policy/policy.ts";

/** The cheapest plan within a latency, ms. */
export const cheapest = (latencyMsMax: number): Objective => ({
  minimize: "cost",
  quantile: 0.95,
  latencyMsMax,
});

/** The fastest plan within a cost of a run, USD. */
export const fastest = (costUsdMax: number): Objective => ({
  minimize: "latency",
  quantile: 0.95,
  costUsdMax,
});
