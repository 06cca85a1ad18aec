import { expect, test } from "vitest";
import { failuresOrNull, NO_FAILURES, retryWaitMs } from "../../src/plan/failures.ts";
import { withoutFailures } from "../../src/plan/scenario.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";

test("waits before repeats grow by the backoff rate until there is none left", () => {
  const rule = { intervalMs: 250, backoffRate: 3, maxAttempts: 3 };
  expect([0, 1, 2, 3, 4].map((repeat) => retryWaitMs(rule, repeat))).toEqual([
    250,
    750,
    2250,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
  expect(retryWaitMs({ ...rule, maxAttempts: 0 }, 0)).toBe(Number.POSITIVE_INFINITY);
});

test("failures of which none can happen are no failures", () => {
  expect(failuresOrNull(undefined)).toBeNull();
  expect(failuresOrNull(NO_FAILURES)).toBeNull();
  for (const rate of ["crashesPerHour", "invocationErrors", "storeErrors", "duplicates"] as const) {
    const one = { ...NO_FAILURES, [rate]: 0.1 };
    expect(failuresOrNull(one)).toBe(one);
  }
});

test("models see a scenario without its failures, and else the same", () => {
  const scenario = scenarioOf(chain([1]));
  expect(withoutFailures(scenario)).toBe(scenario);
  const failing = { ...scenario, failures: { ...NO_FAILURES, duplicates: 0.5 } };
  expect(withoutFailures(failing)).toEqual({ ...scenario, failures: undefined });
  expect(failing.failures.duplicates).toBe(0.5);
});
