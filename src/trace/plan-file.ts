/** A plan as JSON text. Only its form is checked here, not whether it is legal for a workflow. */

import { z } from "zod";
import type { ExecutionPlan, VmGroup } from "../plan/plan.ts";
import { parseSource } from "./document.ts";
import { mappingOf, readWith, refuse } from "./faults.ts";

const countOrAll = z.union([z.int().min(1), z.literal("all")], {
  error: 'expected a whole number or "all"',
});

const group = mappingOf({
  stages: z.array(z.string().min(1)).min(1),
  workersPerVm: countOrAll,
  memoryMb: z.number().gt(0),
  concurrency: countOrAll,
  isolation: z.enum(["threads", "processes"]),
  assignment: z.enum(["consecutive", "balanced"]),
  prewarmMs: z.union([z.number().min(0), z.null()], { error: "expected a number of ms or null" }),
});

const planSchema = mappingOf({
  schema: z.literal("wisefuse/plan@1"),
  workflow: z.string().min(1),
  groups: z.array(group).min(1),
  passing: z.record(
    z.string().regex(/^.+->.+$/, { error: 'expected an edge such as "split->extract"' }),
    z.enum(["local", "inline", "direct", "object-store"]),
  ),
});

/**
 * The plan a JSON text holds, its form checked.
 * @throws InputError syntax, when the text does not parse; plan, with up to 20 faults in place.
 */
export function parsePlan(text: string, file?: string): ExecutionPlan {
  const source = parseSource(text, file);
  const read = readWith<ExecutionPlan>(planSchema, source);
  return "faults" in read ? refuse("plan", read.faults, source) : read.value;
}

/** A plan as JSON, two spaces deep, ending in a newline: equal plans give equal text. */
export function planText(plan: ExecutionPlan): string {
  const edges = Object.keys(plan.passing).toSorted();
  const ordered: ExecutionPlan = {
    schema: plan.schema,
    workflow: plan.workflow,
    groups: plan.groups.map(orderedGroup),
    passing: Object.fromEntries(edges.map((id) => [id, plan.passing[id]!])),
  };
  return `${JSON.stringify(ordered, undefined, 2)}\n`;
}

function orderedGroup(group: VmGroup): VmGroup {
  return {
    stages: group.stages,
    workersPerVm: group.workersPerVm,
    memoryMb: group.memoryMb,
    concurrency: group.concurrency,
    isolation: group.isolation,
    assignment: group.assignment,
    prewarmMs: group.prewarmMs,
  };
}
