/** A plan as a picture: the workflow's stages in the boxes of their VMs, and what flows between them. */

import { groupedVms } from "../plan/explain.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { escaped } from "./markup.ts";
import { FONT } from "./panel.ts";
import { planGraph } from "./plan-graph.ts";
import { levelGraph } from "./plan-levels.ts";

/** A picture as SVG without a header, and its size in px. */
export interface Diagram {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** What is drawn, and what it says above. */
export interface PlanDiagramOptions {
  readonly title: string;
  /** Stages along which the time of a run goes, drawn red. */
  readonly critical: readonly string[];
}

/** Stages that can still be told apart; of more, those of one level are drawn as one. */
export const STAGES_DRAWN_MAX = 60;
const LEVELS_DRAWN_MAX = 40;

const SIZE = /<svg width="(\d+)pt" height="(\d+)pt"/;
const SHEET_WIDTH = 1180;
const GAP = 16;

/**
 * The diagram of a legal plan. Workflows above 60 stages are drawn by level, and refused in a sentence
 * when those are more than 40. The same plan gives the same bytes; text is in DejaVu Sans.
 */
export async function planDiagram(
  scenario: Scenario,
  plan: ExecutionPlan,
  options: PlanDiagramOptions,
): Promise<Diagram> {
  const few = scenario.workflow.stages.length <= STAGES_DRAWN_MAX;
  const vms = plan.groups.map((group) => groupedVms(scenario, group));
  const graph = few
    ? planGraph(scenario, plan, { ...options, vms })
    : levelGraph(scenario.workflow, plan, { ...options, levelsMax: LEVELS_DRAWN_MAX });
  // Loaded when something is drawn, as in `figure`.
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  return plain(viz.renderString(graph, { format: "svg", engine: "dot" }), options.title);
}

/** Diagrams on one sheet, from left to right and then down, as one SVG. */
export function diagramSheet(diagrams: readonly Diagram[]): string {
  let [x, y, rowHeight, width] = [GAP, GAP, 0, 0];
  const placed = diagrams.map((diagram) => {
    if (x > GAP && x + diagram.width > SHEET_WIDTH)
      [x, y, rowHeight] = [GAP, y + rowHeight + GAP, 0];
    const at = diagram.svg.replace("<svg ", `<svg x="${x}" y="${y}" `);
    x += diagram.width + GAP;
    width = Math.max(width, x);
    rowHeight = Math.max(rowHeight, diagram.height);
    return at;
  });
  const height = y + rowHeight + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...placed,
    "</svg>\n",
  ].join("\n");
}

// Ids and titles name Graphviz's own nodes, and would clash on a page of several diagrams.
function plain(svg: string, title: string): Diagram {
  const [, width = "0", height = "0"] = SIZE.exec(svg) ?? [];
  const text = svg
    .slice(svg.indexOf("<svg"))
    .replaceAll(/<!--.*?-->\n?/gs, "")
    .replaceAll(/<title>.*?<\/title>\n?/gs, "")
    .replaceAll(/ (id|class)="[^"]*"/g, "")
    .replaceAll(/ xml:space="preserve"/g, "")
    // Graphviz writes hyphens so, for the comments that are gone.
    .replaceAll("&#45;", "-")
    .replaceAll(`font-family="${FONT}"`, `font-family="${FONT}, sans-serif"`)
    .replace(
      SIZE,
      `<svg role="img" aria-label="${escaped(title)}" width="${width}" height="${height}"`,
    );
  return { svg: text, width: Number(width), height: Number(height) };
}
