/** How cold starts depend on how often a workflow runs. */

import type { TopLevelSpec } from "vega-lite";
import type { Characterization } from "../result/behaviour.ts";
import { POPULARITY, PUBLISHED_BEHAVIOUR } from "../trace/published.ts";
import { logAxis, page, type Panel } from "./panel.ts";

/** Cold share of VM uses against executions a day, a point per workflow. */
export function coldByRate({ samples, platform }: Characterization): TopLevelSpec {
  const values = samples.workflow
    .filter(({ behaviour }) => !Number.isNaN(behaviour.coldShare))
    .map(({ behaviour: { perDay, coldShare } }) => ({
      perDay: Number(perDay.toPrecision(6)),
      cold: Number((100 * coldShare).toPrecision(5)),
    }));
  return page("Cold starts and invocation rate", values.length === 0 ? [] : [panelOf(values)], {
    columns: 1,
    note: `workflows alone on ${platform}; lines: published medians`,
  });
}

function panelOf(values: readonly { readonly perDay: number; readonly cold: number }[]): Panel {
  const rates = values.map(({ perDay }) => perDay);
  const ends = [Math.min(...rates), Math.max(...rates)] as const;
  const bound = POPULARITY.ordinary.perDay;
  const { coldShareRare, coldShareOften } = PUBLISHED_BEHAVIOUR;
  const medians = [
    { from: ends[0], to: Math.min(bound, ends[1]), cold: 100 * coldShareRare },
    { from: Math.max(bound, ends[0]), to: ends[1], cold: 100 * coldShareOften },
  ].filter(({ from, to }) => from < to);
  const x = {
    field: "perDay",
    type: "quantitative",
    title: "executions a day",
    scale: { type: "log", nice: false, padding: 8 },
    axis: logAxis(ends[0], ends[1]),
  };
  const y = {
    field: "cold",
    type: "quantitative",
    title: "cold VM uses (%)",
    scale: { domain: [0, 100] },
  };
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
        data: { values: medians },
        mark: { type: "rule", strokeWidth: 2, strokeDash: [5, 3], color: "#b00020" },
        encoding: { x: { ...x, field: "from" }, x2: { field: "to" }, y },
      },
    ],
  } as unknown as Panel;
}
