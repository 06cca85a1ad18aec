import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan, checkScenario } from "../../src/plan/check-plan.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { constantOf } from "../../src/stats/families.ts";
import { randomWorkload, SMALL } from "../../src/trace/random-workload.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { innerEdges } from "../../src/workflow/workflow.ts";

const many = Array.from({ length: 120 }, (_, i) =>
  randomWorkload(String(i), { stages: 1 + (i % 6), ...SMALL }),
);

/** The workload as a file in our own format. */
function fileOf({ workflow, profile, arrivals, ...rest }: Workload): string {
  const perSecond = arrivals?.kind === "poisson" ? arrivals.perSecond : Number.NaN;
  return JSON.stringify({
    schema: "wisefuse/workload@1",
    ...rest,
    arrivals: `poisson:${perSecond}/s`,
    stages: workflow.stages.map((stage) => {
      const { initCpuMs, compute, waitMs, skew, ...same } = profile[stage.id]!;
      if (compute.kind !== "cpu") throw new Error("random stages have a formula");
      const { cpuMs, kind: _, ...law } = compute;
      return {
        ...stage,
        ...same,
        initCpu: initCpuMs,
        compute: { cpu: cpuMs, ...law },
        wait: waitMs,
        skew: {
          content: skew.content,
          run: skew.runSigma,
          runFactor: skew.runFactor,
          noise: skew.noiseCv,
        },
      };
    }),
    edges: workflow.edges,
  });
}

describe("a random workload", () => {
  test("is the same for the same seed, and another for another", () => {
    const options = { stages: 4, ...SMALL };
    expect(randomWorkload("7", options)).toEqual(randomWorkload("7", options));
    expect(randomWorkload("7", options)).not.toEqual(randomWorkload("8", options));
    expect(randomWorkload("7", options).name).toBe("random-7");
  });

  test("can be planned for and predicted", () => {
    for (const { workflow, profile, arrivals } of many) {
      const scenario = { workflow, profile, platform: awsLambda2024, arrivals: arrivals! };
      expect(checkScenario(scenario)).toEqual([]);
      const plan = unfusedPlan(workflow, () => 3008);
      expect(checkPlan(scenario, plan)).toEqual([]);
      const { latencyMs, costUsd } = scenarioModel(scenario, 4, "x")(plan);
      expect([...latencyMs, ...costUsd].every((value) => value > 0 && value < 1e9)).toBe(true);
    }
  });

  test("survives its own file format", () => {
    for (const workload of many) expect(parseWorkload(fileOf(workload))).toEqual(workload);
  });

  test("keeps to its options: stages, fan-outs, bytes", () => {
    many.forEach(({ workflow }, i) => {
      expect(workflow.stages.length).toBe(1 + (i % 6));
      const fanOuts = workflow.stages.map((stage) => constantOf(stage.workers)!);
      expect(fanOuts.every((n) => Number.isInteger(n) && n >= 1 && n <= 8)).toBe(true);
      const bytes = workflow.edges.map((edge) => constantOf(edge.bytes)!);
      expect(bytes.every((n) => n >= 0 && n <= 100e6)).toBe(true);
    });
  });

  test("comes as a chain, with joins, with parallel stages and with every shape of edge", () => {
    const shapes = new Set(
      many.flatMap(({ workflow }) => workflow.edges.map((edge) => edge.shape)),
    );
    expect([...shapes].toSorted()).toEqual([
      "broadcast",
      "gather",
      "pairwise",
      "scatter",
      "shuffle",
    ]);
    const degrees = many.map(({ workflow }) => {
      const edges = innerEdges(workflow);
      return Math.max(
        ...workflow.stages.map(({ id }) => edges.filter((edge) => edge.to === id).length),
      );
    });
    expect(new Set(degrees).size).toBeGreaterThan(2);
  });
});
