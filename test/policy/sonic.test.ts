/** SONIC on made-up edges: how data travels has a price and a time by table, so the best is known by trying all. */

import { describe, expect, test } from "vitest";
import type { PerformanceModel } from "../../src/model/prediction.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import type { ExecutionPlan, Passing, VmGroup } from "../../src/plan/plan.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Objective, PlanningTask, Sizing } from "../../src/policy/policy.ts";
import { sonic } from "../../src/policy/sonic.ts";
import { rootKey } from "../../src/stats/random.ts";
import { chain, diamond, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

const sizes = [256, 512, 1024, 1769, 3538];
const platform = { ...ideal, memorySizesMb: sizes };
const OPTIONS = ["object-store", "direct", "local"] as const;
const cheapest: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 1e9 };

interface Share {
  readonly ms: number;
  readonly usd: number;
}
interface Table {
  /** Of an edge passed in one way, by edge id. */
  edge(id: string, passing: Passing): Share;
  /** Of a group. */
  group(group: VmGroup): Share;
}

function taskOf(toy: Toy, table: Table, sizing: Sizing, objective = cheapest): PlanningTask {
  const model: PerformanceModel = Object.assign(
    ({ groups, passing }: ExecutionPlan) => {
      const shares = [
        ...groups.map((group) => table.group(group)),
        ...Object.entries(passing).map(([id, how]) => table.edge(id, how)),
      ];
      return {
        latencyMs: Float64Array.of(shares.reduce((sum, { ms }) => sum + ms, 0)),
        costUsd: Float64Array.of(shares.reduce((sum, { usd }) => sum + usd, 0)),
      };
    },
    { runs: 1 },
  );
  return { scenario: scenarioOf(toy, platform), objective, sizing, model };
}

const equal = { ms: 100, usd: 10 };
const one = (of: Readonly<Partial<Record<Passing, Share>>>, otherwise: Share = equal): Table => ({
  edge: (_, passing) => of[passing] ?? otherwise,
  group: () => equal,
});

describe("sonic's passings at the smallest size", () => {
  test("are the best of all for performance per dollar, over two edges", () => {
    const line = chain([1, 1, 1]);
    const draws = rootKey("sonic");
    for (let round = 0; round < 40; round++) {
      const ids = ["s0->s1", "s1->s2"];
      const part = (id: string, passing: Passing, place: number) =>
        10 +
        1000 *
          draws.uniform(
            round,
            10 * place + 3 * ids.indexOf(id) + OPTIONS.indexOf(passing as "local"),
          );
      const edge = (id: string, passing: Passing) => ({
        ms: part(id, passing, 0),
        usd: part(id, passing, 1),
      });
      const value = (a: Passing, b: Passing) => {
        const shares = [edge("s0->s1", a), edge("s1->s2", b)];
        const ms = shares.reduce((sum, share) => sum + share.ms, 0);
        const usd = shares.reduce((sum, share) => sum + share.usd, 0);
        return { ms, usd, perDollar: 1 / (ms * usd) };
      };
      const all = OPTIONS.flatMap((a) => OPTIONS.map((b) => value(a, b)));
      const most = all.reduce((best, next) => (next.perDollar > best.perDollar ? next : best));
      const plain = value("object-store", "object-store");
      // Everything through the store is the answer where it serves the objective better.
      const expected = most.usd < plain.usd ? most : plain;
      const table = { edge, group: () => ({ ms: 0, usd: 0 }) };
      const found = sonic(taskOf(line, table, "default"));
      expect(found.prediction.costUsdMean).toBeCloseTo(expected.usd, 9);
      expect(found.prediction.latencyMsAtQuantile).toBeCloseTo(expected.ms, 9);
      expect([found.stop, found.plansSeen]).toEqual(["fixed", 2]);
      expect(checkPlan(scenarioOf(line, platform), found.plan)).toEqual([]);
    }
  });

  test("put both ends of a local edge into one VM, whose workers run as processes in waves", () => {
    const { plan } = sonic(taskOf(fanOut(3, 1), one({ local: { ms: 1, usd: 1 } }), "default"));
    expect(plan.groups.map(({ stages }) => stages)).toEqual([["split", "work", "gather"]]);
    expect(new Set(Object.values(plan.passing))).toEqual(new Set(["local"]));
    const { concurrency, isolation } = plan.groups[0]!;
    // Less than one vCPU is one slot.
    expect([concurrency, isolation]).toEqual([1, "processes"]);
  });

  test("leave a stage of its own as it is", () => {
    const each: Table = {
      ...one({ direct: { ms: 1, usd: 1 } }),
      group: ({ stages }) => ({ ms: 100 * stages.length, usd: 10 * stages.length }),
    };
    const { plan } = sonic(taskOf(fanOut(3, 1), each, "default"));
    expect(plan.groups.map(({ concurrency, isolation }) => `${concurrency} ${isolation}`)).toEqual([
      "all threads",
      "all threads",
      "all threads",
    ]);
    expect(new Set(Object.values(plan.passing))).toEqual(new Set(["direct"]));
  });

  test("take an edge for local whose ends earlier choices have put together", () => {
    // first, left and last are in one VM before the edge from right is looked at: right must come too.
    const two = diamond({ first: 1, left: 1, right: 1, last: 1 });
    const local = sonic(taskOf(two, one({ local: { ms: 1, usd: 1 } }), "default"));
    expect(local.plan.groups.map(({ stages }) => stages)).toEqual([
      ["first", "left", "right", "last"],
    ]);
    expect(local.prediction.costUsdMean).toBe(10 + 4);
  });

  test("are all the store where an edge's other ways are dearer", () => {
    const dear = { direct: { ms: 200, usd: 20 }, local: { ms: 200, usd: 20 } };
    const { plan } = sonic(taskOf(chain([1, 1, 1]), one(dear), "default"));
    expect(new Set(Object.values(plan.passing))).toEqual(new Set(["object-store"]));
    expect(plan.groups.length).toBe(3);
  });
});

describe("sonic's sizes", () => {
  // Each stage has a size of its own at which it is cheapest, and data goes best directly.
  const bestMb: Readonly<Record<string, number>> = { s0: 512, s1: 3538, s2: 1769 };
  const table: Table = {
    edge: (_, passing) => ({ ms: 1, usd: passing === "direct" ? 1 : 2 }),
    group: ({ stages, memoryMb }) => ({
      ms: stages.length,
      usd: stages.reduce((sum, id) => sum + 1 + Math.abs(memoryMb - bestMb[id]!) / 1000, 0),
    }),
  };

  test("are tuned stage by stage until none helps", () => {
    const { plan, stop, feasible } = sonic(taskOf(chain([1, 1, 1]), table, "tuned"));
    expect(plan.groups.map(({ memoryMb }) => memoryMb)).toEqual([512, 3538, 1769]);
    expect(new Set(Object.values(plan.passing))).toEqual(new Set(["direct"]));
    expect([stop, feasible]).toEqual(["no-better-plan", true]);
  });

  test("give fused stages as many slots as their VM has vCPUs", () => {
    const large: Table = {
      edge: (_, passing) => (passing === "local" ? { ms: 1, usd: 1 } : equal),
      group: ({ memoryMb }) => ({ ms: 1, usd: 10 + (3538 - memoryMb) / 1000 }),
    };
    const { plan } = sonic(taskOf(chain([1, 1]), large, "tuned"));
    expect(plan.groups).toHaveLength(1);
    expect([plan.groups[0]!.memoryMb, plan.groups[0]!.concurrency]).toEqual([3538, 2]);
  });

  test("pass data anew after each step", () => {
    // Only in the largest VMs is local the better way.
    const turning: Table = {
      edge: (_, passing) => (passing === "local" ? { ms: 1, usd: 5 } : { ms: 1, usd: 1 }),
      group: ({ stages, memoryMb }) => ({
        ms: 1,
        usd: memoryMb === 3538 ? (stages.length > 1 ? 1 : 8) : 10,
      }),
    };
    const { plan } = sonic(taskOf(chain([1, 1]), turning, "tuned"));
    expect(plan.groups.map(({ stages, memoryMb }) => [stages.length, memoryMb])).toEqual([
      [2, 3538],
    ]);
  });
});

describe("sonic at large", () => {
  const STAGES = 64;
  const line = chain(Array.from({ length: STAGES }, () => 1));
  const byWay = (best: Passing): Table => ({
    edge: (_, passing) => ({ ms: 1, usd: passing === best ? 1 : 2 }),
    group: ({ stages, memoryMb }) => ({
      ms: stages.length,
      usd: stages.length * (1 + Math.abs(memoryMb - 1024) / 1e4),
    }),
  });

  test("sizes every stage and passes the data of all edges alike into a level", () => {
    const { plan, stop } = sonic(taskOf(line, byWay("direct"), "tuned"));
    expect(new Set(Object.values(plan.passing))).toEqual(new Set(["direct"]));
    expect(new Set(plan.groups.map(({ memoryMb }) => memoryMb))).toEqual(new Set([1024]));
    expect(stop).toBe("no-better-plan");
  });

  test("keeps the smallest size where sizes are not tuned", () => {
    const { plan, stop, plansSeen } = sonic(taskOf(line, byWay("direct"), "default"));
    expect(new Set(plan.groups.map(({ memoryMb }) => memoryMb))).toEqual(new Set([256]));
    // The unfused plan twice, and a pass from each.
    expect([stop, plansSeen]).toEqual(["fixed", 4]);
  });

  test("fuses the pairs of a level where that is best", () => {
    const { plan } = sonic(taskOf(line, byWay("local"), "default"));
    expect(plan.groups.length).toBeLessThan(STAGES);
    expect(checkPlan(scenarioOf(line, platform), plan)).toEqual([]);
    const local = Object.values(plan.passing).filter((how) => how === "local").length;
    expect(local).toBe(STAGES - plan.groups.length);
  });

  test("passes data level by level, each in the way that is best for it", () => {
    // Stages are as far from the start as the longest way to them is: shortcuts change nothing.
    const shortcuts = [edge("s0", "s50"), edge("s10", "s20"), edge("s40", "s63")];
    const ids = line.workflow.stages.map(({ id }) => id);
    const shortcut = toyOf("shortcut", Object.fromEntries(ids.map((id) => [id, [1] as const])), [
      ...ids.slice(1).map((id, i) => edge(ids[i]!, id)),
      ...shortcuts,
    ]);
    // A level holds what is one or two stages further; those into the first 32 stages go best directly.
    const bestInto = (id: string) =>
      Number(id.slice(id.indexOf(">s") + 2)) <= 32 ? "direct" : "object-store";
    const halves: Table = {
      edge: (id, passing) => ({ ms: 1, usd: passing === bestInto(id) ? 1 : 2 }),
      group: ({ stages }) => ({ ms: stages.length ** 2, usd: 100 * stages.length }),
    };
    for (const toy of [line, shortcut]) {
      const { plan } = sonic(taskOf(toy, halves, "default"));
      for (const [id, passing] of Object.entries(plan.passing))
        expect(passing, id).toBe(bestInto(id));
    }
  });
});
