import fc from "fast-check";
import { expect, test } from "vitest";
import { simulate, simulateEach } from "../../src/execution/simulate.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import type { Branch } from "../../src/workflow/profile.ts";
import type { DistributionSpec } from "../../src/stats/families.ts";
import { apart, edge, scenarioOf, toyOf } from "../toy-graphs.ts";

// Hops, transfers and prices of a real cloud; no cold start, no limit.
const endless: Platform = {
  ...awsLambda2024,
  keepAliveMs: ideal.keepAliveMs,
  coldStart: ideal.coldStart,
  concurrency: ideal.concurrency,
  runMsMax: ideal.runMsMax,
  orchestrator: {
    ...awsLambda2024.orchestrator,
    dispatchSpreadMs: [{ x: 1, y: 0 }],
    parallelStarts: Number.POSITIVE_INFINITY,
  },
};

const work = fc.constantFrom<DistributionSpec>(
  { exponential: { mean: 300 } },
  { lognormal: { median: 200, sigma: 0.7 } },
  { empirical: [1, 1, 5, 900] },
  100,
);
const workers = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.constant<DistributionSpec>({ uniform: { min: 1, max: 40 } }),
);
const stage = fc.record({
  work,
  workers,
  content: fc.constantFrom(0, 0.5),
  noiseCv: fc.constantFrom(0, 0.2),
  waitMs: fc.constantFrom<DistributionSpec>(0, { exponential: { mean: 20 } }),
  when: fc.constantFrom<readonly Branch[]>(
    [],
    [{ choice: "way", within: [[0, 0.4]] }],
    [{ choice: "each", within: [[0.2, 0.7]], workersEach: 3 }],
  ),
});
const arrivals = fc.constantFrom<Arrivals>(
  { kind: "poisson", perSecond: 2 },
  { kind: "timestamps", atMs: [0, 0, 7, 7, 7, 400] },
);

test("runs that are alone have the same rows, bit for bit, as the list of events gives", () => {
  fc.assert(
    fc.property(
      fc.array(stage, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(0, 2e6),
      arrivals,
      fc.constantFrom(ideal, endless),
      (given, bytes, when, platform) => {
        const toy = toyOf(
          "line",
          Object.fromEntries(
            given.map(
              ({ work: cpuMs, workers: count, content, noiseCv, waitMs, when: branches }, i) => [
                `s${i}`,
                [
                  cpuMs,
                  count,
                  { initCpuMs: 0, waitMs, skew: { content, noiseCv }, when: branches },
                ] as const,
              ],
            ),
          ),
          given.slice(1).map((_, i) => edge(`s${i}`, `s${i + 1}`, "shuffle", bytes)),
        );
        const scenario = scenarioOf(toy, platform, when);
        const options = { runs: 40, warmupRuns: 3, seed: "alone" };
        const alone = simulate(scenario, apart(toy), options);
        // Whoever asks for spans gets the list of events, with every VM solved by itself.
        const listed = simulate(scenario, apart(toy), { ...options, spans: () => {} });
        expect(alone.columns).toEqual(listed.columns);
        expect(alone.status).toEqual(listed.status);
        expect(alone.events).toBe(listed.events);
      },
    ),
    { numRuns: 25 },
  );
});

test("runs that are alone come in the order of arrival, though they end in another", () => {
  const toy = toyOf("one", { only: [{ exponential: { mean: 1000 } }, 1, { initCpuMs: 0 }] }, []);
  const scenario = scenarioOf(toy, ideal, { kind: "poisson", perSecond: 100 });
  const options = { runs: 50, warmupRuns: 0, seed: "order" };
  const [alone, listed]: number[][] = [[], []];
  simulateEach(scenario, apart(toy), options, (row) => alone!.push(row[0]!));
  simulateEach(scenario, apart(toy), { ...options, spans: () => {} }, (row) =>
    listed!.push(row[0]!),
  );
  expect(alone).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(listed).not.toEqual(alone);
  expect(listed!.toSorted((a, b) => a - b)).toEqual(alone);
});
