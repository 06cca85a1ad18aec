/** What a simulation reports of itself, read by the importers, is the workflow that was simulated. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import type { StageSpan } from "../../src/execution/spans.ts";
import { spansToCsv } from "../../src/result/spans-csv.ts";
import { spansToOtlp } from "../../src/result/spans-otlp.ts";
import type { Workflow } from "../../src/workflow/workflow.ts";
import { apart } from "../toy-graphs.ts";
import { fileOf, importFiles } from "../trace/importing.ts";
import { randomScenario } from "./random-plan.ts";

const MEMORY_MB = 2048;

/** Stages with their fan-outs, and who reads from whom, in any order. */
function graphOf({ stages, edges }: Workflow) {
  return {
    stages: stages.map(({ id, workers }) => `${id} x ${JSON.stringify(workers)}`).toSorted(),
    edges: edges
      .filter(({ from, to }) => from !== "input" && to !== "output")
      .map(({ from, to }) => `${from} -> ${to}`)
      .toSorted(),
  };
}

test("a workflow simulated, exported as run CSV or OTLP and imported is itself", async () => {
  const edges = { "run-csv": 0, otlp: 0 };
  const formats = fc.constantFrom("run-csv" as const, "otlp" as const);
  await fc.assert(
    fc.asyncProperty(fc.nat(100_000), formats, async (seed, format) => {
      const scenario = randomScenario(seed);
      const { workflow } = scenario;
      const spans: StageSpan[] = [];
      simulate(scenario, apart(scenario, MEMORY_MB), {
        runs: 4,
        warmupRuns: 0,
        seed: "round trip",
        spans: (span) => spans.push(span),
      });
      const text =
        format === "otlp" ? spansToOtlp(spans, workflow) : await spansToCsv(spans, workflow);
      const { workloads } = await importFiles(format, [fileOf("x", text, 1 << 16)]);
      expect(workloads.map((one) => graphOf(one.workflow))).toEqual([graphOf(workflow)]);
      edges[format] += graphOf(workflow).edges.length;
    }),
    { numRuns: 120, seed: 15 },
  );
  for (const count of Object.values(edges)) expect(count).toBeGreaterThan(100);
});
