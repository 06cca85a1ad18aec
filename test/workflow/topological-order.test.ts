import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { topologicalOrder } from "../../src/workflow/topological-order.ts";

// The rule itself, without a heap: look for the first ready item again and again.
function byTheRule(after: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  for (;;) {
    const left = after.map((_, item) => item).filter((item) => !order.includes(item));
    const ready = left.find((item) => left.every((other) => !after[other]!.includes(item)));
    if (ready === undefined) return order;
    order.push(ready);
  }
}

const rows = (count: number) =>
  fc.array(fc.array(fc.nat(count - 1), { maxLength: 2 }), { minLength: count, maxLength: count });

describe("topological order", () => {
  test("always takes the first item that is ready, and leaves out what waits for a cycle", () => {
    const graphs = fc.integer({ min: 1, max: 25 }).chain(rows);
    fc.assert(
      fc.property(graphs, (after) => {
        expect(topologicalOrder(after)).toEqual(byTheRule(after));
      }),
    );
  });

  test("of a graph without cycles has every item, whatever the order it is written in", () => {
    const shuffled = fc
      .integer({ min: 2, max: 25 })
      .chain((count) =>
        fc.tuple(
          rows(count),
          fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([links, rank]) => {
        const after = links.map((row, from) => row.filter((to) => rank[from]! < rank[to]!));
        const order = topologicalOrder(after);
        expect(order).toHaveLength(after.length);
        expect(order).toEqual(byTheRule(after));
      }),
    );
  });
});
