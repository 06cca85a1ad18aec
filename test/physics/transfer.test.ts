import { describe, expect, test } from "vitest";
import { billedMs, vmUseUsd } from "../../src/physics/billing.ts";
import { dispatchSpreadMs, hopMs, requestMs, storeRate } from "../../src/physics/transfer.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";

const { hops } = awsLambda2024.orchestrator;
const P95 = 0.95;

describe("a store request", () => {
  const latency = { medianMs: 60, msPerMib: 20, sigma: 0.3, floorMs: 10 };

  test("has its median, grows with the object, and never goes below its floor", () => {
    expect(requestMs(latency, 0, 1, 0.5)).toBeCloseTo(60, 9);
    expect(requestMs(latency, 1024 * 1024, 1, 0.5)).toBeCloseTo(80, 9);
    expect(requestMs(latency, 0, 1, P95)).toBeCloseTo(60 * Math.exp(0.3 * 1.6448536269514722), 9);
    expect(requestMs(latency, 0, 1, 1e-12)).toBe(10);
  });

  test("of several at once is the slowest: F to the n", () => {
    // P(max of 8 <= x) = u  <=>  F(x) = u^(1/8)
    const u = 0.5;
    expect(requestMs(latency, 0, 8, u)).toBeCloseTo(requestMs(latency, 0, 1, u ** (1 / 8)), 9);
    expect(requestMs(latency, 0, 8, u)).toBeGreaterThan(requestMs(latency, 0, 1, u));
  });

  test("opens a connection per part and object, up to the most the client keeps", () => {
    const { store } = awsLambda2024;
    const mib = 1024 * 1024;
    expect(storeRate(store, mib, 1)).toBe(88_000);
    expect(storeRate(store, 20 * mib, 1)).toBe(3 * 88_000);
    expect(storeRate(store, mib, 4)).toBe(4 * 88_000);
    expect(storeRate(store, 800 * mib, 4)).toBe(10 * 88_000);
  });
});

describe("a hop", () => {
  test("has the measured median and P95 at the measured payloads", () => {
    for (const { bytes, p50Ms, p95Ms } of hops) {
      expect(hopMs(hops, bytes, 0.5)).toBeCloseTo(p50Ms, 9);
      expect(hopMs(hops, bytes, P95)).toBeCloseTo(p95Ms, 6);
    }
  });

  test("is linear in the payload between them and constant beyond the last", () => {
    expect(hopMs(hops, 32_768, 0.5)).toBeCloseTo((160 + 238) / 2, 9);
    expect(hopMs(hops, (65_536 + 262_144) / 2, 0.5)).toBeCloseTo((238 + 425) / 2, 9);
    expect(hopMs(hops, 1e9, 0.5)).toBeCloseTo(425, 9);
  });

  test("that takes no time takes none at any quantile", () => {
    const none = [{ bytes: 0, p50Ms: 0, p95Ms: 0 }];
    expect(hopMs(none, 0, 0.999)).toBe(0);
    expect(hopMs(none, 1e6, 0.999)).toBe(0);
  });
});

describe("parallel dispatch", () => {
  test("spreads N starts as measured, one start not at all", () => {
    expect(dispatchSpreadMs(awsLambda2024, 1, 0.9)).toBe(0);
    expect(dispatchSpreadMs(awsLambda2024, 16, 0.5)).toBeCloseTo(140, 9);
    expect(dispatchSpreadMs(awsLambda2024, 12, 0.5)).toBeCloseTo(88, 9);
    expect(dispatchSpreadMs(awsLambda2024, 116, 0.5)).toBeCloseTo(140 + 100 * 9.3, 6);
  });
});

describe("the bill", () => {
  const price = { ...awsLambda2024.price, usdPerMbMs: 1, usdPerRequest: 7 };

  test("rounds active time up to the step, and to the minimum", () => {
    expect(billedMs(price, 10)).toBe(10);
    expect(billedMs(price, 10.2)).toBe(11);
    expect(billedMs({ ...price, billingStepMs: 100 }, 101)).toBe(200);
    expect(billedMs({ ...price, billingStepMs: 0 }, 10.25)).toBe(10.25);
    expect(billedMs({ ...price, minimumBilledMs: 50 }, 3)).toBe(50);
  });

  test("does not charge a step for the last bits of a sum of floats", () => {
    expect(billedMs(price, 0.1 + 0.2 + 0.7)).toBe(1);
    expect(billedMs({ ...price, billingStepMs: 100 }, 300 + 1e-10)).toBe(300);
  });

  test("is billed time times memory times price, plus the request", () => {
    expect(vmUseUsd(price, 3, 10.5)).toBe(11 * 3 + 7);
  });
});
