/**
 * The `scenarios` model: a fixed set of runs, with the luck they would have in simulation, pushed through
 * the exact VM without events. Sees every correlation inside a run; what it leaves out is how runs
 * disturb each other (throttling, who finds which VM warm).
 */

import { InputError } from "../check.ts";
import { vmUseUsd } from "../physics/billing.ts";
import { compile } from "../physics/compile.ts";
import { RunDraws } from "../physics/draws.ts";
import type { Program, ProgramGroup } from "../physics/program.ts";
import { checkPlan } from "../plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { rootKey } from "../stats/random.ts";
import type { Outcome, PerformanceModel } from "./prediction.ts";
import { type StepSample, StepSampler } from "./step-sample.ts";

/**
 * A model of `scenario` over `runs` runs. Steps are remembered, so that plans that share VM groups cost
 * only their differences. O(runs x workers) for a new group, O(runs x steps) for a known one.
 * @throws InputError plan, from the model, when a plan breaks a rule.
 */
export function scenarioModel(scenario: Scenario, runs: number, seed: string): PerformanceModel {
  const root = rootKey(`model/${seed}`);
  const any = compile(
    scenario,
    unfusedPlan(scenario.workflow, () => scenario.platform.memory.maxMb),
  );
  const draws = Array.from({ length: runs }, (_, run) => {
    const one = new RunDraws(any, true);
    one.draw(any, root, run);
    return one;
  });
  const sampler = new StepSampler(draws, scenario);
  const known = new Map<string, readonly StepSample[]>();
  return (plan) => {
    const faults = checkPlan(scenario, plan);
    if (faults.length > 0) throw new InputError("plan", faults);
    const program = compile(scenario, plan);
    const samples: StepSample[] = [];
    for (const group of program.groups) {
      const key = groupKey(plan, group.plan);
      let steps = known.get(key);
      if (steps === undefined) {
        steps = group.steps.map((step) => sampler.sample(program, program.steps[step]!));
        known.set(key, steps);
      }
      steps.forEach((sample, i) => {
        samples[group.steps[i]!] = sample;
      });
    }
    return compose(program, samples, runs);
  };
}

/**
 * All that a group's own steps depend on: itself, the passing of its edges, and the groups at the far
 * end of direct ones, whose NICs it shares.
 */
export function groupKey(plan: ExecutionPlan, group: VmGroup): string {
  const touching = Object.entries(plan.passing)
    .filter(([id]) => {
      const [from, to] = id.split("->");
      return group.stages.includes(from!) || group.stages.includes(to!);
    })
    .map(([id, passing]) => {
      if (passing !== "direct") return `${id}=${passing}`;
      const ends = id.split("->");
      const other = plan.groups.filter((one) => ends.some((end) => one.stages.includes(end)));
      return `${id}=${JSON.stringify(other)}`;
    });
  return JSON.stringify([group, touching]);
}

// Steps end to end along the workflow, run by run.
function compose(program: Program, samples: readonly StepSample[], runs: number): Outcome {
  const latencyMs = new Float64Array(runs);
  const costUsd = new Float64Array(runs).fill(program.platform.price.usdPerTransition);
  const readyMs = program.steps.map(() => new Float64Array(runs));
  const order = stepOrder(program);
  for (const s of order) {
    const sample = samples[s]!;
    const ready = readyMs[s]!;
    for (let r = 0; r < runs; r++) {
      const endMs = ready[r]! + sample.latencyMs[r]!;
      if (endMs > latencyMs[r]!) latencyMs[r] = endMs;
      costUsd[r]! += sample.costUsd[r]!;
      for (const next of program.steps[s]!.successors)
        if (endMs > readyMs[next]![r]!) readyMs[next]![r] = endMs;
    }
  }
  for (const group of program.groups)
    if (group.kind === "home") addHomeCost(program, group, samples, readyMs, costUsd);
  for (const step of program.steps)
    if (step.directOut.length > 0) addHoldCost(program, step.index, samples, readyMs, costUsd);
  return { latencyMs, costUsd };
}

function stepOrder(program: Program): number[] {
  const waiting = program.steps.map((step) => step.predecessorCount);
  const order = program.steps.filter((step) => waiting[step.index] === 0).map((step) => step.index);
  for (const s of order)
    for (const next of program.steps[s]!.successors) {
      waiting[next] = waiting[next]! - 1;
      if (waiting[next] === 0) order.push(next);
    }
  return order;
}

// The home VM is billed from its start to the end of its last step, and of the last pull from it.
function addHomeCost(
  program: Program,
  group: ProgramGroup,
  samples: readonly StepSample[],
  readyMs: readonly Float64Array[],
  costUsd: Float64Array,
): void {
  const first = group.steps[0]!;
  const last = group.steps[group.steps.length - 1]!;
  const readers = group.steps.flatMap((s) =>
    program.steps[s]!.directOut.map((edge) => program.stages[edge.to]!.step),
  );
  for (let r = 0; r < costUsd.length; r++) {
    const fromMs = readyMs[first]![r]! + samples[first]!.homeFromMs[r]!;
    let toMs = readyMs[last]![r]! + samples[last]!.latencyMs[r]!;
    for (const reader of readers)
      toMs = Math.max(toMs, readyMs[reader]![r]! + samples[reader]!.pulledMs[r]!);
    costUsd[r]! += vmUseUsd(program.platform.price, group.memoryMb, toMs - fromMs);
  }
}

// Producers of direct passing are billed until the last of their readers has pulled.
function addHoldCost(
  program: Program,
  s: number,
  samples: readonly StepSample[],
  readyMs: readonly Float64Array[],
  costUsd: Float64Array,
): void {
  const step = program.steps[s]!;
  const { memoryMb } = program.groups[step.group]!;
  const { heldVms, heldEndMs } = samples[s]!;
  const readers = step.directOut.map((edge) => program.stages[edge.to]!.step);
  for (let r = 0; r < costUsd.length; r++) {
    let untilMs = 0;
    for (const reader of readers)
      untilMs = Math.max(untilMs, readyMs[reader]![r]! + samples[reader]!.pulledMs[r]!);
    const heldMs = heldVms[r]! * (untilMs - readyMs[s]![r]!) - heldEndMs[r]!;
    costUsd[r]! += Math.max(0, heldMs) * memoryMb * program.platform.price.usdPerMbMs;
  }
}
