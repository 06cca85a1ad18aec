import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { speedAt, speedLawOf, workSampler, yieldAt } from "../../src/physics/compute.ts";
import { type ProfileChange, profileOf } from "../toy-graphs.ts";

const MB_PER_VCPU = 1769;

/** Time of one worker alone in a VM of `memoryMb`, by its uniform draw, ms. */
function aloneMs(change: ProfileChange, memoryMb: number, u = 0.5, cpuMs = 1000): number {
  const profile = profileOf("stage", cpuMs, change);
  const law = speedLawOf(profile, MB_PER_VCPU);
  const vcpus = memoryMb / MB_PER_VCPU;
  return workSampler(profile, law, memoryMb, vcpus)(u) / speedAt(law, vcpus);
}

describe("a compute formula", () => {
  test("never slows a worker down when its VM grows", () => {
    const share = fc.double({ min: 0.05, max: 8, noNaN: true });
    fc.assert(
      fc.property(
        share,
        share,
        fc.double({ min: 0, max: 1, noNaN: true }),
        share,
        fc.integer({ min: 1, max: 16 }),
        (a, b, serialFraction, maxVcpus, threads) => {
          const oversubscription = { threads, penalty: 1.2, exponent: 1.5 };
          const compute = { serialFraction, maxVcpus, oversubscription };
          const law = speedLawOf(profileOf("s", 1, { compute }), MB_PER_VCPU);
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          expect(speedAt(law, high)).toBeGreaterThanOrEqual(speedAt(law, low) * (1 - 1e-12));
        },
      ),
    );
  });

  test("slows threads that outnumber the share, and not those that do not", () => {
    const oversubscription = { threads: 4, penalty: 1, exponent: 1 };
    const law = speedLawOf(
      profileOf("s", 1, { compute: { maxVcpus: 8, oversubscription } }),
      MB_PER_VCPU,
    );
    expect(speedAt(law, 2)).toBeCloseTo(2 / 1.5, 12);
    expect(speedAt(law, 4)).toBe(4);
    expect(speedAt(law, 6)).toBe(6);
    // Below one vCPU the crowding stays that of one vCPU.
    expect(speedAt(law, 0.5)).toBeCloseTo(0.5 / 1.75, 12);
    const squared = speedLawOf(
      profileOf("s", 1, {
        compute: { maxVcpus: 8, oversubscription: { ...oversubscription, exponent: 2 } },
      }),
      MB_PER_VCPU,
    );
    expect(speedAt(squared, 2)).toBeCloseTo(2 / 1.25, 12);
  });
});

describe("yield", () => {
  test("is whole up to one busy vCPU and falls to its part of each further one", () => {
    expect(yieldAt(0.6, 0.4)).toBe(1);
    expect(yieldAt(0.6, 1)).toBe(1);
    expect(yieldAt(0.6, 2)).toBeCloseTo(0.8, 12);
    expect(yieldAt(1, 5)).toBe(1);
    expect(5 * yieldAt(0.6, 5)).toBeCloseTo(1 + 0.6 * 4, 12);
  });
});

describe("a measured table", () => {
  const measured = [
    { memoryMb: 1000, timeMs: { lognormal: { median: 4000, sigma: 0.2 } } },
    { memoryMb: 2000, timeMs: { lognormal: { median: 2000, sigma: 0.1 } } },
    { memoryMb: 4000, timeMs: { lognormal: { median: 1500, sigma: 0.1 } } },
  ] as const;

  test("gives a worker alone its measured quantiles at the measured sizes", () => {
    for (const u of [0.05, 0.5, 0.95]) {
      const z = u === 0.5 ? 0 : u < 0.5 ? -1.6448536269514722 : 1.6448536269514722;
      expect(aloneMs({ measured }, 1000, u)).toBeCloseTo(4000 * Math.exp(0.2 * z), 6);
      expect(aloneMs({ measured }, 2000, u)).toBeCloseTo(2000 * Math.exp(0.1 * z), 6);
      expect(aloneMs({ measured }, 4000, u)).toBeCloseTo(1500 * Math.exp(0.1 * z), 6);
    }
  });

  test("is interpolated monotonically between its sizes, at every quantile", () => {
    for (const u of [0.05, 0.5, 0.95]) {
      let before = Number.POSITIVE_INFINITY;
      for (let mb = 1000; mb <= 4000; mb += 37) {
        const ms = aloneMs({ measured }, mb, u);
        expect(ms).toBeLessThanOrEqual(before * (1 + 1e-12));
        before = ms;
      }
    }
    // Halfway in the logarithm of memory is halfway in the logarithm of time.
    expect(aloneMs({ measured }, Math.SQRT2 * 1000)).toBeCloseTo(Math.sqrt(4000 * 2000), 6);
  });

  test("is CPU-bound below its smallest share, as when a bundle divides the VM", () => {
    const law = speedLawOf(profileOf("s", 1, { measured }), MB_PER_VCPU);
    const smallest = 1000 / MB_PER_VCPU;
    expect(speedAt(law, smallest)).toBeCloseTo(1, 12);
    expect(speedAt(law, smallest / 2)).toBeCloseTo(0.5, 12);
    expect(speedAt(law, 9)).toBeCloseTo(4000 / 1500, 12);
  });
});
