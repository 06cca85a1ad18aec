import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioOf } from "../../src/harness/run-cell.ts";
import { ratePerMs } from "../../src/plan/arrival-rate.ts";
import { checkScenario } from "../../src/plan/check-plan.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { CountLaw } from "../../src/stats/count-law.ts";
import { constantOf } from "../../src/stats/families.ts";
import { fitJointLaw } from "../../src/stats/joint-law.ts";
import { populationLines, workloadsOf } from "../../src/trace/population-file.ts";
import { AZURE_DURABLE_EXECUTIONS, SHAPE_MEASURES, TRIGGERS } from "../../src/trace/published.ts";
import { ShapeFacts, shapeOf } from "../../src/trace/shape-facts.ts";
import { Population } from "../../src/trace/synthetic.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadLine, workloadText } from "../../src/trace/workload-text.ts";
import { Z_999 } from "../toy-graphs.ts";

const WORKFLOWS = 20_000;
const EXECUTIONS = 50_000;
const population = new Population("azure-durable", WORKFLOWS, "test");
const facts = new ShapeFacts();
for (let rank = 1; rank <= WORKFLOWS; rank++)
  facts.addShape(population.shapeOf(rank), population.popularity.perDay(rank));

describe("a population per execution", () => {
  const drawn = new ShapeFacts();
  for (let i = 0; i < EXECUTIONS; i++)
    drawn.addShape(facts.shapeAt(population.rankOfExecution(i) - 1), 1);

  test.each(SHAPE_MEASURES)("of 50,000 executions has the published %s within 0.02", (measure) => {
    const published = AZURE_DURABLE_EXECUTIONS.cdf[measure]!;
    expect(drawn.cdf(measure, "execution")!.distanceFrom(published)).toBeLessThan(0.02);
    expect(facts.cdf(measure, "execution")!.distanceFrom(published)).toBeLessThan(0.005);
    // The P50, P90 and P95 of whole numbers as small as these are met exactly or the law is not.
    const law = new CountLaw(published);
    for (const p of [0.5, 0.9, 0.95])
      expect(drawn.cdf(measure, "execution")!.quantile(p)).toBe(law.quantile(p));
  });

  test("of other luck fits as well, though five workflows hold half of it", () => {
    const other = new Population("azure-durable", 3000, "other luck", population.law);
    const shapes = new ShapeFacts();
    for (let rank = 1; rank <= 3000; rank++)
      shapes.addShape(other.shapeOf(rank), other.popularity.perDay(rank));
    expect(shapes.topShare(5)).toBeGreaterThan(0.45);
    for (const measure of SHAPE_MEASURES)
      expect(
        shapes.cdf(measure, "execution")!.distanceFrom(AZURE_DURABLE_EXECUTIONS.cdf[measure]!),
      ).toBeLessThan(0.02);
  });

  test("says how far the three published marginals can hold jointly", () => {
    expect(population.law.infeasible).toBeLessThan(5e-4);
    expect(population.law.mass.reduce((sum, m) => sum + m, 0)).toBeCloseTo(1, 12);
  });
});

test("a population per workflow follows the statistics of workflows", () => {
  const each = new Population("azure-durable-workflows", 8000, "test");
  const shapes = new ShapeFacts();
  for (let rank = 1; rank <= 8000; rank++) shapes.addShape(each.shapeOf(rank), 1);
  // Kolmogorov's 99.9 % bound for a sample of that law.
  for (const measure of ["width", "depth"] as const)
    expect(
      shapes.cdf(measure, "workflow")!.distanceFrom(each.published.cdf[measure]!),
    ).toBeLessThan(1.949 / Math.sqrt(8000));
  expect(shapes.cdf("depth", "workflow")!.quantile(0.5)).toBe(3);
});

describe("popularity", () => {
  test("falls with rank, and has the published share of workflows below 100 a day", () => {
    const rates = facts.perDay.values();
    expect(rates.every((rate, i) => i === 0 || rate < rates[i - 1]!)).toBe(true);
    expect(rates.filter((rate) => rate < 100).length / WORKFLOWS).toBeCloseTo(0.8, 3);
    expect(rates[0]! / rates[WORKFLOWS - 1]!).toBeGreaterThan(1e7);
    expect(facts.topShare(5)).toBeGreaterThan(0.46);
    expect(facts.topShare(5)).toBeLessThan(0.53);
  });
});

describe("a generated workflow", () => {
  const some = Array.from({ length: 300 }, (_, i) => 1 + i * 61);

  test("has the shape it was drawn for, whatever its branches and levels", () => {
    for (const rank of some)
      expect(shapeOf(population.workloadOf(rank).workflow)).toEqual(population.shapeOf(rank));
  });

  test("arrives as often as its rank says, by timers and in bursts as often as published", () => {
    const kinds = { timer: 0, bursty: 0, diurnal: 0, poisson: 0 };
    for (const rank of some) {
      const { arrivals } = population.workloadOf(rank);
      const perDay = ratePerMs(arrivals!) * 86_400_000;
      expect(perDay / population.popularity.perDay(rank)).toBeCloseTo(1, 2);
      if (arrivals!.kind in kinds) kinds[arrivals!.kind as keyof typeof kinds]++;
    }
    expect(kinds.timer + kinds.bursty + kinds.diurnal + kinds.poisson).toBe(some.length);
    for (const [share, count] of [
      [TRIGGERS.timer, kinds.timer],
      [TRIGGERS.bursty, kinds.bursty],
      [TRIGGERS.diurnal, kinds.diurnal],
    ] as const)
      expect(Math.abs(count / some.length - share)).toBeLessThan(
        Z_999 * Math.sqrt((share * (1 - share)) / some.length),
      );
  });

  test("can be planned and simulated", () => {
    for (const rank of [1, 17, 800, 12_345]) {
      const scenario = scenarioOf(population.workloadOf(rank), "aws-lambda-2024");
      expect(checkScenario(scenario)).toEqual([]);
      const plan = unfusedPlan(scenario.workflow, () => 3008);
      expect(simulate(scenario, plan, { runs: 3, warmupRuns: 0, seed: "x" }).runs).toBe(3);
    }
  });

  test("depends on preset, size, seed and rank alone", () => {
    const again = new Population("azure-durable", WORKFLOWS, "test");
    const other = new Population("azure-durable", WORKFLOWS, "another", population.law);
    const late = workloadLine(again.workloadOf(15_000));
    expect(workloadLine(again.workloadOf(3))).toBe(workloadLine(population.workloadOf(3)));
    expect(workloadLine(population.workloadOf(15_000))).toBe(late);
    expect(workloadLine(other.workloadOf(15_000))).not.toBe(late);
  });

  test("has times as published: a median of 0.7 s and one in twenty above half a minute", () => {
    const means = some.flatMap((rank) => {
      const { workflow, profile } = population.workloadOf(rank);
      return workflow.stages.map(({ id }) => {
        const { compute, waitMs } = profile[id]!;
        if (compute.kind !== "cpu" || typeof waitMs === "number" || !("lognormal" in waitMs))
          throw new Error("not as generated");
        const wait = "mean" in waitMs.lognormal ? waitMs.lognormal.mean : Number.NaN;
        return constantOf(compute.cpuMs)! + wait;
      });
    });
    const below = (ms: number) => means.filter((mean) => mean <= ms).length / means.length;
    const within = (share: number) => Z_999 * Math.sqrt((share * (1 - share)) / means.length);
    expect(Math.abs(below(683.9) - 0.5)).toBeLessThan(within(0.5));
    expect(Math.abs(below(30_000) - 0.9455)).toBeLessThan(within(0.9455));
  });
});

describe("a population file", () => {
  const readAll = (lines: string[]) => [...workloadsOf(lines, "p.ndjson")].map((read) => read());

  test("streams a header and workflows that read back as they are", () => {
    const small = new Population("azure-durable", 40, "file", population.law);
    const lines = [...populationLines(small, "azure-durable", "file")];
    expect(JSON.parse(lines[0]!)).toMatchObject({
      schema: "wisefuse/population@1",
      workflows: 40,
      weighting: "execution",
    });
    const read = readAll(lines);
    expect(read).toEqual(
      Array.from({ length: 40 }, (_, i) => ({ ...small.workloadOf(i + 1), provenance: [] })),
    );
    expect(parseWorkload(workloadText(small.workloadOf(7)))).toEqual(small.workloadOf(7));
  });

  test("with a broken line is refused there", () => {
    const line = workloadLine(population.workloadOf(9));
    const broken = line.replace('"wait"', '"wiat"');
    expect(() => readAll([line, broken])).toThrow(/^p\.ndjson:2:\d+: stages\.0\.wait: missing/);
    expect(() => readAll([line, "{"])).toThrow(/^p\.ndjson:2/);
    expect(() => readAll(["", ""])).toThrow("at least one workload");
  });

  test("of an unknown preset is refused with the nearest", () => {
    expect(() => new Population("azure-durabel", 5, "x")).toThrow('did you mean "azure-durable"?');
  });
});

describe("a joint law", () => {
  test("of two marginals on all cells is their product", () => {
    const cells = [0, 1].flatMap((a) => [0, 1, 2].map((b) => [a, b]));
    const { mass, error } = fitJointLaw(cells, [
      [0.3, 0.7],
      [0.2, 0.5, 0.3],
    ]);
    expect(error).toBeLessThan(1e-9);
    [0.06, 0.15, 0.09, 0.14, 0.35, 0.21].forEach((m, c) => expect(mass[c]).toBeCloseTo(m, 12));
  });

  test("keeps marginals where a combination cannot be, and says by how much where none can", () => {
    const cells = [
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const { mass, error } = fitJointLaw(cells, [
      [0.4, 0.6],
      [0.5, 0.5],
    ]);
    expect(error).toBeLessThan(2e-6);
    [0.4, 0.5, 0.1].forEach((m, c) => expect(mass[c]).toBeCloseTo(m, 5));
    // 0.4 needs bin 1 of the other axis, which has 0.2.
    const impossible = fitJointLaw(cells, [
      [0.4, 0.6],
      [0.8, 0.2],
    ]);
    expect(impossible.error).toBeGreaterThan(0.1);
  });
});

describe("a law of counts", () => {
  const law = new CountLaw([
    [1, 0.5],
    [4, 0.75],
    [100, 1],
  ]);
  test("goes through its points and inverts itself", () => {
    expect([0, 1, 4, 99.5, 100, 1e9].map((x) => law.cdf(x))).toEqual([
      0,
      0.5,
      0.75,
      expect.closeTo(1, 6),
      1,
      1,
    ]);
    // Half-way on the logarithm from 1 to 4 the survival is the geometric mean of 0.5 and 0.25.
    expect(law.cdf(2)).toBeCloseTo(1 - Math.sqrt(0.125), 12);
    for (let x = 1; x <= 100; x++) expect(law.quantile(law.cdf(x))).toBe(x);
    expect(law.quantile(0.5000001)).toBe(2);
  });
});
