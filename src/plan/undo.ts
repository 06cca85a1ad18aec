/** The decisions of a plan taken back one by one: the plans that EXPLAIN compares it with. */

import { edgeId, innerEdges } from "../workflow/workflow.ts";
import { checkPlan, workersOf } from "./check-plan.ts";
import { type ExecutionPlan, groupOfStage, unfusedPlan, type VmGroup } from "./plan.ts";
import { withGroup } from "./rewrites.ts";
import type { Scenario } from "./scenario.ts";
import { stepsOfGroup } from "./steps.ts";

/** What may be decided apart from everything else. */
type DecisionKind =
  | "fusion"
  | "bundle"
  | "size"
  | "concurrency"
  | "isolation"
  | "assignment"
  | "prewarm"
  | "passing";

/** One decision taken back, everything else as it was. */
export interface Undoing {
  readonly kind: DecisionKind;
  /** What was decided, such as "bundle classify by 5". */
  readonly decision: string;
  /** What takes its place, in at most 26 letters, such as "1 worker a VM of 7076 MB". */
  readonly instead: string;
  readonly plan: ExecutionPlan;
}

/**
 * Every decision of a legal plan with the plans that lack it alone, group by group; legal ones only.
 * A fusion of more than two stages is cut at each place and all the way; a bundle is undone at the same
 * VM size and at the size that leaves a worker its share, or the next that fits; sizes fall back on
 * `usualMb`, when it is given; all else on what `unfusedPlan` has.
 */
export function undoings(
  plan: ExecutionPlan,
  scenario: Scenario,
  usualMb?: number,
): readonly Undoing[] {
  const own = plan.groups.flatMap((group, g) => [
    ...fusionUndoings(plan, scenario, g),
    ...bundleUndoings(plan, scenario, g),
    ...sizeUndoings(plan, g, usualMb),
    ...(sharesVm(scenario, group) ? sharingUndoings(plan, scenario, g) : []),
    ...prewarmUndoings(plan, g),
  ]);
  return [...own, ...passingUndoings(plan)].filter(
    (undone) => checkPlan(scenario, undone.plan).length === 0,
  );
}

function fusionUndoings(plan: ExecutionPlan, scenario: Scenario, g: number): Undoing[] {
  const { stages } = plan.groups[g]!;
  if (stages.length === 1) return [];
  const undone = (parts: readonly (readonly string[])[], instead: string): Undoing => ({
    kind: "fusion",
    decision: `fuse ${stages.join(" + ")}`,
    instead,
    plan: split(plan, scenario, g, parts),
  });
  const apart = undone(
    stages.map((id) => [id]),
    "stages in VMs of their own",
  );
  if (stages.length === 2) return [apart];
  // Any cut of a topological order leaves no path that returns.
  const cuts = stages.slice(1).map((id, i) => {
    return undone([stages.slice(0, i + 1), stages.slice(i + 1)], shortened(`cut before ${id}`));
  });
  return [apart, ...cuts];
}

// The parts keep the group's bundle, size and slots; what crosses goes through the store.
function split(
  plan: ExecutionPlan,
  scenario: Scenario,
  g: number,
  parts: readonly (readonly string[])[],
): ExecutionPlan {
  const group = plan.groups[g]!;
  const groups = plan.groups.flatMap((one, i) => {
    if (i !== g) return [one];
    // Only the first part still begins when the group did.
    return parts.map((stages, part) => ({
      ...group,
      stages,
      prewarmMs: part === 0 ? group.prewarmMs : null,
    }));
  });
  const next = { ...plan, groups };
  const groupOf = groupOfStage(next);
  const passing = { ...plan.passing };
  for (const edge of innerEdges(scenario.workflow))
    if (passing[edgeId(edge)] === "local" && groupOf.get(edge.from) !== groupOf.get(edge.to))
      passing[edgeId(edge)] = "object-store";
  return { ...next, passing };
}

/** Workers of its widest stage that a VM of the group holds. */
export function bundleOf(scenario: Scenario, group: VmGroup): number {
  const widest = Math.max(...group.stages.map((id) => workersOf(scenario.workflow, id)));
  return group.workersPerVm === "all" ? widest : Math.min(widest, group.workersPerVm);
}

function bundleUndoings(plan: ExecutionPlan, scenario: Scenario, g: number): Undoing[] {
  const group = plan.groups[g]!;
  const size = bundleOf(scenario, group);
  if (size === 1) return [];
  const { kind } = stepsOfGroup(scenario.workflow, group);
  const decision =
    kind === "whole" && group.stages.length > 1
      ? `keep all workers of ${group.stages.join(" + ")} in one VM`
      : `bundle ${group.stages.join(" + ")} by ${size}`;
  const alone = (memoryMb: number) => withGroup(plan, g, { ...group, workersPerVm: 1, memoryMb });
  const shareMb = scenario.platform.memorySizesMb.find(
    (mb) => mb >= group.memoryMb / size && checkPlan(scenario, alone(mb)).length === 0,
  );
  const sizes = new Set([group.memoryMb, shareMb ?? group.memoryMb]);
  return [...sizes].map((memoryMb) => ({
    kind: "bundle",
    decision,
    instead: `1 worker a VM of ${memoryMb} MB`,
    plan: alone(memoryMb),
  }));
}

function sizeUndoings(plan: ExecutionPlan, g: number, usualMb: number | undefined): Undoing[] {
  const group = plan.groups[g]!;
  if (usualMb === undefined || usualMb === group.memoryMb) return [];
  return [
    {
      kind: "size",
      decision: `give ${group.stages.join(" + ")} ${group.memoryMb} MB`,
      instead: `${usualMb} MB, as unfused`,
      plan: withGroup(plan, g, { ...group, memoryMb: usualMb }),
    },
  ];
}

// Whether anything runs beside or after something else in a VM of the group.
function sharesVm(scenario: Scenario, group: VmGroup): boolean {
  return group.stages.length > 1 || bundleOf(scenario, group) > 1;
}

function sharingUndoings(plan: ExecutionPlan, scenario: Scenario, g: number): Undoing[] {
  const group = plan.groups[g]!;
  const names = group.stages.join(" + ");
  const usual = unfusedPlan(scenario.workflow, () => group.memoryMb).groups[0]!;
  const undone: Undoing[] = [];
  const undo = (kind: DecisionKind, decision: string, instead: string, change: Partial<VmGroup>) =>
    undone.push({ kind, decision, instead, plan: withGroup(plan, g, { ...group, ...change }) });
  const { concurrency, isolation, assignment } = group;
  if (concurrency !== usual.concurrency)
    undo("concurrency", `run ${names} ${concurrency} at once in a VM`, "all workers at once", {
      concurrency: usual.concurrency,
    });
  if (isolation !== usual.isolation)
    undo("isolation", `run ${names} as ${isolation}`, usual.isolation, {
      isolation: usual.isolation,
    });
  if (assignment !== usual.assignment)
    undo("assignment", `assign workers of ${names} ${assignment}`, usual.assignment, {
      assignment: usual.assignment,
    });
  return undone;
}

function prewarmUndoings(plan: ExecutionPlan, g: number): Undoing[] {
  const group = plan.groups[g]!;
  if (group.prewarmMs === null) return [];
  return [
    {
      kind: "prewarm",
      decision: `pre-warm ${group.stages.join(" + ")} ${group.prewarmMs} ms after arrival`,
      instead: "when its inputs are ready",
      plan: withGroup(plan, g, { ...group, prewarmMs: null }),
    },
  ];
}

function passingUndoings(plan: ExecutionPlan): Undoing[] {
  return Object.entries(plan.passing)
    .filter(([, passing]) => passing !== "local" && passing !== "object-store")
    .map(([id, passing]) => ({
      kind: "passing",
      decision: `pass ${id.replace("->", " -> ")} ${passing}`,
      instead: "through the object store",
      plan: { ...plan, passing: { ...plan.passing, [id]: "object-store" } },
    }));
}

const INSTEAD_MAX = 26;

function shortened(text: string): string {
  return text.length <= INSTEAD_MAX ? text : `${text.slice(0, INSTEAD_MAX - 1)}…`;
}
