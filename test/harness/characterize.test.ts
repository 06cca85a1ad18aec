import { describe, expect, test } from "vitest";
import { behaviourCdf } from "../../src/figure/behaviour-cdf.ts";
import { coldByRate } from "../../src/figure/cold-by-rate.ts";
import { renderWithWarnings } from "../../src/figure/figure.ts";
import { popularityCurve } from "../../src/figure/popularity-curve.ts";
import { shapeCdf } from "../../src/figure/shape-cdf.ts";
import { skewByWidth } from "../../src/figure/skew-by-width.ts";
import { timeShares } from "../../src/figure/time-shares.ts";
import { behaviourOf } from "../../src/harness/behaviour.ts";
import { characterize } from "../../src/harness/characterize.ts";
import { burstyDispersion, ratePerMs } from "../../src/plan/arrival-rate.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import {
  behaviourCurves,
  coldPoints,
  popularityPoints,
  skewPoints,
  TIME_PARTS,
} from "../../src/result/behaviour.ts";
import { characterizationCsv } from "../../src/result/characterization-csv.ts";
import { characterizationTable } from "../../src/result/characterization-table.ts";
import { WeightedCdf } from "../../src/trace/shape-facts.ts";
import { Population } from "../../src/trace/synthetic.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { chain, edge, type Toy, toyOf, Z_999 } from "../toy-graphs.ts";

const RUNS = 400;

function workloadOf({ workflow, profile }: Toy, arrivals: Arrivals | undefined): Workload {
  const about = { description: "", source: "test", objective: undefined, provenance: [] };
  return { name: workflow.name, workflow, profile, arrivals, ...about };
}

function seen(toy: Toy, arrivals: Arrivals | undefined, platform = ideal) {
  return behaviourOf(workloadOf(toy, arrivals), platform, { runs: RUNS, seed: "seen" })!;
}

const fan = (skew: object, arrivals?: Arrivals) =>
  seen(toyOf("fan", { a: [100], b: [100, 4, { skew }] }, [edge("a", "b", "scatter")]), arrivals);

describe("the behaviour of a workload", () => {
  test("shows known weights of workers as they are", () => {
    const { skew, width, depth, nodes } = fan({ content: [1, 2, 3, 4] });
    expect(skew).toEqual([{ workers: 4, slowestOverFastest: 4 }]);
    expect([width, depth, nodes]).toEqual([4, 2, 5]);
  });

  test("finds workers of a run alike when they share its factor, and unlike when they do not", () => {
    expect(fan({ runSigma: 0.5 }).workerCorrelations[0]).toBeCloseTo(1, 9);
    const own = fan({ content: 0.3 }).workerCorrelations[0]!;
    expect(Math.abs(own)).toBeLessThan(Z_999 / Math.sqrt(RUNS));
    expect(own).not.toBe(0);
  });

  test("finds neighbouring stages alike when they share a factor", () => {
    const shared = { skew: { runSigma: 0.4, runFactor: "size" } };
    expect(seen(chain([10, 20], 0, shared), undefined).stageCorrelations[0]).toBeCloseTo(1, 9);
    const apart = toyOf(
      "apart",
      { a: [10, 1, { skew: { runSigma: 0.4 } }], b: [10, 1, { skew: { runSigma: 0.4 } }] },
      [edge("a", "b")],
    );
    const found = seen(apart, undefined).stageCorrelations[0]!;
    expect(Math.abs(found)).toBeLessThan(Z_999 / Math.sqrt(RUNS));
  });

  test("is cold when it pauses longer than VMs are kept, warm when it does not", () => {
    const every = (everyMs: number): Arrivals => ({ kind: "timer", everyMs });
    expect(seen(chain([10]), every(3_600_000), awsLambda2024).coldShare).toBe(1);
    expect(seen(chain([10]), every(20_000), awsLambda2024).coldShare).toBe(0);
    expect(seen(chain([10]), undefined, awsLambda2024).coldShare).toBeNaN();
  });

  test("divides its time into parts that add up", () => {
    const { share, latencyMs, failed } = seen(
      chain([400, 800], 1e7),
      { kind: "poisson", perSecond: 0.01 },
      awsLambda2024,
    );
    expect(TIME_PARTS.reduce((sum, part) => sum + share[part], 0)).toBeCloseTo(1, 6);
    expect(share.compute).toBeGreaterThan(0.4);
    expect(share.communication).toBeGreaterThan(0.05);
    expect(share.start).toBeGreaterThan(0.005);
    expect([latencyMs.length, failed]).toEqual([RUNS, 0]);
    // All of it is compute where nothing else takes time: two stages of 50 ms.
    const bare = seen(chain([50, 50]), undefined);
    expect(bare.share.compute).toBe(1);
    expect(bare.latencyMs[0]).toBeCloseTo(100, 9);
  });

  test("knows a timer, Poisson and a burst apart by their gaps", () => {
    const poisson = seen(chain([1]), { kind: "poisson", perSecond: 3 });
    expect(poisson.gapCv).toBeCloseTo(1, 1);
    expect(poisson.dispersion).toBeGreaterThan(0.6);
    expect(poisson.dispersion).toBeLessThan(1.5);
    const timer = seen(chain([1]), { kind: "timer", everyMs: 5000 });
    expect(timer.gapCv).toBeLessThan(1e-6);
    expect(timer.dispersion).toBeLessThan(0.1);
    const bursty = {
      kind: "bursty",
      calm: { perSecond: 1, meanMs: 4000 },
      burst: { perSecond: 20, meanMs: 500 },
    } as const;
    const found = seen(chain([1]), bursty);
    const expected = burstyDispersion(bursty, 10 / ratePerMs(bursty));
    expect(expected).toBeGreaterThan(4);
    // Two hundred windows: a standard error of a tenth, more for a heavy tail.
    expect(found.dispersion / expected).toBeGreaterThan(0.6);
    expect(found.dispersion / expected).toBeLessThan(1.6);
    expect(found.gapCv).toBeGreaterThan(1.2);
  });

  test("is unknown when a stage fits no VM", () => {
    const huge = chain([1], 0, { memoryMb: { runtime: 0, worker: 1e6 } });
    const workload = workloadOf(huge, undefined);
    expect(behaviourOf(workload, awsLambda2024, { runs: 2, seed: "x" })).toBeUndefined();
  });
});

describe("a characterisation", () => {
  const population = new Population("azure-durable", 150, "characterize");
  function* source() {
    for (let rank = 1; rank <= 150; rank++) yield () => population.workloadOf(rank);
  }
  const options = { platform: "aws-lambda-2024", sample: 25, runs: 20, seed: "a" };
  const result = characterize(source, options);

  test("samples workflows alike and executions by their rates", () => {
    const { workflow, execution } = result.samples;
    expect(workflow).toHaveLength(25);
    expect(workflow.every(({ weight }) => weight === 1)).toBe(true);
    expect(execution.reduce((sum, { weight }) => sum + weight, 0)).toBe(25);
    const busiest = execution.find(({ behaviour }) => behaviour.name === population.nameOf(1));
    const share = population.popularity.perDay(1) / population.popularity.totalPerDay();
    expect(Math.abs(busiest!.weight / 25 - share)).toBeLessThan(
      Z_999 * Math.sqrt((share * (1 - share)) / 25),
    );
    expect(result.facts.count).toBe(150);
    expect([...result.arrivals.values()].reduce((sum, count) => sum + count, 0)).toBe(150);
  });

  test("takes all of a few, with their rates as weights", () => {
    const toys = [chain([10]), chain([10, 10])].map((toy, i) =>
      workloadOf(
        { ...toy, workflow: { ...toy.workflow, name: `w${i}` } },
        i === 0 ? { kind: "poisson", perSecond: 2 } : undefined,
      ),
    );
    const few = characterize(() => toys.map((toy) => () => toy), options);
    expect(few.samples.workflow).toHaveLength(2);
    expect(few.samples.execution.map(({ weight }) => weight)).toEqual([172_800]);
    expect(characterizationTable(few)).toContain("2 workloads, 1 with a rate of arrivals");
  });

  test("is the same again, as text of at most 80 columns and as tables", async () => {
    const again = characterize(source, options);
    const text = characterizationTable(result);
    expect(characterizationTable(again)).toBe(text);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    const tables = await characterizationCsv(result);
    expect(await characterizationCsv(again)).toEqual(tables);
    const [head, ...rows] = tables["workloads.csv"]!.trimEnd().split("\n");
    expect(head).toMatch(/^workload,weight_execution,weight_workflow,per_day,width,/);
    const names = result.samples.workflow.concat(result.samples.execution);
    expect(rows).toHaveLength(new Set(names.map(({ behaviour }) => behaviour.name)).size);
    expect(tables["shapes.csv"]).toMatch(/^weighting,measure,value,share\nexecution,width,1,/);
  });

  const figures = [
    ["shapes", () => shapeCdf(result.facts), ["width per execution", "nodes per workflow"]],
    [
      "popularity",
      () => popularityCurve(popularityPoints(result.facts)),
      ["executions by the busiest"],
    ],
    [
      "behaviour",
      () => behaviourCdf(behaviourCurves(result), result.platform),
      ["latency (s)", "correlation of their times"],
    ],
    ["time", () => timeShares(result), ["per execution (", "communication (hops, store)"]],
    [
      "cold starts",
      () => coldByRate(coldPoints(result), result.platform),
      ["cold VM uses (%)", "executions a day"],
    ],
    [
      "skew",
      () => skewByWidth(skewPoints(result)),
      ["slowest over fastest", "workers of the stage"],
    ],
  ] as const;
  test("leaves a panel out where all workloads have one value", () => {
    const of = (...values: number[]) =>
      new WeightedCdf(Float64Array.from(values), new Float64Array(values.length).fill(1));
    const drawn = (gap: WeightedCdf) =>
      JSON.stringify(
        behaviourCdf({ cdf: (measure) => (measure === "gap_cv" ? gap : of(1, 2)) }, "ideal"),
      );
    expect(drawn(of(0.9, 1.1))).toContain("gaps between arrivals");
    expect(drawn(of(1))).not.toContain("gaps between arrivals");
    expect(drawn(of(1))).toContain("latency of runs");
  });

  test.each(figures)("draws %s without a warning, the same bytes again", async (_, draw, texts) => {
    const { svg, warnings } = await renderWithWarnings(draw());
    expect(warnings).toEqual([]);
    for (const text of texts) expect(svg).toContain(text);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect((await renderWithWarnings(draw())).svg).toBe(svg);
  });
});
