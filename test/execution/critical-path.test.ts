import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import type { StageSpan } from "../../src/execution/spans.ts";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { TIME_SPLIT } from "../../src/result/measure.ts";
import { exactCloud } from "../exact-cloud.ts";
import { randomCases } from "../laws/random-plan.ts";
import {
  apart,
  chain,
  edge,
  fanOut,
  ONE_VCPU_MB,
  quantile,
  scenarioOf,
  type Toy,
  together,
  toyOf,
} from "../toy-graphs.ts";

const options = { runs: 1, warmupRuns: 0, seed: "path" };

function columnsOf(toy: Toy, plan: ExecutionPlan) {
  return simulate(scenarioOf(toy, exactCloud), plan, options).columns;
}

test("the parts of a run are never negative and add up to its latency, under any plan", () => {
  fc.assert(
    fc.property(randomCases(), ({ scenario, plan }) => {
      const { columns, runs } = simulate(scenario, plan, { ...options, runs: 5 });
      for (let run = 0; run < runs; run++) {
        const parts = TIME_SPLIT.map((name) => columns[name][run]!);
        expect(Math.min(...parts)).toBeGreaterThan(-1e-9);
        const sum = parts.reduce((all, part) => all + part, 0);
        expect(sum).toBeCloseTo(columns.latencyMs[run]!, 6);
        expect(columns.skew[run]).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: 60 },
  );
});

describe("what the slowest worker takes over the median one", () => {
  // Weights are rescaled to mean 1: 200/3, 400/3 and 400 ms.
  const skewed = () => fanOut(3, 200, { change: { skew: { content: [1, 2, 6] } } });
  const wide = { memoryMb: 3 * ONE_VCPU_MB };

  test.each([
    ["its own VM", (toy: Toy) => apart(toy)],
    ["the VM of all", (toy: Toy) => together(toy, wide)],
    ["a VM of two, with the median one", (toy: Toy) => together(toy, { ...wide, workersPerVm: 2 })],
  ])("is waiting for a straggler, no compute, in %s", (_, planFor) => {
    const toy = skewed();
    const { stragglerMs, computeMs, skew } = columnsOf(toy, planFor(toy));
    expect(stragglerMs[0]).toBeCloseTo(800 / 3, 6);
    expect(computeMs[0]).toBeCloseTo(100 + 400 / 3 + 50, 6);
    expect(skew[0]).toBeCloseTo(3, 9);
  });

  test("counts in a workflow of one stage as well", () => {
    const toy = toyOf("one", { work: [200, 3, { skew: { content: [1, 2, 6] } }] }, []);
    const { stragglerMs, skew } = columnsOf(toy, apart(toy));
    expect(stragglerMs[0]).toBeCloseTo(800 / 3, 6);
    expect(skew[0]).toBeCloseTo(3, 9);
  });

  test("is nothing where all take the same, or one is alone", () => {
    for (const toy of [fanOut(4, 200), chain([100, 200])])
      for (const plan of [apart(toy), together(toy, wide)]) {
        const { stragglerMs, skew } = columnsOf(toy, plan);
        expect(stragglerMs[0]).toBeCloseTo(0, 9);
        expect(skew[0]).toBeCloseTo(1, 9);
      }
  });

  test("is told from the spans of all workers, their reading and writing among it", () => {
    const work = { lognormal: { median: 40, sigma: 1 } };
    const toy = toyOf(
      "read and write",
      {
        first: [50],
        read: [work, 5, { skew: { content: [1, 5, 2, 1, 1] } }],
        write: [work, 4],
        last: [50],
      },
      [
        edge("first", "read", "scatter", 200_000),
        edge("read", "write", "shuffle", 300_000),
        edge("write", "last", "gather", 100_000),
      ],
    );
    const spans: StageSpan[] = [];
    const { columns, runs } = simulate(scenarioOf(toy, exactCloud), apart(toy), {
      ...options,
      runs: 30,
      spans: (span) => spans.push(span),
    });
    const { fetchMs, computeMs, storeMs, stragglerMs } = columns;
    for (let run = 0; run < runs; run++) {
      let [usefulMs, excessMs] = [0, 0];
      for (const { id } of toy.workflow.stages) {
        const own = spans.filter((span) => span.run === run && span.stage === id);
        const workMs = own.map((span) => span.fetchMs + span.computeMs + span.storeMs);
        const medianMs = quantile(workMs, 0.5);
        usefulMs += medianMs;
        excessMs += Math.max(...workMs) - medianMs;
      }
      expect(stragglerMs[run]).toBeCloseTo(excessMs, 6);
      expect(fetchMs[run]! + computeMs[run]! + storeMs[run]!).toBeCloseTo(usefulMs, 6);
    }
  });
});
