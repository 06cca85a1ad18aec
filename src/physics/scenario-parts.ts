/** What of a program follows from the scenario alone: worked out once, shared by all its plans. */

import type { Passing } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import {
  bulkSamplerOf,
  constantOf,
  type DistributionSpec,
  samplerOf,
  sigmaOfCv,
} from "../stats/families.ts";
import { graphOf, type WorkflowGraph } from "../workflow/graph.ts";
import { oncePer } from "../workflow/once-per.ts";
import type { StageProfile } from "../workflow/profile.ts";
import { type Edge, edgeId, INPUT, OUTPUT } from "../workflow/workflow.ts";
import { speedLawOf } from "./compute.ts";
import type { Draw, ProgramEdge, ProgramStage } from "./program.ts";

/** A stage as any plan has it. */
export interface StagePart {
  readonly fixed: Omit<ProgramStage, "group" | "step" | "work" | "inEdges" | "outEdges">;
  /** Work of one worker where it does not depend on the VM's size, else undefined. */
  readonly work: Draw | undefined;
  /** Median of that work, in the unit of its law. */
  readonly workMedian: number | undefined;
}

/** An edge as any plan has it, ready for each passing. */
export interface EdgePart {
  readonly id: string;
  /** Places; -1 for `input` and `output`. */
  readonly from: number;
  readonly to: number;
  readonly passed: Readonly<Record<Passing, ProgramEdge>>;
}

/** How a fresh VM's runtime starts, by package format. */
type RuntimeStart = Readonly<Record<StageProfile["package"]["format"], Draw>>;

/** Stages and edges of a scenario, in the order of its workflow, and what its platform draws. */
export interface ScenarioParts {
  readonly graph: WorkflowGraph;
  readonly stages: readonly StagePart[];
  readonly edges: readonly EdgePart[];
  /** How many choices its stages name. */
  readonly choices: number;
  readonly acquisitionMs: Draw;
  /** By runtime name; a runtime that is not here starts in no time. */
  readonly runtimeInitMs: ReadonlyMap<string, RuntimeStart>;
}

/** A distribution as a draw. */
export function drawOf(spec: DistributionSpec): Draw {
  return {
    constant: constantOf(spec) ?? Number.NaN,
    sample: samplerOf(spec),
    sampleAll: bulkSamplerOf(spec),
  };
}

/** The parts of a scenario. O(stages + edges) the first time, then O(1). */
export const partsOf = oncePer((scenario: Scenario): ScenarioParts => {
  const { workflow, profile, platform } = scenario;
  const graph = graphOf(workflow);
  const firstOfFactor = new Map<string, number>();
  const choices = new Map<string, number>();
  workflow.stages.forEach(({ id }, place) => {
    const { skew, when = [] } = profile[id]!;
    if (!firstOfFactor.has(skew.runFactor)) firstOfFactor.set(skew.runFactor, place);
    for (const { choice } of when) if (!choices.has(choice)) choices.set(choice, choices.size);
  });
  const { acquisitionMs, runtimeInitMs } = platform.coldStart;
  return {
    graph,
    stages: workflow.stages.map((_, place) =>
      stagePart(scenario, graph, place, firstOfFactor, choices),
    ),
    choices: choices.size,
    edges: workflow.edges.map((edge, index) => edgePart(edge, index, graph.placeOf)),
    acquisitionMs: drawOf(acquisitionMs),
    runtimeInitMs: new Map(
      Object.entries(runtimeInitMs).map(([runtime, { zip, image }]) => [
        runtime,
        { zip: drawOf(zip), image: drawOf(image) },
      ]),
    ),
  };
});

function stagePart(
  { workflow, profile, platform }: Scenario,
  graph: WorkflowGraph,
  index: number,
  firstOfFactor: ReadonlyMap<string, number>,
  choices: ReadonlyMap<string, number>,
): StagePart {
  const stage = workflow.stages[index]!;
  const own = profile[stage.id]!;
  const { skew, compute } = own;
  const work = compute.kind === "cpu" ? drawOf(compute.cpuMs) : undefined;
  return {
    fixed: {
      index,
      id: stage.id,
      profile: own,
      law: speedLawOf(own, platform.memoryMbPerVcpu),
      workers: drawOf(stage.workers),
      workersMax: graph.workersMax[index]!,
      fanOutOf: graph.fanOutOf[index]!,
      waitMs: drawOf(own.waitMs),
      contentSigma: typeof skew.content === "number" ? skew.content : 0,
      contentWeights: typeof skew.content === "number" ? null : unitMean(skew.content),
      noiseSigma: skew.noiseCv === 0 ? 0 : sigmaOfCv(skew.noiseCv),
      runSigma: skew.runSigma,
      runFactorOf: firstOfFactor.get(skew.runFactor)!,
      when: (own.when ?? []).map(({ choice, within, workersEach }) => ({
        choice: choices.get(choice)!,
        within,
        workersEach: workersEach ?? Number.POSITIVE_INFINITY,
      })),
    },
    work,
    workMedian: work?.sample(0.5),
  };
}

function unitMean(weights: readonly number[]): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return Float64Array.from(weights, (weight) => weight / mean);
}

function edgePart(edge: Edge, index: number, placeOf: ReadonlyMap<string, number>): EdgePart {
  const from = edge.from === INPUT ? -1 : placeOf.get(edge.from)!;
  const to = edge.to === OUTPUT ? -1 : placeOf.get(edge.to)!;
  const bytes = drawOf(edge.bytes);
  const by = (passing: Passing): ProgramEdge => ({
    index,
    from,
    to,
    shape: edge.shape,
    passing,
    bytes,
    scaledBy: edge.scalesWithRun ? (from < 0 ? to : from) : -1,
    parallelRequests: edge.parallelRequests,
  });
  return {
    id: edgeId(edge),
    from,
    to,
    passed: {
      local: by("local"),
      inline: by("inline"),
      direct: by("direct"),
      "object-store": by("object-store"),
    },
  };
}
