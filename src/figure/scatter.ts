/** Points of one colour on logarithmic x, with a red dashed rule to hold them against. */

import { logAxis, type Panel } from "./panel.ts";

type Row = Readonly<Record<string, unknown>>;

/** A logarithmic axis over `field` from `low` to `high`, not widened to round numbers. */
export function logChannel(field: string, title: string, low: number, high: number) {
  return {
    field,
    type: "quantitative",
    title,
    scale: { type: "log", nice: false, padding: 8 },
    axis: logAxis(low, high),
  };
}

/** The panel of points `values` over the channels x and y, and of the rules that `rule` encodes. */
export function scatterPanel(
  values: readonly Row[],
  x: Row,
  y: Row,
  rule: { readonly values: readonly Row[]; readonly encoding: Row },
): Panel {
  return {
    title: [],
    width: 460,
    height: 280,
    layer: [
      {
        data: { values },
        mark: { type: "point", filled: true, size: 26, opacity: 0.6, color: "#0072b2" },
        encoding: { x, y },
      },
      {
        data: { values: rule.values },
        mark: { type: "rule", strokeWidth: 2, strokeDash: [5, 3], color: "#b00020" },
        encoding: rule.encoding,
      },
    ],
  } as unknown as Panel;
}
