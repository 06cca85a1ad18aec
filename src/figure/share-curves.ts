/** Cumulative distributions on a logarithmic or linear axis, with published points: what such charts share. */

import { assert } from "../check.ts";
import type { Weighting } from "../trace/published.ts";
import type { WeightedCdf } from "../trace/shape-facts.ts";
import { logAxis, type Panel } from "./panel.ts";

/** A line of a panel: P(X <= x), or published points of it. */
export interface ShareCurve {
  readonly name: string;
  /** `[x, P(X <= x)]`, ascending. */
  readonly points: readonly (readonly [number, number])[];
  readonly kind: "steps" | "points";
}

/** What a panel shows. */
export interface SharePanel {
  readonly title: string;
  readonly axis: string;
  readonly share: string;
  readonly scale: "log" | "linear";
  readonly curves: readonly ShareCurve[];
}

/** How the two weightings look in every chart. */
export const WEIGHTING_STYLE: Readonly<
  Record<Weighting, { readonly label: string; readonly color: string; readonly dash: number[] }>
> = {
  execution: { label: "per execution", color: "#0072b2", dash: [1, 0] },
  workflow: { label: "per workflow", color: "#d55e00", dash: [6, 3] },
};

const POINTS_MAX = 400;
const PUBLISHED = "#222222";

/** Names of the lines among panels, each once. */
export function linesIn(panels: readonly SharePanel[]): readonly string[] {
  const lines = panels.flatMap(({ curves }) => curves.filter(({ kind }) => kind === "steps"));
  return [...new Set(lines.map(({ name }) => name))];
}

/** Points of a distribution, thinned out where there are very many. */
export function pointsOf(cdf: WeightedCdf): readonly (readonly [number, number])[] {
  const every = Math.max(1, Math.ceil(cdf.values.length / POINTS_MAX));
  return Array.from(cdf.values, (value, i) => [value, cdf.shares[i]!] as const).filter(
    (_, i) => i % every === 0 || i === cdf.values.length - 1,
  );
}

/**
 * A panel of cumulative shares: lines by name, published points as circles. `names` lists the lines of the whole page,
 * so that panels share one legend.
 */
export function sharePanel(panel: SharePanel, names: readonly string[], width = 230): Panel {
  const { title, axis, share, scale, curves } = panel;
  const rows = curves.flatMap(({ name, kind, points }) =>
    points.map(([x, p]) => ({
      curve: name,
      kind,
      x: Number(x.toPrecision(6)),
      p: Number(p.toPrecision(6)),
    })),
  );
  const steps = rows.filter(({ kind }) => kind === "steps");
  const published = rows.filter(({ kind }) => kind === "points");
  const styles = names.map(styleOf);
  const color = {
    field: "curve",
    type: "nominal",
    title: null,
    sort: names,
    scale: { domain: names, range: styles.map((style) => style.color) },
    legend: {
      symbolType: "stroke",
      symbolSize: 700,
      symbolStrokeWidth: 2,
      orient: "bottom",
      direction: "horizontal",
    },
  };
  const all = rows.map((row) => row.x);
  const x = {
    field: "x",
    type: "quantitative",
    title: axis,
    scale: { type: scale, nice: false, ...(scale === "linear" ? { zero: false } : {}) },
    axis:
      scale === "log"
        ? logAxis(Math.min(...all), Math.max(...all))
        : { format: "~r", tickCount: 6 },
  };
  const y = {
    field: "p",
    type: "quantitative",
    title: share,
    scale: { domain: [0, 1] },
    axis: { labelExpr: "format(datum.value * 100, '.0f')", tickCount: 6 },
  };
  return {
    title,
    width,
    height: 190,
    layer: [
      {
        data: { values: steps },
        mark: { type: "line", interpolate: "step-after", strokeWidth: 2 },
        encoding: {
          x,
          y,
          color,
          strokeDash: {
            field: "curve",
            type: "nominal",
            title: null,
            sort: names,
            scale: { domain: names, range: styles.map((style) => [...style.dash]) },
          },
        },
      },
      ...(published.length === 0
        ? []
        : [
            {
              data: { values: published },
              mark: { type: "point", filled: false, size: 32, strokeWidth: 1.4, color: PUBLISHED },
              encoding: { x, y },
            },
          ]),
    ],
  } as unknown as Panel;
}

function styleOf(name: string) {
  const weighting = Object.values(WEIGHTING_STYLE).find(({ label }) => label === name);
  assert(weighting !== undefined, `no style for the line "${name}"`);
  return weighting;
}
