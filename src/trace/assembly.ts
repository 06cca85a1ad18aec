/**
 * From what a file says to a whole workload: what it does not say is assumed, and every number is
 * tagged measured, derived or assumed with its source.
 */

import { InputError } from "../check.ts";
import type { Arrivals } from "../plan/scenario.ts";
import type { DistributionSpec } from "../stats/families.ts";
import type { Branch, StageProfile } from "../workflow/profile.ts";
import { edgeId, makeWorkflow, type Shape, type Workflow } from "../workflow/workflow.ts";
import type { Provenance, Workload } from "./workload.ts";

/** A value with how far it can be trusted, and why. */
export interface Fact<T> {
  readonly value: T;
  readonly tag: Provenance["tag"];
  readonly source: string;
}

/** What a file says of one stage; what is left out is assumed. */
export interface StageFacts {
  readonly id: string;
  readonly workers?: Fact<DistributionSpec> | undefined;
  readonly compute?: Fact<StageProfile["compute"]> | undefined;
  readonly wait?: Fact<DistributionSpec> | undefined;
  readonly memoryMb?: Fact<StageProfile["memoryMb"]> | undefined;
  /** Handler start, vCPU-ms. */
  readonly initCpu?: Fact<number> | undefined;
  /** Branches of choices it is on; the source of its compute says where they come from. */
  readonly when?: readonly Branch[] | undefined;
}

/** What a file says of one edge; without bytes it carries none. */
export interface EdgeFacts {
  readonly from: string;
  readonly to: string;
  readonly shape: Fact<Shape>;
  readonly bytes?: Fact<DistributionSpec> | undefined;
}

/** What a file says of a workload. */
export interface WorkloadFacts {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** File to name when the graph is wrong. */
  readonly file?: string | undefined;
  readonly runtime: string;
  readonly stages: readonly StageFacts[];
  readonly edges: readonly EdgeFacts[];
  readonly arrivals?: Fact<Arrivals> | undefined;
}

/** Time of a worker that no file tells, vCPU-ms. */
const ASSUMED_CPU_MS = 1000;
const ASSUMED_MEMORY = { runtime: 64, worker: 64 };
// A rate at which VMs are often, not always, warm.
const ASSUMED_ARRIVALS: Fact<Arrivals> = {
  value: { kind: "poisson", perSecond: 0.1 },
  tag: "assumed",
  source: "the format has none; --arrivals sets them",
};
const ASSUMED_PACKAGE = { format: "zip", mb: 10 } as const;

const FIELDS = ["workers", "compute", "wait", "memoryMb", "initCpu"] as const;
const ASSUMED_TEXT: Readonly<Record<(typeof FIELDS)[number], string>> = {
  workers: "1 worker",
  compute: "1 s on one vCPU, serial",
  wait: "no wait",
  memoryMb: "64 MB for the runtime and 64 MB a worker",
  initCpu: "no handler start",
};

/** Compute of one thread: a time that memory beyond one vCPU does not change. */
export function oneThread(cpuMs: DistributionSpec): StageProfile["compute"] {
  return { kind: "cpu", cpuMs, serialFraction: 1, maxVcpus: 1, parallelYield: 1 };
}

/**
 * The workload of these facts.
 * @throws InputError workflow, when the stages and edges are no DAG.
 */
export function assembled(facts: WorkloadFacts): Workload {
  const { name, description, source, stages, edges, arrivals = ASSUMED_ARRIVALS } = facts;
  const workflow = workflowIn(
    facts.file,
    name,
    stages.map(({ id, workers }) => ({ id, workers: workers?.value ?? 1 })),
    edges.map(({ from, to, shape, bytes }) => ({
      from,
      to,
      bytes: bytes?.value ?? 0,
      shape: shape.value,
      scalesWithRun: false,
      parallelRequests: 1,
    })),
  );
  return {
    name,
    description,
    source,
    workflow,
    profile: Object.fromEntries(stages.map((stage) => [stage.id, profileOf(stage, facts.runtime)])),
    arrivals: arrivals.value,
    objective: undefined,
    provenance: [
      ...stageProvenance(stages, facts.runtime),
      ...edgeProvenance(edges),
      entry("arrivals", arrivals),
    ],
  };
}

function workflowIn(file: string | undefined, ...given: Parameters<typeof makeWorkflow>): Workflow {
  try {
    return makeWorkflow(...given);
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.code, error.faults, file) : error;
  }
}

function profileOf(stage: StageFacts, runtime: string): StageProfile {
  return {
    runtime,
    package: ASSUMED_PACKAGE,
    memoryMb: stage.memoryMb?.value ?? ASSUMED_MEMORY,
    initCpuMs: stage.initCpu?.value ?? 0,
    compute: stage.compute?.value ?? oneThread(ASSUMED_CPU_MS),
    waitMs: stage.wait?.value ?? 0,
    // What makes workers unequal is in the samples already.
    skew: { content: 0, runSigma: 0, runFactor: stage.id, noiseCv: 0 },
    ...(stage.when === undefined ? {} : { when: stage.when }),
  };
}

// What holds for every stage is said once, so that a thousand stages do not need five thousand lines.
function stageProvenance(stages: readonly StageFacts[], runtime: string): Provenance[] {
  const assumed = [
    `runtime ${runtime}`,
    `${ASSUMED_PACKAGE.format} of ${ASSUMED_PACKAGE.mb} MB`,
    "no skew beyond the given times",
  ];
  const entries: Provenance[] = [];
  for (const field of FIELDS) {
    const given = stages.flatMap((stage) => {
      const fact: Fact<unknown> | undefined = stage[field];
      return fact === undefined ? [] : [{ path: `stages.${stage.id}.${field}`, fact }];
    });
    if (given.length < stages.length) assumed.push(ASSUMED_TEXT[field]);
    const [first] = given;
    const same = given.every(
      ({ fact }) => fact.tag === first!.fact.tag && fact.source === first!.fact.source,
    );
    if (first !== undefined && same && given.length === stages.length && stages.length > 1)
      entries.push({ ...entry("stages", first.fact), source: `${field}: ${first.fact.source}` });
    else entries.push(...given.map(({ path, fact }) => entry(path, fact)));
  }
  const rest = `what no other entry names: ${assumed.join(", ")}`;
  return [{ path: "stages", tag: "assumed", source: rest }, ...entries];
}

function edgeProvenance(edges: readonly EdgeFacts[]): Provenance[] {
  const shapes = new Map(edges.map(({ shape }) => [`${shape.tag} ${shape.source}`, shape]));
  const entries = [...shapes.values()].map((shape) => ({
    ...entry("edges", shape),
    source: `shape: ${shape.source}`,
  }));
  const given = edges.flatMap((edge) => (edge.bytes === undefined ? [] : [edge]));
  if (given.length < edges.length)
    entries.push({
      path: "edges",
      tag: "assumed",
      source: "bytes: none where no entry names them",
    });
  const sources = new Map(
    given.map(({ bytes }) => [`${bytes!.tag} ${bytes!.source}`, bytes!] as const),
  );
  const [only] = sources.values();
  if (sources.size === 1 && given.length === edges.length)
    return [...entries, { ...entry("edges", only!), source: `bytes: ${only!.source}` }];
  return [...entries, ...given.map((edge) => entry(`edges.${edgeId(edge)}.bytes`, edge.bytes!))];
}

function entry(path: string, { tag, source }: Fact<unknown>): Provenance {
  return { path, tag, source };
}
