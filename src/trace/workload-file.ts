/** Our own format: a workload as YAML or JSON, refused with every fault at its line. */

import { InputError, type InputFault } from "../check.ts";
import type { StageProfile } from "../workflow/profile.ts";
import { edgeId, makeWorkflow, type Workflow } from "../workflow/workflow.ts";
import { parseSource, type SourceDocument, type ValuePath } from "./document.ts";
import { faultAt, readWith, refuse } from "./faults.ts";
import type { ObjectiveDefaults, Workload } from "./workload.ts";
import { WORKLOAD_SCHEMA, type WorkloadFile, workloadSchema } from "./workload-schema.ts";

/**
 * The workload a YAML or JSON text describes.
 * @throws InputError syntax, when the text is no YAML; workload, with up to 20 faults in place.
 */
export function parseWorkload(text: string, file?: string): Workload {
  const source = parseSource(text, file);
  const schema = fieldOf(source.value, "schema");
  if (typeof schema === "string" && schema !== WORKLOAD_SCHEMA)
    refuse("workload", [wrongSchema(source)], source);

  const read = readWith(workloadSchema, source);
  const provenance = provenanceFaults(source);
  if ("faults" in read) {
    const graph = workflowOf("", ...outlineOf(source.value), source);
    refuse(
      "workload",
      [...read.faults, ...("faults" in graph ? graph.faults : []), ...provenance],
      source,
    );
  }
  const { name, stages, edges } = read.value;
  const graph = workflowOf(name, stages, edges, source);
  if ("faults" in graph) return refuse("workload", [...graph.faults, ...provenance], source);
  if (provenance.length > 0) refuse("workload", provenance, source);
  return workloadOf(read.value, graph.workflow);
}

/**
 * The workload on one line of a file of JSON lines. Right ones skip the search for places, at a tenth of
 * the time.
 * @throws InputError syntax or workload, at the line.
 */
export function readWorkloadLine(text: string, file: string, line: number): Workload {
  const read = workloadSchema.safeParse(jsonOrNothing(text));
  if (read.success && read.data.provenance.length === 0) {
    const { name, stages, edges } = read.data;
    try {
      return workloadOf(read.data, makeWorkflow(name, plainStages(stages), edges));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  try {
    return parseWorkload(text, file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.code,
      error.faults.map((fault) => ({ ...fault, line })),
      file,
    );
  }
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// The workflow has no use for what the profile holds.
function plainStages(stages: Stages): Stages {
  return stages.map(({ id, workers }) => ({ id, workers }));
}

function wrongSchema(source: SourceDocument): InputFault {
  return faultAt(
    source,
    ["schema"],
    `expected "${WORKLOAD_SCHEMA}", got ${source.foundAt(["schema"])}`,
  );
}

function workloadOf(read: WorkloadFile, workflow: Workflow): Workload {
  const { name, description, source, arrivals, failures, objective, provenance } = read;
  return {
    name,
    description,
    source,
    workflow,
    profile: Object.fromEntries(read.stages.map((stage) => [stage.id, profileOf(stage)])),
    arrivals,
    ...(failures === undefined ? {} : { failures }),
    objective: objective && objectiveOf(objective),
    provenance,
  };
}

function profileOf(stage: WorkloadFile["stages"][number]): StageProfile {
  const { content, run, runFactor, noise } = stage.skew;
  return {
    runtime: stage.runtime,
    package: stage.package,
    memoryMb: stage.memoryMb,
    initCpuMs: stage.initCpu,
    compute: stage.compute,
    waitMs: stage.wait,
    skew: { content, runSigma: run, runFactor: runFactor ?? stage.id, noiseCv: noise },
    ...(stage.when === undefined ? {} : { when: stage.when }),
  };
}

function objectiveOf(objective: NonNullable<WorkloadFile["objective"]>): ObjectiveDefaults {
  const { quantile, slo, budget } = objective;
  return { quantile, latencyMsMax: slo, costUsdMax: budget };
}

type Stages = Parameters<typeof makeWorkflow>[1];
type Edges = Parameters<typeof makeWorkflow>[2];

// The workflow's own faults carry paths of the file; here they get their lines.
function workflowOf(
  name: string,
  stages: Stages,
  edges: Edges,
  source: SourceDocument,
): { readonly workflow: Workflow } | { readonly faults: readonly InputFault[] } {
  try {
    return { workflow: makeWorkflow(name, plainStages(stages), edges) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return {
      faults: error.faults.map(({ where, message }) => faultAt(source, where.split("."), message)),
    };
  }
}

// Names alone show unknown stages and cycles while other fields are still wrong.
// Nothing when a name is unreadable, for then every edge to it would seem wrong too.
function outlineOf(value: unknown): readonly [Stages, Edges] {
  const stages = listOf(fieldOf(value, "stages")).map((stage) => fieldOf(stage, "id"));
  const edges = listOf(fieldOf(value, "edges")).map((edge) => ({
    from: fieldOf(edge, "from"),
    to: fieldOf(edge, "to"),
  }));
  const ends = edges.flatMap(({ from, to }) => [from, to]);
  if (stages.length === 0 || ![...stages, ...ends].every((name) => typeof name === "string"))
    return [[{ id: "unreadable", workers: 1 }], []];
  return [
    stages.map((id) => ({ id: String(id), workers: 1 })),
    edges.map(({ from, to }) => ({
      from: String(from),
      to: String(to),
      bytes: 0,
      shape: "gather",
      scalesWithRun: false,
      parallelRequests: 1,
    })),
  ];
}

function provenanceFaults(source: SourceDocument): readonly InputFault[] {
  return listOf(fieldOf(source.value, "provenance")).flatMap((entry, i) => {
    const path = fieldOf(entry, "path");
    if (typeof path !== "string" || leadsSomewhere(source.value, path, [])) return [];
    return [
      faultAt(source, ["provenance", i, "path"], `expected a path in this file, got "${path}"`),
    ];
  });
}

// Names may hold dots, so every key that begins the path is tried.
function leadsSomewhere(value: unknown, path: string, at: ValuePath): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) =>
    namesOf(key, inner, at).some(
      (name) =>
        path === name ||
        (path.startsWith(`${name}.`) &&
          leadsSomewhere(inner, path.slice(name.length + 1), [...at, key])),
    ),
  );
}

function namesOf(key: string, value: unknown, at: ValuePath): readonly string[] {
  if (at.length !== 1) return [key];
  if (at[0] === "stages") return [key, String(fieldOf(value, "id"))];
  const ends = { from: String(fieldOf(value, "from")), to: String(fieldOf(value, "to")) };
  return at[0] === "edges" ? [key, edgeId(ends)] : [key];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, field)
    ? (value as Readonly<Record<string, unknown>>)[field]
    : undefined;
}
