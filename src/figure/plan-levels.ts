/** A plan of many stages as a Graphviz graph: a node per level of the workflow instead of one per stage. */

import type { Graph } from "@viz-js/viz";
import { type ExecutionPlan, groupOfStage, type Passing } from "../plan/plan.ts";
import { workersOf } from "../plan/check-plan.ts";
import { graphOf } from "../workflow/graph.ts";
import type { Workflow } from "../workflow/workflow.ts";
import { bytesOf, literal, PASSING, sheetOf, sizeText } from "./plan-graph.ts";

/** What is drawn, and how much of it. */
export interface LevelGraphOptions {
  readonly title: string;
  /** Levels above which the drawing is refused. */
  readonly levelsMax: number;
}

interface Level {
  stages: number;
  workers: number;
  readonly groups: Set<number>;
}

/** Stages by level, the longest way from a first stage, with what flows between the levels. */
export function levelGraph(
  workflow: Workflow,
  plan: ExecutionPlan,
  { title, levelsMax }: LevelGraphOptions,
): Graph {
  const graph = graphOf(workflow);
  const groupOf = groupOfStage(plan);
  const depth: number[] = [];
  const levels: Level[] = [];
  workflow.stages.forEach(({ id }, place) => {
    depth[place] = 1 + Math.max(-1, ...graph.into[place]!.map(({ from }) => depth[from]!));
    levels[depth[place]] ??= { stages: 0, workers: 0, groups: new Set() };
    const level = levels[depth[place]]!;
    level.stages++;
    level.workers += workersOf(workflow, id);
    level.groups.add(groupOf.get(id)!);
  });
  const base = { directed: true, ...sheetOf(title, "TB") };
  if (levels.length > levelsMax) {
    const label = `${levels.length} levels of stages are too many to draw: see the plan's text`;
    return { ...base, nodes: [{ name: "note", attributes: { label, shape: "plaintext" } }] };
  }
  const flows = new Map<string, Map<Passing, number>>();
  for (const { id, edge, from, to } of graph.inner) {
    const key = `l${depth[from]}->l${depth[to]}`;
    const flow = flows.get(key) ?? new Map<Passing, number>();
    const passing = plan.passing[id]!;
    flows.set(key, flow.set(passing, (flow.get(passing) ?? 0) + bytesOf(edge)));
  }
  return {
    ...base,
    nodes: levels.map((level, i) => ({
      name: `l${i}`,
      attributes: { label: literal(`level ${i + 1}\n${levelText(level, plan)}`) },
    })),
    edges: Array.from(flows, ([key, flow]) => {
      const [tail = "", head = ""] = key.split("->");
      const label = Array.from(
        flow,
        ([way, bytes]) => `${PASSING[way].name} ${sizeText(bytes)}`,
      ).join("\n");
      return { tail, head, attributes: { label } };
    }),
  };
}

function levelText({ stages, workers, groups }: Level, plan: ExecutionPlan): string {
  const sizes = [...groups].map((g) => plan.groups[g]!.memoryMb);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const size = least === most ? `${least} MB` : `${least} to ${most} MB`;
  const one = (count: number, name: string) => `${count} ${name}${count === 1 ? "" : "s"}`;
  return `${one(stages, "stage")}, ${one(workers, "worker")}\n${one(groups.size, "group")} of ${size}`;
}
