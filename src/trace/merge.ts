/** Puts what one workload knows of a stage into the graph of another. */

import { InputError, suggestion } from "../check.ts";
import type { StageProfile } from "../workflow/profile.ts";
import type { Provenance, Workload } from "./workload.ts";

/** A workload with stage profiles, and which of its stages goes where. */
export interface MergePart {
  readonly workload: Workload;
  /** Stage of the graph to fill; by default each stage of the part fills the one of its name. */
  readonly into?: string | undefined;
  /** Stage of the part that fills it; may be left out where there is only one. */
  readonly from?: string | undefined;
  /** How the part was given, for messages. */
  readonly shown: string;
}

/**
 * The graph with the compute, wait, memory, start and runtime of the parts' stages in place of its own.
 * A stage on a branch of a choice stays on it.
 * @throws InputError usage, when a part fills no stage of the graph.
 */
export function merged(graph: Workload, parts: readonly MergePart[]): Workload {
  return parts.reduce((workload, part) => withPart(workload, part), graph);
}

function withPart(graph: Workload, part: MergePart): Workload {
  const ids = graph.workflow.stages.map((stage) => stage.id);
  const filled = pairsOf(part, ids);
  const profile: Record<string, StageProfile> = { ...graph.profile };
  for (const [into, from] of filled) {
    const given = part.workload.profile[from]!;
    const { when } = graph.profile[into]!;
    profile[into] = {
      ...given,
      skew: { ...given.skew, runFactor: into },
      ...(when === undefined ? {} : { when }),
    };
  }
  const replaced = filled.flatMap(([into]) => FIELDS.map((field) => `stages.${into}.${field}`));
  const kept = perStage(graph).filter(({ path }) => !replaced.includes(path));
  const added = filled.flatMap(([into, from]) => provenanceOf(part.workload, into, from));
  return { ...graph, profile, provenance: [...kept, ...added] };
}

const FIELDS = ["compute", "wait", "memoryMb", "initCpu", "runtime", "package", "skew"];

function pairsOf(part: MergePart, ids: readonly string[]): readonly (readonly [string, string])[] {
  const { into, from, shown, workload } = part;
  const own = workload.workflow.stages.map((stage) => stage.id);
  const fail = (message: string): never => {
    throw new InputError("usage", [{ where: "--merge", message }]);
  };
  if (into !== undefined) {
    if (!ids.includes(into)) fail(`unknown stage "${into}"${suggestion(into, ids)}`);
    const source = from ?? own[0]!;
    if (from === undefined && own.length > 1)
      fail(
        `${shown} has ${own.length} stages; name one as ${into}=<file>#<stage>, of ${own.join(", ")}`,
      );
    if (!own.includes(source))
      fail(`unknown stage "${source}" of ${shown}${suggestion(source, own)}`);
    return [[into, source]];
  }
  const same = own.filter((id) => ids.includes(id));
  if (same.length === 0)
    fail(
      `${shown} has no stage of the graph: ${own.join(", ")}; write <stage>=${shown} with a stage of ${ids.join(", ")}`,
    );
  return same.map((id) => [id, id]);
}

// What the part says of the stage itself, and what it says of all its stages.
function provenanceOf(part: Workload, into: string, from: string): readonly Provenance[] {
  return perStage(part).flatMap((entry) => {
    if (entry.path === "stages") return [{ ...entry, path: `stages.${into}` }];
    const rest = entry.path.startsWith(`stages.${from}`)
      ? entry.path.slice(`stages.${from}`.length)
      : undefined;
    const isField =
      rest === "" || FIELDS.some((f) => rest === `.${f}` || rest?.startsWith(`.${f}.`));
    return rest !== undefined && isField ? [{ ...entry, path: `stages.${into}${rest}` }] : [];
  });
}

// What is said of a field of all stages at once, said of each: some are about to differ.
function perStage({ workflow, provenance }: Workload): readonly Provenance[] {
  return provenance.flatMap((entry) => {
    const [, field, source] =
      /^(workers|compute|wait|memoryMb|initCpu): (.*)$/s.exec(entry.source) ?? [];
    if (entry.path !== "stages" || field === undefined || source === undefined) return [entry];
    return workflow.stages.map(({ id }) => ({ ...entry, path: `stages.${id}.${field}`, source }));
  });
}
