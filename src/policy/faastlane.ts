/**
 * Faastlane: the whole workflow in one VM, parallel stages as processes, as many at once as it has vCPUs;
 * the others overflow into further VMs reached through the store. One size for all.
 * Source: Kotni, Nayak, Ganapathy, Basu, "Faastlane: Accelerating Function-as-a-Service Workflows", ATC'21;
 * chunks of k branches in ceil((N - k)/k) further VMs as in its composer.
 */

import { vcpusOf } from "../platform/platform.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import { edgeId, innerEdges } from "../workflow/workflow.ts";
import type { Decision, PlanningTask } from "./policy.ts";
import { oneSizeForAll } from "./sizing.ts";
import { unfused } from "./unfused.ts";

/** Fuses everything; `k = floor(vCPUs)` processes at once. Falls back to `unfused` where no VM holds it. */
export function faastlane(task: PlanningTask): Decision {
  return oneSizeForAll(task, (memoryMb) => planAt(task, memoryMb)) ?? unfused(task);
}

function planAt(task: PlanningTask, memoryMb: number): ExecutionPlan {
  const { workflow, platform } = task.scenario;
  const k = Math.max(1, Math.floor(vcpusOf(platform, memoryMb)));
  return {
    schema: "wisefuse/plan@1",
    workflow: workflow.name,
    groups: [
      {
        stages: workflow.stages.map((stage) => stage.id),
        workersPerVm: k,
        memoryMb,
        concurrency: k,
        isolation: "processes",
        assignment: "consecutive",
        prewarmMs: null,
      },
    ],
    passing: Object.fromEntries(innerEdges(workflow).map((edge) => [edgeId(edge), "local"])),
  };
}
