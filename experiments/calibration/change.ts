/** Copies of a workload with other numbers: what a fit tries. */

import type { Workload } from "../../src/trace/workload.ts";
import type { CpuCompute, StageProfile } from "../../src/workflow/profile.ts";
import { edgeId, type Edge } from "../../src/workflow/workflow.ts";

/** The workload with `change` applied to the profile of one stage. */
export function withProfile(
  workload: Workload,
  stage: string,
  change: (profile: StageProfile) => StageProfile,
): Workload {
  const { profile } = workload;
  return { ...workload, profile: { ...profile, [stage]: change(profile[stage]!) } };
}

/** The workload with some fields of one stage's compute law replaced. */
export function withCompute(
  workload: Workload,
  stage: string,
  fields: Partial<CpuCompute>,
): Workload {
  return withProfile(workload, stage, (profile) => ({
    ...profile,
    compute: { ...cpuComputeOf(profile), ...fields },
  }));
}

/** The workload with some fields of one edge replaced. */
export function withEdge(workload: Workload, id: string, fields: Partial<Edge>): Workload {
  const { workflow } = workload;
  const edges = workflow.edges.map((edge) => (edgeId(edge) === id ? { ...edge, ...fields } : edge));
  return { ...workload, workflow: { ...workflow, edges } };
}

/** The workload with another number of workers in one stage. */
export function withWorkers(workload: Workload, id: string, workers: number): Workload {
  const { workflow } = workload;
  const stages = workflow.stages.map((stage) => (stage.id === id ? { id, workers } : stage));
  return { ...workload, workflow: { ...workflow, stages } };
}

/** The compute law of a profile that has a formula, as all calibrated ones have. */
export function cpuComputeOf(profile: StageProfile): CpuCompute {
  if (profile.compute.kind !== "cpu") throw new Error("a calibrated stage has a formula");
  return profile.compute;
}

/** A field of a stage or edge that a fit sets, by its path: `train.cpuMs`, `pca->train.bytes`. */
export function withValue(workload: Workload, path: string, value: number): Workload {
  const dot = path.lastIndexOf(".");
  const [owner, field] = [path.slice(0, dot), path.slice(dot + 1)];
  if (field === "bytes") return withEdge(workload, owner, { bytes: value });
  if (field === "waitMs") return withProfile(workload, owner, (p) => ({ ...p, waitMs: value }));
  if (field === "content" || field === "noiseCv" || field === "runSigma")
    return withProfile(workload, owner, (p) => ({ ...p, skew: { ...p.skew, [field]: value } }));
  if (field === "penalty" || field === "exponent" || field === "threads")
    return withProfile(workload, owner, (p) => {
      const compute = cpuComputeOf(p);
      const { oversubscription = { threads: 12, penalty: 1, exponent: 1 } } = compute;
      return {
        ...p,
        compute: { ...compute, oversubscription: { ...oversubscription, [field]: value } },
      };
    });
  return withCompute(workload, owner, { [field]: value });
}

/** The number that a path names in a workload; NaN when it is no plain number. */
export function valueAt(workload: Workload, path: string): number {
  const dot = path.lastIndexOf(".");
  const [owner, field] = [path.slice(0, dot), path.slice(dot + 1)];
  const edge = workload.workflow.edges.find((one) => edgeId(one) === owner);
  const profile = workload.profile[owner];
  const found = edge ?? (profile && flatProfile(profile));
  const value = (found as Readonly<Record<string, unknown>> | undefined)?.[field];
  return typeof value === "number" ? value : Number.NaN;
}

function flatProfile(profile: StageProfile): Readonly<Record<string, unknown>> {
  const compute = cpuComputeOf(profile);
  return { ...profile, ...profile.skew, ...compute, ...compute.oversubscription };
}
