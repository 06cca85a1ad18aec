import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadLine, workloadText } from "../../src/trace/workload-text.ts";
import { EXAMPLE } from "./example.ts";

const texts = readdirSync("traces").map((name) => [name, readFileSync(`traces/${name}`, "utf8")]);

test.each([["example.yaml", EXAMPLE], ...texts])("%s reads back as it was written", (_, text) => {
  const workload = parseWorkload(text!);
  expect(parseWorkload(workloadText(workload))).toEqual(workload);
  expect(parseWorkload(workloadLine(workload))).toEqual(workload);
});

const ARRIVALS: readonly (Arrivals | undefined)[] = [
  undefined,
  { kind: "once" },
  { kind: "poisson", perSecond: 1.3e-7 },
  { kind: "closed", inFlight: 4 },
  { kind: "timer", everyMs: 61_234.5 },
  {
    kind: "bursty",
    calm: { perSecond: 0, meanMs: 1e9 },
    burst: { perSecond: 3.25, meanMs: 0.125 },
  },
  { kind: "diurnal", perSecond: 1 / 3, base: 0.1, peakMs: 50_000_001, weekend: 0.7 },
  { kind: "timestamps", atMs: [0, 0.5, 1e7] },
  { kind: "per-minute", counts: [0, 5], inside: "poisson" },
];

test.each(ARRIVALS)("arrivals %j read back as they were written", (arrivals) => {
  const workload = { ...parseWorkload(EXAMPLE), arrivals };
  expect(parseWorkload(workloadText(workload)).arrivals).toEqual(arrivals);
});
