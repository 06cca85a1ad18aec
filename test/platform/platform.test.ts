import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { platformNamed, platformNames } from "../../src/platform/index.ts";
import { lawAt, type Platform, vcpusOf } from "../../src/platform/platform.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";

const platforms = platformNames.map((name) => platformNamed(name));

describe("platforms", () => {
  test.each(platforms)(
    "$name offers only legal sizes, ascending, from small to the largest",
    (one) => {
      const { minMb, maxMb, stepMb } = one.memory;
      const sizes = one.memorySizesMb;
      expect(sizes.every((mb) => mb >= minMb && mb <= maxMb && (mb - minMb) % stepMb === 0)).toBe(
        true,
      );
      expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
      expect(sizes[sizes.length - 1]).toBe(maxMb);
    },
  );

  test.each(platforms)("$name says where its numbers come from", (one) => {
    const named = Object.entries(one.sources);
    expect(named.length).toBeGreaterThan(0);
    for (const [, source] of named) expect(source.length).toBeGreaterThan(10);
  });

  test("of AWS give one vCPU at 1,769 MB, and 5.79 at most", () => {
    for (const name of ["aws-lambda-2022", "aws-lambda-2024"]) {
      const one = platformNamed(name);
      expect(vcpusOf(one, 1769)).toBe(1);
      expect(vcpusOf(one, 884.5)).toBe(0.5);
      expect(vcpusOf(one, 10_240)).toBeCloseTo(5.79, 2);
      expect(vcpusOf(one, 20_000)).toBe(vcpusOf(one, 10_240));
    }
  });

  test("of AWS differ in what changed: network, hops, keep-alive, growth", () => {
    const [then, now] = [platformNamed("aws-lambda-2022"), platformNamed("aws-lambda-2024")];
    expect(lawAt(then.nicBytesPerMs, 10_240)).toBe(75_000);
    expect(lawAt(now.nicBytesPerMs, 10_240)).toBe(375_000);
    // 625 to 3,000 Mbit/s between 2 and 10 GB.
    expect((8 * lawAt(now.nicBytesPerMs, 6144)) / 1000).toBeCloseTo((625 + 3000) / 2, 6);
    expect([then.keepAliveMs, now.keepAliveMs]).toEqual([600_000, 330_000]);
    expect(then.price).toEqual(now.price);
  });

  test("of Azure always give one vCPU; of Google one at 2,048 MB, and two at most", () => {
    const [azure, google] = [platformNamed("azure-durable"), platformNamed("google-workflows")];
    expect(azure.memorySizesMb.map((mb) => vcpusOf(azure, mb))).toEqual(Array(12).fill(1));
    expect([1024, 2048, 4096].map((mb) => vcpusOf(google, mb))).toEqual([0.5, 1, 2]);
    // 2 GB and 2.4 GHz for 1 s.
    expect(google.price.usdPerMbMs * 2048 * 1000).toBeCloseTo(0.000029, 12);
  });

  test.each([
    // Measured P99 of 38.5 s: instances that come at a steady rate clear the end of the queue sooner.
    { name: "azure-durable", memoryMb: 256, p50Ms: 18_637, p99Ms: 25_000 },
    { name: "google-workflows", memoryMb: 2048, p50Ms: 2978, p99Ms: 4595 },
  ])("$name serves 100 calls at once about as fast as STeLLAR measured", (measured) => {
    const given = platformNamed(measured.name);
    // A call to one function passes no orchestrator.
    const hops = [{ bytes: 0, p50Ms: 18, p95Ms: 18 }];
    const platform: Platform = { ...given, orchestrator: { ...given.orchestrator, hops } };
    const toy = chain([1000]);
    const arrivals = { kind: "timestamps", atMs: Array<number>(100).fill(0) } as const;
    const scenario = scenarioOf(toy, platform, arrivals);
    const plan = unfusedPlan(toy.workflow, () => measured.memoryMb);
    const log = simulate(scenario, plan, { runs: 100, warmupRuns: 0, seed: "burst" });
    const sorted = log.columns.latencyMs.toSorted();
    expect(Math.abs(sorted[50]! / measured.p50Ms - 1)).toBeLessThan(0.1);
    expect(Math.abs(sorted[98]! / measured.p99Ms - 1)).toBeLessThan(0.1);
  });

  test("of a misspelt name are refused with the nearest one", () => {
    expect(() => platformNamed("aws-lamda-2024")).toThrow('did you mean "aws-lambda-2024"?');
  });
});

describe("a piecewise-linear law", () => {
  const points = [
    { x: 1, y: 10 },
    { x: 3, y: 30 },
    { x: 4, y: 20 },
  ];
  test("goes through its points, is linear between and flat outside", () => {
    expect([0, 1, 2, 3, 3.5, 4, 9].map((x) => lawAt(points, x))).toEqual([
      10, 10, 20, 30, 25, 20, 20,
    ]);
    expect(lawAt([{ x: 5, y: 7 }], 6)).toBe(7);
  });
});
