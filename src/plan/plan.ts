/** The decision: which stages share VMs, how many workers per VM, how large, and how data travels. Plain data. */

import { edgeId, innerEdges, type Workflow } from "../workflow/workflow.ts";

/** How the data of an edge travels: memory inside a VM, payload, pulled from the producer's VM, or the store. */
export type Passing = "local" | "inline" | "direct" | "object-store";

/** Stages fused into the same VMs, the bundle of workers per VM, and the size of each VM. */
export interface VmGroup {
  /** Fused stages, in topological order. */
  readonly stages: readonly string[];
  /**
   * Workers of each stage that one VM holds. Where fan-outs differ or inner edges are not pairwise,
   * VM 0 is home to all stages and stages wider than this overflow into further VMs.
   */
  readonly workersPerVm: number | "all";
  readonly memoryMb: number;
  /** Workers that run at once in a VM; the others wait for a slot. */
  readonly concurrency: number | "all";
  /** Threads share runtime memory and start-up; processes have their own. */
  readonly isolation: "threads" | "processes";
  /** Which workers share a VM: neighbours by index, or balanced by known content weights. */
  readonly assignment: "consecutive" | "balanced";
  /** Ask for the VMs this long after the run's arrival, ms; null: when the inputs are ready. */
  readonly prewarmMs: number | null;
}

/** What is decided for a workflow. Survives JSON. */
export interface ExecutionPlan {
  readonly schema: "wisefuse/plan@1";
  readonly workflow: string;
  readonly groups: readonly VmGroup[];
  /** Passing of every edge between two stages, by edge id. */
  readonly passing: Readonly<Record<string, Passing>>;
}

/** Every stage alone, a VM per worker, data through the object store: what users deploy first. */
export function unfusedPlan(
  workflow: Workflow,
  memoryMb: (stage: string) => number,
): ExecutionPlan {
  return {
    schema: "wisefuse/plan@1",
    workflow: workflow.name,
    groups: workflow.stages.map((stage) => ({
      stages: [stage.id],
      workersPerVm: 1,
      memoryMb: memoryMb(stage.id),
      concurrency: "all",
      isolation: "threads",
      assignment: "consecutive",
      prewarmMs: null,
    })),
    passing: Object.fromEntries(innerEdges(workflow).map((edge) => [edgeId(edge), "object-store"])),
  };
}

/** Index of the group that holds each stage. */
export function groupOfStage(plan: ExecutionPlan): ReadonlyMap<string, number> {
  const groupOf = new Map<string, number>();
  plan.groups.forEach((group, g) => {
    for (const id of group.stages) groupOf.set(id, g);
  });
  return groupOf;
}
