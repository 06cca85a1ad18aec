/** A chart as files: what redraws it, and its picture twice. */

import type { TopLevelSpec } from "vega-lite";
import { renderPng, renderSvg } from "../figure/figure.ts";
import { fontFiles, writeWhole } from "./files.ts";

/** Writes `….vl.json`, its specification indented by `indent`, `….svg` and `….png`; `base` is the path without these. */
export async function writeChart(base: string, spec: TopLevelSpec, indent = 1): Promise<void> {
  const svg = await renderSvg(spec);
  writeWhole(`${base}.vl.json`, `${JSON.stringify(spec, null, indent)}\n`);
  writeWhole(`${base}.svg`, svg);
  writeWhole(`${base}.png`, await renderPng(svg, fontFiles()));
}
