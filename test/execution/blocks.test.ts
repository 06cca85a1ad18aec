import fc from "fast-check";
import { expect, test } from "vitest";
import { Blocks } from "../../src/execution/blocks.ts";

const OWNERS = 5;

test("lists of many owners never lie over each other, however they grow", () => {
  const steps = fc.array(fc.record({ owner: fc.nat(OWNERS - 1), count: fc.nat(40) }), {
    maxLength: 60,
    size: "max",
  });
  fc.assert(
    fc.property(steps, (all) => {
      const blocks = new Blocks((length) => new Int32Array(length));
      blocks.addOwners(2);
      blocks.addOwners(OWNERS);
      const counts = Array.from({ length: OWNERS }, () => 0);
      for (const [i, { owner, count }] of all.entries()) {
        const first = blocks.reserve(owner, count);
        expect(blocks.first[owner]).toBe(first);
        expect(blocks.roomOf(owner)).toBeGreaterThanOrEqual(count);
        blocks.data.fill(OWNERS * i + owner, first, first + count);
        counts[owner] = count;
        for (let other = 0; other < OWNERS; other++) {
          const begin = blocks.first[other]!;
          const own = blocks.data.subarray(begin, begin + counts[other]!);
          expect(own.every((value) => value % OWNERS === other)).toBe(true);
        }
      }
    }),
  );
});
