import { describe, expect, test } from "vitest";
import { RUN_COLUMNS } from "../../src/execution/run-log.ts";
import { simulate } from "../../src/execution/simulate.ts";
import { simulateTogether, type Tenant } from "../../src/execution/simulate-together.ts";
import type { Arrivals } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { apart, chain, fanOut, scenarioOf, type Toy, together } from "../toy-graphs.ts";

const FREE = ideal.concurrency;

function tenantOf(
  name: string,
  toy: Toy,
  arrivals: Arrivals,
  platform: Platform,
  plan = apart(toy),
) {
  const scenario = scenarioOf(toy, platform, arrivals);
  const named = { ...scenario, workflow: { ...scenario.workflow, name } };
  return { scenario: named, plan: { ...plan, workflow: name } };
}

/** Rows of each tenant, in order of arrival. */
function runsOf(tenants: readonly Tenant[], untilMs: number, concurrency = FREE) {
  const rows = tenants.map((): number[][] => []);
  const statuses = tenants.map((): number[] => []);
  simulateTogether(tenants, { untilMs, seed: "s", concurrency }, (row, status, tenant) => {
    rows[tenant]![row[0]!] = [...row];
    statuses[tenant]![row[0]!] = status;
  });
  return { rows, statuses };
}

const EVERY: Arrivals = { kind: "poisson", perSecond: 0.2 };
const column = (name: (typeof RUN_COLUMNS)[number]) => RUN_COLUMNS.indexOf(name);

describe("workflows on one platform", () => {
  const busy = tenantOf("busy", fanOut(5, { exponential: { mean: 900 } }), EVERY, awsLambda2024);
  const slow = tenantOf(
    "slow",
    chain([400, { exponential: { mean: 3000 } }], 1e6),
    EVERY,
    awsLambda2024,
  );

  test("run as if alone where the account has no limit", () => {
    const { rows } = runsOf([busy, slow], 600_000);
    [busy, slow].forEach(({ scenario, plan }, tenant) => {
      const runs = rows[tenant]!.length;
      expect(runs).toBeGreaterThan(80);
      const seed = `s/${scenario.workflow.name}`;
      const platform = { ...scenario.platform, concurrency: FREE };
      const alone = simulate({ ...scenario, platform }, plan, { runs, warmupRuns: 0, seed });
      RUN_COLUMNS.forEach((name, c) => {
        expect(rows[tenant]!.map((row) => row[c])).toEqual([...alone.columns[name]]);
      });
    });
  });

  test("have the same luck whoever else is there, in whatever order", () => {
    const both = runsOf([busy, slow], 300_000).rows;
    expect(runsOf([slow, busy], 300_000).rows).toEqual([both[1], both[0]]);
    expect(runsOf([slow], 300_000).rows).toEqual([both[1]]);
    expect(runsOf([busy, slow], 300_000).rows).toEqual(both);
  });

  test("keep warm VMs for their own groups alone", () => {
    const platform = { ...ideal, keepAliveMs: 1e9 };
    const at = (atMs: number[]): Arrivals => ({ kind: "timestamps", atMs });
    const first = tenantOf("first", chain([10]), at([0, 1000]), platform);
    const second = tenantOf("second", chain([10]), at([500, 1500]), platform);
    const { rows } = runsOf([first, second], 1e6);
    const cold = rows.map((runs) => runs.map((row) => row[column("coldStarts")]));
    expect(cold).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  test("wait for one another where the account has room for one VM", () => {
    const retry = { intervalMs: 100, backoffRate: 1, maxAttempts: 1000 };
    const one = { ...FREE, limit: 1, retry };
    const at = (atMs: number): Arrivals => ({ kind: "timestamps", atMs: [atMs] });
    const first = tenantOf("first", chain([1000]), at(0), ideal);
    const second = tenantOf("second", chain([1000]), at(350), ideal);
    const { rows } = runsOf([first, second], 1e6, one);
    expect(rows[0]![0]![column("latencyMs")]).toBe(1000);
    // Asks at 350, 450, … 1050 and gets the VM then.
    expect(rows[1]![0]![column("queueMs")]).toBe(700);
    expect(rows[1]![0]![column("latencyMs")]).toBe(1700);
    const apartNow = runsOf([first, second], 1e6).rows;
    expect(apartNow[1]![0]![column("latencyMs")]).toBe(1000);
  });

  test("start new VMs each at the rate of its own functions, unless the account has one rate", () => {
    const retry = { intervalMs: 100, backoffRate: 1, maxAttempts: 1000 };
    const at: Arrivals = { kind: "timestamps", atMs: [0] };
    const tenants = ["first", "second"].map((name) => tenantOf(name, chain([50, 50]), at, ideal));
    const latencies = (scope: "function" | "account") => {
      const rule = { ...FREE, burst: 1, scaleOutPerSecond: 1, scope, retry };
      return runsOf(tenants, 1e6, rule).rows.map((runs) => runs[0]![column("latencyMs")]);
    };
    expect(latencies("function")).toEqual([100, 100]);
    // Four functions take four tokens, the first at once and then one a second.
    expect(Math.max(...latencies("account").map(Number))).toBeGreaterThan(3000);
  });

  test("fail alone: a refused workflow leaves the other as it is", () => {
    const none = { intervalMs: 1, backoffRate: 1, maxAttempts: 0 };
    const at = (atMs: number[]): Arrivals => ({ kind: "timestamps", atMs });
    const first = tenantOf("first", chain([1000]), at([0]), ideal);
    const second = tenantOf("second", fanOut(4, 100), at([10]), ideal);
    const { statuses } = runsOf([first, second], 1e6, { ...FREE, limit: 1, retry: none });
    expect(statuses).toEqual([[0], [2]]);
  });

  test("stop arriving in time, and name the workflow whose plan is wrong", () => {
    const { rows } = runsOf([busy], 50_000);
    expect(rows[0]!.every((row) => row[column("arriveMs")]! <= 50_000)).toBe(true);
    const toy = chain([1, 1]);
    const wrong = tenantOf("wrong", toy, EVERY, ideal, { ...together(toy), groups: [] });
    expect(() => runsOf([busy, wrong], 1000)).toThrow(/^wrong: groups: stage "s0" is in no group/);
  });
});
