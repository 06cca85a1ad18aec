import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { convolutionModel } from "../../src/model/convolution.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { compile } from "../../src/physics/compile.ts";
import { isOn, RunDraws } from "../../src/physics/draws.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { predictionOf } from "../../src/policy/policy.ts";
import { rootKey } from "../../src/stats/random.ts";
import { quantileOfSorted } from "../../src/stats/summary.ts";
import { chanceOf } from "../../src/trace/asl-choices.ts";
import { oneThread } from "../../src/trace/assembly.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadText } from "../../src/trace/workload-text.ts";
import { ONE_VCPU_MB, Z_999 } from "../toy-graphs.ts";
import { fileOf, importFiles } from "./importing.ts";

const RUNS = 4000;
const task = (next?: string) => ({
  Type: "Task",
  ...(next === undefined ? { End: true } : { Next: next }),
});
const choice = (...to: readonly string[]) => ({
  Type: "Choice",
  Choices: to.slice(1).map((Next) => ({ Next })),
  Default: to[0],
});
/** Two choices, one within the other; they meet in B, where a third begins. */
const STATES = {
  A: task("C"),
  C: choice("Y", "X"),
  X: task("D"),
  D: choice("Q", "P"),
  P: task("X2"),
  Q: task("X2"),
  X2: task("B"),
  Y: task("B"),
  B: task("E"),
  E: choice("V", "U"),
  U: task(),
  V: task(),
};
const CHANCES = new Map([
  ["C->X", 0.3],
  ["D->P", 0.25],
  ["E->U", 0.4],
]);
const EXPECTED = { A: 1, X: 0.3, P: 0.075, Q: 0.225, X2: 0.3, Y: 0.7, B: 1, U: 0.4, V: 0.6 };

async function imported(states: object, options: Parameters<typeof importFiles>[2] = {}) {
  const text = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
  const { workloads } = await importFiles("asl", [fileOf("m.asl.json", text, 4096)], options);
  return workloads[0]!;
}

// Each stage takes a time of its own power of two, so that a latency names the stages that ran.
function coded(workload: Workload): Workload {
  const profile = Object.fromEntries(
    workload.workflow.stages.map(({ id }, i) => [
      id,
      { ...workload.profile[id]!, compute: oneThread(2 ** i) },
    ]),
  );
  return { ...workload, profile };
}

function scenarioOf({ workflow, profile }: Workload, platform: Platform): Scenario {
  return { workflow, profile, platform, arrivals: { kind: "poisson", perSecond: 0.01 } };
}

function withinLuck(count: number, runs: number, chance: number): boolean {
  return Math.abs(count / runs - chance) <= Z_999 * Math.sqrt((chance * (1 - chance)) / runs);
}

describe("the branches of choices", async () => {
  const workload = coded(await imported(STATES, { chances: CHANCES }));
  const ids = workload.workflow.stages.map(({ id }) => id);
  const scenario = scenarioOf(workload, ideal);
  const plan = unfusedPlan(workload.workflow, () => ONE_VCPU_MB);

  test("have the product of the chances on their way, and survive a workload file", () => {
    for (const [id, chance] of Object.entries(EXPECTED))
      expect(chanceOf(workload.profile[id]!.when ?? [])).toBeCloseTo(chance, 12);
    expect(workload.profile["B"]!.when).toBeUndefined();
    expect(parseWorkload(workloadText(workload))).toEqual(workload);
  });

  test("exclude each other in simulation, and come as often as they should", () => {
    const log = simulate(scenario, plan, { runs: RUNS, warmupRuns: 0, seed: "branches" });
    const counts = new Map(ids.map((id) => [id, 0]));
    const together = new Map<string, number>();
    for (const latencyMs of log.columns.latencyMs) {
      const code = Math.round(latencyMs);
      const ran = ids.filter((_, i) => Math.floor(code / 2 ** i) % 2 === 1);
      for (const id of ran) counts.set(id, counts.get(id)! + 1);
      const path = ran.toSorted().join(" ");
      together.set(path, (together.get(path) ?? 0) + 1);
    }
    for (const [id, chance] of Object.entries(EXPECTED))
      expect(withinLuck(counts.get(id)!, RUNS, chance), `${id}: ${counts.get(id)}`).toBe(true);
    const paths = { "A B X X2 P": 0.075, "A B X X2 Q": 0.225, "A B Y": 0.7 };
    const whole = Object.entries(paths).flatMap(([path, chance]) =>
      (["U", "V"] as const).map((end) => {
        const name = `${path} ${end}`.split(" ").toSorted().join(" ");
        return [name, chance * EXPECTED[end]] as const;
      }),
    );
    expect([...together.keys()].toSorted()).toEqual(whole.map(([path]) => path).toSorted());
    for (const [path, chance] of whole)
      expect(withinLuck(together.get(path)!, RUNS, chance), path).toBe(true);
  });

  test("are the same to both models: latency and cost agree with simulation", () => {
    const slow = {
      ...workload,
      profile: Object.fromEntries(
        ids.map((id, i) => [
          id,
          {
            ...workload.profile[id]!,
            compute: oneThread({ lognormal: { median: 400 * (i + 1), sigma: 0.3 } }),
          },
        ]),
      ),
    };
    const real = scenarioOf(slow, { ...awsLambda2024, keepAliveMs: Number.POSITIVE_INFINITY });
    const log = simulate(real, plan, { runs: RUNS, warmupRuns: 100, seed: "agree" });
    const sorted = log.columns.latencyMs.toSorted();
    const costUsd = log.columns.costUsd.reduce((sum, usd) => sum + usd, 0) / RUNS;
    const scenarios = predictionOf(
      scenarioModel(real, 2048, "model", { luck: "stratified", coldStarts: "per-plan" })(plan),
      0.95,
    );
    const convolved = predictionOf(convolutionModel(real)(plan), 0.95);
    const p95Ms = quantileOfSorted(sorted, 0.95);
    expect(Math.abs(scenarios.latencyMsAtQuantile / p95Ms - 1)).toBeLessThan(0.025);
    expect(Math.abs(scenarios.costUsdMean / costUsd - 1)).toBeLessThan(0.015);
    expect(Math.abs(convolved.latencyMsAtQuantile / p95Ms - 1)).toBeLessThan(0.05);
    expect(Math.abs(convolved.costUsdMean / costUsd - 1)).toBeLessThan(0.03);
  });
});

test("within a Map each item chooses for itself, and keeps its choice", async () => {
  const inner = {
    StartAt: "C",
    States: { C: choice("Y", "X"), X: task("X2"), X2: task(), Y: task() },
  };
  const workload = await imported(
    { M: { Type: "Map", Iterator: inner, End: true } },
    { items: new Map([["M", 8]]), chances: new Map([["C->X", 0.3]]) },
  );
  const scenario = scenarioOf(workload, ideal);
  const program = compile(
    scenario,
    unfusedPlan(workload.workflow, () => ONE_VCPU_MB),
  );
  const stage = (id: string) => program.stages.find((one) => one.id === id)!;
  const draws = new RunDraws(program, false);
  const root = rootKey("items");
  let on = 0;
  let mixed = 0;
  const runs = 500;
  for (let run = 0; run < runs; run++) {
    draws.draw(root, run);
    const items = Array.from({ length: 8 }, (_, item) => isOn(stage("X"), draws, item));
    items.forEach((x, item) => {
      expect(isOn(stage("X2"), draws, item)).toBe(x);
      expect(isOn(stage("Y"), draws, item)).toBe(!x);
    });
    const count = items.filter(Boolean).length;
    on += count;
    if (count > 0 && count < 8) mixed++;
  }
  expect(withinLuck(on, 8 * runs, 0.3)).toBe(true);
  // All alike only in 0.7^8 + 0.3^8 of the runs.
  expect(mixed / runs).toBeGreaterThan(0.85);
});

test("choices in branches of a Parallel know nothing of each other", async () => {
  const branch = (name: string) => ({
    StartAt: "C",
    States: { C: choice(`${name}1`, `${name}2`), [`${name}1`]: task(), [`${name}2`]: task() },
  });
  const workload = await imported({
    P: { Type: "Parallel", Branches: [branch("L"), branch("R")], End: true },
  });
  const named = ["L1", "R1"].map((id) => workload.profile[id]!.when![0]!.choice);
  expect(new Set(named).size).toBe(2);
  const scenario = scenarioOf(coded(workload), ideal);
  const plan = unfusedPlan(workload.workflow, () => ONE_VCPU_MB);
  const program = compile(scenario, plan);
  const draws = new RunDraws(program, false);
  const both = Array.from({ length: RUNS }, (_, run) => {
    draws.draw(rootKey("parallel"), run);
    return ["L1", "R1"].every((id) => isOn(program.stages.find((one) => one.id === id)!, draws, 0));
  }).filter(Boolean).length;
  expect(withinLuck(both, RUNS, 0.25)).toBe(true);
});
