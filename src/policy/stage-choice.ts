/** Plans of systems that leave every stage in VMs of its own: a size and a bundle for each, nothing fused. */

import { InputError } from "../check.ts";
import { fittingSizesMb, workersOf } from "../plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../plan/plan.ts";
import { withGroup } from "../plan/rewrites.ts";
import type { Scenario } from "../plan/scenario.ts";
import { oncePer } from "../workflow/once-per.ts";
import type { Workflow } from "../workflow/workflow.ts";
import { noFitMessage } from "./unfused.ts";

/** What is chosen for one stage. */
export interface StageChoice {
  readonly memoryMb: number;
  readonly workersPerVm: number;
}

/** A bundle that some VM holds, with the sizes of the platform's ladder that do, ascending. */
export interface BundleOption {
  readonly workersPerVm: number;
  readonly sizesMb: readonly number[];
}

/**
 * The plan of one choice per stage, in the order of the workflow: data through the object store, workers of
 * a bundle as processes.
 */
export function planOfChoices(scenario: Scenario, choices: readonly StageChoice[]): ExecutionPlan {
  const plan = apartOf(scenario.workflow);
  return { ...plan, groups: plan.groups.map((group, s) => groupOfChoice(group, choices[s]!)) };
}

// Plans of choices share what they have in common, so that a model can tell them for neighbours.
const apartOf = oncePer((workflow: Workflow) => unfusedPlan(workflow, () => 0));

function groupOfChoice(group: VmGroup, { memoryMb, workersPerVm }: StageChoice): VmGroup {
  return {
    ...group,
    memoryMb,
    workersPerVm,
    isolation: workersPerVm > 1 ? ("processes" as const) : "threads",
  };
}

/** The plan of choices with that of stage `s` changed. */
export function withStageChoice(
  plan: ExecutionPlan,
  s: number,
  choice: StageChoice,
): ExecutionPlan {
  return withGroup(plan, s, groupOfChoice(plan.groups[s]!, choice));
}

/** The choices with that of stage `s` changed. */
export function withChoice(
  choices: readonly StageChoice[],
  s: number,
  change: Partial<StageChoice>,
): readonly StageChoice[] {
  return choices.map((choice, i) => (i === s ? { ...choice, ...change } : choice));
}

/**
 * For every stage, in the order of the workflow, the equal bundles that some VM holds: divisors of its
 * fan-out, ascending from 1.
 * @throws InputError workflow, when a stage fits no memory size of the platform.
 */
export function bundleOptions(scenario: Scenario): readonly (readonly BundleOption[])[] {
  const { workflow, profile, platform } = scenario;
  return workflow.stages.map(({ id }, s) => {
    const workers = workersOf(workflow, id);
    const options: BundleOption[] = [];
    for (let workersPerVm = 1; workersPerVm <= workers; workersPerVm++) {
      if (workers % workersPerVm !== 0) continue;
      const alone = apartOf(workflow).groups[s]!;
      const group = groupOfChoice(alone, { memoryMb: 0, workersPerVm });
      const sizesMb = fittingSizesMb(workflow, profile, platform, group);
      if (sizesMb.length > 0) options.push({ workersPerVm, sizesMb });
    }
    if (options[0]?.workersPerVm !== 1) throw new InputError("workflow", noFitMessage(scenario));
    return options;
  });
}
