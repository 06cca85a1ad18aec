/** What may change in a plan, apart from what is best: each rewrite turns a plan into its neighbours. */

import { type Platform, vcpusOf } from "../platform/platform.ts";
import { graphOf } from "../workflow/graph.ts";
import { edgeId, innerEdges } from "../workflow/workflow.ts";
import { smallestFitMb, workersOf } from "./check-plan.ts";
import { type ExecutionPlan, groupOfStage, type VmGroup } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { isPipeline } from "./steps.ts";

/** Plans one change away. May yield illegal ones; the driver checks. */
export interface Rewrite {
  (plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan>;
  /** How it changes a plan of many groups; absent where there are too many ways. */
  readonly atLarge?: AtLarge;
}

/** Group by group; all in one; or pairs of groups in series, as many at once as have no group in common. */
export type AtLarge =
  | {
      readonly by: "group";
      readonly of: GroupRewrite;
      readonly after?: (plan: ExecutionPlan) => ExecutionPlan;
    }
  | { readonly by: "whole" }
  | { readonly by: "series"; readonly after?: (plan: ExecutionPlan) => ExecutionPlan };

/** Groups one change away from a group of the same stages. */
type GroupRewrite = (group: VmGroup, scenario: Scenario) => readonly VmGroup[];

function ofEachGroup(of: GroupRewrite): Rewrite {
  function* rewrite(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
    for (let g = 0; g < plan.groups.length; g++)
      for (const group of of(plan.groups[g]!, scenario)) yield withGroup(plan, g, group);
  }
  return Object.assign(rewrite, { atLarge: { by: "group", of } } as const);
}

/** Moves each group one, and three, rungs up and down the platform's ladder of sizes. */
export const resize: Rewrite = ofEachGroup((group, scenario) => sizesAround(group, scenario));

/** The group one, and three, rungs up and down the platform's ladder of sizes; or only `rungs` of them. */
export function sizesAround(
  group: VmGroup,
  scenario: Scenario,
  rungs: readonly number[] = [1, 3],
): VmGroup[] {
  return neighbourSizes(scenario.platform, group.memoryMb, rungs).map((memoryMb) => ({
    ...group,
    memoryMb,
  }));
}

/** Gives all groups each size of the platform's ladder: for plans with one size for all. */
export const resizeAll: Rewrite = Object.assign(
  function* (plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
    for (const memoryMb of scenario.platform.memorySizesMb)
      yield { ...plan, groups: plan.groups.map((group) => ({ ...group, memoryMb })) };
  },
  { atLarge: { by: "whole" } } as const,
);

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

function neighbourSizes(
  platform: Platform,
  memoryMb: number,
  rungs: readonly number[] = [1, 3],
): number[] {
  const ladder = platform.memorySizesMb;
  const above = ladder.findIndex((size) => size > memoryMb);
  const up = above < 0 ? ladder.length : above;
  const below = ladder.includes(memoryMb) ? up - 2 : up - 1;
  const places = [...rungs.map((n) => up + n - 1), ...rungs.map((n) => below - n + 1)];
  return places.flatMap((i) => (ladder[i] === undefined ? [] : [ladder[i]]));
}

/**
 * Gives each parallel group its next larger and smaller bundle, at its size or at the size that keeps
 * the share per worker, never below what fits.
 */
export const bundle: Rewrite = ofEachGroup((group, scenario) => bundlesOf(group, scenario));

/** The group with its next larger and smaller bundles; none where workers do not pair up. */
export function bundlesOf(group: VmGroup, scenario: Scenario): VmGroup[] {
  const { workflow, profile, platform } = scenario;
  if (!isPipeline(workflow, group.stages)) return [];
  const workers = workersOf(workflow, group.stages[0]!);
  const size = group.workersPerVm === "all" ? workers : group.workersPerVm;
  return neighbourDivisors(workers, size).flatMap((next) => {
    const bundled = { ...group, workersPerVm: next };
    const fitMb = smallestFitMb(workflow, profile, platform, bundled);
    if (fitMb === undefined) return [];
    const scaledMb = sizeNear(platform, (group.memoryMb * next) / size);
    const sizes = new Set([Math.max(fitMb, group.memoryMb), Math.max(fitMb, scaledMb)]);
    return [...sizes].map((memoryMb) => ({ ...bundled, memoryMb }));
  });
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
export const fuse: Rewrite = Object.assign(
  function* (plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
    const groupOf = groupOfStage(plan);
    const pairs = new Set<number>();
    for (const { edge } of graphOf(scenario.workflow).inner) {
      const [from, to] = [groupOf.get(edge.from)!, groupOf.get(edge.to)!];
      const pair = from * plan.groups.length + to;
      if (from === to || pairs.has(pair)) continue;
      pairs.add(pair);
      const fused = fusePair(plan, scenario, from, to);
      if (fused !== undefined) yield fused;
    }
  },
  { atLarge: { by: "series" } } as const,
);

/** The plan with groups `a` and `b` in one: worker by worker where they pair up, else one VM for all. */
export function fusePair(
  plan: ExecutionPlan,
  scenario: Scenario,
  a: number,
  b: number,
): ExecutionPlan | undefined {
  const group = fusedGroup(plan, scenario, a, b);
  return group === undefined ? undefined : withFused(plan, scenario, [{ a, b, group }]);
}

/** Two groups of a plan, by place, and the one they make. */
export interface FusedPair {
  readonly a: number;
  readonly b: number;
  readonly group: VmGroup;
}

/** The group that groups `a` and `b` of a plan make; undefined where no VM holds it. */
export function fusedGroup(
  plan: ExecutionPlan,
  scenario: Scenario,
  a: number,
  b: number,
): VmGroup | undefined {
  const { workflow, profile, platform } = scenario;
  const [first, second] = [plan.groups[a]!, plan.groups[b]!];
  const { placeOf } = graphOf(workflow);
  const stages = [...first.stages, ...second.stages].sort(
    (one, other) => placeOf.get(one)! - placeOf.get(other)!,
  );
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
  return { ...shared, memoryMb: Math.max(fitMb, first.memoryMb, second.memoryMb) };
}

/** The plan with pairs of groups fused, none of which shares a group with another: each at its first place. */
export function withFused(
  plan: ExecutionPlan,
  scenario: Scenario,
  pairs: readonly FusedPair[],
): ExecutionPlan {
  const { placeOf, out } = graphOf(scenario.workflow);
  const passing = { ...plan.passing };
  const groups: (VmGroup | undefined)[] = [...plan.groups];
  for (const { a, b, group } of pairs) {
    const members = new Set(group.stages);
    for (const id of group.stages)
      for (const one of out[placeOf.get(id)!]!)
        if (members.has(one.edge.to)) passing[one.id] = "local";
    groups[a] = group;
    groups[b] = undefined;
  }
  return { ...plan, groups: groups.filter((group) => group !== undefined), passing };
}

/** The plan with one group replaced. */
export function withGroup(plan: ExecutionPlan, g: number, group: VmGroup): ExecutionPlan {
  return { ...plan, groups: plan.groups.with(g, group) };
}

/** Splits each fused group in two, at every place of its order; each part at its size, or at what fits. */
export function* split(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
  for (let g = 0; g < plan.groups.length; g++)
    for (let at = 1; at < plan.groups[g]!.stages.length; at++) {
      const apart = splitAt(plan, scenario, g, at);
      if (apart !== undefined) yield apart;
    }
}

// The plan with group `g` in two, its first `at` stages in one of them; data between them through the store.
function splitAt(
  plan: ExecutionPlan,
  scenario: Scenario,
  g: number,
  at: number,
): ExecutionPlan | undefined {
  const { workflow, profile, platform } = scenario;
  const group = plan.groups[g]!;
  const parts: VmGroup[] = [];
  for (const stages of [group.stages.slice(0, at), group.stages.slice(at)]) {
    const widest = Math.max(...stages.map((id) => workersOf(workflow, id)));
    // What held a whole join holds each of its workers apart, which is what users start from.
    const whole = group.workersPerVm === "all" && !isPipeline(workflow, group.stages);
    const workersPerVm =
      whole && isPipeline(workflow, stages)
        ? 1
        : group.workersPerVm === "all"
          ? ("all" as const)
          : Math.min(group.workersPerVm, widest);
    const part = { ...group, stages, workersPerVm, prewarmMs: null };
    const fitMb = smallestFitMb(workflow, profile, platform, part);
    if (fitMb === undefined) return undefined;
    parts.push({ ...part, memoryMb: Math.max(fitMb, group.memoryMb) });
  }
  const first = new Set(parts[0]!.stages);
  const passing = { ...plan.passing };
  for (const edge of innerEdges(workflow)) {
    const inside = group.stages.includes(edge.from) && group.stages.includes(edge.to);
    if (inside && first.has(edge.from) !== first.has(edge.to))
      passing[edgeId(edge)] = "object-store";
  }
  return { ...plan, groups: plan.groups.flatMap((one, i) => (i === g ? parts : [one])), passing };
}

/**
 * Changes how the VMs of each group hold their workers: threads or processes, all at once or as many as
 * vCPUs, and, where stages join in it, one VM for all or a home with smaller overflow VMs.
 */
export function* relayout(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
  for (let g = 0; g < plan.groups.length; g++)
    for (const group of layoutsOf(plan.groups[g]!, scenario)) yield withGroup(plan, g, group);
}

/** The group with one thing changed in how its VMs hold workers; at its size, or at what fits. */
export function layoutsOf(group: VmGroup, scenario: Scenario): VmGroup[] {
  const { workflow, profile, platform } = scenario;
  const widest = Math.max(...group.stages.map((id) => workersOf(workflow, id)));
  const held = group.workersPerVm === "all" ? widest : Math.min(widest, group.workersPerVm);
  if (widest === 1) return [];
  const changed: VmGroup[] = [];
  if (held > 1) {
    changed.push({
      ...group,
      isolation: group.isolation === "threads" ? "processes" : "threads",
    });
    const slots = Math.max(1, Math.floor(vcpusOf(platform, group.memoryMb)));
    if (group.concurrency !== "all") changed.push({ ...group, concurrency: "all" });
    else if (slots < held) changed.push({ ...group, concurrency: slots });
  }
  if (!isPipeline(workflow, group.stages)) {
    if (group.workersPerVm !== "all") changed.push({ ...group, workersPerVm: "all" });
    for (const workersPerVm of neighbourDivisors(widest, held))
      changed.push({ ...group, workersPerVm });
  }
  return changed.flatMap((one) => {
    const fitMb = smallestFitMb(workflow, profile, platform, one);
    return fitMb === undefined ? [] : [{ ...one, memoryMb: Math.max(fitMb, one.memoryMb) }];
  });
}

/** Sends the data of each edge between groups another way. */
export function* repass(plan: ExecutionPlan, scenario: Scenario): Iterable<ExecutionPlan> {
  const groupOf = groupOfStage(plan);
  for (const edge of innerEdges(scenario.workflow)) {
    if (groupOf.get(edge.from) === groupOf.get(edge.to)) continue;
    const id = edgeId(edge);
    for (const passing of ["object-store", "inline", "direct"] as const)
      if (passing !== plan.passing[id])
        yield { ...plan, passing: { ...plan.passing, [id]: passing } };
  }
}

/** Asks for each group's VMs at the run's arrival, or later or earlier than now, or no longer ahead. */
export function* lead(plan: ExecutionPlan, _scenario: Scenario): Iterable<ExecutionPlan> {
  for (let g = 0; g < plan.groups.length; g++) {
    const group = plan.groups[g]!;
    const { prewarmMs } = group;
    const leads =
      prewarmMs === null
        ? [0, 1000, 8000]
        : [null, 0, prewarmMs / 2, prewarmMs + LEAD_STEP_MS, 2 * prewarmMs];
    for (const next of leads)
      if (next !== prewarmMs)
        yield withGroup(plan, g, {
          ...group,
          prewarmMs: next === null ? null : LEAD_STEP_MS * Math.round(next / LEAD_STEP_MS),
        });
  }
}

/** Leads are tried in these steps, as ORION does, ms. */
export const LEAD_STEP_MS = 100;
