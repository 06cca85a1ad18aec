/** Laws that hold for every workflow under every legal plan: what is logged, what is billed, what time does. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RUN_COLUMNS, RUN_STATUS } from "../../src/execution/run-log.ts";
import { simulate, simulateEach } from "../../src/execution/simulate.ts";
import type { StageSpan } from "../../src/execution/spans.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform, PriceSheet } from "../../src/platform/platform.ts";
import { type RandomCase, randomCases } from "./random-plan.ts";

const RUNS = 30;
const options = { runs: RUNS, warmupRuns: 3, seed: "laws" };

const hurried: Platform = {
  ...awsLambda2024,
  keepAliveMs: { exponential: { mean: 4000 } },
  runMsMax: 9000,
  concurrency: {
    limit: 9,
    burst: 7,
    scaleOutPerSecond: 2,
    scope: "account",
    retry: { intervalMs: 300, backoffRate: 1.5, maxAttempts: 4 },
  },
};

describe("under every legal plan", () => {
  test("every arrival ends once, in one state, and simulated time never goes back", () => {
    const ends = [0, 0, 0];
    fc.assert(
      fc.property(randomCases(8, hurried), ({ scenario, plan }) => {
        const seen = new Set<number>();
        const spans: StageSpan[] = [];
        const at = (name: (typeof RUN_COLUMNS)[number]) => RUN_COLUMNS.indexOf(name);
        let lastMs = 0;
        simulateEach(
          scenario,
          plan,
          { ...options, spans: (span) => spans.push(span) },
          (row, status) => {
            const [arriveMs, finishMs] = [row[at("arriveMs")]!, row[at("finishMs")]!];
            expect(seen.has(row[0]!)).toBe(false);
            seen.add(row[0]!);
            expect(RUN_STATUS[status]).toBeDefined();
            ends[status]!++;
            // Completions are told in the order of time, and no run ends before it came.
            expect(finishMs).toBeGreaterThanOrEqual(lastMs);
            expect(finishMs).toBeGreaterThanOrEqual(arriveMs);
            expect(row[at("latencyMs")]).toBe(finishMs - arriveMs);
            // Parts of a latency are differences of times, exact to the last bits of those.
            for (const value of row) expect(value).toBeGreaterThanOrEqual(-1e-6);
            lastMs = finishMs;
          },
        );
        expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: RUNS }, (_, i) => i));
        for (const { startMs, endMs } of spans) expect(endMs).toBeGreaterThanOrEqual(startMs);
      }),
      { numRuns: 150, seed: 1 },
    );
    // The law is empty for a state that no run ended in.
    for (const count of ends) expect(count).toBeGreaterThan(50);
  });

  test("a worker begins after the workers it reads from have ended", () => {
    let edges = 0;
    fc.assert(
      fc.property(randomCases(), ({ scenario, plan }) => {
        const ends = new Map<string, StageSpan[]>();
        simulate(scenario, plan, {
          ...options,
          runs: 5,
          spans: (span) => {
            const key = `${span.run} ${span.stage}`;
            ends.set(key, [...(ends.get(key) ?? []), span]);
          },
        });
        for (const { from, to, shape } of scenario.workflow.edges)
          for (let run = 0; run < 5; run++) {
            const [before, after] = [ends.get(`${run} ${from}`), ends.get(`${run} ${to}`)];
            if (before === undefined || after === undefined) continue;
            edges++;
            for (const reader of after)
              for (const writer of before)
                if (shape !== "pairwise" || writer.worker === reader.worker)
                  expect(reader.startMs).toBeGreaterThanOrEqual(writer.endMs - 1e-6);
          }
      }),
      { numRuns: 150, seed: 2 },
    );
    expect(edges).toBeGreaterThan(1000);
  });

  const free: PriceSheet = {
    ...awsLambda2024.price,
    usdPerMbMs: 0,
    usdPerRequest: 0,
    usdPerTransition: 0,
    usdPerPut: 0,
    usdPerGet: 0,
  };
  const priced = (price: PriceSheet): Platform => ({ ...awsLambda2024, keepAliveMs: 4000, price });
  const logOf = ({ scenario, plan }: RandomCase, price: PriceSheet) =>
    simulate({ ...scenario, platform: priced(price) }, plan, options);
  const costs = (one: RandomCase, price: PriceSheet) => [...logOf(one, price).columns.costUsd];

  test("the cost of a run is the sum of what each price costs alone", () => {
    const prices = [
      "usdPerMbMs",
      "usdPerRequest",
      "usdPerTransition",
      "usdPerPut",
      "usdPerGet",
    ] as const;
    fc.assert(
      fc.property(randomCases(), (one) => {
        const { price } = awsLambda2024;
        const parts = prices.map((name) => costs(one, { ...free, [name]: price[name] }));
        costs(one, price).forEach((cost, run) => {
          const sum = parts.reduce((total, part) => total + part[run]!, 0);
          expect(cost).toBeGreaterThan(0);
          expect(Math.abs(cost / sum - 1)).toBeLessThan(1e-12);
        });
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  test("what is billed is GB-seconds, uses and whole transitions, rounded up and never down", () => {
    const exact = { ...free, billingStepMs: 0, minimumBilledMs: 0 };
    fc.assert(
      fc.property(randomCases(), (one) => {
        const perGb = { ...exact, usdPerMbMs: 1 / 1024 / 1000 };
        const { gbS, vmUses } = logOf(one, perGb).columns;
        costs(one, perGb).forEach((cost, run) =>
          expect(Math.abs(cost - gbS[run]!)).toBeLessThan(1e-9 * (1 + cost)),
        );
        expect(costs(one, { ...exact, usdPerRequest: 1 })).toEqual([...vmUses]);
        // The run itself, and a step at least.
        for (const count of costs(one, { ...exact, usdPerTransition: 1 })) {
          expect(Number.isInteger(count)).toBe(true);
          expect(count).toBeGreaterThanOrEqual(2);
        }
        const stepped = costs(one, { ...perGb, billingStepMs: 100, minimumBilledMs: 250 });
        stepped.forEach((cost, run) => {
          expect(cost).toBeGreaterThanOrEqual(gbS[run]! * (1 - 1e-9));
          const mostGb = Math.max(...one.plan.groups.map((group) => group.memoryMb)) / 1024;
          expect(cost).toBeLessThan(gbS[run]! + vmUses[run]! * mostGb * 0.35 + 1e-9);
        });
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});
