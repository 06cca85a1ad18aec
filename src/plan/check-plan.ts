/** The laws a plan must keep. Every violated one is named; the simulator refuses a plan with any. */

import { type InputFault, suggestion } from "../check.ts";
import type { Platform } from "../platform/platform.ts";
import { constantOf, practicalMaxOf } from "../stats/families.ts";
import type { StageProfile } from "../workflow/profile.ts";
import { descendants } from "../workflow/graph.ts";
import { edgeId, innerEdges, type Workflow } from "../workflow/workflow.ts";
import { type ExecutionPlan, groupOfStage, type Passing, type VmGroup } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { stepsOfGroup } from "./steps.ts";

const PASSINGS: readonly Passing[] = ["local", "inline", "direct", "object-store"];

/**
 * Every rule the plan breaks: partition, convexity, order, bundle, size, memory at the worst moment,
 * measured range, run limit of passings. Empty when legal.
 */
export function checkPlan(scenario: Scenario, plan: ExecutionPlan): readonly InputFault[] {
  const { workflow } = scenario;
  const structure = partitionFaults(workflow, plan);
  if (structure.length > 0) return structure;
  return [
    ...convexityFaults(workflow, plan),
    ...plan.groups.flatMap((group, g) => groupFaults(scenario, group, `groups.${g}`)),
    ...passingFaults(scenario, plan),
  ];
}

function partitionFaults(workflow: Workflow, plan: ExecutionPlan): InputFault[] {
  const ids = workflow.stages.map((stage) => stage.id);
  const faults: InputFault[] = [];
  const placed = new Set<string>();
  plan.groups.forEach((group, g) => {
    if (group.stages.length === 0)
      faults.push({ where: `groups.${g}.stages`, message: "expected at least one stage" });
    group.stages.forEach((id, i) => {
      const where = `groups.${g}.stages.${i}`;
      if (!ids.includes(id))
        faults.push({ where, message: `unknown stage "${id}"${suggestion(id, ids)}` });
      if (placed.has(id)) faults.push({ where, message: `stage "${id}" is in two groups` });
      placed.add(id);
    });
    const order = group.stages.map((id) => ids.indexOf(id));
    if (order.some((place, i) => i > 0 && place < order[i - 1]!))
      faults.push({ where: `groups.${g}.stages`, message: "stages are not in topological order" });
  });
  for (const id of ids)
    if (!placed.has(id)) faults.push({ where: "groups", message: `stage "${id}" is in no group` });
  const edges = innerEdges(workflow).map(edgeId);
  for (const id of Object.keys(plan.passing))
    if (!edges.includes(id))
      faults.push({ where: `passing.${id}`, message: `unknown edge${suggestion(id, edges)}` });
  for (const id of edges)
    if (plan.passing[id] === undefined)
      faults.push({ where: `passing.${id}`, message: "edge has no passing" });
  return faults;
}

// The graph of groups must have no cycle: then no path leaves a group and returns.
function convexityFaults(workflow: Workflow, plan: ExecutionPlan): InputFault[] {
  const groupOf = groupOfStage(plan);
  const reach = new Map(
    workflow.stages.map((stage) => [stage.id, descendants(workflow, stage.id)]),
  );
  const between = plan.groups.map((a, g) =>
    plan.groups.map((b, h) =>
      g === h ? false : a.stages.some((from) => b.stages.some((to) => reach.get(from)!.has(to))),
    ),
  );
  const faults: InputFault[] = [];
  plan.groups.forEach((_, g) => {
    for (let h = 0; h < plan.groups.length; h++)
      if (between[g]![h] && between[h]![g] && g < h) {
        faults.push({
          where: `groups.${g}`,
          message: `not convex: a path leaves it into group ${h} and returns`,
        });
      }
  });
  if (faults.length === 0 && hasCycle(workflow, plan, groupOf))
    faults.push({ where: "groups", message: "not convex: groups wait for each other in a circle" });
  return faults;
}

function hasCycle(
  workflow: Workflow,
  plan: ExecutionPlan,
  groupOf: ReadonlyMap<string, number>,
): boolean {
  const links = innerEdges(workflow).map((edge) => [
    groupOf.get(edge.from)!,
    groupOf.get(edge.to)!,
  ]);
  let waiting = plan.groups.map((_, g) => g);
  for (;;) {
    const ready = waiting.filter((g) =>
      links.every(([from, to]) => to !== g || from === g || !waiting.includes(from!)),
    );
    if (ready.length === 0) return waiting.length > 0;
    waiting = waiting.filter((g) => !ready.includes(g));
  }
}

function groupFaults(scenario: Scenario, group: VmGroup, where: string): InputFault[] {
  const { platform, workflow } = scenario;
  const faults: InputFault[] = [];
  const fault = (field: string, message: string) =>
    faults.push({ where: `${where}.${field}`, message });
  const { minMb, maxMb, stepMb } = platform.memory;
  const { memoryMb, workersPerVm, concurrency, prewarmMs } = group;
  if (!(memoryMb >= minMb && memoryMb <= maxMb && (memoryMb - minMb) % stepMb === 0))
    fault("memoryMb", `expected ${minMb} to ${maxMb} MB in steps of ${stepMb}, got ${memoryMb}`);
  if (workersPerVm !== "all" && !(Number.isInteger(workersPerVm) && workersPerVm >= 1))
    fault("workersPerVm", `expected a whole number of at least 1 or "all", got ${workersPerVm}`);
  if (concurrency !== "all" && !(Number.isInteger(concurrency) && concurrency >= 1))
    fault("concurrency", `expected a whole number of at least 1 or "all", got ${concurrency}`);
  if (prewarmMs !== null && !(prewarmMs >= 0))
    fault("prewarmMs", `expected at least 0 ms or null, got ${prewarmMs}`);
  if (faults.length > 0) return faults;
  const runtimes = new Set(group.stages.map((id) => scenario.profile[id]!.runtime));
  if (runtimes.size > 1)
    fault("stages", `one VM runs one runtime, got ${[...runtimes].join(" and ")}`);
  const starts = platform.coldStart.runtimeInitMs;
  for (const runtime of runtimes)
    if (Object.keys(starts).length > 0 && starts[runtime] === undefined)
      fault("stages", `unknown runtime "${runtime}"${suggestion(runtime, Object.keys(starts))}`);
  const neededMb = memoryNeededMb(workflow, scenario.profile, group);
  if (neededMb > memoryMb)
    fault("memoryMb", `needs ${Math.ceil(neededMb)} MB at its worst moment, has ${memoryMb}`);
  for (const id of group.stages) {
    const range = measuredRangeMb(scenario.profile[id]!);
    if (range !== undefined && (memoryMb < range.min || memoryMb > range.max))
      fault(
        "memoryMb",
        `stage "${id}" was measured from ${range.min} to ${range.max} MB, got ${memoryMb}`,
      );
  }
  return faults;
}

/** Memory sizes a stage was measured at, or undefined when it has a formula. */
function measuredRangeMb(
  profile: StageProfile,
): { readonly min: number; readonly max: number } | undefined {
  if (profile.compute.kind === "cpu") return undefined;
  const sizes = profile.compute.sizes.map((size) => size.memoryMb);
  return { min: sizes[0]!, max: sizes[sizes.length - 1]! };
}

/**
 * Memory a VM of the group needs at its worst moment, MB. Threads load every fused runtime once and hold
 * one worker's memory each; processes each load the runtimes they run.
 */
export function memoryNeededMb(
  workflow: Workflow,
  profile: Scenario["profile"],
  group: Pick<VmGroup, "stages" | "workersPerVm" | "concurrency" | "isolation">,
): number {
  const { kind } = stepsOfGroup(workflow, { ...group, ...ANY_SIZE });
  const slots = group.concurrency === "all" ? Number.POSITIVE_INFINITY : group.concurrency;
  const bundle = group.workersPerVm === "all" ? Number.POSITIVE_INFINITY : group.workersPerVm;
  const runtimesMb = group.stages.reduce((sum, id) => sum + profile[id]!.memoryMb.runtime, 0);
  const resident = (id: string) => {
    const stage = workflow.stages.find((one) => one.id === id)!;
    return Math.min(slots, bundle, Math.max(1, Math.round(practicalMaxOf(stage.workers))));
  };
  const threads = group.isolation === "threads";
  // A stage and those on other branches, which may run while it does.
  const besides = (id: string) =>
    group.stages.filter((other) => other === id || !ordered(workflow, id, other));
  if (kind === "pipeline") {
    const workersMb = Math.max(
      ...group.stages.map((id) => sumOf(besides(id), (other) => profile[other]!.memoryMb.worker)),
    );
    const workers = resident(group.stages[0]!);
    return threads ? runtimesMb + workers * workersMb : workers * (runtimesMb + workersMb);
  }
  const heldMb = (id: string) =>
    resident(id) * (profile[id]!.memoryMb.worker + (threads ? 0 : profile[id]!.memoryMb.runtime));
  const worstMb = Math.max(...group.stages.map((id) => sumOf(besides(id), heldMb)));
  return threads ? runtimesMb + worstMb : worstMb;
}

function sumOf(ids: readonly string[], mb: (id: string) => number): number {
  return ids.reduce((sum, id) => sum + mb(id), 0);
}

const ANY_SIZE = { memoryMb: 0, assignment: "consecutive", prewarmMs: null } as const;

function ordered(workflow: Workflow, a: string, b: string): boolean {
  return descendants(workflow, a).has(b) || descendants(workflow, b).has(a);
}

function passingFaults(scenario: Scenario, plan: ExecutionPlan): InputFault[] {
  const { workflow, platform } = scenario;
  const groupOf = groupOfStage(plan);
  const faults: InputFault[] = [];
  for (const edge of innerEdges(workflow)) {
    const id = edgeId(edge);
    const where = `passing.${id}`;
    const passing = plan.passing[id]!;
    const inside = groupOf.get(edge.from) === groupOf.get(edge.to);
    if (!PASSINGS.includes(passing))
      faults.push({
        where,
        message: `unknown passing "${passing}"${suggestion(passing, PASSINGS)}`,
      });
    else if (inside !== (passing === "local"))
      faults.push({
        where,
        message: inside
          ? `both ends are in one group: expected local, got ${passing}`
          : "local needs both ends in one group",
      });
    if (passing !== "inline") continue;
    const bytes = practicalMaxOf(edge.bytes);
    const limit = platform.orchestrator.payloadBytesMax;
    if (bytes > limit)
      faults.push({
        where,
        message: `payload of ${Math.round(bytes)} bytes is above the limit of ${limit}`,
      });
  }
  return faults;
}

/** Sizes of the platform's ladder that hold the group and at which its stages were measured, ascending. */
export function fittingSizesMb(
  workflow: Workflow,
  profile: Scenario["profile"],
  platform: Platform,
  group: Pick<VmGroup, "stages" | "workersPerVm" | "concurrency" | "isolation">,
): readonly number[] {
  const neededMb = memoryNeededMb(workflow, profile, group);
  const ranges = group.stages.map((id) => measuredRangeMb(profile[id]!));
  return platform.memorySizesMb.filter(
    (mb) =>
      mb >= neededMb && ranges.every((range) => !range || (mb >= range.min && mb <= range.max)),
  );
}

/** Smallest size of the platform's ladder that holds the group, or undefined. */
export function smallestFitMb(...of: Parameters<typeof fittingSizesMb>): number | undefined {
  return fittingSizesMb(...of)[0];
}

/** What makes a scenario impossible under any plan: unknown runtimes, stages that fit no memory size. */
export function checkScenario(scenario: Scenario): readonly InputFault[] {
  const { workflow, profile, platform } = scenario;
  const starts = platform.coldStart.runtimeInitMs;
  const known = Object.keys(starts);
  return workflow.stages.flatMap(({ id }) => {
    const faults: InputFault[] = [];
    const { runtime } = profile[id]!;
    if (known.length > 0 && starts[runtime] === undefined)
      faults.push({
        where: `stages.${id}.runtime`,
        message: `unknown runtime "${runtime}" on ${platform.name}${suggestion(runtime, known)}`,
      });
    const alone = {
      stages: [id],
      workersPerVm: 1,
      concurrency: "all",
      isolation: "threads",
    } as const;
    if (smallestFitMb(workflow, profile, platform, alone) === undefined) {
      const neededMb = Math.ceil(memoryNeededMb(workflow, profile, alone));
      const range = measuredRangeMb(profile[id]!);
      const measured = range === undefined ? "" : `, measured from ${range.min} to ${range.max} MB`;
      faults.push({
        where: `stages.${id}.memoryMb`,
        message: `fits no memory size of ${platform.name}: needs ${neededMb} MB${measured}, the largest VM has ${platform.memory.maxMb}`,
      });
    }
    return faults;
  });
}

/** Workers of a stage when their number never varies, else the largest plausible number. */
export function workersOf(workflow: Workflow, id: string): number {
  const { workers } = workflow.stages.find((stage) => stage.id === id)!;
  return Math.max(1, Math.round(constantOf(workers) ?? practicalMaxOf(workers)));
}
