import { expect, test } from "vitest";
import { ShapeFacts, shapeOf, WeightedCdf } from "../../src/trace/shape-facts.ts";
import { chain, diamond, edge, toyOf } from "../toy-graphs.ts";

test("a shape counts levels by the longest path and workers by level", () => {
  expect(shapeOf(chain([1, 1, 1]).workflow)).toEqual({ width: 1, depth: 3, nodes: 3 });
  expect(shapeOf(diamond({ first: 1, left: 1, right: 1, last: 1 }).workflow)).toEqual({
    width: 2,
    depth: 3,
    nodes: 4,
  });
  // b waits for a, so c, which waits for both, is on the third level whatever its other edge says.
  const skip = toyOf("skip", { a: [1], b: [1, 5], c: [1, { uniform: { min: 2, max: 4 } }] }, [
    edge("a", "b", "scatter"),
    edge("a", "c", "scatter"),
    edge("b", "c", "shuffle"),
  ]);
  expect(shapeOf(skip.workflow)).toEqual({ width: 5, depth: 3, nodes: 9 });
});

test("a weighted distribution is that of a sample with each value so often", () => {
  const cdf = new WeightedCdf(Float64Array.of(3, 1, 2, 1), Float64Array.of(1, 2, 0, 1));
  expect([...cdf.values]).toEqual([1, 3]);
  expect([0, 1, 2.9, 3, 9].map((x) => cdf.at(x))).toEqual([0, 0.75, 0.75, 1, 1]);
  expect([0.1, 0.75, 0.76, 1].map((p) => cdf.quantile(p))).toEqual([1, 1, 3, 3]);
  expect(cdf.mean).toBe(1.5);
});

test("the distance from a published law is its largest, wherever that is", () => {
  const law = [
    [1, 0.5],
    [4, 0.8],
    [10, 1],
  ] as const;
  const same = new WeightedCdf(Float64Array.of(1, 4, 10), Float64Array.of(5, 3, 2));
  // Between its points the law goes on, the sample does not: at 3 they are farthest apart.
  const between = 1 - 0.5 * 0.4 ** (Math.log(3) / Math.log(4)) - 0.5;
  expect(same.distanceFrom(law)).toBeCloseTo(between, 9);
  const low = new WeightedCdf(Float64Array.of(1), Float64Array.of(1));
  expect(low.distanceFrom(law)).toBeCloseTo(0.5, 12);
});

test("workloads without a rate count per workflow only", () => {
  const facts = new ShapeFacts();
  const { workflow } = chain([1, 1]);
  facts.add({ workflow, arrivals: undefined });
  facts.add({ workflow: chain([1]).workflow, arrivals: { kind: "closed", inFlight: 2 } });
  expect(facts.cdf("depth", "execution")).toBeUndefined();
  facts.add({ workflow, arrivals: { kind: "poisson", perSecond: 1 } });
  facts.add({ workflow: chain([1, 1, 1]).workflow, arrivals: { kind: "timer", everyMs: 4000 } });
  expect([facts.count, facts.withoutRate]).toEqual([4, 2]);
  expect(facts.cdf("depth", "workflow")!.at(2)).toBe(0.75);
  expect(facts.cdf("depth", "execution")!.at(2)).toBeCloseTo(0.8, 12);
  expect(facts.topShare(1)).toBeCloseTo(0.8, 12);
});
