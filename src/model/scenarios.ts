/**
 * The `scenarios` model: a fixed set of runs, with the luck they would have in simulation, pushed through
 * the exact VM without events. Sees every correlation inside a run, and which VMs it finds warm; what
 * it leaves out is throttling, and that direct readers may pull at different times.
 */

import { InputError } from "../check.ts";
import { vmUseUsd } from "../physics/billing.ts";
import { compile } from "../physics/compile.ts";
import { RunDraws, workOf } from "../physics/draws.ts";
import type { Program, ProgramGroup } from "../physics/program.ts";
import { checkPlan } from "../plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { latinKey } from "../stats/latin-hypercube.ts";
import { rootKey } from "../stats/random.ts";
import { topologicalOrder } from "../workflow/topological-order.ts";
import { GroupSampler } from "./group-sample.ts";
import { modelArrivals } from "./model-arrivals.ts";
import {
  type GroupOutcome,
  meanOfSample,
  type Outcome,
  type PerformanceModel,
  type StageWork,
} from "./prediction.ts";
import type { SolvedVms, StepSample, StepVms } from "./step-vms.ts";

/** How a model trades time for exactness. */
export interface ScenarioModelOptions {
  /**
   * `independent` runs have the luck of a simulation whose seed is `model/` and the model's; `stratified`
   * ones are a Latin hypercube, whose quantiles vary less.
   */
  readonly luck: "independent" | "stratified";
  /**
   * Which VMs are warm is found out `per-plan`, at the times at which each group is asked for, or
   * `per-group`, as if all groups were asked for at the run's arrival: then groups need no second look.
   */
  readonly coldStarts: "per-plan" | "per-group";
}

/** What predictions of this model do not know of, a line each. */
export const leftOut: readonly string[] = [
  "throttling: concurrency limits, burst and retries",
  "readers of direct passing that pull at different times",
];

/**
 * A model of `scenario` over `runs` runs. Groups are remembered, so that plans that share VM groups cost
 * only their differences: O(runs x VMs) for a new group, O(runs x steps) for a known one whose cold
 * starts are known.
 * @throws InputError plan, from the model, when a plan breaks a rule.
 */
export function scenarioModel(
  scenario: Scenario,
  runs: number,
  seed: string,
  options: ScenarioModelOptions = { luck: "independent", coldStarts: "per-plan" },
): PerformanceModel {
  const root = rootKey(`model/${seed}`);
  const any = compile(
    scenario,
    unfusedPlan(scenario.workflow, () => scenario.platform.memory.maxMb),
  );
  const draws = Array.from({ length: runs }, (_, run) => {
    if (options.luck === "stratified") {
      const one = new RunDraws(any, true, latinKey(root, run, runs));
      one.drawShared(any);
      return one;
    }
    const one = new RunDraws(any, true);
    one.draw(any, root, run);
    return one;
  });
  const arrivals = modelArrivals(scenario, runs, root);
  const sampler = new GroupSampler(draws, scenario, arrivals);
  const perPlan = options.coldStarts === "per-plan" && arrivals.start === "replayed";
  const known = new Map<string, KnownGroup>();
  const knownAlone = new Map<string, GroupOutcome>();
  // Only of groups that pull from others or are asked for ahead: what they do themselves is the same
  // whoever these are, and whenever that is.
  const pulling = new Map<string, readonly SolvedVms[]>();
  const vmsOf = (program: Program, group: ProgramGroup): readonly StepVms[] => {
    const pulls = group.steps.some((s) => program.steps[s]!.directIn.length > 0);
    if (!pulls && group.plan.prewarmMs === null)
      return sampler.withPulls(program, group, sampler.solved(program, group));
    const key = keyApart(program, group);
    const solved = pulling.get(key) ?? sampler.solved(program, group);
    pulling.set(key, solved);
    return sampler.withPulls(program, group, solved);
  };
  const knownGroup = (program: Program, group: ProgramGroup): KnownGroup => {
    const key = groupKey(program, group);
    let one = known.get(key);
    if (one === undefined) {
      const vms = vmsOf(program, group);
      if (!perPlan) sampler.start(program, group, vms, null, () => undefined);
      const ahead = group.plan.prewarmMs !== null;
      const steps = perPlan
        ? null
        : vms.map((step, i) =>
            ahead && i === 0 ? null : sampler.step(program, group, i, step, null),
          );
      // VMs are only asked again where what they take depends on more than the group.
      one = { vms: perPlan || ahead ? vms : null, steps };
      known.set(key, one);
    }
    return one;
  };
  const rows = new ZeroRows(runs);
  const predict = (plan: ExecutionPlan): Outcome => {
    const faults = checkPlan(scenario, plan);
    if (faults.length > 0) throw new InputError("plan", faults);
    const program = compile(scenario, plan);
    const groups = program.groups.map((group) => knownGroup(program, group));
    return compose(program, sampler, groups, rows.take(program.steps.length), runs);
  };
  const group = (plan: ExecutionPlan, g: number): GroupOutcome => {
    const program = compile(scenario, plan);
    const one = program.groups[g]!;
    const key = groupKey(program, one);
    let outcome = knownAlone.get(key);
    if (outcome === undefined) {
      const exact = !perPlan && one.plan.prewarmMs === null;
      const readyMs = rows.take(program.steps.length);
      outcome = { ...alone(program, sampler, one, knownGroup(program, one), readyMs, runs), exact };
      knownAlone.set(key, outcome);
    }
    return outcome;
  };
  const work = (stage: string): StageWork | undefined => {
    const one = any.stages.find(({ id }) => id === stage)!;
    if (one.profile.compute.kind !== "cpu") return undefined;
    let total = 0;
    const slowestCpuMs = Float64Array.from(draws, (luck) => {
      let slowest = 0;
      for (let worker = 0; worker < luck.workers[one.index]!; worker++) {
        const cpuMs = workOf(one, luck, worker);
        slowest = Math.max(slowest, cpuMs);
        total += cpuMs;
      }
      return slowest;
    });
    return { slowestCpuMs, totalCpuMsMean: total / runs };
  };
  const groupAtBest = (plan: ExecutionPlan, g: number): GroupOutcome => {
    const program = compile(scenario, plan);
    const one = program.groups[g]!;
    const vms = sampler.atBest(program, one, vmsOf(program, one));
    const steps = vms.map((step, i) => sampler.step(program, one, i, step, null));
    const readyMs = rows.take(program.steps.length);
    return { ...alone(program, sampler, one, { vms, steps }, readyMs, runs), exact: false };
  };
  return Object.assign(predict, { runs, group, groupAtBest, work });
}

// A group whose inputs are all there at once.
function alone(
  program: Program,
  sampler: GroupSampler,
  group: ProgramGroup,
  { vms, steps }: KnownGroup,
  readyMs: readonly Float64Array[],
  runs: number,
): Omit<GroupOutcome, "exact"> {
  if (steps === null) sampler.start(program, group, vms!, null, () => undefined);
  if (group.steps.length === 1) {
    const { latencyMs, costUsd } = steps?.[0] ?? sampler.step(program, group, 0, vms![0]!, null);
    return { latencyMs, leastMs: latencyMs, costUsdMean: meanOfSample(costUsd) };
  }
  const samples: StepSample[] = [];
  const latencyMs = new Float64Array(runs);
  const leastMs = new Float64Array(runs).fill(Number.POSITIVE_INFINITY);
  const costUsd = new Float64Array(runs);
  group.steps.forEach((s, i) => {
    const sample = steps?.[i] ?? sampler.step(program, group, i, vms![i]!, null);
    samples[s] = sample;
    for (let r = 0; r < runs; r++) {
      const endMs = readyMs[s]![r]! + sample.latencyMs[r]!;
      latencyMs[r] = Math.max(latencyMs[r]!, endMs);
      leastMs[r] = Math.min(leastMs[r]!, sample.latencyMs[r]!);
      costUsd[r]! += sample.costUsd[r]!;
      for (const next of program.steps[s]!.successors)
        readyMs[next]![r] = Math.max(readyMs[next]![r]!, endMs);
    }
  });
  if (group.kind === "home") addHomeCost(program, group, samples, readyMs, costUsd);
  return { latencyMs, leastMs, costUsdMean: meanOfSample(costUsd) };
}

/** What is remembered of a group: its VMs, or the steps they amount to where these are known for good. */
interface KnownGroup {
  readonly vms: readonly StepVms[] | null;
  readonly steps: readonly (StepSample | null)[] | null;
}

/**
 * All that a group's own steps depend on: itself, the passing of its outer edges, and what its direct
 * pulls need to know of the far end.
 */
export function groupKey(program: Program, group: ProgramGroup): string {
  return `${keyApart(program, group)} ${group.plan.prewarmMs}${producersKey(program, group)}`;
}

// What a group's VMs do by themselves depends on the group and the passing of its edges. Its stages tell
// which edges these are, and in what order.
function keyApart(program: Program, group: ProgramGroup): string {
  const { workersPerVm, memoryMb, concurrency, isolation, assignment } = group.plan;
  let key = `${group.stages.join()} ${workersPerVm} ${memoryMb} ${concurrency} ${isolation} ${assignment}`;
  for (const s of group.stages) {
    for (const edge of program.stages[s]!.inEdges) key += `;${edge.passing}`;
    for (const edge of program.stages[s]!.outEdges) key += `;${edge.passing}`;
  }
  return key;
}

// All that a group's direct pulls depend on besides: number and NIC of the VMs at the far end.
function producersKey(program: Program, group: ProgramGroup): string {
  return group.steps
    .flatMap((s) => program.steps[s]!.directIn)
    .map((edge) => {
      const from = program.steps[program.stages[edge.from]!.step]!;
      const { bundle, nicBytesPerMs } = program.groups[from.group]!;
      return `/${edge.index}:${from.whole ? "whole" : bundle}:${nicBytesPerMs}`;
    })
    .join("");
}

/** Rows of zeros that one plan after another writes on: a megabyte a plan would keep the collector busy. */
class ZeroRows {
  readonly #runs: number;
  readonly #rows: Float64Array[] = [];

  constructor(runs: number) {
    this.#runs = runs;
  }

  /** `count` rows, Float64Array(runs); those taken before are no longer valid. */
  take(count: number): readonly Float64Array[] {
    while (this.#rows.length < count) this.#rows.push(new Float64Array(this.#runs));
    for (let i = 0; i < count; i++) this.#rows[i]!.fill(0);
    return this.#rows;
  }
}

// Groups in the order of data flow, their steps end to end, run by run.
function compose(
  program: Program,
  sampler: GroupSampler,
  known: readonly KnownGroup[],
  readyMs: readonly Float64Array[],
  runs: number,
): Outcome {
  const latencyMs = new Float64Array(runs);
  const costUsd = new Float64Array(runs).fill(program.platform.price.usdPerTransition);
  const endMs = new Float64Array(runs);
  const samples: StepSample[] = [];
  for (const group of groupOrder(program)) {
    const { vms, steps } = known[group.index]!;
    if (steps === null) {
      const outside = group.steps.map((s) => readyMs[s]!);
      sampler.start(program, group, vms!, outside, (s) => vmsOfStep(program, known, s));
    }
    group.steps.forEach((s, i) => {
      const ready = readyMs[s]!;
      const leadMs = i === 0 ? leadOf(group.plan.prewarmMs, ready) : null;
      const sample = steps?.[i] ?? sampler.step(program, group, i, vms![i]!, leadMs);
      samples[s] = sample;
      addStep(ready, sample, endMs, latencyMs, costUsd);
      for (const next of program.steps[s]!.successors) raise(readyMs[next]!, endMs);
    });
  }
  for (const group of program.groups)
    if (group.kind === "home") addHomeCost(program, group, samples, readyMs, costUsd);
  for (const step of program.steps)
    if (step.directOut.length > 0) addHoldCost(program, step.index, samples, readyMs, costUsd);
  return { latencyMs, costUsd };
}

// The step's end in each run, and what it adds to latency and cost.
function addStep(
  readyMs: Float64Array,
  sample: StepSample,
  endMs: Float64Array,
  latencyMs: Float64Array,
  costUsd: Float64Array,
): void {
  const { latencyMs: stepMs, costUsd: stepUsd } = sample;
  for (let r = 0; r < endMs.length; r++) {
    const ms = readyMs[r]! + stepMs[r]!;
    endMs[r] = ms;
    if (ms > latencyMs[r]!) latencyMs[r] = ms;
    costUsd[r]! += stepUsd[r]!;
  }
}

function raise(readyMs: Float64Array, endMs: Float64Array): void {
  for (let r = 0; r < readyMs.length; r++) if (endMs[r]! > readyMs[r]!) readyMs[r] = endMs[r]!;
}

function vmsOfStep(
  program: Program,
  known: readonly KnownGroup[],
  step: number,
): StepVms | undefined {
  const group = program.groups[program.steps[step]!.group]!;
  return known[group.index]!.vms?.[group.steps.indexOf(step)];
}

// How long before it is ready a group's VMs are asked for; none where it is ready first.
function leadOf(askedMs: number | null, readyMs: Float64Array): Float64Array | null {
  return askedMs === null ? null : readyMs.map((ms) => Math.max(0, ms - askedMs));
}

function groupOrder(program: Program): ProgramGroup[] {
  const after = program.groups.map((): number[] => []);
  for (const step of program.steps)
    for (const next of step.successors) {
      const to = program.steps[next]!.group;
      if (to !== step.group) after[step.group]!.push(to);
    }
  return topologicalOrder(after).map((g) => program.groups[g]!);
}

// The home VM is billed from its start to the end of its own last work, and of the last pull from it.
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
    program.steps[s]!.directOut.map((edge) => program.stages[edge.to]!.step).filter(
      (reader) => samples[reader] !== undefined,
    ),
  );
  for (let r = 0; r < costUsd.length; r++) {
    const fromMs = readyMs[first]![r]! + samples[first]!.homeFromMs[r]!;
    let toMs = readyMs[last]![r]! + samples[last]!.homeEndMs[r]!;
    for (const reader of readers)
      toMs = Math.max(toMs, readyMs[reader]![r]! + samples[reader]!.pulledMs[r]!);
    costUsd[r]! += vmUseUsd(program.platform.price, group.memoryMb, toMs - fromMs);
  }
}

// Producers of direct passing are billed until the last of their readers has pulled; pairwise ones have
// one reader each, so that on average they wait for the average one.
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
  const readers = step.directOut.map((edge) => {
    const reader = program.stages[edge.to]!.step;
    const { pulledMs, pulledMsMean } = samples[reader]!;
    return {
      readyMs: readyMs[reader]!,
      afterMs: edge.shape === "pairwise" ? pulledMsMean : pulledMs,
    };
  });
  for (let r = 0; r < costUsd.length; r++) {
    let untilMs = 0;
    for (const reader of readers)
      untilMs = Math.max(untilMs, reader.readyMs[r]! + reader.afterMs[r]!);
    const heldMs = heldVms[r]! * (untilMs - readyMs[s]![r]!) - heldEndMs[r]!;
    costUsd[r]! += Math.max(0, heldMs) * memoryMb * program.platform.price.usdPerMbMs;
  }
}
