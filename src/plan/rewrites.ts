/** What may change in a plan, apart from what is best: each rewrite turns a plan into its neighbours. */

import type { Platform } from "../platform/platform.ts";
import { edgeId, innerEdges } from "../workflow/workflow.ts";
import { smallestFitMb, workersOf } from "./check-plan.ts";
import { type ExecutionPlan, groupOfStage, type VmGroup } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { isPipeline } from "./steps.ts";

/** Plans one change away. May yield illegal ones; the driver checks. */
export type Rewrite = (plan: ExecutionPlan, scenario: Scenario) => Iterable<ExecutionPlan>;

/** Moves each group one, and three, rungs up and down the platform's ladder of sizes. */
export function* resize(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
  for (let g = 0; g < plan.groups.length; g++)
    for (const memoryMb of neighbourSizes(scenario.platform, plan.groups[g]!.memoryMb))
      yield withGroup(plan, g, { ...plan.groups[g]!, memoryMb });
}

/** Gives all groups each size of the platform's ladder: for plans with one size for all. */
export function* resizeAll(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
  for (const memoryMb of scenario.platform.memorySizesMb)
    yield { ...plan, groups: plan.groups.map((group) => ({ ...group, memoryMb })) };
}

/** Moves one group up and another down the ladder: what neither move alone can do under a bound. */
export function* trade(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
  const sizes = plan.groups.map((group) => neighbourSizes(scenario.platform, group.memoryMb));
  for (let up = 0; up < plan.groups.length; up++)
    for (const larger of sizes[up]!.filter((size) => size > plan.groups[up]!.memoryMb)) {
      const raised = withGroup(plan, up, { ...plan.groups[up]!, memoryMb: larger });
      for (let down = 0; down < plan.groups.length; down++)
        for (const smaller of sizes[down]!.filter((size) => size < plan.groups[down]!.memoryMb))
          if (up !== down)
            yield withGroup(raised, down, { ...plan.groups[down]!, memoryMb: smaller });
    }
}

function neighbourSizes(platform: Platform, memoryMb: number): number[] {
  const ladder = platform.memorySizesMb;
  const above = ladder.findIndex((size) => size > memoryMb);
  const up = above < 0 ? ladder.length : above;
  const below = ladder.includes(memoryMb) ? up - 2 : up - 1;
  return [up, up + 2, below, below - 2].flatMap((i) =>
    ladder[i] === undefined ? [] : [ladder[i]],
  );
}

/**
 * Gives each parallel group its next larger and smaller bundle, at its size or at the size that keeps
 * the share per worker, never below what fits.
 */
export function* bundle(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
  for (let g = 0; g < plan.groups.length; g++) {
    const group = plan.groups[g]!;
    if (!isPipeline(scenario.workflow, group.stages)) continue;
    const workers = workersOf(scenario.workflow, group.stages[0]!);
    const size = group.workersPerVm === "all" ? workers : group.workersPerVm;
    for (const next of neighbourDivisors(workers, size)) {
      const bundled = { ...group, workersPerVm: next };
      const fitMb = smallestFitMb(scenario.workflow, scenario.profile, scenario.platform, bundled);
      if (fitMb === undefined) continue;
      const scaledMb = sizeNear(scenario.platform, (group.memoryMb * next) / size);
      const sizes = new Set([Math.max(fitMb, group.memoryMb), Math.max(fitMb, scaledMb)]);
      for (const memoryMb of sizes) yield withGroup(plan, g, { ...bundled, memoryMb });
    }
  }
}

// The two nearest divisors of `workers` on either side, so that bundles are equal.
function neighbourDivisors(workers: number, size: number): number[] {
  const divisors = Array.from({ length: workers }, (_, i) => i + 1).filter(
    (d) => workers % d === 0,
  );
  const above = divisors.filter((d) => d > size);
  const below = divisors.filter((d) => d < size).reverse();
  return [...above.slice(0, 2), ...below.slice(0, 2)];
}

function sizeNear(platform: Platform, memoryMb: number): number {
  const ladder = platform.memorySizesMb;
  return ladder.find((size) => size >= memoryMb) ?? ladder[ladder.length - 1]!;
}

/** Fuses each pair of groups that an edge connects; the larger size, or what fits, serves both. */
export function* fuse(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
  const groupOf = groupOfStage(plan);
  const pairs = new Set(
    innerEdges(scenario.workflow)
      .map((edge) => [groupOf.get(edge.from)!, groupOf.get(edge.to)!] as const)
      .filter(([from, to]) => from !== to)
      .map(([from, to]) => `${from},${to}`),
  );
  for (const pair of pairs) {
    const [from, to] = pair.split(",").map(Number);
    const fused = fusePair(plan, scenario, from!, to!);
    if (fused !== undefined) yield fused;
  }
}

/** The plan with groups `a` and `b` in one: worker by worker where they pair up, else one VM for all. */
export function fusePair(
  plan: ExecutionPlan,
  scenario: Scenario,
  a: number,
  b: number,
): ExecutionPlan | undefined {
  const { workflow, profile, platform } = scenario;
  const [first, second] = [plan.groups[a]!, plan.groups[b]!];
  const members = new Set([...first.stages, ...second.stages]);
  const stages = workflow.stages.map((stage) => stage.id).filter((id) => members.has(id));
  const pipeline = isPipeline(workflow, stages);
  const bundles = [first.workersPerVm, second.workersPerVm];
  const shared = {
    ...first,
    stages,
    workersPerVm:
      pipeline && !bundles.includes("all") ? Math.max(...(bundles as number[])) : ("all" as const),
  };
  const fitMb = smallestFitMb(workflow, profile, platform, shared);
  if (fitMb === undefined) return undefined;
  const group = { ...shared, memoryMb: Math.max(fitMb, first.memoryMb, second.memoryMb) };
  const passing = { ...plan.passing };
  for (const edge of innerEdges(workflow))
    if (members.has(edge.from) && members.has(edge.to)) passing[edgeId(edge)] = "local";
  const groups = plan.groups.flatMap((one, g) => (g === b ? [] : [g === a ? group : one]));
  return { ...plan, groups, passing };
}

/** The plan with one group replaced. */
export function withGroup(plan: ExecutionPlan, g: number, group: VmGroup): ExecutionPlan {
  return { ...plan, groups: plan.groups.map((one, i) => (i === g ? group : one)) };
}
