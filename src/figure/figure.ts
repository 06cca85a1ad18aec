/**
 * What a chart is, and how its specification becomes SVG and PNG: the same bytes every time. What draws is loaded
 * when something is drawn: it takes longer than the rest of a command's start.
 */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import type { DecisionRow } from "../result/decision-table.ts";
import type { StoredRuns } from "../result/run-batches.ts";
import { FONT } from "./panel.ts";

// Sharp on most screens; twice the size would take half as much room again.
const PNG_ZOOM = 1.5;

/** Everything a chart may be drawn from. */
export interface Tables {
  readonly cells: readonly CellRow[];
  /** Runs by the name of their cell. */
  readonly runs: ReadonlyMap<string, StoredRuns>;
  /** What planners decided in each study, by its name. */
  readonly decisions: ReadonlyMap<string, readonly DecisionRow[]>;
  /** Rows of each study that has a table of its own, by its name; `RowTable.rowsAmong` gives them their type. */
  readonly rows: ReadonlyMap<string, readonly object[]>;
  /** How long each task of a study took, ms, by study and task; differs from one run to the next. */
  readonly wallMs: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/**
 * A chart of an experiment: file name without ending, one sentence for its caption, and its
 * drawing.
 */
export interface Figure {
  readonly name: string;
  readonly caption: string;
  /** What it is drawn from besides the tables, and is not kept with reference results. */
  readonly needs?: "runs" | "wallMs";
  /** A vega-lite specification with its data inside: it alone redraws the chart. */
  draw(tables: Tables): TopLevelSpec;
}

/** A chart that says its question under its title, above what its marks mean. */
export function captioned(spec: TopLevelSpec, caption: string): TopLevelSpec {
  const { title } = spec;
  if (typeof title !== "object" || Array.isArray(title) || !("text" in title)) return spec;
  const { subtitle } = title;
  const note = typeof subtitle === "string" ? [subtitle] : [];
  const style = { subtitleFontSize: 11, subtitlePadding: 5, subtitleLineHeight: 15 };
  return { ...spec, title: { ...title, ...style, subtitle: [caption, ...note] } };
}

/** A picture, and what vega had to say about the chart: each warning is a bug of the chart. */
export interface Rendered {
  readonly svg: string;
  readonly warnings: readonly string[];
}

/** SVG of a specification. The same specification gives the same bytes; text is in DejaVu Sans. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  return (await renderWithWarnings(spec)).svg;
}

/** SVG of a specification and the warnings of vega and vega-lite on the way. */
export async function renderWithWarnings(spec: TopLevelSpec): Promise<Rendered> {
  const warnings: string[] = [];
  const logger = collector(warnings);
  const [{ compile }, vega] = await Promise.all([import("vega-lite"), import("vega")]);
  (vega as unknown as Randomness).setRandom(refuseToDraw);
  const compiled = compile(spec, { logger }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger });
  const svg = withOwnIds(await view.toSVG());
  view.finalize();
  return { svg, warnings };
}

/**
 * PNG of an SVG at one and a half times its size on white. `fontFiles` are paths of TrueType files, DejaVu Sans
 * and its bold among them; fonts of the system are not looked at, so that a picture is the same on
 * every machine.
 */
export async function renderPng(svg: string, fontFiles: readonly string[]): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const picture = new Resvg(svg, {
    fitTo: { mode: "zoom", value: PNG_ZOOM },
    background: "white",
    font: { loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: FONT },
  });
  return new Uint8Array(picture.render().asPng());
}

// Missing from vega's types.
interface Randomness {
  setRandom(source: () => number): void;
}

// Some of vega's marks bootstrap their intervals; ours come from the table.
function refuseToDraw(): number {
  throw new Error("a chart must not draw random numbers");
}

// Vega numbers clip paths and gradients across all pictures of a process; here each picture starts
// at 0.
function withOwnIds(svg: string): string {
  const own = new Map<string, string>();
  return svg.replaceAll(/(?<=id="|url\(#)(clip|gradient_)\d+/g, (id, kind: string) => {
    if (!own.has(id)) own.set(id, `${kind}${own.size}`);
    return own.get(id)!;
  });
}

function collector(warnings: string[]) {
  const logger = {
    level: () => logger,
    error: (...parts: unknown[]) => keep(parts),
    warn: (...parts: unknown[]) => keep(parts),
    info: () => logger,
    debug: () => logger,
  };
  const keep = (parts: unknown[]) => {
    warnings.push(parts.map(String).join(" "));
    return logger;
  };
  return logger as never;
}
