/** Random partitions of random workflows against the definitions, without graphs, bits or heaps. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convexityFaults } from "../../src/plan/convexity.ts";
import { worstMomentMb } from "../../src/plan/worst-moment.ts";
import { descendants } from "../../src/workflow/graph.ts";
import { makeWorkflow, type Workflow } from "../../src/workflow/workflow.ts";
import { edge } from "../toy-graphs.ts";

// Long enough for reachability to need a second word.
const workflows = fc
  .tuple(
    fc.integer({ min: 2, max: 40 }),
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60, size: "max" }),
  )
  .map(([count, ends]) => {
    const pairs = new Set(
      ends
        .map(([a, b]) => [a % count, b % count].sort((one, other) => one - other))
        .filter(([from, to]) => from !== to)
        .map(([from, to]) => `s${from} s${to}`),
    );
    return makeWorkflow(
      "random",
      Array.from({ length: count }, (_, i) => ({ id: `s${i}`, workers: 1 })),
      [...pairs].map((pair) => edge(...(pair.split(" ") as [string, string]))),
    );
  });

const partitions = workflows.chain((workflow) => {
  const count = workflow.stages.length;
  return fc
    .integer({ min: 1, max: 8 })
    .chain((groups) => fc.array(fc.nat(groups - 1), { minLength: count, maxLength: count }))
    .map((groupOf) => ({ workflow, groupOf }));
});

function pathsOf(workflow: Workflow): (from: number, to: number) => boolean {
  const reached = workflow.stages.map((stage) => descendants(workflow, stage.id));
  return (from, to) => reached[from]!.has(workflow.stages[to]!.id);
}

describe("a random partition", () => {
  test("is convex just when no chain of groups, stage paths between them, returns to its start", () => {
    fc.assert(
      fc.property(partitions, ({ workflow, groupOf }) => {
        const leads = pathsOf(workflow);
        const places = [...groupOf.keys()];
        const groups = Math.max(...groupOf) + 1;
        const direct = Array.from({ length: groups }, (_, g) =>
          Array.from(
            { length: groups },
            (_, h) =>
              g !== h &&
              places.some((a) =>
                places.some((b) => groupOf[a] === g && groupOf[b] === h && leads(a, b)),
              ),
          ),
        );
        // Warshall's closure.
        const any = direct.map((row) => [...row]);
        for (let k = 0; k < groups; k++)
          for (let g = 0; g < groups; g++)
            for (let h = 0; h < groups; h++) any[g]![h] ||= any[g]![k]! && any[k]![h]!;
        const circles = any.some((row, g) => row[g]!);
        const mutual = direct.flatMap((row, g) =>
          row.flatMap((_, h) => (g < h && direct[g]![h]! && direct[h]![g]! ? [[g, h]] : [])),
        );
        const faults = convexityFaults(workflow, groups, groupOf);
        expect(faults.length > 0).toBe(circles);
        if (circles)
          expect(faults.map((fault) => `${fault.where}: ${fault.message}`)).toEqual(
            mutual.length === 0
              ? ["groups: not convex: groups wait for each other in a circle"]
              : mutual.map(
                  ([g, h]) =>
                    `groups.${g}: not convex: a path leaves it into group ${h} and returns`,
                ),
          );
      }),
    );
  });

  test("needs at its worst moment what a stage and all on other branches hold", () => {
    fc.assert(
      fc.property(partitions, fc.infiniteStream(fc.nat(500)), ({ workflow, groupOf }, sizes) => {
        const leads = pathsOf(workflow);
        const places = [...groupOf.keys()].filter((place) => groupOf[place] === groupOf[0]);
        const mb = places.map(() => sizes.next().value as number);
        const besides = (a: number) =>
          places.reduce((sum, b, i) => sum + (!leads(a, b) && !leads(b, a) ? mb[i]! : 0), 0);
        expect(worstMomentMb(workflow, places, mb)).toBe(Math.max(...places.map(besides)));
      }),
    );
  });
});
