/** The searches on made-up spaces: a plan is worth what a table says, so every step can be followed by hand. */

import { describe, expect, test } from "vitest";
import type { PerformanceModel } from "../../src/model/prediction.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../../src/plan/plan.ts";
import type { Rewrite } from "../../src/plan/rewrites.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { PlanningTask } from "../../src/policy/policy.ts";
import { search } from "../../src/policy/search.ts";
import { chain, scenarioOf } from "../toy-graphs.ts";

const sizes = [256, 512, 1024, 2048];
const toy = chain([100]);
const scenario = scenarioOf(toy, { ...ideal, memorySizesMb: sizes });

// One group stands for a structure by its slots, and has a size.
const at = (slots: number, memoryMb = 1024): ExecutionPlan => {
  const plan = unfusedPlan(toy.workflow, () => memoryMb);
  return { ...plan, groups: [{ ...plan.groups[0]!, concurrency: slots }] };
};
const slotsOf = ({ groups }: ExecutionPlan) => Number(groups[0]!.concurrency);
const sizeOf = ({ groups }: ExecutionPlan) => groups[0]!.memoryMb;

/** A task in which a plan costs what `usdOf` says, and takes 1 ms. */
function taskOf(usdOf: (group: VmGroup) => number): PlanningTask {
  const model: PerformanceModel = Object.assign(
    ({ groups }: ExecutionPlan) => ({
      latencyMs: Float64Array.of(1),
      costUsd: Float64Array.of(usdOf(groups[0]!)),
    }),
    { runs: 1 },
  );
  const objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 10 } as const;
  return { scenario, objective, sizing: "tuned", model };
}

/** A rewrite along the edges of a graph of structures, which also tells which plans it was asked about. */
function along(edges: Readonly<Record<number, readonly number[]>>) {
  const asked: number[] = [];
  const rewrite: Rewrite = (plan) => {
    asked.push(slotsOf(plan));
    return (edges[slotsOf(plan)] ?? []).map((slots) => at(slots, sizeOf(plan)));
  };
  return { asked, rewrite };
}

/** To the next size up and down the ladder. */
const rung: Rewrite = (plan) => {
  const place = sizes.indexOf(sizeOf(plan));
  return [place + 1, place - 1].flatMap((p) =>
    sizes[p] === undefined ? [] : [at(slotsOf(plan), sizes[p])],
  );
};

const ample = { plansMax: 1000, patience: 100 };
const line = { 1: [2], 2: [1, 3], 3: [2, 4], 4: [3, 5], 5: [4] };
const worth = (usd: readonly number[]) => (group: VmGroup) => usd[Number(group.concurrency)]!;

describe("best-first search over structures", () => {
  // What structures 1 to 5 cost: the way to the best leads over two dearer ones.
  const valley = worth([0, 5, 6, 7, 4, 1]);

  test("looks at every structure once, and says that it has seen all", () => {
    const { asked, rewrite } = along(line);
    const { plan, stop, plansSeen, prediction, feasible } = search(
      taskOf(valley),
      [at(1)],
      [rewrite],
      [],
      ample,
    );
    expect([slotsOf(plan), prediction.costUsdMean, feasible]).toEqual([5, 1, true]);
    expect([stop, plansSeen]).toEqual(["space-exhausted", 5]);
    expect(asked).toEqual([1, 2, 3, 4, 5]);
  });

  test("bears as many expansions without a better plan as it has patience", () => {
    const found = (patience: number) => {
      const { plan, stop } = search(taskOf(valley), [at(1)], [along(line).rewrite], [], {
        ...ample,
        patience,
      });
      return [slotsOf(plan), stop];
    };
    // Expanding 1 and 2 brings nothing; expanding 3 brings 4, and patience begins anew.
    expect(found(2)).toEqual([1, "no-better-plan"]);
    expect(found(3)).toEqual([5, "space-exhausted"]);
  });

  test("stops at the limit of plans with the best so far", () => {
    for (const plansMax of [1, 2, 3, 4]) {
      const limits = { ...ample, plansMax };
      const found = search(
        taskOf(worth([0, 5, 4, 3, 2, 1])),
        [at(1)],
        [along(line).rewrite],
        [],
        limits,
      );
      expect([slotsOf(found.plan), found.plansSeen, found.stop]).toEqual([
        plansMax,
        plansMax,
        "plan-limit",
      ]);
    }
  });

  test("looks at no more starts than it may", () => {
    const limits = { ...ample, plansMax: 2 };
    const starts = [at(1), at(2), at(3)];
    const found = search(taskOf(worth([0, 3, 2, 1])), starts, [], [], limits);
    expect([slotsOf(found.plan), found.plansSeen]).toEqual([2, 2]);
  });

  test("expands the best first, and of equals the one that came first", () => {
    const { asked, rewrite } = along({ 1: [2, 3, 4, 5, 6, 7], 6: [8] });
    //                                 1  2  3  4  5  6  7  8
    const usd = worth([0, /* */ 10, 7, 3, 7, 9, 1, 3, 5]);
    search(taskOf(usd), [at(1)], [rewrite], [], ample);
    expect(asked).toEqual([1, 6, 3, 7, 8, 2, 4, 5]);
  });

  test("begins with the best of several starts, illegal ones left out", () => {
    const { asked, rewrite } = along({});
    const usd = worth([0, 3, 1, 2]);
    const starts = [at(1), at(2, 64), at(3), at(2)];
    const { plan, plansSeen } = search(taskOf(usd), starts, [rewrite], [], ample);
    expect([slotsOf(plan), sizeOf(plan), plansSeen]).toEqual([2, 1024, 3]);
    expect(asked).toEqual([2, 3, 1]);
  });

  test("judges a structure at its best size", () => {
    // Structure 2 is the dearer one at 1,024 MB, where both begin, and the cheaper one at 256.
    const usd = ({ concurrency, memoryMb }: VmGroup) =>
      concurrency === 1 ? 5 + Math.abs(memoryMb - 1024) : 2 + memoryMb / 100;
    const { plan, plansSeen } = search(
      taskOf(usd),
      [at(1)],
      [along({ 1: [2] }).rewrite],
      [rung],
      ample,
    );
    expect([slotsOf(plan), sizeOf(plan)]).toEqual([2, 256]);
    // Of structure 1 its start and two neighbours. Of 2 the start, then 2,048 and 512, then 1,024 and 256,
    // then 512 again.
    expect(plansSeen).toBe(3 + 1 + 2 + 2 + 1);
  });

  test("does not size what it is not allowed to look at", () => {
    const limits = { ...ample, plansMax: 2 };
    const usd = ({ memoryMb }: VmGroup) => memoryMb;
    const { plan, plansSeen, stop } = search(taskOf(usd), [at(1)], [], [rung], limits);
    expect([sizeOf(plan), plansSeen, stop]).toEqual([1024, 2, "plan-limit"]);
  });

  test("asks the dearer rewrites of sizes only where the plainer ones are at their end", () => {
    const asked: string[] = [];
    const noted =
      (name: string, rewrite: Rewrite): Rewrite =>
      (plan, of) => {
        asked.push(`${name} at ${sizeOf(plan)}`);
        return rewrite(plan, of);
      };
    const far: Rewrite = (plan) => [at(slotsOf(plan), 2048)];
    const usd = ({ memoryMb }: VmGroup) => ({ 256: 4, 512: 3, 1024: 5, 2048: 1 })[memoryMb]!;
    const { plan } = search(
      taskOf(usd),
      [at(1, 256)],
      [],
      [noted("near", rung), noted("far", far)],
      ample,
    );
    expect(sizeOf(plan)).toBe(2048);
    expect(asked).toEqual([
      "near at 256",
      "near at 512",
      "far at 512",
      "near at 2048",
      "far at 2048",
    ]);
  });

  test("answers with the nearest plan where none keeps the bound", () => {
    const task = taskOf(worth([0, 3, 1, 2]));
    const objective = { minimize: "latency", quantile: 0.95, costUsdMax: 0.5 } as const;
    const found = search({ ...task, objective }, [at(1)], [along(line).rewrite], [], {
      ...ample,
      plansMax: 3,
    });
    expect([slotsOf(found.plan), found.feasible, found.goalLowerBound]).toEqual([2, false, null]);
  });
});
