import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlain } from "../../src/execution/plain-runs.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { simulateTogether } from "../../src/execution/simulate-together.ts";
import { compile } from "../../src/physics/compile.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { randomCases } from "../laws/random-plan.ts";

// Few VMs at once, short-lived ones, a short time limit and few parallel starts: all that a plain run can meet.
const tight: Platform = {
  ...awsLambda2024,
  runMsMax: 6000,
  keepAliveMs: { exponential: { mean: 3000 } },
  concurrency: {
    ...awsLambda2024.concurrency,
    limit: 12,
    burst: 6,
    scaleOutPerSecond: 2,
    retry: { intervalMs: 200, backoffRate: 2, maxAttempts: 5 },
  },
  orchestrator: { ...awsLambda2024.orchestrator, parallelStarts: 2 },
};

const arrivals = fc.constantFrom<Arrivals>(
  { kind: "poisson", perSecond: 2 },
  { kind: "closed", inFlight: 4 },
  { kind: "timestamps", atMs: [0, 0, 7, 7, 7, 400] },
);

test("plain runs have the same rows, bit for bit, as the simulation of all that can happen", () => {
  let plain = 0;
  let failed = 0;
  fc.assert(
    fc.property(
      randomCases(),
      arrivals,
      fc.constantFrom(awsLambda2024, tight),
      ({ scenario, plan }, when, platform) => {
        const given = { ...scenario, platform, arrivals: when };
        fc.pre(isPlain(compile(given, plan)));
        plain++;
        const options = { runs: 30, warmupRuns: 3, seed: "plain" };
        const quick = simulate(given, plan, options);
        // Whoever asks for spans gets the other simulation.
        const full = simulate(given, plan, { ...options, spans: () => {} });
        failed += quick.status.filter((status) => status !== 0).length;
        expect(quick.columns).toEqual(full.columns);
        expect(quick.status).toEqual(full.status);
        expect(quick.events).toBe(full.events);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
  expect(plain).toBeGreaterThan(50);
  expect(failed).toBeGreaterThan(50);
});

test("a plain workflow alone on an account has the rows that it has by itself", () => {
  const { scenario, plan } = fc.sample(
    randomCases().filter((one) => isPlain(compile(one.scenario, one.plan))),
    { numRuns: 1, seed: 3 },
  )[0]!;
  const { concurrency } = scenario.platform;
  const latenciesMs: number[] = [];
  simulateTogether([{ scenario, plan }], { untilMs: 200_000, seed: "x", concurrency }, (row) =>
    latenciesMs.push(row[3]!),
  );
  const alone = simulate(scenario, plan, {
    runs: latenciesMs.length,
    warmupRuns: 0,
    seed: `x/${scenario.workflow.name}`,
  });
  expect(latenciesMs.length).toBeGreaterThan(20);
  expect(Float64Array.from(latenciesMs).sort()).toEqual(alone.columns.latencyMs.toSorted());
});
