/**
 * What a joint planner may decide, as data: how stages fuse, how each group is laid out and sized, how
 * data travels between groups. Outside are pre-warm leads, bundles that do not divide the fan-out (as
 * Faastlane and Photons may have), and slots other than all or one per vCPU.
 */

import { fitsPayload, smallestFitMb, workersOf } from "../plan/check-plan.ts";
import type { ExecutionPlan, Passing, VmGroup } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { isPipeline, stepsOfGroup } from "../plan/steps.ts";
import { lawAt, vcpusOf } from "../platform/platform.ts";
import { constantOf } from "../stats/families.ts";
import { descendants } from "../workflow/graph.ts";
import { type Edge, edgeId, innerEdges } from "../workflow/workflow.ts";
import { groupGraph } from "./group-graph.ts";

/** Stages that one group may fuse, laid out in one way, with all that may still be chosen for it. */
export interface Block {
  /** Topological order. */
  readonly stages: readonly string[];
  /** A home VM that overflows, whose steps wait one for another; else each VM is closed in itself. */
  readonly home: boolean;
  /** At least one, each legal. */
  readonly options: readonly VmGroup[];
}

/** Blocks that hold each stage once, in the order of data flow: no path leaves one and returns. */
export type Partition = readonly Block[];

/**
 * All partitions into convex groups, connected or not: at most Bell(n) times the layouts. Every choice
 * of options and passings makes a legal plan.
 */
export function partitionsOf(scenario: Scenario): readonly Partition[] {
  const known = new Map<string, readonly Block[]>();
  const blocksOf = (stages: readonly string[]): readonly Block[] => {
    const key = JSON.stringify(stages);
    const found = known.get(key) ?? blocks(scenario, stages);
    known.set(key, found);
    return found;
  };
  return convexPartitions(scenario).flatMap((ordered) =>
    ordered.reduce<Partition[]>(
      (begun, stages) => begun.flatMap((some) => blocksOf(stages).map((block) => [...some, block])),
      [[]],
    ),
  );
}

/** All partitions of the stages into convex groups, in the order of data flow: at most Bell(n). */
export function convexPartitions(scenario: Scenario): readonly (readonly (readonly string[])[])[] {
  const ids = scenario.workflow.stages.map((stage) => stage.id);
  return setPartitions(ids).flatMap((groups) => {
    const graph = groupGraph(scenario, groups);
    return graph === undefined ? [] : [graph.order.map((g) => groups[g]!)];
  });
}

// Ways in which the data of an edge may travel from one group to another.
function passingsOf(scenario: Scenario, edge: Edge): readonly Passing[] {
  return fitsPayload(scenario.platform, edge)
    ? ["object-store", "inline", "direct"]
    : ["object-store", "direct"];
}

/** Edges between two different groups of a partition. */
export function crossingEdges(scenario: Scenario, partition: Partition): readonly Edge[] {
  return innerEdges(scenario.workflow).filter(
    (edge) =>
      !partition.some(({ stages }) => stages.includes(edge.from) && stages.includes(edge.to)),
  );
}

/** The plan of chosen groups and of passings by edge id; what these do not name is local. */
export function planOfChoice(
  scenario: Scenario,
  groups: readonly VmGroup[],
  passings: ReadonlyMap<string, Passing>,
): ExecutionPlan {
  const { workflow } = scenario;
  return {
    schema: "wisefuse/plan@1",
    workflow: workflow.name,
    groups,
    passing: Object.fromEntries(
      innerEdges(workflow).map((edge) => [edgeId(edge), passings.get(edgeId(edge)) ?? "local"]),
    ),
  };
}

/** Every way to pass data between the groups of a partition, by edge id. */
export function passingChoices(
  scenario: Scenario,
  partition: Partition,
): readonly ReadonlyMap<string, Passing>[] {
  return crossingEdges(scenario, partition).reduce<readonly ReadonlyMap<string, Passing>[]>(
    (begun, edge) =>
      begun.flatMap((some) =>
        passingsOf(scenario, edge).map((passing) => new Map([...some, [edgeId(edge), passing]])),
      ),
    [new Map()],
  );
}

/** Number of plans in the space. */
export function spaceSize(scenario: Scenario, partitions: readonly Partition[]): number {
  return partitions.reduce((sum, partition) => {
    const groups = partition.reduce((product, block) => product * block.options.length, 1);
    const edges = crossingEdges(scenario, partition);
    return (
      sum + edges.reduce((product, edge) => product * passingsOf(scenario, edge).length, groups)
    );
  }, 0);
}

/** Every plan of the space, one after another. */
export function* plansOfSpace(
  scenario: Scenario,
  partitions: readonly Partition[],
): Iterable<ExecutionPlan> {
  for (const partition of partitions)
    for (const passings of passingChoices(scenario, partition))
      for (const groups of choicesOf(partition)) yield planOfChoice(scenario, groups, passings);
}

function* choicesOf(partition: Partition): Iterable<readonly VmGroup[]> {
  const [first, ...rest] = partition;
  if (first === undefined) yield [];
  else
    for (const option of first.options)
      for (const others of choicesOf(rest)) yield [option, ...others];
}

function setPartitions(ids: readonly string[]): readonly (readonly (readonly string[])[])[] {
  return ids.reduce<readonly (readonly (readonly string[])[])[]>(
    (begun, id) =>
      begun.flatMap((groups) => [
        ...groups.map((_, g) => groups.map((group, i) => (i === g ? [...group, id] : group))),
        [...groups, [id]],
      ]),
    [[]],
  );
}

function blocks(scenario: Scenario, stages: readonly string[]): readonly Block[] {
  const { workflow, profile } = scenario;
  if (new Set(stages.map((id) => profile[id]!.runtime)).size > 1) return [];
  const pipeline = isPipeline(workflow, stages);
  const widest = Math.max(...stages.map((id) => workersOf(workflow, id)));
  const divisors = Array.from({ length: widest - 1 }, (_, i) => i + 1).filter(
    (bundle) => widest % bundle === 0,
  );
  const options = [...divisors, "all" as const].flatMap((bundle) =>
    optionsOf(scenario, stages, widest === 1 ? 1 : bundle, pipeline),
  );
  const isHome = (group: VmGroup) => stepsOfGroup(workflow, group).kind === "home";
  return [false, true].flatMap((home) => {
    const some = options.filter((group) => isHome(group) === home);
    return some.length === 0 ? [] : [{ stages, home, options: some }];
  });
}

// Sizes, slots, isolation and assignment of one bundle, each only where it makes a difference.
function optionsOf(
  scenario: Scenario,
  stages: readonly string[],
  workersPerVm: VmGroup["workersPerVm"],
  pipeline: boolean,
): readonly VmGroup[] {
  const { workflow, profile, platform } = scenario;
  const bundle = workersPerVm === "all" ? Number.POSITIVE_INFINITY : workersPerVm;
  const atOnce = jobsAtOnce(scenario, stages, bundle);
  const weighed = stages.some((id) => {
    const { content } = profile[id]!.skew;
    return typeof content !== "number" && bundle > 1 && bundle < content.length;
  });
  const assignments: readonly VmGroup["assignment"][] = weighed
    ? ["consecutive", "balanced"]
    : ["consecutive"];
  return platform.memorySizesMb.flatMap((memoryMb) => {
    const slots = Math.max(1, Math.floor(vcpusOf(platform, memoryMb)));
    const concurrencies: readonly VmGroup["concurrency"][] =
      slots < atOnce ? ["all", slots] : ["all"];
    return concurrencies.flatMap((concurrency) => {
      const fits = (isolation: VmGroup["isolation"]): boolean => {
        const only = { ...platform, memorySizesMb: [memoryMb] };
        const group = { stages, workersPerVm, concurrency, isolation };
        return smallestFitMb(workflow, profile, only, group) !== undefined;
      };
      const threads = fits("threads");
      // A worker alone in its VM is one process either way, which only may need less memory as such.
      const processes = (bundle > 1 || (!pipeline && !threads)) && fits("processes");
      const isolations: readonly VmGroup["isolation"][] = [
        ...(threads ? (["threads"] as const) : []),
        ...(processes ? (["processes"] as const) : []),
      ];
      return isolations.flatMap((isolation) =>
        assignments.map((assignment) => ({
          stages,
          workersPerVm,
          memoryMb,
          concurrency,
          isolation,
          assignment,
          prewarmMs: null,
        })),
      );
    });
  });
}

// Most workers that one VM could run at once if nothing held them back.
function jobsAtOnce(scenario: Scenario, stages: readonly string[], bundle: number): number {
  const { workflow } = scenario;
  const before = new Map(stages.map((id) => [id, descendants(workflow, id)]));
  const beside = (a: string, b: string) =>
    a === b || !(before.get(a)!.has(b) || before.get(b)!.has(a));
  const workers = (id: string) => Math.min(bundle, workersOf(workflow, id));
  const sums = stages.map((id) =>
    stages.reduce((sum, other) => sum + (beside(id, other) ? workers(other) : 0), 0),
  );
  return Math.max(...sums);
}

/** What a reader of direct passing notices of the producer's group: its VMs' network, and their number. */
export function directClass(scenario: Scenario, group: VmGroup): string {
  const { workflow, platform } = scenario;
  const nicBytesPerMs = lawAt(platform.nicBytesPerMs, group.memoryMb);
  const { kind } = stepsOfGroup(workflow, group);
  const fixed = group.stages.every(
    (id) => constantOf(workflow.stages.find((stage) => stage.id === id)!.workers) !== undefined,
  );
  const most = fixed ? Math.max(...group.stages.map((id) => workersOf(workflow, id))) : Infinity;
  const bundle = group.workersPerVm === "all" ? Infinity : group.workersPerVm;
  return `${nicBytesPerMs}/${kind === "whole" || bundle >= most ? "one" : bundle}`;
}
