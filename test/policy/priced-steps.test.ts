/** The search over prices on made-up models, in which what each step should bring is known. */

import { describe, expect, test } from "vitest";
import type { GroupOutcome, PerformanceModel } from "../../src/model/prediction.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Objective } from "../../src/policy/policy.ts";
import { PricedSearch } from "../../src/policy/priced.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";
import { cheapest, fastest } from "./objectives.ts";

const small = { ...ideal, memorySizesMb: [256, 512, 1024, 1769, 3538] };

/** A model of one run in which a plan takes and costs the sum of its groups. */
function modelOf(of: (group: VmGroup) => { readonly ms: number; readonly usd: number }) {
  const group = (plan: ExecutionPlan, g: number): GroupOutcome => {
    const { ms, usd } = of(plan.groups[g]!);
    const latencyMs = Float64Array.of(ms);
    return { latencyMs, leastMs: latencyMs, costUsdMean: usd, exact: true };
  };
  const sum = (plan: ExecutionPlan, part: "ms" | "usd") =>
    Float64Array.of(plan.groups.reduce((total, one) => total + of(one)[part], 0));
  const predict = (plan: ExecutionPlan) => ({
    latencyMs: sum(plan, "ms"),
    costUsd: sum(plan, "usd"),
  });
  return Object.assign(predict, { runs: 1, group }) satisfies PerformanceModel;
}

describe("the price that suits a bound", () => {
  // M MB take 1e6 / M ms and cost M USD, so that at a price of p the best has the root of 1e6 p MB.
  const fine = Array.from({ length: 240 }, (_, i) => Math.round(256 * 1.015 ** i)).filter(
    (mb) => mb <= 8192,
  );
  const scenario = scenarioOf(chain([1]), { ...ideal, memorySizesMb: fine });
  const model = modelOf(({ memoryMb }) => ({ ms: 1e6 / memoryMb, usd: memoryMb }));
  const search = (objective: Objective) =>
    new PricedSearch({ scenario, objective, sizing: "tuned", model });

  test("is found in few steps, on either side of the usual one", () => {
    for (const wishedMb of [300, 800, 1769, 3000, 7000])
      for (const objective of [cheapest(1e6 / wishedMb), fastest(wishedMb)]) {
        const priced = search(objective);
        const { candidate, price } = priced.price(unfusedPlan(scenario.workflow, () => 1769));
        const found = candidate.plan.groups[0]!.memoryMb;
        expect(Math.abs(found / wishedMb - 1)).toBeLessThan(0.016);
        expect(Math.abs(Math.sqrt(1e6 * price) / wishedMb - 1)).toBeLessThan(0.03);
        // The start; its price and up to three fourfold steps to have the best between two, seven to halve
        // that down to 2 %; eight options nearly as good.
        expect(priced.seen).toBeLessThanOrEqual(1 + 4 + 7 + 8);
      }
  });

  test("goes on from a price that is known", () => {
    const priced = search(cheapest(1e6 / 3000));
    const { price } = priced.price(
      unfusedPlan(scenario.workflow, () => 1769),
      9,
    );
    expect(price / 9).toBeGreaterThan(0.97);
    expect(price / 9).toBeLessThan(1.06);
  });
});

describe("250 groups", () => {
  const STAGES = 250;
  const long = chain(Array.from({ length: STAGES }, () => 1));
  const scenario = scenarioOf(long, small);
  const objective = cheapest(1e9);
  const apartOf = (priced: PricedSearch) =>
    priced.planOf(long.workflow.stages.map(({ id }) => [id]))!;
  // A VM costs 10 USD and 1 for each GB; a stage takes 100 ms at one vCPU, and a hop 50 ms.
  const of = ({ stages, memoryMb }: VmGroup) => ({
    ms: 50 + (stages.length * 100 * 1769) / memoryMb,
    usd: 10 + memoryMb / 1024,
  });

  test("are fused pair by pair in three rounds, and sized in few steps", () => {
    const priced = new PricedSearch({ scenario, objective, sizing: "tuned", model: modelOf(of) });
    const first = priced.price(apartOf(priced));
    expect(first.candidate.plan.groups.every(({ memoryMb }) => memoryMb === 256)).toBe(true);
    // The start and five prices.
    expect(priced.seen).toBe(6);
    const { plan } = priced.fuse(first).candidate;
    // 250, 125, 63, 32 groups.
    expect(plan.groups.length).toBe(32);
    expect(checkPlan({ ...scenario }, plan)).toEqual([]);
  });

  test("are fused where that gains, and stay apart where it does not", () => {
    const late = (id: string) => Number(id.slice(1)) >= STAGES / 2;
    const losing = (group: VmGroup) => {
      const { ms, usd } = of(group);
      return { ms, usd: group.stages.length > 1 && group.stages.some(late) ? usd + 1000 : usd };
    };
    const priced = new PricedSearch({
      scenario,
      objective,
      sizing: "tuned",
      model: modelOf(losing),
    });
    const { plan } = priced.fuse(priced.price(apartOf(priced))).candidate;
    expect(plan.groups.every(({ stages }) => stages.length === 1 || !stages.some(late))).toBe(true);
    // Half of them in 16 or 17 groups.
    expect(plan.groups.length).toBeLessThan(STAGES / 2 + 20);
  });
});
