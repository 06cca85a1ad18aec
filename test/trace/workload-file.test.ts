import { describe, expect, test } from "vitest";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { EXAMPLE, exampleWith } from "./example.ts";

describe("a right file", () => {
  test("gives its workflow, with structural fields filled in", () => {
    const { workflow } = parseWorkload(EXAMPLE);
    expect(workflow.stages).toEqual([
      { id: "split", workers: 1 },
      { id: "classify", workers: 3 },
      { id: "gather", workers: { uniform: { min: 1, max: 4 } } },
    ]);
    expect(workflow.edges.slice(0, 3)).toEqual([
      {
        from: "input",
        to: "split",
        bytes: 20e6,
        shape: "gather",
        scalesWithRun: false,
        parallelRequests: 1,
      },
      {
        from: "split",
        to: "classify",
        bytes: 65_536,
        shape: "scatter",
        scalesWithRun: true,
        parallelRequests: 8,
      },
      {
        from: "classify",
        to: "gather",
        bytes: {
          quantiles: [
            [0, 1],
            [0.5, 1000],
            [1, 2000],
          ],
        },
        shape: "shuffle",
        scalesWithRun: false,
        parallelRequests: 1,
      },
    ]);
  });

  test("gives profiles in ms and MB, sizes and quantiles ascending", () => {
    const { profile } = parseWorkload(EXAMPLE);
    expect(profile["split"]).toEqual({
      runtime: "python3.9",
      package: { format: "image", mb: 250 },
      memoryMb: { runtime: 300, worker: 400 },
      initCpuMs: 1800,
      compute: {
        kind: "measured",
        sizes: [
          {
            memoryMb: 1000,
            timeMs: {
              quantiles: [
                [0.5, 52_400],
                [0.95, 58_000],
                [0.999, 60_000],
              ],
            },
          },
          { memoryMb: 1800, timeMs: { empirical: [50_000, 51_000] } },
          { memoryMb: 5000, timeMs: { lognormal: { median: 20_000, sigma: 0.1 } } },
        ],
      },
      waitMs: 0,
      skew: { content: 0, runSigma: 0.03, runFactor: "split", noiseCv: 0.05 },
    });
    expect(profile["classify"]?.compute).toEqual({
      kind: "cpu",
      cpuMs: 15_700,
      serialFraction: 0.36,
      maxVcpus: 6,
      parallelYield: 1,
    });
    expect(profile["classify"]?.skew.runFactor).toBe("video");
    expect(profile["gather"]?.compute).toEqual({
      kind: "cpu",
      cpuMs: {
        mixture: [
          { weight: 3, of: 1000 },
          { weight: 1, of: 4000 },
        ],
      },
      serialFraction: 1,
      maxVcpus: 1,
      parallelYield: 0.6,
      oversubscription: { threads: 12, penalty: 1.2, exponent: 1.5 },
    });
  });

  test("gives arrivals, objective and provenance", () => {
    const { arrivals, objective, provenance } = parseWorkload(EXAMPLE);
    expect(arrivals).toEqual({ kind: "poisson", perSecond: 0.1 });
    expect(objective).toEqual({ quantile: 0.95, latencyMsMax: 30_000, costUsdMax: 0.004 });
    expect(provenance.map(({ path, tag }) => `${tag} ${path}`)).toEqual([
      "derived stages.classify.compute",
      "measured stages.split.compute.byMemoryMb.1000",
      "assumed edges.split->classify.bytes",
    ]);
  });

  test("may leave out arrivals, objective and provenance, and be JSON indented by tabs", () => {
    const [head] = EXAMPLE.split("arrivals:");
    const [, rest] = EXAMPLE.split("budget: $0.004 }\n");
    const [body] = rest!.split("provenance:");
    const short = parseWorkload(head! + body!);
    expect([short.arrivals, short.objective, short.provenance]).toEqual([undefined, undefined, []]);
    const { stages, edges } = short.workflow;
    expect(stages).toHaveLength(3);
    const json = JSON.stringify(
      {
        $schema: "../docs/schema/workload.schema.json",
        schema: "wisefuse/workload@1",
        name: "one",
        description: "",
        source: "a test",
        arrivals: { timestamps: ["2s", 0, 500] },
        stages: [
          {
            id: "one",
            workers: { constant: 2 },
            runtime: "nodejs20",
            package: { format: "zip", mb: 1 },
            memoryMb: { runtime: 50, worker: 10 },
            initCpu: 0,
            compute: { cpu: { gamma: { shape: 2, scale: "1s" } }, serialFraction: 1, maxVcpus: 1 },
            wait: { pareto: { shape: 1.5, scale: 10 } },
            skew: { content: [1, 3], run: 0, noise: 0 },
          },
        ],
        edges: edges.slice(0, 0),
      },
      undefined,
      "\t",
    );
    const one = parseWorkload(json);
    expect(one.arrivals).toEqual({ kind: "timestamps", atMs: [0, 500, 2000] });
    const counted = EXAMPLE.replace("poisson:6/m", "{ perMinute: [2, 0], inside: poisson }");
    expect(parseWorkload(counted).arrivals).toEqual({
      kind: "per-minute",
      counts: [2, 0],
      inside: "poisson",
    });
    expect(one.workflow.stages).toEqual([{ id: "one", workers: 2 }]);
    expect(one.profile["one"]?.waitMs).toEqual({ pareto: { shape: 1.5, scale: 10 } });
  });

  test("may repeat a part by an alias", () => {
    const text = exampleWith(
      "wait: { exponential: { mean: 20ms } }",
      "wait: &w { constant: 2s }",
    ).replace("wait: 0\n    skew: { content: 0.35", "wait: *w\n    skew: { content: 0.35");
    expect(parseWorkload(text).profile["gather"]?.waitMs).toBe(2000);
  });
});
