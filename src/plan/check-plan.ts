/** The laws a plan must keep. Every violated one is named; the simulator refuses a plan with any. */

import { type InputFault, suggestion } from "../check.ts";
import type { Platform } from "../platform/platform.ts";
import { practicalMaxOf } from "../stats/families.ts";
import { graphOf } from "../workflow/graph.ts";
import type { StageProfile } from "../workflow/profile.ts";
import type { Edge, Workflow } from "../workflow/workflow.ts";
import { oncePer } from "../workflow/once-per.ts";
import { changedGroups } from "./changed-groups.ts";
import { convexityFaults } from "./convexity.ts";
import type { ExecutionPlan, Passing, VmGroup } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { isPipeline } from "./steps.ts";
import { worstMomentMb } from "./worst-moment.ts";

const PASSINGS: readonly Passing[] = ["local", "inline", "direct", "object-store"];

/**
 * Every rule the plan breaks: partition, convexity, order, bundle, size, memory at the worst moment,
 * measured range, run limit of passings. Empty when legal. O(stages + edges), and in each group the
 * pairs of stages that may run at once; O(groups) for the last legal plan with a few groups laid out or
 * sized anew.
 */
export function checkPlan(scenario: Scenario, plan: ExecutionPlan): readonly InputFault[] {
  const { workflow } = scenario;
  const known = lastLegal(scenario);
  const changed = known.plan === undefined ? undefined : changedGroups(known.plan, plan);
  if (changed !== undefined) {
    const faults: InputFault[] = [];
    for (const g of changed) addGroupFaults(scenario, plan.groups[g]!, g, faults);
    if (faults.length === 0) known.plan = plan;
    return faults;
  }
  const groupOf = new Int32Array(workflow.stages.length).fill(-1);
  const structure = partitionFaults(workflow, plan, groupOf);
  if (structure.length > 0) return structure;
  const faults = [...convexityFaults(workflow, plan.groups.length, groupOf)];
  plan.groups.forEach((group, g) => {
    addGroupFaults(scenario, group, g, faults);
  });
  addPassingFaults(scenario, plan, groupOf, faults);
  if (faults.length === 0) known.plan = plan;
  return faults;
}

// Planners ask for one neighbour of a legal plan after another, of which only the changed groups are new.
const lastLegal = oncePer<Scenario, { plan: ExecutionPlan | undefined }>(() => ({
  plan: undefined,
}));

// Also sets the group of each place.
function partitionFaults(
  workflow: Workflow,
  plan: ExecutionPlan,
  groupOf: Int32Array,
): InputFault[] {
  const { placeOf, inner, innerIds } = graphOf(workflow);
  const faults: InputFault[] = [];
  const unknown = new Set<string>();
  plan.groups.forEach((group, g) => {
    if (group.stages.length === 0)
      faults.push({ where: `groups.${g}.stages`, message: "expected at least one stage" });
    let before = -1;
    let ordered = true;
    group.stages.forEach((id, i) => {
      const place = placeOf.get(id) ?? -1;
      if (place < 0)
        faults.push({
          where: `groups.${g}.stages.${i}`,
          message: `unknown stage "${id}"${suggestion(id, [...placeOf.keys()])}`,
        });
      if (place < 0 ? unknown.has(id) : groupOf[place] !== -1)
        faults.push({
          where: `groups.${g}.stages.${i}`,
          message: `stage "${id}" is in two groups`,
        });
      if (place < 0) unknown.add(id);
      else groupOf[place] = g;
      ordered &&= place >= before;
      before = place;
    });
    if (!ordered)
      faults.push({ where: `groups.${g}.stages`, message: "stages are not in topological order" });
  });
  workflow.stages.forEach(({ id }, place) => {
    if (groupOf[place] === -1)
      faults.push({ where: "groups", message: `stage "${id}" is in no group` });
  });
  for (const id of Object.keys(plan.passing))
    if (!innerIds.has(id))
      faults.push({
        where: `passing.${id}`,
        message: `unknown edge${suggestion(id, [...innerIds])}`,
      });
  for (const { id } of inner)
    if (plan.passing[id] === undefined)
      faults.push({ where: `passing.${id}`, message: "edge has no passing" });
  return faults;
}

function addGroupFaults(scenario: Scenario, group: VmGroup, g: number, faults: InputFault[]): void {
  const { platform, workflow } = scenario;
  const before = faults.length;
  const fault = (field: string, message: string) =>
    faults.push({ where: `groups.${g}.${field}`, message });
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
  if (faults.length > before) return;
  const runtimes = new Set<string>();
  for (const id of group.stages) runtimes.add(scenario.profile[id]!.runtime);
  if (runtimes.size > 1)
    fault("stages", `one VM runs one runtime, got ${[...runtimes].join(" and ")}`);
  const starts = platform.coldStart.runtimeInitMs;
  for (const runtime of runtimes)
    if (starts[runtime] === undefined && Object.keys(starts).length > 0)
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
}

/** Memory sizes a stage was measured at, or undefined when it has a formula. */
function measuredRangeMb(
  profile: StageProfile,
): { readonly min: number; readonly max: number } | undefined {
  if (profile.compute.kind === "cpu") return undefined;
  const { sizes } = profile.compute;
  return { min: sizes[0]!.memoryMb, max: sizes[sizes.length - 1]!.memoryMb };
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
  const { placeOf, workersMax } = graphOf(workflow);
  const slots = group.concurrency === "all" ? Number.POSITIVE_INFINITY : group.concurrency;
  const bundle = group.workersPerVm === "all" ? Number.POSITIVE_INFINITY : group.workersPerVm;
  const places = group.stages.map((id) => placeOf.get(id)!);
  const loads = group.stages.map((id) => profile[id]!.memoryMb);
  const runtimesMb = loads.reduce((sum, load) => sum + load.runtime, 0);
  const resident = (place: number) => Math.min(slots, bundle, workersMax[place]!);
  const threads = group.isolation === "threads";
  if (isPipeline(workflow, group.stages)) {
    const workersMb = worstMomentMb(
      workflow,
      places,
      loads.map((load) => load.worker),
    );
    const workers = resident(places[0]!);
    return threads ? runtimesMb + workers * workersMb : workers * (runtimesMb + workersMb);
  }
  const heldMb = loads.map(
    (load, i) => resident(places[i]!) * (load.worker + (threads ? 0 : load.runtime)),
  );
  const worstMb = worstMomentMb(workflow, places, heldMb);
  return threads ? runtimesMb + worstMb : worstMb;
}

function addPassingFaults(
  scenario: Scenario,
  plan: ExecutionPlan,
  groupOf: Int32Array,
  faults: InputFault[],
): void {
  const { workflow, platform } = scenario;
  for (const { id, edge, from, to } of graphOf(workflow).inner) {
    const passing = plan.passing[id]!;
    const inside = groupOf[from] === groupOf[to];
    const fault = (message: string) => faults.push({ where: `passing.${id}`, message });
    if (!PASSINGS.includes(passing))
      fault(`unknown passing "${passing}"${suggestion(passing, PASSINGS)}`);
    else if (inside !== (passing === "local"))
      fault(
        inside
          ? `both ends are in one group: expected local, got ${passing}`
          : "local needs both ends in one group",
      );
    if (passing !== "inline" || fitsPayload(platform, edge)) continue;
    const bytes = Math.round(practicalMaxOf(edge.bytes));
    fault(
      `payload of ${bytes} bytes is above the limit of ${platform.orchestrator.payloadBytesMax}`,
    );
  }
}

/** Whether the data of an edge may pass inline, as part of the orchestrator's payload. */
export function fitsPayload({ orchestrator }: Platform, { bytes }: Pick<Edge, "bytes">): boolean {
  return practicalMaxOf(bytes) <= orchestrator.payloadBytesMax;
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
  const { placeOf, workersMax } = graphOf(workflow);
  return workersMax[placeOf.get(id)!]!;
}
