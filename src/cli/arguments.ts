/** What users type, read into values: objectives, policies, counts. Faults name the option. */

import { InputError } from "../check.ts";
import { type PolicyName, policyName, policyNames } from "../policy/index.ts";
import type { Objective } from "../policy/policy.ts";
import { durationMs, moneyUsd } from "../trace/units.ts";

/** Comma-separated policies, or `all`. */
export function policiesOf(text: string | undefined): readonly PolicyName[] | undefined {
  if (text === undefined) return undefined;
  return text === "all" ? policyNames : text.split(",").map((name) => policyName(name.trim()));
}

/** Objectives from comma-separated SLOs or budgets; undefined when neither is given. */
export function objectivesOf(given: {
  readonly slo?: string | undefined;
  readonly budget?: string | undefined;
  readonly quantile: number;
}): readonly Objective[] | undefined {
  const { slo, budget, quantile } = given;
  if (!(quantile > 0 && quantile < 1))
    fail("--quantile", `expected a number between 0 and 1, got ${quantile}`);
  if (slo !== undefined)
    return slo.split(",").map((text) => {
      const latencyMsMax = durationMs(text.trim(), "--slo");
      if (!(latencyMsMax > 0)) fail("--slo", `expected more than 0 ms, got ${text}`);
      return { minimize: "cost", quantile, latencyMsMax };
    });
  return budget?.split(",").map((text) => {
    const costUsdMax = moneyUsd(text.trim(), "--budget");
    if (!(costUsdMax >= 0)) fail("--budget", `expected at least 0 USD, got ${text}`);
    return { minimize: "latency", quantile, costUsdMax };
  });
}

/** A whole number of at least `least`. */
export function wholeNumber(option: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least)
    fail(option, `expected a whole number of at least ${least}, got ${value}`);
  return value;
}

function fail(where: string, message: string): never {
  throw new InputError("usage", [{ where, message }]);
}
