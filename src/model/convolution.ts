/**
 * The `convolution` model: each step a latency density, conditioned on what its workers share. Steps in
 * series convolve, parallel ones multiply their cumulative functions.
 * Sources: Mahgoub et al., OSDI'22, §4; Mahgoub et al., SIGMETRICS'22.
 */

import { InputError } from "../check.ts";
import { compile } from "../physics/compile.ts";
import type { Program } from "../physics/program.ts";
import { checkPlan } from "../plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan } from "../plan/plan.ts";
import { type Scenario, withoutFailures } from "../plan/scenario.ts";
import { type Density, meanOfDensity, mixture } from "../stats/density.ts";
import { meanOf } from "../stats/families.ts";
import { rootKey } from "../stats/random.ts";
import { coldShare } from "./cold-share.ts";
import { type Condition, conditionsOf } from "./condition.ts";
import { CostDensities } from "./cost-density.ts";
import { follow, makespanOf } from "./makespan.ts";
import { type ConditionedDensity, mixedValues, mixingPoints } from "./mixed-outcome.ts";
import type { Outcome, PerformanceModel } from "./prediction.ts";
import { groupKey } from "./scenarios.ts";
import { StepDensities, type StepDensity } from "./step-density.ts";

/** What to return. */
interface ConvolutionOptions {
  /** Equally likely values in each array of an outcome. */
  readonly runs?: number;
}

/** A step under each condition: as usual, and as it is when a pause has left every VM of the run cold. */
interface MixedStep {
  readonly usual: readonly StepDensity[];
  readonly afterPause: readonly StepDensity[];
  /** Probability of such a pause. */
  readonly pause: number;
}

/**
 * A model of the given scenario. The two arrays of an outcome are two marginals: value i of one says nothing
 * about value i of the other.
 *
 * Given the shared luck (see `conditionsOf`) it takes as independent: the VMs of a step; the steps, so
 * that branches which meet again share only what `makespanOf` factors out; and the cold starts of
 * groups, but those after a pause. A step starts cold with all its VMs, or with none. A home VM runs
 * its own part beside the VMs it calls, and is billed from its start to its own end in the last step,
 * with the spread of that end. Waiting for direct pulls enters cost by its mean. Left out, as by the
 * `scenarios` model: pre-warming, throttling, failures, and pulls that disturb each other.
 *
 * Groups are remembered. A new one takes some 16,000 workers through the physics, and again that many
 * where it may start cold; a known plan takes a few convolutions for each condition.
 * @throws InputError plan, from the model, when a plan breaks a rule.
 */
export function convolutionModel(
  given: Scenario,
  options: ConvolutionOptions = {},
): PerformanceModel {
  const { runs = 1024 } = options;
  const scenario = withoutFailures(given);
  const any = compile(
    scenario,
    unfusedPlan(scenario.workflow, () => scenario.platform.memory.maxMb),
  );
  const conditions = conditionsOf(any);
  const densities = new StepDensities(any, conditions, rootKey("convolution"));
  const known = new Map<string, readonly MixedStep[]>();
  const pointsFor = remembered(mixingPoints);
  const predict = (plan: ExecutionPlan): Outcome => {
    const faults = checkPlan(scenario, plan);
    if (faults.length > 0) throw new InputError("plan", faults);
    const program = compile(scenario, plan);
    const mixed: MixedStep[] = [];
    for (const group of program.groups) {
      const key = groupKey(program, group);
      let steps = known.get(key);
      if (steps === undefined) {
        steps = group.steps.map((s) => mixedStep(scenario, program, s, densities));
        known.set(key, steps);
      }
      steps.forEach((step, i) => {
        mixed[group.steps[i]!] = step;
      });
    }
    const pause = mixed.reduce((sum, step) => sum + step.pause, 0) / mixed.length;
    const paused = Math.round(runs * pause);
    const latencyMs = new Float64Array(runs);
    const costUsd = new Float64Array(runs);
    for (const [state, from, to] of [
      ["afterPause", 0, paused],
      ["usual", paused, runs],
    ] as const) {
      if (from === to) continue;
      // Few values need few conditions.
      const among = Math.min(conditions.length, to - from);
      const law = marginals(program, mixed, state, conditions, among);
      const points = pointsFor(to - from);
      latencyMs.set(mixedValues(law.latencyMs, points), from);
      costUsd.set(mixedValues(law.costUsd, points), from);
    }
    return { latencyMs, costUsd };
  };
  return Object.assign(predict, { runs });
}

function remembered<T>(make: (count: number) => T): (count: number) => T {
  const known = new Map<number, T>();
  return (count) => {
    const found = known.get(count) ?? make(count);
    known.set(count, found);
    return found;
  };
}

// The one place that asks how often a step starts cold.
function mixedStep(
  scenario: Scenario,
  program: Program,
  s: number,
  densities: StepDensities,
): MixedStep {
  const step = program.steps[s]!;
  const warm = densities.evaluate(program, step, false);
  const useMs = warm.reduce((sum, one) => sum + meanOfDensity(one.latencyMs), 0) / warm.length;
  const keepAliveMs = meanOf(scenario.platform.keepAliveMs);
  const { afterPause, besideOthers } = coldShare(scenario.arrivals, useMs, keepAliveMs);
  if (afterPause + besideOthers === 0) return { usual: warm, afterPause: warm, pause: 0 };
  const cold = densities.evaluate(program, step, true);
  const own = afterPause === 1 ? 1 : besideOthers / (1 - afterPause);
  const usual = warm.map((one, k) => mixedDensity(one, cold[k]!, own));
  return { usual, afterPause: cold, pause: afterPause };
}

function mixedDensity(warm: StepDensity, cold: StepDensity, share: number): StepDensity {
  const density = (a: Density, b: Density) =>
    mixture([
      { weight: 1 - share, of: a },
      { weight: share, of: b },
    ]);
  const mean = (a: number, b: number) => a + share * (b - a);
  return {
    latencyMs: density(warm.latencyMs, cold.latencyMs),
    costUsd: density(warm.costUsd, cold.costUsd),
    homeFromMs: mean(warm.homeFromMs, cold.homeFromMs),
    homeEndMs: density(warm.homeEndMs, cold.homeEndMs),
    pulledMs: mean(warm.pulledMs, cold.pulledMs),
    heldVms: warm.heldVms,
    heldEndMs: mean(warm.heldEndMs, cold.heldEndMs),
  };
}

interface Marginals {
  readonly latencyMs: readonly ConditionedDensity[];
  readonly costUsd: readonly ConditionedDensity[];
}

// Under `among` of the conditions, evenly chosen.
function marginals(
  program: Program,
  mixed: readonly MixedStep[],
  state: "usual" | "afterPause",
  conditions: readonly Condition[],
  among: number,
): Marginals {
  const last = program.steps.filter((step) => step.successors.length === 0);
  const latency = makespanOf(
    program,
    last.map((step) => step.index),
  );
  const costs = new CostDensities(program);
  const latencyMs: ConditionedDensity[] = [];
  const costUsd: ConditionedDensity[] = [];
  for (let i = 0; i < among; i++) {
    const k = Math.floor(((i + 0.5) * conditions.length) / among);
    const { scores } = conditions[k]!;
    const steps = mixed.map((step) => step[state][k]!);
    const latencies = steps.map((step) => step.latencyMs);
    latencyMs.push({ scores, density: follow(latency, latencies) });
    costUsd.push({ scores, density: costs.of(steps, latencies) });
  }
  return { latencyMs, costUsd };
}
