/** What all charts share: the page with its fonts and sizes, panels side by side, and axes. */

import type { TopLevelSpec } from "vega-lite";
import type { LayerSpec, UnitSpec } from "vega-lite/types_unstable/spec/index.js";
import type { Field } from "vega-lite/types_unstable/channeldef.js";
import type { ShownUnit } from "../result/unit.ts";

/** The font of all text in charts; its file comes with the package dejavu-fonts-ttf. */
export const FONT = "DejaVu Sans";

/** One panel: a vega-lite view with its own data. */
export type Panel = LayerSpec<Field> | UnitSpec<Field>;

const CONFIG = {
  font: FONT,
  view: { stroke: null },
  axis: {
    labelLimit: 0,
    titleLimit: 0,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    domainColor: "#555555",
    tickColor: "#555555",
    gridColor: "#e4e4e4",
    titlePadding: 8,
    labelPadding: 5,
    labelFlush: false,
  },
  legend: {
    labelLimit: 0,
    titleLimit: 0,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    symbolSize: 110,
    rowPadding: 4,
  },
  title: { fontSize: 12, fontWeight: "bold", anchor: "start", limit: 0, offset: 8 },
  text: { font: FONT, fontSize: 10 },
} as const;

const NOTHING: Panel = {
  data: { values: [{ text: "no rows to draw" }] },
  mark: { type: "text", fontSize: 12 },
  encoding: { text: { field: "text" } },
};

/** A page of panels, at most `columns` in a row, under one title; `note` explains marks, if any. */
export function page(
  title: string,
  panels: readonly Panel[],
  { columns, note }: { readonly columns: number; readonly note?: string | undefined },
): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 12,
    config: CONFIG,
    title: {
      text: title,
      fontSize: 14,
      offset: 14,
      ...(note === undefined ? {} : { subtitle: note, subtitleFontSize: 11, subtitlePadding: 5 }),
    },
    columns,
    spacing: 28,
    concat: (panels.length === 0 ? [NOTHING] : panels).map(({ title: lines, ...panel }) =>
      Array.isArray(lines) && lines.length === 0 ? panel : { title: lines, ...panel },
    ),
  } as TopLevelSpec;
}

/** Title of an axis: the quantity with its unit. */
export function axisTitle(quantity: string, unit: ShownUnit): string {
  return `${quantity} (${unit.name})`;
}

/** Title of a vertical axis: in two lines when one would be longer than the axis. */
export function sideTitle(quantity: string, unit: ShownUnit): string | string[] {
  const line = axisTitle(quantity, unit);
  return line.length <= 18 ? line : [quantity, `(${unit.name})`];
}

/** A number for a label: three digits, no exponent. @example shortNumber(18.3938) // "18.4" */
export function shortNumber(value: number): string {
  if (value === 0) return "0";
  const decimals = 2 - Number(value.toExponential(2).split("e")[1]);
  return value.toFixed(Math.min(6, Math.max(0, decimals)));
}

/** A logarithmic axis from `least` to `most`: few ticks, and numbers as people write them. */
export function logAxis(least: number, most: number): object {
  const decades: number[] = [];
  for (let at = 1e-9; at <= most * 1.001; at *= 10) decades.push(Number(at.toPrecision(1)));
  const few = most / least < 300;
  const values = decades
    .flatMap((at) => (few ? [at, 2 * at, 5 * at] : [at]))
    .filter((at) => at >= least * 0.999 && at <= most * 1.001)
    .map((at) => Number(at.toPrecision(1)));
  const labelExpr = "datum.value >= 1e3 ? format(datum.value, '~s') : format(datum.value, ',~r')";
  return { values, labelExpr, labelOverlap: "greedy" };
}

/** Text beside a mark, with a white halo so that rules and grid lines do not cross it. */
export function labelLayers(
  mark: Readonly<Record<string, unknown>>,
  encoding: Readonly<Record<string, unknown>>,
): readonly object[] {
  return [
    { mark: { ...mark, type: "text", stroke: "white", strokeWidth: 3, color: "white" }, encoding },
    { mark: { color: "#222222", ...mark, type: "text" }, encoding },
  ];
}

/** A dashed rule at a bound, its name above the plot. */
export function boundLayers(at: number, name: string): readonly object[] {
  const data = { values: [{ at, name }] };
  const x = { field: "at", type: "quantitative" };
  return [
    {
      data,
      mark: { type: "rule", strokeDash: [5, 3], strokeWidth: 1.4, color: "#b00020" },
      encoding: { x, y: null },
    },
    {
      data,
      mark: { type: "text", baseline: "bottom", y: -2, color: "#b00020" },
      encoding: { x, y: null, text: { field: "name" } },
    },
  ];
}
