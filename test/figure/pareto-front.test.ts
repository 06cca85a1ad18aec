import { describe, expect, test } from "vitest";
import { renderSvg, renderWithWarnings } from "../../src/figure/figure.ts";
import { paretoFront } from "../../src/figure/pareto-front.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Objective } from "../../src/policy/policy.ts";
import type { Front } from "../../src/result/front.ts";
import { apart, chain } from "../toy-graphs.ts";

const plan = apart(chain([1, 2]));

/** A front through the given points of USD per 1,000 runs and seconds; `chosen` is one's place. */
function frontOf(
  points: readonly (readonly [number, number])[],
  objective: Objective,
  chosen: number,
): Front {
  return {
    schema: "wisefuse/front@1",
    workload: "chain",
    platform: awsLambda2024.name,
    policy: "wisefuse",
    objective,
    points: points.map(([cost, seconds], i) => ({
      prediction: {
        costUsdMean: cost / 1000,
        latencyMsP50: 500 * seconds,
        latencyMsAtQuantile: 1000 * seconds,
        latencyMsP95: 1000 * seconds,
        latencyMsP99: 1500 * seconds,
      },
      signature: `plan ${i + 1}`,
      chosen: i === chosen,
      plan,
    })),
    chosenBeatenBy: null,
  };
}

const slo: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 20_000 };
const budget: Objective = { minimize: "latency", quantile: 0.95, costUsdMax: 0.005 };
const some = [
  [1, 60],
  [2, 40],
  [4, 19],
  [4.02, 18.9],
  [4.04, 18.8],
  [10, 12],
] as const;
const numbersIn = (svg: string) =>
  [...svg.matchAll(/font-size="10px"[^>]*fill="#222222"[^>]*>(\d+)<\/text>/g)]
    .map((match) => Number(match[1]))
    .sort((a, b) => a - b);

describe.each([
  ["an SLO", slo, ">SLO</text>"],
  ["a budget", budget, ">budget</text>"],
] as const)("a front under %s", (_, objective, bound) => {
  test("has its units, its bound and no objection of vega's", async () => {
    const { svg, warnings } = await renderWithWarnings(paretoFront(frontOf(some, objective, 3)));
    expect(warnings).toEqual([]);
    for (const text of [
      bound,
      "Cost and P95 latency, plan by plan",
      "chain on aws-lambda-2024, WiseFuse",
      "mean cost (USD per 1,000 runs)",
      "P95 latency (s)",
    ])
      expect(svg).toContain(text);
    expect(svg).not.toMatch(/NaN|undefined|null/);
  });

  test("is redrawn from its specification alone, to the same bytes", async () => {
    const spec = paretoFront(frontOf(some, objective, 3));
    const stored = JSON.parse(JSON.stringify(spec)) as typeof spec;
    expect(await renderSvg(stored)).toBe(await renderSvg(spec));
  });
});

test("numbers that would lie on each other are left out, the chosen plan's never", async () => {
  for (const chosen of [2, 3, 4]) {
    const numbers = numbersIn(await renderSvg(paretoFront(frontOf(some, slo, chosen))));
    expect(numbers).toContain(chosen + 1);
    expect(numbers).toHaveLength(some.length - 1);
  }
});

test("a front of one plan is a point", async () => {
  const { svg, warnings } = await renderWithWarnings(paretoFront(frontOf([[3, 19]], slo, 0)));
  expect(warnings).toEqual([]);
  expect(numbersIn(svg)).toEqual([1]);
  expect(svg).not.toMatch(/NaN/);
});

test("a front without the chosen plan has no ring", async () => {
  const { svg, warnings } = await renderWithWarnings(paretoFront(frontOf(some, slo, -1)));
  expect(warnings).toEqual([]);
  expect(svg).not.toContain("ring");
});
