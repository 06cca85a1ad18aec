import { describe, expect, test } from "vitest";
import type { GroupOutcome } from "../../src/model/prediction.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../../src/plan/plan.ts";
import {
  ablationPolicies,
  mainPolicies,
  ownSizing,
  policies,
  policyNames,
} from "../../src/policy/index.ts";
import { better, type PlanningTask } from "../../src/policy/policy.ts";
import { wisefuseJoint } from "../../src/policy/wisefuse-joint.ts";
import { exactCloud } from "../exact-cloud.ts";
import { chain, diamond, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

const platform = {
  ...exactCloud,
  memorySizesMb: [256, 512, 1024, 1769],
  keepAliveMs: Number.POSITIVE_INFINITY,
};
function taskOf(toy: Toy, latencyMsMax: number): PlanningTask {
  const scenario = scenarioOf(toy, platform, { kind: "closed", inFlight: 1 });
  const model = scenarioModel(scenario, 4, "registry", {
    luck: "stratified",
    coldStarts: "per-group",
  });
  const objective = { minimize: "cost", quantile: 0.95, latencyMsMax } as const;
  return { scenario, objective, sizing: "tuned", model };
}

describe("lists of policies", () => {
  test("name policies for workflows of any size, each once", () => {
    for (const list of [mainPolicies, ablationPolicies, ownSizing.slice(0, -1)]) {
      expect(new Set(list).size).toBe(list.length);
      for (const name of list) expect(policyNames).toContain(name);
    }
  });

  test("hold every ablation: each decision alone, and each pair of them", () => {
    const decisions = ["fusion", "bundling", "sizing"];
    const alone = decisions.map((one) => `${one}-only`);
    const pairs = decisions.flatMap((one, i) =>
      decisions.slice(i + 1).map((two) => `${one}-${two}`),
    );
    expect(ablationPolicies).toEqual([...alone, ...pairs]);
    expect(mainPolicies.filter((name) => ablationPolicies.includes(name))).toEqual([]);
  });

  test("know which policies choose sizes whatever the sizing: their decisions are alike", () => {
    // Within 1.3 s the smallest size is too slow for any plan.
    const task = taskOf(chain([300, 300], 1e5), 1300);
    for (const [name, policy] of Object.entries(policies)) {
      const [tuned, small] = [policy(task), policy({ ...task, sizing: "default" })];
      const alike = JSON.stringify(tuned.plan) === JSON.stringify(small.plan);
      expect(alike, name).toBe((ownSizing as readonly string[]).includes(name));
    }
  });
});

describe("the joint planner", () => {
  const line = chain([200, 300, 100], 1e5);

  test("is no worse than its rivals on the runs that it was given", () => {
    const task = taskOf(line, 1500);
    const own = wisefuseJoint(task);
    for (const rival of wisefuseJoint.rivals!(task))
      expect(better(rival(task).prediction, own.prediction, task.objective)).toBe(false);
    expect(own.stop).toBe("no-better-plan");
    expect(own.feasible).toBe(true);
  });

  test("has rivals up to eight stages, and none beyond", () => {
    const rivals = (stages: number) =>
      wisefuseJoint.rivals!(taskOf(chain(Array.from({ length: stages }, () => 1)), 1e9)).length;
    expect([rivals(1), rivals(8), rivals(9)]).toEqual([5, 5, 0]);
  });

  test("takes up what rivals are known to have planned", () => {
    // Under a model of one good plan that nothing leads to, as every other is worth the same.
    const task = taskOf(line, 1500);
    const hidden = unfusedPlan(line.workflow, (id) =>
      id === "s0" ? 1769 : id === "s1" ? 256 : 1024,
    );
    const plain = task.model;
    const isHidden = ({ groups }: ExecutionPlan) =>
      groups.every(
        (one, g) => one.memoryMb === hidden.groups[g]?.memoryMb && one.stages.length === 1,
      );
    const predict = (plan: ExecutionPlan) => ({
      latencyMs: new Float64Array(plain.runs).fill(100),
      costUsd: new Float64Array(plain.runs).fill(isHidden(plan) ? 1 : 2),
    });
    const model = Object.assign(predict, { runs: plain.runs, group: plain.group! });
    const given = wisefuseJoint({ ...task, model, rivalPlans: [hidden] });
    expect(given.prediction.costUsdMean).toBe(1);
  });

  const anyWorth = (task: PlanningTask, usdOf: (plan: ExecutionPlan) => number): PlanningTask => {
    const { runs } = task.model;
    const group = (plan: ExecutionPlan, g: number): GroupOutcome => ({
      latencyMs: new Float64Array(runs).fill(100),
      leastMs: new Float64Array(runs).fill(100),
      costUsdMean: usdOf({ ...plan, groups: [plan.groups[g]!] }),
      exact: true,
    });
    const predict = (plan: ExecutionPlan) => ({
      latencyMs: new Float64Array(runs).fill(100 * plan.groups.length),
      costUsd: new Float64Array(runs).fill(usdOf(plan)),
    });
    return { ...task, model: Object.assign(predict, { runs, group }) };
  };

  test("puts branches into one VM that no edge connects, where just that pays", () => {
    const two = diamond({ first: 1, left: 1, right: 1, last: 1 });
    // Left and right share a VM for the price of one; any other fusion is dear.
    const usd = ({ groups }: ExecutionPlan) =>
      groups.reduce((sum, { stages }) => {
        const names = stages.join("+");
        return sum + (stages.length === 1 || names === "left+right" ? 10 : 1000);
      }, 0);
    const { plan } = wisefuseJoint({ ...anyWorth(taskOf(two, 1e9), usd), rivalPlans: [] });
    expect(plan.groups.map(({ stages }) => stages.join("+"))).toEqual([
      "first",
      "left+right",
      "last",
    ]);
  });

  test("asks its rivals itself where nobody has told it their plans", () => {
    // Only faastlane's layout at one size is worth anything, and no step leads there.
    const wide = fanOut(4, 1);
    const isWorth = ({ stages, workersPerVm, concurrency, isolation, memoryMb }: VmGroup) =>
      stages.length === 3 &&
      workersPerVm === 1 &&
      concurrency === 1 &&
      isolation === "processes" &&
      memoryMb === 512;
    const usd = ({ groups }: ExecutionPlan) => (groups.some(isWorth) ? 1 : 1000);
    const task = anyWorth(taskOf(wide, 1e9), usd);
    expect(wisefuseJoint(task).prediction.costUsdMean).toBe(1);
    expect(wisefuseJoint({ ...task, rivalPlans: [] }).prediction.costUsdMean).toBe(1000);
  });

  test("plans stages that no one VM can hold", () => {
    const mixed = toyOf("mixed", { a: [300], b: [200, 1, { runtime: "nodejs20" }], c: [100] }, [
      edge("a", "b", "gather", 1e5),
      edge("b", "c", "gather", 1e5),
    ]);
    const { plan, feasible } = wisefuseJoint(taskOf(mixed, 1500));
    expect(feasible).toBe(true);
    // The two alike may only be in one VM where the third is not between them.
    expect(plan.groups.map(({ stages }) => stages)).toEqual([["a"], ["b"], ["c"]]);
  });
});
