import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_FAILURES, STATES_LANGUAGE_RETRY } from "../../src/plan/failures.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import type { DistributionSpec } from "../../src/stats/families.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadLine, workloadText } from "../../src/trace/workload-text.ts";
import { TRACES } from "../calibration/data.ts";
import { EXAMPLE } from "./example.ts";

const ARRIVALS: readonly (Arrivals | undefined)[] = [
  undefined,
  { kind: "once" },
  { kind: "closed", inFlight: 8 },
  { kind: "poisson", perSecond: 0.1 + 0.2 },
  { kind: "poisson", perSecond: 1.3e-7 },
  { kind: "timer", everyMs: 61_234.5 },
  {
    kind: "bursty",
    calm: { perSecond: 0, meanMs: 1e9 },
    burst: { perSecond: 3.25, meanMs: 0.125 },
  },
  { kind: "diurnal", perSecond: 1 / 3, base: 0.1, peakMs: 50_000_001, weekend: 0.7 },
  { kind: "timestamps", atMs: [0, 0.001, 1e12 + 0.125] },
  { kind: "per-minute", counts: [0, 5], inside: "poisson" },
];

describe("a workload written and read again is the workload", () => {
  test.each([
    ["crashesPerHour: 0.5", { crashesPerHour: 0.5, retry: STATES_LANGUAGE_RETRY }],
    [
      "duplicates: 1, retry: { interval: 2s, backoffRate: 1.5, maxAttempts: 0 }",
      { duplicates: 1, retry: { intervalMs: 2000, backoffRate: 1.5, maxAttempts: 0 } },
    ],
  ])("with failures {%s}", (text, said) => {
    const workload = parseWorkload(
      EXAMPLE.replace("\nstages:", `\nfailures: { ${text} }\n\nstages:`),
    );
    expect(workload.failures).toEqual({ ...NO_FAILURES, ...said });
    expect(parseWorkload(workloadText(workload))).toEqual(workload);
  });

  const shipped = readdirSync(TRACES).filter((name) => name.endsWith(".yaml"));
  const texts = shipped.map((name) => [name, readFileSync(join(TRACES, name), "utf8")] as const);

  test.each([["the example", EXAMPLE] as const, ...texts])("%s", (_, text) => {
    const workload = parseWorkload(text);
    const written = workloadText(workload);
    expect(parseWorkload(written)).toEqual(workload);
    expect(workloadText(parseWorkload(written))).toBe(written);
    const line = workloadLine(workload);
    expect(line).not.toContain("\n");
    expect(parseWorkload(line)).toEqual(workload);
  });

  test("whatever its numbers and names", () => {
    const base = parseWorkload(EXAMPLE);
    const amount = fc.double({ min: 0, max: 1e15, noNaN: true });
    const spec: fc.Arbitrary<DistributionSpec> = fc.oneof(
      amount,
      fc.array(amount, { minLength: 1, maxLength: 5 }).map((empirical) => ({ empirical })),
      fc
        .record({ median: fc.double({ min: 1e-9, max: 1e9, noNaN: true }), sigma: amount })
        .map((lognormal) => ({ lognormal })),
      fc.tuple(amount, amount).map(([a, b]) => ({
        quantiles: [
          [0.1, Math.min(a, b)],
          [0.999, Math.max(a, b)],
        ] as const,
      })),
    );
    const text = fc.oneof(
      fc.constantFrom("yes", "null", "1e3", "- a", "a: b", "#x", "'", '"', "é\n\tb", "0x10", "~"),
      fc.string({ minLength: 1 }),
    );
    fc.assert(
      fc.property(spec, spec, amount, text, (cpu, wait, initCpuMs, description) => {
        const split = base.profile["split"]!;
        const workload = {
          ...base,
          description,
          profile: {
            ...base.profile,
            split: {
              ...split,
              initCpuMs,
              waitMs: wait,
              compute: {
                kind: "cpu",
                cpuMs: cpu,
                serialFraction: 1,
                maxVcpus: 1,
                parallelYield: 1,
              },
            } as const,
          },
          provenance: [],
        };
        expect(parseWorkload(workloadText(workload))).toEqual(workload);
      }),
      { numRuns: 40 },
    );
  });

  test.each(ARRIVALS)("with arrivals %j", (arrivals) => {
    const workload = { ...parseWorkload(EXAMPLE), arrivals };
    expect(parseWorkload(workloadText(workload)).arrivals).toEqual(arrivals);
    expect(parseWorkload(workloadLine(workload)).arrivals).toEqual(arrivals);
  });
});

test("every stage has a line a field, and every edge a line", () => {
  const text = workloadText(parseWorkload(EXAMPLE));
  expect(text).toContain("    package: { format: zip, mb: 50 }\n");
  expect(text).toContain('        "1800": { empirical: [ 50000, 51000 ] }\n');
  expect(text).toContain("  - { from: gather, to: output, bytes: 3500000, shape: gather }\n");
});
