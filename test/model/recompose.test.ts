import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { fusePair, withGroup } from "../../src/plan/rewrites.ts";
import { rootKey } from "../../src/stats/random.ts";
import { exactCloud } from "../exact-cloud.ts";
import { edge, scenarioOf, toyOf } from "../toy-graphs.ts";

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
