import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { awsLambda2022, awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { exactCloud } from "../exact-cloud.ts";
import {
  apart,
  diamond,
  edge,
  fanOut,
  planOf,
  scenarioOf,
  together,
  toyOf,
} from "../toy-graphs.ts";

const RUNS = 60;
const WARM_UP = 3;
const change = {
  initCpuMs: 200,
  waitMs: { exponential: { mean: 30 } },
  skew: { content: 0.6, runSigma: 0.3, noiseCv: 0.1 },
};
const wide = fanOut(7, { lognormal: { median: 300, sigma: 0.5 } }, { bytes: 2e5, change });
const two = diamond(
  { first: 200, left: { exponential: { mean: 400 } }, right: 300, last: 100 },
  5e4,
);
const pairs = toyOf(
  "pairs",
  { split: [50], a: [{ exponential: { mean: 200 } }, 6, change], b: [150, 6, change], end: [20] },
  [
    edge("split", "a", "broadcast", 1e5),
    edge("a", "b", "pairwise", 6e5, { scalesWithRun: true }),
    edge("b", "end", "gather", 3e5, { parallelRequests: 4 }),
  ],
);
const processes = { isolation: "processes", concurrency: 2, memoryMb: 3538 } as const;
const plans = {
  "a VM for each worker": [wide, apart(wide)],
  "inline payloads": [two, apart(two, 1769, "inline")],
  "bundles in waves": [
    wide,
    planOf(wide, [
      { stages: ["split"] },
      { stages: ["work"], workersPerVm: 4, ...processes },
      { stages: ["gather"] },
    ]),
  ],
  "one VM": [wide, together(wide, { memoryMb: 5307 })],
  "one VM for two branches": [two, together(two)],
  "a home with an overflow": [wide, together(wide, { workersPerVm: 2, ...processes })],
  "a fused pipeline": [
    pairs,
    planOf(pairs, [
      { stages: ["split"] },
      { stages: ["a", "b"], workersPerVm: 3, memoryMb: 2048 },
      { stages: ["end"] },
    ]),
  ],
  "a home with a pipeline": [pairs, together(pairs, { workersPerVm: 2, ...processes })],
} as const;
const narrow: Platform = {
  ...exactCloud,
  name: "exact, two starts at once",
  orchestrator: { ...exactCloud.orchestrator, parallelStarts: 2 },
};

describe("with the same luck and warm VMs the model is the simulation, run by run", () => {
  for (const platform of [exactCloud, narrow, awsLambda2022, awsLambda2024])
    for (const [name, [toy, plan]] of Object.entries(plans))
      test(`${name} on ${platform.name}`, () => {
        const scenario = scenarioOf(
          toy,
          { ...platform, keepAliveMs: Number.POSITIVE_INFINITY },
          { kind: "closed", inFlight: 1 },
        );
        const { columns } = simulate(scenario, plan, {
          runs: RUNS,
          warmupRuns: WARM_UP,
          seed: "model/same",
        });
        expect(columns.coldStarts.every((n) => n === 0)).toBe(true);
        const predicted = scenarioModel(scenario, WARM_UP + RUNS, "same")(plan);
        for (let run = 0; run < RUNS; run++) {
          expect(predicted.latencyMs[WARM_UP + run]! / columns.latencyMs[run]!).toBeCloseTo(1, 9);
          expect(predicted.costUsd[WARM_UP + run]! / columns.costUsd[run]!).toBeCloseTo(1, 9);
        }
      });
});
