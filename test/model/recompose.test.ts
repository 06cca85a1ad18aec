import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { GroupSampler } from "../../src/model/group-sample.ts";
import { PlanPrograms } from "../../src/model/plan-programs.ts";
import { Recomposer } from "../../src/model/recompose.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import type { StepSample } from "../../src/model/step-vms.ts";
import { compile } from "../../src/physics/compile.ts";
import { RunDraws } from "../../src/physics/draws.ts";
import type { ProgramGroup } from "../../src/physics/program.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { fusePair, withGroup } from "../../src/plan/rewrites.ts";
import { rootKey } from "../../src/stats/random.ts";
import { exactCloud } from "../exact-cloud.ts";
import { chain, edge, scenarioOf, toyOf } from "../toy-graphs.ts";

const STAGES = 70;
const RUNS = 4;
const draws = rootKey("recompose");
// Each stage waits for the one seven before it, and every third for its neighbour too: many ends.
const ids = Array.from({ length: STAGES }, (_, i) => `s${i}`);
const lattice = toyOf(
  "lattice",
  Object.fromEntries(
    ids.map((id, i) => [id, [{ exponential: { mean: 100 + 50 * (i % 5) } }, 1 + (i % 2)] as const]),
  ),
  ids.flatMap((id, i) => [
    ...(i >= 7 ? [edge(`s${i - 7}`, id, "gather", 2e4)] : []),
    ...(i % 3 === 0 && i > 0 ? [edge(`s${i - 1}`, id, "gather", 1e4)] : []),
  ]),
);
const warm = { ...exactCloud, keepAliveMs: Number.POSITIVE_INFINITY };
const scenario = scenarioOf(lattice, warm, { kind: "closed", inFlight: 1 });

/** The plan with some groups changed in one way each: larger, smaller, asked for ahead, or in bundles. */
function changed(plan: ExecutionPlan, step: number, count: number): ExecutionPlan {
  const groups = [...plan.groups];
  for (let i = 0; i < count; i++) {
    const g = Math.floor(draws.uniform(step, 2 * i) * STAGES);
    const change = [
      { memoryMb: 1024 },
      { memoryMb: 3538 },
      { prewarmMs: 900 },
      { workersPerVm: 2 },
    ];
    const kind = Math.floor(draws.uniform(step, 2 * i + 1) * change.length);
    groups[g] = { ...groups[g]!, ...change[kind] };
  }
  return { ...plan, groups };
}

describe("a plan of many stages", () => {
  const model = scenarioModel(scenario, 1 + RUNS, "long");
  const expectSimulated = (plan: ExecutionPlan, what: string) => {
    const { columns } = simulate(scenario, plan, {
      runs: RUNS,
      warmupRuns: 1,
      seed: "model/long",
    });
    const { latencyMs, costUsd } = model(plan);
    for (let run = 0; run < RUNS; run++) {
      expect(latencyMs[1 + run]! / columns.latencyMs[run]!, what).toBeCloseTo(1, 9);
      expect(costUsd[1 + run]! / columns.costUsd[run]!, what).toBeCloseTo(1, 9);
    }
  };
  const start = unfusedPlan(lattice.workflow, () => 1769);

  test("is predicted as simulated, and so are neighbours of it, one after another", () => {
    expectSimulated(start, "first");
    let at = start;
    // One group at a time, then as many as make the next neighbours those of the new plan, then most.
    for (const [step, count] of [1, 1, 2, 1, 4, 1, 3, 1, 40, 1, 1, 9, 1].entries()) {
      const next = changed(at, step, count);
      expectSimulated(next, `${count} groups, step ${step}`);
      // Every other is left again at once.
      if (step % 2 === 0) at = next;
    }
    expectSimulated(start, "the first once more");
  });

  test("is predicted as simulated when a group ends sooner again, and when nothing else changes", () => {
    const sized = (g: number, memoryMb: number) =>
      withGroup(start, g, { ...start.groups[g]!, memoryMb });
    for (const g of [0, 1, 34, STAGES - 2, STAGES - 1])
      for (const memoryMb of [256, 3538, 1769]) expectSimulated(sized(g, memoryMb), `stage ${g}`);
  });

  test("is predicted as simulated where stages are fused", () => {
    const fused = fusePair(start, scenario, 0, 7)!;
    expectSimulated(fused, "fused");
    expectSimulated(withGroup(fused, 5, { ...fused.groups[5]!, memoryMb: 3538 }), "fused, larger");
    // A home of one worker of each, whose other worker overflows, takes two steps.
    const home = { ...fusePair(start, scenario, 1, 8)!.groups[1]!, workersPerVm: 1 };
    expectSimulated(withGroup(fusePair(start, scenario, 1, 8)!, 1, home), "a home");
    expectSimulated(start, "apart again");
  });

  test("is refused where it breaks a rule, also beside one that keeps them", () => {
    model(start);
    expect(() => model(withGroup(start, 3, { ...start.groups[3]!, memoryMb: 64 }))).toThrow(/64/);
  });
});

test("pulls between many stages are waited for", () => {
  const line = toyOf(
    "line",
    Object.fromEntries(ids.map((id) => [id, [100] as const])),
    ids.slice(1).map((id, i) => edge(`s${i}`, id, "gather", 1e4)),
  );
  const pulling = scenarioOf(
    line,
    { ...warm, direct: { ...warm.direct, setupMs: 10 } },
    { kind: "closed", inFlight: 1 },
  );
  const plan = unfusedPlan(line.workflow, () => 1769);
  const passing = { ...plan.passing, "s3->s4": "direct" } as const;
  const [stored, direct] = [plan, { ...plan, passing }].map((one) => {
    const { columns } = simulate(pulling, one, { runs: 1, warmupRuns: 1, seed: "model/long" });
    const { latencyMs, costUsd } = scenarioModel(pulling, 2, "long")(one);
    expect(latencyMs[1]! / columns.latencyMs[0]!).toBeCloseTo(1, 9);
    expect(costUsd[1]! / columns.costUsd[0]!).toBeCloseTo(1, 9);
    return latencyMs[1]!;
  });
  // 10 + 10 ms of pulling instead of 30 + 10 ms of storing and 10 + 10 ms of fetching.
  expect(stored! - direct!).toBeCloseTo(40, 9);
});

describe("what a neighbour of a long plan asks for", () => {
  const start = unfusedPlan(lattice.workflow, () => 1769);
  const withSizes = (plan: ExecutionPlan, places: readonly number[], memoryMb: number) => ({
    ...plan,
    groups: plan.groups.map((group, g) => (places.includes(g) ? { ...group, memoryMb } : group)),
  });
  const zeros = new Float64Array(1);
  // A step of s MB takes s ms and costs 2 s USD.
  const sampleOf = ({ memoryMb }: ProgramGroup): StepSample => ({
    latencyMs: Float64Array.of(memoryMb),
    costUsd: Float64Array.of(2 * memoryMb),
    homeFromMs: zeros,
    homeEndMs: zeros,
    pulledMs: zeros,
    pulledMsMean: zeros,
    heldVms: zeros,
    heldEndMs: zeros,
  });
  // No step is sampled anew: all are known for good.
  const recomposer = () => {
    const asked: number[] = [];
    const programs = new PlanPrograms(scenario);
    const draws = [new RunDraws(programs.of(start), true)];
    const sampler = new GroupSampler(draws, scenario, { start: "warm" });
    const one = new Recomposer(1, sampler);
    const compose = (plan: ExecutionPlan) => {
      asked.length = 0;
      const program = programs.of(plan);
      const outcome = one.compose(program, (_, group) => {
        asked.push(group.index);
        return { vms: null, steps: [sampleOf(group)] };
      })!;
      const endMs = program.steps.map(() => 0);
      for (const step of program.steps) {
        endMs[step.index]! += program.groups[step.group]!.memoryMb;
        for (const next of step.successors)
          endMs[next] = Math.max(endMs[next]!, endMs[step.index]!);
      }
      const usd = program.groups.reduce((sum, { memoryMb }) => sum + 2 * memoryMb, 0);
      expect(outcome.latencyMs[0]).toBe(Math.max(...endMs));
      expect(outcome.costUsd[0]! - warm.price.usdPerTransition).toBeCloseTo(usd, 6);
      return [...asked].sort((a, b) => a - b);
    };
    return compose;
  };
  const all = start.groups.map((_, g) => g);

  test("are the groups that differ from the first plan, as long as few do", () => {
    const compose = recomposer();
    expect(compose(start)).toEqual(all);
    expect(compose(start)).toEqual([]);
    expect(compose(withSizes(start, [5], 2048))).toEqual([5]);
    expect(compose(withSizes(start, [69], 1024))).toEqual([69]);
    expect(compose(withSizes(start, [5, 6, 7], 2048))).toEqual([5, 6, 7]);
    expect(compose(withSizes(start, [0], 256))).toEqual([0]);
  });

  test("are those that differ from a plan more than three groups away, once it was asked for", () => {
    const compose = recomposer();
    compose(start);
    const far = withSizes(start, [1, 2, 3, 4], 3538);
    expect(compose(far)).toEqual([1, 2, 3, 4]);
    expect(compose(withSizes(far, [5], 2048))).toEqual([5]);
    expect(compose(start)).toEqual([1, 2, 3, 4]);
  });

  test("are all where more than an eighth differ", () => {
    const compose = recomposer();
    compose(start);
    expect(compose(withSizes(start, [0, 1, 2, 3, 4, 5, 6, 7], 2048)).length).toBe(8);
    compose(start);
    expect(compose(withSizes(start, [0, 1, 2, 3, 4, 5, 6, 7, 8], 2048))).toEqual(all);
  });

  test("is nothing where a plan has fewer than 64 steps, steps in one group, or pulls", () => {
    const line = (stages: number) =>
      scenarioOf(chain(Array.from({ length: stages }, () => 100)), warm);
    const composes = (of: Scenario, change = (plan: ExecutionPlan) => plan) => {
      const program = compile(of, change(unfusedPlan(of.workflow, () => 1769)));
      const sampler = new GroupSampler([new RunDraws(program, true)], of, { start: "warm" });
      const known = (_: unknown, group: ProgramGroup) => ({ vms: null, steps: [sampleOf(group)] });
      return new Recomposer(1, sampler).compose(program, known) !== undefined;
    };
    expect([composes(line(63)), composes(line(64))]).toEqual([false, true]);
    const direct = (plan: ExecutionPlan): ExecutionPlan => ({
      ...plan,
      passing: { ...plan.passing, "s3->s4": "direct" },
    });
    expect(composes(line(70), direct)).toBe(false);
    const home = (plan: ExecutionPlan) => {
      const fused = fusePair(plan, scenario, 1, 8)!;
      return withGroup(fused, 1, { ...fused.groups[1]!, workersPerVm: 1 });
    };
    expect([composes(scenario), composes(scenario, home)]).toEqual([true, false]);
  });
});
