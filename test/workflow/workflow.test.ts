import { describe, expect, test } from "vitest";
import { descendants, equalFanOut, fanOutPeers } from "../../src/workflow/graph.ts";
import { INPUT, innerEdges, makeWorkflow, OUTPUT } from "../../src/workflow/workflow.ts";
import { diamond, edge, toyOf } from "../toy-graphs.ts";

const stages = (...ids: string[]) => ids.map((id) => ({ id, workers: 1 }));

describe("a workflow", () => {
  test("has its stages in topological order, and in the given order where that is free", () => {
    const flow = makeWorkflow("w", stages("d", "b", "a", "c"), [edge("a", "b"), edge("b", "d")]);
    expect(flow.stages.map((stage) => stage.id)).toEqual(["a", "b", "d", "c"]);
    const free = makeWorkflow("w", stages("z", "y", "x"), []);
    expect(free.stages.map((stage) => stage.id)).toEqual(["z", "y", "x"]);
  });

  test("may read from its input and write to its output, which are no stages", () => {
    const flow = makeWorkflow("w", stages("a"), [edge(INPUT, "a"), edge("a", OUTPUT)]);
    expect(innerEdges(flow)).toEqual([]);
  });

  test.each<readonly [string, () => unknown, string]>([
    ["no stages", () => makeWorkflow("w", [], []), "stages: expected at least one stage"],
    [
      "a stage twice",
      () => makeWorkflow("w", stages("a", "a"), []),
      'stages.1.id: stage "a" is defined twice',
    ],
    [
      "a reserved name",
      () => makeWorkflow("w", stages("input"), []),
      'stages.0.id: "input" is a reserved name',
    ],
    [
      "an edge to nowhere",
      () => makeWorkflow("w", stages("merge"), [edge("merge", "marge")]),
      'edges.0.to: unknown stage "marge"; did you mean "merge"?',
    ],
    [
      "an edge out of the output",
      () => makeWorkflow("w", stages("a"), [edge(OUTPUT, "a")]),
      'edges.0.from: unknown stage "output"; known: a, input',
    ],
    [
      "an edge twice",
      () => makeWorkflow("w", stages("a", "b"), [edge("a", "b"), edge("a", "b", "scatter")]),
      'edges.1: edge "a->b" is defined twice',
    ],
    [
      "a circle",
      () =>
        makeWorkflow("w", stages("a", "b", "c"), [edge("a", "b"), edge("b", "c"), edge("c", "b")]),
      "edges: cycle: b -> c -> b",
    ],
    [
      "an edge to itself",
      () => makeWorkflow("w", stages("a"), [edge("a", "a")]),
      "edges: cycle: a -> a",
    ],
    [
      "pairs of unequal fan-outs",
      () => toyOf("w", { a: [1, 2], b: [1, 3] }, [edge("a", "b", "pairwise")]),
      'edges.0.shape: pairwise edge "a->b" needs equal fan-outs, got 2 and 3',
    ],
  ])("with %s is refused", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test("takes 4 and a constant of 4 for the same fan-out", () => {
    const make = () =>
      toyOf("w", { a: [1, 4], b: [1, { constant: 4 }] }, [edge("a", "b", "pairwise")]);
    expect(make).not.toThrow();
  });

  test("names every fault at once", () => {
    expect(() =>
      makeWorkflow("w", stages("a", "a", "output"), [edge("a", "x"), edge("y", "a")]),
    ).toThrow(/defined twice\n.*reserved name\n.*"x".*\n.*"y"/);
  });
});

describe("the graph", () => {
  test("knows what can be reached from a stage", () => {
    const { workflow } = diamond({ first: 1, left: 1, right: 1, last: 1 });
    expect([...descendants(workflow, "first")].sort()).toEqual(["last", "left", "right"]);
    expect([...descendants(workflow, "left")]).toEqual(["last"]);
    expect([...descendants(workflow, "last")]).toEqual([]);
  });

  test("knows which stages share a fan-out: pairwise neighbours of any distance", () => {
    const random = { uniform: { min: 1, max: 5 } };
    const { workflow } = toyOf(
      "peers",
      { a: [1, random], b: [1, random], c: [1, random], d: [1, random], e: [1, 3], f: [1, 3] },
      [edge("a", "b", "pairwise"), edge("b", "c", "pairwise"), edge("c", "d", "shuffle")],
    );
    expect([...fanOutPeers(workflow, "c")].sort()).toEqual(["a", "b", "c"]);
    expect(equalFanOut(workflow, "a", "c")).toBe(true);
    // Equal distributions are two draws unless workers pair up; equal constants are equal.
    expect(equalFanOut(workflow, "c", "d")).toBe(false);
    expect(equalFanOut(workflow, "e", "f")).toBe(true);
    expect(equalFanOut(workflow, "d", "d")).toBe(true);
  });
});
