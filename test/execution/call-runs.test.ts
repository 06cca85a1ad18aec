import fc from "fast-check";
import { expect, test } from "vitest";
import { isOneCall } from "../../src/execution/call-runs.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { compile } from "../../src/physics/compile.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import type { DistributionSpec } from "../../src/stats/families.ts";
import type { Branch } from "../../src/workflow/profile.ts";
import { apart, edge, scenarioOf, toyOf } from "../toy-graphs.ts";

// Few VMs at once, short-lived ones and a short time limit: all that a call can meet.
const tight: Platform = {
  ...awsLambda2024,
  runMsMax: 900,
  keepAliveMs: { exponential: { mean: 300 } },
  concurrency: {
    ...awsLambda2024.concurrency,
    limit: 3,
    burst: 2,
    scaleOutPerSecond: 1,
    retry: { intervalMs: 40, backoffRate: 2, maxAttempts: 4 },
  },
};

const call = fc.record({
  work: fc.constantFrom<DistributionSpec>(
    { exponential: { mean: 300 } },
    { lognormal: { median: 200, sigma: 0.7 } },
    { empirical: [1, 1, 5, 900] },
    100,
  ),
  skew: fc.constantFrom({}, { noiseCv: 0.2 }, { runSigma: 0.4 }),
  waitMs: fc.constantFrom<DistributionSpec>(0, { exponential: { mean: 20 } }),
  initCpuMs: fc.constantFrom(0, 250),
  when: fc.constantFrom<readonly Branch[]>([], [{ choice: "way", within: [[0, 0.4]] }]),
});
const bytes = fc.constantFrom<DistributionSpec>(0, 2e6, { lognormal: { median: 1e6, sigma: 1 } });
const arrivals = fc.constantFrom<Arrivals>(
  { kind: "poisson", perSecond: 8 },
  { kind: "closed", inFlight: 4 },
  { kind: "timestamps", atMs: [0, 0, 7, 7, 7, 400, 1400] },
);

test("calls have the same rows, bit for bit, as the simulation of all that can happen", () => {
  const ends = [0, 0, 0];
  let warm = 0;
  fc.assert(
    fc.property(
      call,
      fc.tuple(bytes, bytes),
      arrivals,
      fc.constantFrom(ideal, awsLambda2024, tight),
      ({ work, ...change }, [read, written], when, platform) => {
        const toy = toyOf("one", { only: [work, 1, change] }, [
          edge("input", "only", "scatter", read),
          edge("only", "output", "gather", written),
        ]);
        const scenario = scenarioOf(toy, platform, when);
        const plan = apart(toy);
        expect(isOneCall(compile(scenario, plan))).toBe(true);
        const options = { runs: 60, warmupRuns: 5, seed: "call" };
        const quick = simulate(scenario, plan, options);
        // Whoever asks for spans gets the other simulation.
        const full = simulate(scenario, plan, { ...options, spans: () => {} });
        expect(quick.columns).toEqual(full.columns);
        expect(quick.status).toEqual(full.status);
        expect(quick.events).toBe(full.events);
        for (const status of quick.status) ends[status]!++;
        warm += quick.columns.coldStarts.filter((count) => count === 0).length;
      },
    ),
    { numRuns: 200, seed: 1 },
  );
  expect(Math.min(...ends, warm)).toBeGreaterThan(100);
});

test("a stage of one worker on the average is not one call", () => {
  const toy = toyOf("one", { only: [100, { uniform: { min: 1, max: 2 } }] }, []);
  expect(isOneCall(compile(scenarioOf(toy, ideal), apart(toy)))).toBe(false);
});
