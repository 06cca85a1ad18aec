import { describe, expect, test } from "vitest";
import { platformNamed, platformNames } from "../../src/platform/index.ts";
import { lawAt, vcpusOf } from "../../src/platform/platform.ts";

const platforms = platformNames.map((name) => platformNamed(name));

describe("platforms", () => {
  test.each(platforms)(
    "$name offers only legal sizes, ascending, from small to the largest",
    (one) => {
      const { minMb, maxMb, stepMb } = one.memory;
      const sizes = one.memorySizesMb;
      expect(sizes.every((mb) => mb >= minMb && mb <= maxMb && (mb - minMb) % stepMb === 0)).toBe(
        true,
      );
      expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
      expect(sizes[sizes.length - 1]).toBe(maxMb);
    },
  );

  test.each(platforms)("$name says where its numbers come from", (one) => {
    const named = Object.entries(one.sources);
    expect(named.length).toBeGreaterThan(0);
    for (const [, source] of named) expect(source.length).toBeGreaterThan(10);
  });

  test("of AWS give one vCPU at 1,769 MB, and 5.79 at most", () => {
    for (const name of ["aws-lambda-2022", "aws-lambda-2024"]) {
      const one = platformNamed(name);
      expect(vcpusOf(one, 1769)).toBe(1);
      expect(vcpusOf(one, 884.5)).toBe(0.5);
      expect(vcpusOf(one, 10_240)).toBeCloseTo(5.79, 2);
      expect(vcpusOf(one, 20_000)).toBe(vcpusOf(one, 10_240));
    }
  });

  test("of AWS differ in what changed: network, hops, keep-alive, growth", () => {
    const [then, now] = [platformNamed("aws-lambda-2022"), platformNamed("aws-lambda-2024")];
    expect(lawAt(then.nicBytesPerMs, 10_240)).toBe(75_000);
    expect(lawAt(now.nicBytesPerMs, 10_240)).toBe(375_000);
    // 625 to 3,000 Mbit/s between 2 and 10 GB.
    expect((8 * lawAt(now.nicBytesPerMs, 6144)) / 1000).toBeCloseTo((625 + 3000) / 2, 6);
    expect([then.keepAliveMs, now.keepAliveMs]).toEqual([600_000, 330_000]);
    expect(then.price).toEqual(now.price);
  });

  test("of a misspelt name are refused with the nearest one", () => {
    expect(() => platformNamed("aws-lamda-2024")).toThrow('did you mean "aws-lambda-2024"?');
  });
});

describe("a piecewise-linear law", () => {
  const points = [
    { x: 1, y: 10 },
    { x: 3, y: 30 },
    { x: 4, y: 20 },
  ];
  test("goes through its points, is linear between and flat outside", () => {
    expect([0, 1, 2, 3, 3.5, 4, 9].map((x) => lawAt(points, x))).toEqual([
      10, 10, 20, 30, 25, 20, 20,
    ]);
    expect(lawAt([{ x: 5, y: 7 }], 6)).toBe(7);
  });
});
