/** Groups of a plan end to end: what a plan takes and costs when what its groups do is known. */

import { vmUseUsd } from "../physics/billing.ts";
import type { Program, ProgramGroup } from "../physics/program.ts";
import { topologicalOrder } from "../workflow/topological-order.ts";
import type { GroupSampler } from "./group-sample.ts";
import { type GroupOutcome, meanOfSample, type Outcome } from "./prediction.ts";
import type { StepSample, StepVms } from "./step-vms.ts";

/** What is remembered of a group: its VMs, or the steps they amount to where these are known for good. */
export interface KnownGroup {
  readonly vms: readonly StepVms[] | null;
  readonly steps: readonly (StepSample | null)[] | null;
}

/**
 * Groups in the order of data flow, their steps end to end, run by run. `readyMs` has a row of zeros for
 * each step, and is written on.
 */
export function compose(
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
  for (const g of groupOrder(program)) {
    const group = program.groups[g]!;
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

/** How long before it is ready a group's VMs are asked for, by run, ms; none where it is ready first. */
export function leadOf(askedMs: number | null, readyMs: Float64Array): Float64Array | null {
  return askedMs === null ? null : readyMs.map((ms) => Math.max(0, ms - askedMs));
}

/** Places of the groups, each after those it waits for. Worked out once for programs that share their edges. */
export function groupOrder(program: Program): readonly number[] {
  let order = orders.get(program.edges);
  if (order === undefined) {
    const after = program.groups.map((): number[] => []);
    for (const step of program.steps)
      for (const next of step.successors) {
        const to = program.steps[next]!.group;
        if (to !== step.group) after[step.group]!.push(to);
      }
    order = topologicalOrder(after);
    orders.set(program.edges, order);
  }
  return order;
}

// Programs share their edges when they only differ in how groups are laid out and sized.
const orders = new WeakMap<Program["edges"], readonly number[]>();

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

/** A group whose inputs are all there at once. `readyMs` as for `compose`. */
export function alone(
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
