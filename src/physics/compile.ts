/** Compiles a scenario and a plan into a program. */

import { assert } from "../check.ts";
import { failuresOrNull } from "../plan/failures.ts";
import type { ExecutionPlan, Passing, VmGroup } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { type GroupKind, stepsOfGroup } from "../plan/steps.ts";
import { lawAt, vcpusOf } from "../platform/platform.ts";
import { workSampler } from "./compute.ts";
import type {
  Draw,
  Program,
  ProgramEdge,
  ProgramGroup,
  ProgramStage,
  ProgramStep,
} from "./program.ts";
import { drawOf, partsOf, type ScenarioParts, type StagePart } from "./scenario-parts.ts";

/** A rate above any real one: keeps an unlimited network out of infinite arithmetic. */
const BYTES_PER_MS_MAX = 1e15;

/** Compiles a legal plan (`checkPlan` found nothing). O(stages + edges). */
export function compile(scenario: Scenario, plan: ExecutionPlan): Program {
  const { platform } = scenario;
  const failures = failuresOrNull(scenario.failures);
  const parts = partsOf(scenario);
  const { placeOf } = parts.graph;
  const edges = parts.edges.map(({ id, from, to, passed }) =>
    from < 0 || to < 0 ? passed["object-store"] : passed[plan.passing[id]!],
  );
  const stepOfStage = new Int32Array(parts.stages.length).fill(-1);
  const groupOfStage = new Int32Array(parts.stages.length);
  const members: (readonly number[])[] = [];
  const groups = plan.groups.map((group, g) => {
    const layout = stepsOfGroup(scenario.workflow, group);
    const steps = layout.steps.map((ids) => {
      const places = ids.map((id) => placeOf.get(id)!);
      for (const place of places) {
        stepOfStage[place] = members.length;
        groupOfStage[place] = g;
      }
      return members.push(places) - 1;
    });
    return compileGroup(scenario, parts, group, g, steps, layout.kind);
  });
  assert(!stepOfStage.includes(-1), "every stage belongs to a step");
  const into = parts.stages.map((): ProgramEdge[] => []);
  const out = parts.stages.map((): ProgramEdge[] => []);
  for (const edge of edges) {
    if (edge.to >= 0) into[edge.to]!.push(edge);
    if (edge.from >= 0) out[edge.from]!.push(edge);
  }
  const stages = parts.stages.map((part, i) =>
    compileStage(scenario, part, groups[groupOfStage[i]!]!, stepOfStage[i]!, into[i]!, out[i]!),
  );
  const ends = edgesOfSteps(edges, stepOfStage, members);
  const steps = groups.flatMap((group) =>
    group.steps.map((s, place) =>
      compileStep(s, place, group, members[s]!, ends[s]!, stages, stepOfStage, failures === null),
    ),
  );
  const widestStage = widestOf(parts.stages, stages);
  const { choices } = parts;
  return { platform, stages, edges, groups, steps, widestStage, choices, failures };
}

/**
 * The program of the same plan with group `g` laid out or sized as `plan`, which keeps its stages; undefined
 * where its steps are no longer the same. Shares all that does not change: O(groups) pointers.
 */
export function recompiled(
  scenario: Scenario,
  program: Program,
  g: number,
  plan: VmGroup,
): Program | undefined {
  const parts = partsOf(scenario);
  const before = program.groups[g]!;
  const { kind, steps: ids } = stepsOfGroup(scenario.workflow, plan);
  if (kind !== before.kind || ids.length !== before.steps.length) return undefined;
  const group = compileGroup(scenario, parts, plan, g, before.steps, kind);
  // What was computed from a formula does not change with the size.
  const measured = group.stages.filter((s) => parts.stages[s]!.work === undefined);
  const stages = measured.reduce((all, s) => {
    const { step, inEdges, outEdges } = program.stages[s]!;
    return all.with(s, compileStage(scenario, parts.stages[s]!, group, step, inEdges, outEdges));
  }, program.stages);
  const steps = [...program.steps];
  for (const s of group.steps) {
    const step = steps[s]!;
    const { laws, inner } = step.vm;
    steps[s] = {
      ...step,
      vm: settingOf(group, laws, inner),
      order: balancedOrder(group, step.stages, stages),
    };
  }
  const groups = program.groups.with(g, group);
  const widestStage = measured.length === 0 ? program.widestStage : widestOf(parts.stages, stages);
  return { ...program, stages, groups, steps, widestStage };
}

function settingOf(
  { vcpus, nicBytesPerMs, concurrency }: ProgramGroup,
  laws: ProgramStep["vm"]["laws"],
  inner: ProgramStep["inner"],
): ProgramStep["vm"] {
  return { vcpus, nicBytesPerMs, concurrency, laws, inner };
}

// Field by field: a spread costs ten times as much here.
function compileStage(
  scenario: Scenario,
  part: StagePart,
  group: ProgramGroup,
  step: number,
  inEdges: readonly ProgramEdge[],
  outEdges: readonly ProgramEdge[],
): ProgramStage {
  const { fixed } = part;
  return {
    index: fixed.index,
    id: fixed.id,
    profile: fixed.profile,
    group: group.index,
    step,
    law: fixed.law,
    workers: fixed.workers,
    workersMax: fixed.workersMax,
    fanOutOf: fixed.fanOutOf,
    work: part.work ?? workOf(scenario, part, group.memoryMb),
    waitMs: fixed.waitMs,
    contentSigma: fixed.contentSigma,
    contentWeights: fixed.contentWeights,
    noiseSigma: fixed.noiseSigma,
    runSigma: fixed.runSigma,
    runFactorOf: fixed.runFactorOf,
    when: fixed.when,
    inEdges,
    outEdges,
  };
}

// Work that was measured depends on the VM's size.
function workOf(scenario: Scenario, { fixed }: StagePart, memoryMb: number): Draw {
  const { platform } = scenario;
  const sample = workSampler(fixed.profile, fixed.law, memoryMb, vcpusOf(platform, memoryMb));
  return { constant: Number.NaN, sample };
}

function compileGroup(
  { platform, profile }: Scenario,
  parts: ScenarioParts,
  plan: VmGroup,
  index: number,
  steps: readonly number[],
  kind: GroupKind,
): ProgramGroup {
  let image = false;
  let packageMb = 0;
  let initCpuMs = 0;
  for (const id of plan.stages) {
    const one = profile[id]!;
    image ||= one.package.format === "image";
    packageMb += one.package.mb;
    initCpuMs += one.initCpuMs;
  }
  const stages = plan.stages.map((id) => parts.graph.placeOf.get(id)!);
  const start = parts.runtimeInitMs.get(profile[plan.stages[0]!]!.runtime);
  const acquisition = parts.acquisitionMs;
  const extraMs = platform.coldStart.acquisitionMsPerMb * packageMb;
  const { initBilled } = platform.price;
  return {
    index,
    plan,
    stages,
    vcpus: vcpusOf(platform, plan.memoryMb),
    memoryMb: plan.memoryMb,
    nicBytesPerMs: Math.min(BYTES_PER_MS_MAX, lawAt(platform.nicBytesPerMs, plan.memoryMb)),
    bundle: plan.workersPerVm === "all" ? Number.POSITIVE_INFINITY : plan.workersPerVm,
    concurrency: plan.concurrency === "all" ? Number.POSITIVE_INFINITY : plan.concurrency,
    threads: plan.isolation === "threads",
    acquisitionMs: {
      constant: acquisition.constant + extraMs,
      sample: (u) => acquisition.sample(u) + extraMs,
    },
    runtimeInitMs: start === undefined ? AT_ONCE : image ? start.image : start.zip,
    initBilled: initBilled === "all" || (initBilled === "image" && image),
    initCpuMs,
    steps,
    kind,
    name: stages[0]!,
  };
}

const AT_ONCE = drawOf(0);

/** Edges between stages that touch a step, as the workflow has them. */
interface StepEdges {
  readonly inside: ProgramEdge[];
  readonly into: ProgramEdge[];
  readonly out: ProgramEdge[];
}

function edgesOfSteps(
  edges: readonly ProgramEdge[],
  stepOfStage: Int32Array,
  members: readonly (readonly number[])[],
): StepEdges[] {
  const ends = members.map((): StepEdges => ({ inside: [], into: [], out: [] }));
  for (const edge of edges) {
    if (edge.from < 0 || edge.to < 0) continue;
    const [from, to] = [stepOfStage[edge.from]!, stepOfStage[edge.to]!];
    if (from === to) ends[from]!.inside.push(edge);
    else {
      ends[from]!.out.push(edge);
      ends[to]!.into.push(edge);
    }
  }
  return ends;
}

function compileStep(
  index: number,
  place: number,
  group: ProgramGroup,
  members: readonly number[],
  { inside, into, out }: StepEdges,
  stages: readonly ProgramStage[],
  stepOfStage: Int32Array,
  mayBeLone: boolean,
): ProgramStep {
  const inner = innerOf(members, inside);
  // A home VM does one step after the other, even where the workflow would let them overlap.
  const before = place > 0 ? [group.steps[place - 1]!] : [];
  const after = group.steps.slice(place + 1, place + 2);
  return {
    index,
    group: group.index,
    stages: members,
    inner,
    vm: settingOf(
      group,
      members.map((s) => stages[s]!.law),
      inner,
    ),
    whole: group.kind === "whole",
    lone: mayBeLone && isLone(group, members, stages),
    successors: distinct([...out.map((edge) => stepOfStage[edge.to]!), ...after]),
    predecessorCount: distinct([...into.map((edge) => stepOfStage[edge.from]!), ...before]).length,
    continuesHome: place > 0,
    lastOfGroup: place === group.steps.length - 1,
    order: balancedOrder(group, members, stages),
    directIn: passedBy("direct", into),
    directOut: passedBy("direct", out),
    inlineIn: passedBy("inline", into),
  };
}

// A group of one stage is a pipeline, so no data passes inside it.
function isLone(
  group: ProgramGroup,
  members: readonly number[],
  stages: readonly ProgramStage[],
): boolean {
  if (group.stages.length > 1 || group.kind !== "pipeline") return false;
  return group.bundle === 1 || Math.round(stages[members[0]!]!.workers.constant) <= 1;
}

function innerOf(members: readonly number[], inside: readonly ProgramEdge[]): ProgramStep["inner"] {
  if (inside.length === 0) return [];
  const placeOf = new Map(members.map((stage, place) => [stage, place]));
  return inside.map((edge) => ({
    from: placeOf.get(edge.from)!,
    to: placeOf.get(edge.to)!,
    pairwise: edge.shape === "pairwise",
  }));
}

const NONE: readonly ProgramEdge[] = [];

// Most steps have none, and need no list of their own.
function passedBy(passing: Passing, edges: readonly ProgramEdge[]): readonly ProgramEdge[] {
  return edges.some((edge) => edge.passing === passing)
    ? edges.filter((edge) => edge.passing === passing)
    : NONE;
}

function distinct(steps: readonly number[]): readonly number[] {
  return steps.length < 2 ? steps : [...new Set(steps)];
}

// Heaviest worker first into the lightest VM with room; VMs are then read off in turn.
function balancedOrder(
  group: ProgramGroup,
  members: readonly number[],
  stages: readonly ProgramStage[],
): Int32Array | null {
  if (group.plan.assignment !== "balanced") return null;
  const weighted = members.find((s) => stages[s]!.contentWeights !== null);
  const weights = weighted === undefined ? null : stages[weighted]!.contentWeights;
  if (weights === null || !(group.bundle < weights.length)) return null;
  const vms = Array.from({ length: Math.ceil(weights.length / group.bundle) }, (_, i) => ({
    load: 0,
    room: Math.min(group.bundle, weights.length - i * group.bundle),
    workers: [] as number[],
  }));
  const heaviest = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
  for (const worker of heaviest) {
    let lightest = vms.find((vm) => vm.room > 0)!;
    for (const vm of vms) if (vm.room > 0 && vm.load < lightest.load) lightest = vm;
    lightest.workers.push(worker);
    lightest.load += weights[worker]!;
    lightest.room--;
  }
  return Int32Array.from(vms.flatMap((vm) => vm.workers));
}

// The widest stage; among equals the one with the most work, then the first.
function widestOf(parts: readonly StagePart[], stages: readonly ProgramStage[]): number {
  const medianOf = (s: number) => parts[s]!.workMedian ?? stages[s]!.work.sample(0.5);
  let best = -1;
  for (const { index, workersMax } of stages) {
    if (workersMax < 2) continue;
    const most = best < 0 ? 0 : stages[best]!.workersMax;
    if (workersMax > most || (workersMax === most && medianOf(index) > medianOf(best)))
      best = index;
  }
  return best;
}
