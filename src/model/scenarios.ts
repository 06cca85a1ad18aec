/**
 * The `scenarios` model: a fixed set of runs, with the luck they would have in simulation, pushed through
 * the exact VM without events. Sees every correlation inside a run, and which VMs it finds warm; what
 * it leaves out is throttling, failures, and that direct readers may pull at different times.
 */

import { InputError } from "../check.ts";
import { compile } from "../physics/compile.ts";
import { RunDraws, workOf } from "../physics/draws.ts";
import type { Program, ProgramGroup } from "../physics/program.ts";
import { checkPlan } from "../plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../plan/plan.ts";
import { type Scenario, withoutFailures } from "../plan/scenario.ts";
import { latinKey } from "../stats/latin-hypercube.ts";
import { rootKey } from "../stats/random.ts";
import { alone, compose, type KnownGroup } from "./compose.ts";
import { GroupSampler } from "./group-sample.ts";
import { modelArrivals } from "./model-arrivals.ts";
import { PlanPrograms } from "./plan-programs.ts";
import type { GroupOutcome, Outcome, PerformanceModel, StageWork } from "./prediction.ts";
import { Recomposer } from "./recompose.ts";
import type { SolvedVms, StepVms } from "./step-vms.ts";

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
  "failures: crashes, errors, repeats and second deliveries; plans are made as if nothing failed",
];

/**
 * A model of the given scenario, as if nothing failed in it, over `runs` runs. Groups are remembered, so that plans that share VM groups cost
 * only their differences: O(runs x VMs) for a new group, O(runs x steps) for a known one whose cold
 * starts are known.
 * @throws InputError plan, from the model, when a plan breaks a rule.
 */
export function scenarioModel(
  given: Scenario,
  runs: number,
  seed: string,
  options: ScenarioModelOptions = { luck: "independent", coldStarts: "per-plan" },
): PerformanceModel {
  const scenario = withoutFailures(given);
  const root = rootKey(`model/${seed}`);
  const any = compile(
    scenario,
    unfusedPlan(scenario.workflow, () => scenario.platform.memory.maxMb),
  );
  const draws = Array.from({ length: runs }, (_, run) => {
    if (options.luck === "stratified") {
      const one = new RunDraws(any, true, latinKey(root, run, runs));
      one.drawShared();
      return one;
    }
    const one = new RunDraws(any, true);
    one.draw(root, run);
    return one;
  });
  const arrivals = modelArrivals(scenario, runs, root);
  const sampler = new GroupSampler(draws, scenario, arrivals);
  const perPlan = options.coldStarts === "per-plan" && arrivals.start === "replayed";
  const programs = new PlanPrograms(scenario);
  const recomposer = new Recomposer(runs, sampler);
  const known = new Map<string, KnownGroup>();
  // Neighbours share the objects of the groups that do not change.
  const knownObjects = new WeakMap<ProgramGroup, KnownGroup>();
  const knownAlone = new Map<string, GroupOutcome>();
  // Only of groups that pull from others or are asked for ahead: what they do themselves is the same
  // whoever these are, and whenever that is.
  const pulling = new Map<string, readonly SolvedVms[]>();
  const vmsOf = (program: Program, group: ProgramGroup): readonly StepVms[] => {
    if (!pullsFromOthers(program, group) && group.plan.prewarmMs === null)
      return sampler.withPulls(program, group, sampler.solved(program, group));
    const key = keyApart(program, group);
    const solved = pulling.get(key) ?? sampler.solved(program, group);
    pulling.set(key, solved);
    return sampler.withPulls(program, group, solved);
  };
  const knownGroup = (program: Program, group: ProgramGroup): KnownGroup => {
    let one = knownObjects.get(group);
    if (one !== undefined) return one;
    const key = groupKey(program, group);
    one = known.get(key);
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
    // What it pulls from may change while it does not.
    if (!pullsFromOthers(program, group)) knownObjects.set(group, one);
    return one;
  };
  const rows = new ZeroRows(runs);
  const rowsOf = (program: Program, group: ProgramGroup) =>
    rows.take(group.steps.length === 1 ? 0 : program.steps.length);
  const predict = (plan: ExecutionPlan): Outcome => {
    const faults = checkPlan(scenario, plan);
    if (faults.length > 0) throw new InputError("plan", faults);
    const program = programs.of(plan);
    const outcome = perPlan ? undefined : recomposer.compose(program, knownGroup);
    if (outcome !== undefined) return outcome;
    const groups = program.groups.map((group) => knownGroup(program, group));
    return compose(program, sampler, groups, rows.take(program.steps.length), runs);
  };
  const group = (plan: ExecutionPlan, g: number): GroupOutcome => {
    const program = programs.of(plan);
    const one = program.groups[g]!;
    const key = groupKey(program, one);
    let outcome = knownAlone.get(key);
    if (outcome === undefined) {
      const exact = !perPlan && one.plan.prewarmMs === null;
      const readyMs = rowsOf(program, one);
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
    const program = programs.of(plan);
    const one = program.groups[g]!;
    const vms = sampler.atBest(program, one, vmsOf(program, one));
    const steps = vms.map((step, i) => sampler.step(program, one, i, step, null));
    const readyMs = rowsOf(program, one);
    return { ...alone(program, sampler, one, { vms, steps }, readyMs, runs), exact: false };
  };
  return Object.assign(predict, { runs, group, groupAtBest, work });
}

function pullsFromOthers(program: Program, group: ProgramGroup): boolean {
  return group.steps.some((s) => program.steps[s]!.directIn.length > 0);
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
