/** Compiles a scenario and a plan into a program. */

import { assert } from "../check.ts";
import { type ExecutionPlan, groupOfStage, type VmGroup } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { lawAt, vcpusOf } from "../platform/platform.ts";
import {
  constantOf,
  type DistributionSpec,
  practicalMaxOf,
  samplerOf,
  sigmaOfCv,
} from "../stats/families.ts";
import { fanOutPeers } from "../workflow/graph.ts";
import { type Edge, edgeId, INPUT, OUTPUT } from "../workflow/workflow.ts";
import { speedLawOf, workSampler } from "./compute.ts";
import type {
  Draw,
  Program,
  ProgramEdge,
  ProgramGroup,
  ProgramStage,
  ProgramStep,
} from "./program.ts";
import { type GroupKind, stepsOfGroup } from "../plan/steps.ts";

/** A rate above any real one: keeps an unlimited network out of infinite arithmetic. */
const BYTES_PER_MS_MAX = 1e15;

/** Compiles a legal plan (`checkPlan` found nothing). */
export function compile(scenario: Scenario, plan: ExecutionPlan): Program {
  const { workflow, platform } = scenario;
  const indexOf = new Map(workflow.stages.map((stage, i) => [stage.id, i]));
  const edges = workflow.edges.map((edge, i) => compileEdge(edge, i, indexOf, plan));
  const groupOf = groupOfStage(plan);
  const layouts = plan.groups.map((group) => stepsOfGroup(workflow, group));
  const steps: ProgramStep[] = [];
  const stepOfStage = new Int32Array(workflow.stages.length).fill(-1);
  layouts.forEach((layout) => {
    layout.steps.forEach((ids) => {
      for (const id of ids) stepOfStage[indexOf.get(id)!] = steps.length;
      steps.push(undefined as unknown as ProgramStep);
    });
  });
  const stages = workflow.stages.map((stage, i) =>
    compileStage(scenario, plan, i, groupOf.get(stage.id)!, stepOfStage[i]!, edges),
  );
  let next = 0;
  const groups = plan.groups.map((group, g) => {
    const layout = layouts[g]!;
    const first = next;
    next += layout.steps.length;
    const indices = layout.steps.map((_, i) => first + i);
    return compileGroup(scenario, group, g, indices, layout.kind, indexOf);
  });
  for (const group of groups)
    group.steps.forEach((step, i) => {
      steps[step] = compileStep(step, i, group, layouts[group.index]!.steps[i]!, {
        edges,
        stages,
        stepOfStage,
        indexOf,
      });
    });
  assert(!stepOfStage.includes(-1), "every stage belongs to a step");
  return { platform, stages, edges, groups, steps, widestStage: widestOf(stages) };
}

function drawOf(spec: DistributionSpec): Draw {
  return { constant: constantOf(spec) ?? Number.NaN, sample: samplerOf(spec) };
}

function compileEdge(
  edge: Edge,
  index: number,
  indexOf: ReadonlyMap<string, number>,
  plan: ExecutionPlan,
): ProgramEdge {
  const from = edge.from === INPUT ? -1 : indexOf.get(edge.from)!;
  const to = edge.to === OUTPUT ? -1 : indexOf.get(edge.to)!;
  const remote = from < 0 || to < 0;
  return {
    index,
    from,
    to,
    shape: edge.shape,
    passing: remote ? "object-store" : plan.passing[edgeId(edge)]!,
    bytes: drawOf(edge.bytes),
    scaledBy: edge.scalesWithRun ? (from < 0 ? to : from) : -1,
    parallelRequests: edge.parallelRequests,
  };
}

function compileStage(
  scenario: Scenario,
  plan: ExecutionPlan,
  index: number,
  group: number,
  step: number,
  edges: readonly ProgramEdge[],
): ProgramStage {
  const { workflow, platform } = scenario;
  const stage = workflow.stages[index]!;
  const profile = scenario.profile[stage.id]!;
  const memoryMb = plan.groups[group]!.memoryMb;
  const law = speedLawOf(profile, platform.memoryMbPerVcpu);
  const { skew } = profile;
  const peers = fanOutPeers(workflow, stage.id);
  const weights = typeof skew.content === "number" ? null : unitMean(skew.content);
  const constant = profile.compute.kind === "cpu" ? constantOf(profile.compute.cpuMs) : undefined;
  return {
    index,
    id: stage.id,
    profile,
    group,
    step,
    law,
    workers: drawOf(stage.workers),
    workersMax: Math.max(1, Math.round(practicalMaxOf(stage.workers))),
    fanOutOf: workflow.stages.findIndex((other) => peers.has(other.id)),
    work: {
      constant: constant ?? Number.NaN,
      sample: workSampler(profile, law, memoryMb, vcpusOf(platform, memoryMb)),
    },
    waitMs: drawOf(profile.waitMs),
    contentSigma: typeof skew.content === "number" ? skew.content : 0,
    contentWeights: weights,
    noiseSigma: skew.noiseCv === 0 ? 0 : sigmaOfCv(skew.noiseCv),
    runSigma: skew.runSigma,
    runFactorOf: workflow.stages.findIndex(
      (other) => scenario.profile[other.id]!.skew.runFactor === skew.runFactor,
    ),
    inEdges: edges.filter((edge) => edge.to === index),
    outEdges: edges.filter((edge) => edge.from === index),
  };
}

function unitMean(weights: readonly number[]): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return Float64Array.from(weights, (weight) => weight / mean);
}

function compileGroup(
  scenario: Scenario,
  plan: VmGroup,
  index: number,
  steps: readonly number[],
  kind: GroupKind,
  indexOf: ReadonlyMap<string, number>,
): ProgramGroup {
  const { platform, profile } = scenario;
  const profiles = plan.stages.map((id) => profile[id]!);
  const image = profiles.some((one) => one.package.format === "image");
  const packageMb = profiles.reduce((sum, one) => sum + one.package.mb, 0);
  const start = platform.coldStart.runtimeInitMs[profiles[0]!.runtime];
  const acquisition = samplerOf(platform.coldStart.acquisitionMs);
  const extraMs = platform.coldStart.acquisitionMsPerMb * packageMb;
  const { initBilled } = platform.price;
  return {
    index,
    plan,
    stages: plan.stages.map((id) => indexOf.get(id)!),
    vcpus: vcpusOf(platform, plan.memoryMb),
    memoryMb: plan.memoryMb,
    nicBytesPerMs: Math.min(BYTES_PER_MS_MAX, lawAt(platform.nicBytesPerMs, plan.memoryMb)),
    bundle: plan.workersPerVm === "all" ? Number.POSITIVE_INFINITY : plan.workersPerVm,
    concurrency: plan.concurrency === "all" ? Number.POSITIVE_INFINITY : plan.concurrency,
    threads: plan.isolation === "threads",
    acquisitionMs: {
      constant: (constantOf(platform.coldStart.acquisitionMs) ?? Number.NaN) + extraMs,
      sample: (u) => acquisition(u) + extraMs,
    },
    runtimeInitMs: drawOf(start === undefined ? 0 : image ? start.image : start.zip),
    initBilled: initBilled === "all" || (initBilled === "image" && image),
    initCpuMs: profiles.reduce((sum, one) => sum + one.initCpuMs, 0),
    steps,
    kind,
    name: indexOf.get(plan.stages[0]!)!,
  };
}

interface StepContext {
  readonly edges: readonly ProgramEdge[];
  readonly stages: readonly ProgramStage[];
  readonly stepOfStage: Int32Array;
  readonly indexOf: ReadonlyMap<string, number>;
}

function compileStep(
  index: number,
  place: number,
  group: ProgramGroup,
  ids: readonly string[],
  context: StepContext,
): ProgramStep {
  const { edges, stages, stepOfStage, indexOf } = context;
  const members = ids.map((id) => indexOf.get(id)!);
  const inside = edges.filter((edge) => edge.from >= 0 && edge.to >= 0);
  const inner = inside
    .filter((edge) => stepOfStage[edge.from] === index && stepOfStage[edge.to] === index)
    .map((edge) => ({
      from: members.indexOf(edge.from),
      to: members.indexOf(edge.to),
      pairwise: edge.shape === "pairwise",
    }));
  const into = inside.filter(
    (edge) => stepOfStage[edge.to] === index && stepOfStage[edge.from] !== index,
  );
  const out = inside.filter(
    (edge) => stepOfStage[edge.from] === index && stepOfStage[edge.to] !== index,
  );
  return {
    index,
    group: group.index,
    stages: members,
    inner,
    vm: {
      vcpus: group.vcpus,
      nicBytesPerMs: group.nicBytesPerMs,
      concurrency: group.concurrency,
      laws: members.map((s) => stages[s]!.law),
      inner,
    },
    whole: group.kind === "whole",
    successors: [...new Set(out.map((edge) => stepOfStage[edge.to]!))],
    predecessorCount: new Set(into.map((edge) => stepOfStage[edge.from]!)).size,
    continuesHome: place > 0,
    lastOfGroup: place === group.steps.length - 1,
    order: balancedOrder(
      group,
      members.map((s) => stages[s]!),
    ),
    directIn: into.filter((edge) => edge.passing === "direct"),
    directOut: out.filter((edge) => edge.passing === "direct"),
    inlineIn: into.filter((edge) => edge.passing === "inline"),
  };
}

// Heaviest worker first into the lightest VM with room; VMs are then read off in turn.
function balancedOrder(group: ProgramGroup, stages: readonly ProgramStage[]): Int32Array | null {
  const weights = stages.find((stage) => stage.contentWeights !== null)?.contentWeights;
  if (group.plan.assignment !== "balanced" || !weights || !(group.bundle < weights.length))
    return null;
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
function widestOf(stages: readonly ProgramStage[]): number {
  let best = -1;
  for (const stage of stages) {
    if (stage.workersMax < 2) continue;
    const champion = best < 0 ? undefined : stages[best]!;
    const wider = champion === undefined || stage.workersMax > champion.workersMax;
    const busier =
      champion !== undefined &&
      stage.workersMax === champion.workersMax &&
      stage.work.sample(0.5) > champion.work.sample(0.5);
    if (wider || busier) best = stage.index;
  }
  return best;
}
