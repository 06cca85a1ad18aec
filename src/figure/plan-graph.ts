/** A plan as a Graphviz graph: a cluster per VM group, a node per stage, an edge per flow of data. */

import type { Edge as GraphEdge, Graph, Node } from "@viz-js/viz";
import type { ExecutionPlan, Passing } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { workersOf } from "../plan/check-plan.ts";
import { meanOf } from "../stats/families.ts";
import { graphOf } from "../workflow/graph.ts";
import { type Edge, edgeId, INPUT, OUTPUT, type Workflow } from "../workflow/workflow.ts";
import { FONT } from "./panel.ts";

/** What is written besides the workflow itself. */
export interface PlanGraphOptions {
  readonly title: string;
  /** Stages along which the time of a run goes. */
  readonly critical: readonly string[];
  /** Of each group, its VMs in words. */
  readonly vms: readonly string[];
}

const RED = "#b00020";
const INK = "#222222";
const NAME_MAX = 26;
/** Levels that fit from left to right; more go down the page. */
const DEPTH_ACROSS = 10;

/** How an edge says the way of its data in grey print too. */
export const PASSING: Readonly<Record<Passing, { readonly name: string; readonly style: string }>> =
  {
    local: { name: "in memory", style: "solid" },
    inline: { name: "payload", style: "dashed" },
    direct: { name: "VM to VM", style: "dashed" },
    "object-store": { name: "store", style: "dotted" },
  };

/** What the whole drawing shares: direction, fonts, and its title at the top. */
export function sheetOf(
  title: string,
  rankdir: "LR" | "TB",
): Pick<Graph, "graphAttributes" | "nodeAttributes" | "edgeAttributes"> {
  return {
    graphAttributes: {
      rankdir,
      bgcolor: "transparent",
      fontname: FONT,
      fontsize: 13,
      fontcolor: INK,
      label: literal(title),
      labelloc: "t",
      labeljust: "l",
      nodesep: 0.28,
      ranksep: 0.42,
      pad: 0.1,
    },
    nodeAttributes: {
      shape: "box",
      style: "rounded,filled",
      fillcolor: "white",
      color: "#555555",
      fontname: FONT,
      fontsize: 11,
      fontcolor: INK,
      margin: "0.12,0.06",
      height: 0.36,
    },
    edgeAttributes: {
      color: "#555555",
      fontname: FONT,
      fontsize: 9,
      fontcolor: INK,
      arrowsize: 0.7,
    },
  };
}

/** The graph of a plan of few stages; edges of the critical path are red and thick. */
export function planGraph(
  { workflow }: Scenario,
  plan: ExecutionPlan,
  { title, critical, vms }: PlanGraphOptions,
): Graph {
  const nameOf = new Map(workflow.stages.map((stage, i) => [stage.id, `s${i}`]));
  const places = new Map(critical.map((stage, i) => [stage, i]));
  const node = (id: string): Node => {
    const workers = workersOf(workflow, id);
    const red = places.has(id) ? { color: RED, penwidth: 2.2 } : {};
    const count = workers === 1 ? "" : ` \u00d7 ${workers}`;
    return {
      name: nameOf.get(id)!,
      attributes: { label: literal(shortened(id) + count), ...red },
    };
  };
  const ends = [INPUT, OUTPUT].filter((end) =>
    workflow.edges.some((edge) => edge.from === end || edge.to === end),
  );
  return {
    directed: true,
    ...sheetOf(title, depthOf(workflow) > DEPTH_ACROSS ? "TB" : "LR"),
    nodes: ends.map((end) => ({
      name: end,
      attributes: { label: end, shape: "plaintext", fillcolor: "transparent", fontsize: 10 },
    })),
    subgraphs: plan.groups.map((group, g) => ({
      name: `cluster_${g}`,
      graphAttributes: {
        label: literal(vms[g]!),
        style: "rounded,filled",
        fillcolor: "#e8f1fa",
        color: "#7a9cbf",
        fontsize: 10,
        margin: 9,
        labeljust: "c",
      },
      nodes: group.stages.map(node),
    })),
    edges: workflow.edges.map((edge): GraphEdge => {
      const { name, style } = PASSING[plan.passing[edgeId(edge)] ?? "object-store"];
      const [from, to] = [places.get(edge.from), places.get(edge.to)];
      const onPath = from !== undefined && to === from + 1;
      return {
        tail: nameOf.get(edge.from) ?? edge.from,
        head: nameOf.get(edge.to) ?? edge.to,
        attributes: {
          // A last line of nothing keeps the text off the edge.
          label: `${name}\n${sizeText(bytesOf(edge))}\n `,
          style,
          ...(onPath ? { color: RED, penwidth: 2.2 } : {}),
        },
      };
    }),
  };
}

// Stages on the longest way through the workflow.
function depthOf(workflow: Workflow): number {
  const { into } = graphOf(workflow);
  const depths: number[] = [];
  for (const edges of into) depths.push(1 + Math.max(0, ...edges.map(({ from }) => depths[from]!)));
  return Math.max(...depths);
}

/** Mean bytes that an edge carries in a run. */
export function bytesOf(edge: Edge): number {
  return meanOf(edge.bytes);
}

/** A number of bytes for a label. @example sizeText(71_700_000) // "72 MB" */
export function sizeText(bytes: number): string {
  const [unit, factor] =
    bytes >= 1e9 ? (["GB", 1e9] as const) : bytes >= 1e6 ? (["MB", 1e6] as const) : ["kB", 1e3];
  const value = bytes / factor;
  return bytes === 0
    ? "0"
    : `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} ${unit}`;
}

/** A text as Graphviz is to write it: it would read escapes and entities in labels. */
export function literal(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("\\", "\\\\");
}

function shortened(name: string): string {
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX - 1)}\u2026`;
}
