/** Search over plans of many groups, here on few: what one plan is worth is made up, so every step is known. */

import { describe, expect, test } from "vitest";
import type { GroupOutcome, PerformanceModel } from "../../src/model/prediction.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../../src/plan/plan.ts";
import {
  bundle,
  fuse,
  repass,
  resize,
  resizeAll,
  type Rewrite,
  withFused,
} from "../../src/plan/rewrites.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Objective, PlanningTask } from "../../src/policy/policy.ts";
import { pairsInSeries, searchAtLarge } from "../../src/policy/search-at-large.ts";
import { randomWorkload, SMALL } from "../../src/trace/random-workload.ts";
import { chain, diamond, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

const cloud = { ...ideal, memorySizesMb: [256, 512, 1024, 1769, 2048, 3538] };
const cheapest: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 1e9 };
const unfused = ({ workflow }: Pick<Scenario, "workflow">, memoryMb = 1769) =>
  unfusedPlan(workflow, () => memoryMb);

/** A plan takes and costs the sum of its groups; `whole` is added to its cost. */
function taskOf(
  toy: Toy,
  of: (group: VmGroup) => { readonly ms: number; readonly usd: number },
  objective: Objective = cheapest,
  tellsGroups = true,
): PlanningTask & { readonly asked: ExecutionPlan[] } {
  const asked: ExecutionPlan[] = [];
  const sum = (plan: ExecutionPlan, part: "ms" | "usd") =>
    plan.groups.reduce((total, one) => total + of(one)[part], 0);
  const group = (plan: ExecutionPlan, g: number): GroupOutcome => {
    const { ms, usd } = of(plan.groups[g]!);
    return {
      latencyMs: Float64Array.of(ms),
      leastMs: Float64Array.of(ms),
      costUsdMean: usd,
      exact: true,
    };
  };
  const predict = (plan: ExecutionPlan) => {
    asked.push(plan);
    return {
      latencyMs: Float64Array.of(sum(plan, "ms")),
      costUsd: Float64Array.of(sum(plan, "usd")),
    };
  };
  const model: PerformanceModel = Object.assign(predict, {
    runs: 1,
    ...(tellsGroups && { group }),
  });
  return { scenario: scenarioOf(toy, cloud), objective, sizing: "tuned", model, asked };
}

const namesOf = (plan: ExecutionPlan) => plan.groups.map(({ stages }) => stages.join("+"));
const pairNames = (toy: Toy, plan = unfused(toy)) =>
  pairsInSeries(scenarioOf(toy, cloud), plan).map(({ a, b }) => `${a} ${b}`);

describe("pairs of groups in series", () => {
  test("of a chain are each second step", () => {
    expect(pairNames(chain([1, 1, 1, 1, 1]))).toEqual(["0 1", "2 3"]);
  });

  test("are a fork with its first branch, and a join with its last", () => {
    expect(pairNames(diamond({ first: 1, left: 1, right: 1, last: 1 }))).toEqual(["0 1", "2 3"]);
  });

  test("are none where both ends have other neighbours", () => {
    const crossed = toyOf("crossed", { a: [1], b: [1], c: [1], d: [1] }, [
      edge("a", "c"),
      edge("a", "d"),
      edge("b", "c"),
      edge("b", "d"),
    ]);
    expect(pairNames(crossed)).toEqual([]);
  });

  test("have one runtime, and a VM that holds both", () => {
    const mixed = toyOf("mixed", { a: [1], b: [1, 1, { runtime: "nodejs20" }] }, [edge("a", "b")]);
    expect(pairNames(mixed)).toEqual([]);
    const heavy = (worker: number) => chain([1, 1], 0, { memoryMb: { runtime: 1500, worker } });
    expect(pairNames(heavy(200))).toEqual(["0 1"]);
    expect(pairNames(heavy(600))).toEqual([]);
    // What the two are given is no size of the ladder.
    const grown = unfused(chain([1, 1]), 10_240);
    expect(pairNames(chain([1, 1]), grown)).toEqual([]);
  });

  test("fused all at once make a legal plan with as many groups fewer, of any workflow", () => {
    let fused = 0;
    for (let seed = 0; seed < 30; seed++) {
      const { workflow, profile } = randomWorkload(`pairs ${seed}`, { stages: 9, ...SMALL });
      const scenario: Scenario = {
        workflow,
        profile,
        platform: awsLambda2024,
        arrivals: { kind: "once" },
      };
      let plan = unfusedPlan(workflow, () => 1769);
      for (;;) {
        const pairs = pairsInSeries(scenario, plan);
        if (pairs.length === 0) break;
        const next = withFused(plan, scenario, pairs);
        expect(checkPlan({ ...scenario }, next)).toEqual([]);
        expect(next.groups.length).toBe(plan.groups.length - pairs.length);
        fused += pairs.length;
        plan = next;
      }
    }
    expect(fused).toBeGreaterThan(30);
  });
});

describe("search at large", () => {
  const line = chain([1, 1, 1, 1]);
  // Each stage has a size of its own at which it is cheapest.
  const bestMb: Readonly<Record<string, number>> = { s0: 256, s1: 3538, s2: 1024, s3: 512 };
  const offBy = ({ stages, memoryMb }: VmGroup) =>
    stages.reduce((sum, id) => sum + Math.abs(memoryMb - bestMb[id]!), 0);
  const usd = (of: (group: VmGroup) => number) => (group: VmGroup) => ({ ms: 1, usd: of(group) });

  test("brings every group to its best size", () => {
    const task = taskOf(line, usd(offBy));
    const { plan, stop, plansSeen } = searchAtLarge(task, [unfused(line)], [], [resize], 1000);
    expect(plan.groups.map(({ memoryMb }) => memoryMb)).toEqual([256, 3538, 1024, 512]);
    expect([stop, plansSeen]).toEqual(["no-better-plan", task.asked.length]);
  });

  test("begins with the best legal start", () => {
    const task = taskOf(line, usd(offBy));
    const starts = [unfused(line, 64), unfused(line, 3538), unfused(line, 512)];
    const { plan, plansSeen } = searchAtLarge(task, starts, [], [], 1000);
    expect([plan.groups[0]!.memoryMb, plansSeen]).toEqual([512, 2]);
  });

  test("stops at the limit of plans", () => {
    const task = taskOf(line, usd(offBy));
    const { stop, plansSeen } = searchAtLarge(task, [unfused(line)], [], [resize], 7);
    expect([stop, plansSeen, task.asked.length]).toEqual(["plan-limit", 7, 7]);
  });

  test("gives all groups one size where it is told to", () => {
    const task = taskOf(line, usd(offBy));
    const { plan } = searchAtLarge(task, [unfused(line)], [], [resizeAll], 1000);
    const all = cloud.memorySizesMb.map((mb) => unfused(line, mb).groups);
    const least = Math.min(
      ...all.map((groups) => groups.reduce((sum, one) => sum + offBy(one), 0)),
    );
    expect(plan.groups.reduce((sum, one) => sum + offBy(one), 0)).toBe(least);
    expect(new Set(plan.groups.map(({ memoryMb }) => memoryMb)).size).toBe(1);
  });

  test("leaves out rewrites that have too many ways to change a large plan", () => {
    const task = taskOf(line, usd(offBy));
    const { plansSeen } = searchAtLarge(task, [unfused(line)], [repass], [], 1000);
    expect(plansSeen).toBe(1);
  });

  test("fuses a chain where a VM costs, and leaves it where none does", () => {
    const costly = searchAtLarge(
      taskOf(
        line,
        usd(() => 1),
      ),
      [unfused(line)],
      [fuse],
      [],
      1000,
    );
    expect(namesOf(costly.plan)).toEqual(["s0+s1+s2+s3"]);
    const bigger = usd(({ stages }) => stages.length * stages.length);
    const free = searchAtLarge(taskOf(line, bigger), [unfused(line)], [fuse], [], 1000);
    expect(namesOf(free.plan)).toEqual(["s0", "s1", "s2", "s3"]);
  });

  test("fuses only the pairs that gain by themselves", () => {
    const saving = ({ stages }: VmGroup) =>
      stages.join("+") === "s0+s1" ? 1 : stages.join("+") === "s2+s3" ? 3 : stages.length;
    const { plan } = searchAtLarge(taskOf(line, usd(saving)), [unfused(line)], [fuse], [], 1000);
    expect(namesOf(plan)).toEqual(["s0+s1", "s2", "s3"]);
  });

  test("fuses for time where only time counts", () => {
    const fastest: Objective = { minimize: "latency", quantile: 0.95, costUsdMax: 1e9 };
    // The first pair gains time and costs money, the second loses both.
    const of = ({ stages }: VmGroup) =>
      stages.join("+") === "s0+s1"
        ? { ms: 1, usd: 100 }
        : { ms: stages.length ** 2, usd: stages.length };
    const fast = searchAtLarge(taskOf(line, of, fastest), [unfused(line)], [fuse], [], 1000);
    expect(namesOf(fast.plan)).toEqual(["s0+s1", "s2", "s3"]);
    const cheap = searchAtLarge(taskOf(line, of), [unfused(line)], [fuse], [], 1000);
    expect(namesOf(cheap.plan)).toEqual(["s0", "s1", "s2", "s3"]);
  });

  test("weighs money and time of a pair at the plan's own price of a millisecond", () => {
    // The plan costs 1 USD per ms. The first pair gains 2 ms for 1 USD, the second 1 ms for 2 USD.
    const of = ({ stages }: VmGroup) => {
      const name = stages.join("+");
      if (name === "s0+s1") return { ms: 18, usd: 21 };
      return name === "s2+s3"
        ? { ms: 19, usd: 22 }
        : { ms: 10 * stages.length, usd: 10 * stages.length };
    };
    const objective: Objective = { minimize: "cost", quantile: 0.95, latencyMsMax: 38 };
    const { plan } = searchAtLarge(taskOf(line, of, objective), [unfused(line)], [fuse], [], 1000);
    expect(namesOf(plan)).toEqual(["s0+s1", "s2", "s3"]);
  });

  test("fuses all pairs or none where the model cannot tell groups apart", () => {
    const seen = (of: (group: VmGroup) => number) => {
      const task = taskOf(line, usd(of), cheapest, false);
      return namesOf(searchAtLarge(task, [unfused(line)], [fuse], [], 1000).plan);
    };
    expect(seen(() => 1)).toEqual(["s0+s1+s2+s3"]);
    expect(seen(({ stages }) => (stages[0] === "s0" ? 1 : stages.length ** 3))).toEqual([
      "s0",
      "s1",
      "s2",
      "s3",
    ]);
  });

  test("levels every plan that a rewrite tells it to", () => {
    const level = (plan: ExecutionPlan): ExecutionPlan => ({
      ...plan,
      groups: plan.groups.map((group) => ({ ...group, memoryMb: 512 })),
    });
    const leveled = (rewrite: Rewrite): Rewrite =>
      Object.assign((plan: ExecutionPlan, of: Scenario) => rewrite(plan, of), {
        atLarge: { ...rewrite.atLarge!, after: level },
      }) as Rewrite;
    const task = taskOf(
      line,
      usd(() => 1),
    );
    const fused = searchAtLarge(task, [unfused(line)], [leveled(fuse)], [], 1000);
    expect(fused.plan.groups.map(({ memoryMb }) => memoryMb)).toEqual([512]);
    const wide = fanOut(6, 100);
    const fewer = usd(({ workersPerVm }) => 6 / Number(workersPerVm));
    const bundled = searchAtLarge(
      taskOf(wide, fewer),
      [unfused(wide)],
      [leveled(bundle)],
      [],
      1000,
    );
    expect(bundled.plan.groups.map(({ workersPerVm }) => workersPerVm)).toEqual([1, 6, 1]);
    expect(bundled.plan.groups.map(({ memoryMb }) => memoryMb)).toEqual([512, 512, 512]);
  });
});
