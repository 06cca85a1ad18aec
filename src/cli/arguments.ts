/** What users type, read into values: objectives, policies, counts. Faults name the option. */

import { availableParallelism } from "node:os";
import { type PolicyName, policyName, policyNames } from "../policy/index.ts";
import type { Objective } from "../policy/policy.ts";
import { durationMs, moneyUsd } from "../trace/units.ts";
import { fail } from "./usage.ts";

/** Comma-separated policies, or `all`. */
export function policiesOf(text: string | undefined): readonly PolicyName[] | undefined {
  if (text === undefined) return undefined;
  return text === "all" ? policyNames : listed(text).map(policyName);
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
    return listed(slo).map((text) => {
      const latencyMsMax = durationMs(text, "--slo");
      if (!(latencyMsMax > 0)) fail("--slo", `expected more than 0 ms, got ${text}`);
      return { minimize: "cost", quantile, latencyMsMax };
    });
  if (budget === undefined) return undefined;
  return listed(budget).map((text) => {
    const costUsdMax = moneyUsd(text, "--budget");
    if (!(costUsdMax >= 0)) fail("--budget", `expected at least 0 USD, got ${text}`);
    return { minimize: "latency", quantile, costUsdMax };
  });
}

/** The one objective of a command that takes one. */
export function oneObjective(objectives: readonly Objective[] | undefined): Objective | undefined {
  if (objectives !== undefined && objectives.length > 1)
    fail(
      objectives[0]!.minimize === "cost" ? "--slo" : "--budget",
      `expected one value, got ${objectives.length}`,
    );
  return objectives?.[0];
}

/** Keeps a typing slip from asking for more memory than there is. */
const COUNT_MAX = 10_000_000;

/** A whole number of at least `least`. */
export function wholeNumber(option: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least)
    fail(option, `expected a whole number of at least ${least}, got ${value}`);
  if (value > COUNT_MAX) fail(option, `expected at most ${COUNT_MAX}, got ${value}`);
  return value;
}

/** Threads to run on: all cores unless it is said. */
export function jobsOf(jobs: number | undefined): number {
  return wholeNumber("--jobs", jobs ?? availableParallelism(), 1);
}

/** Number and count of a shard written as `i/N`; undefined for any other text, and for an i that is not among N. */
export function shardIn(text: string): { number: number; shards: number } | undefined {
  const [number = 0, shards = 0] = /^(\d+)\/(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  return number < 1 || number > shards ? undefined : { number, shards };
}

// Each once: a value given twice would make two cells of one name.
function listed(text: string): readonly string[] {
  return [...new Set(text.split(",").map((one) => one.trim()))];
}
