/** How cold starts depend on how often a workflow runs. */

import type { TopLevelSpec } from "vega-lite";
import type { Point } from "../result/behaviour.ts";
import { POPULARITY, PUBLISHED_BEHAVIOUR } from "../trace/published.ts";
import { page, type Panel } from "./panel.ts";
import { logChannel, scatterPanel } from "./scatter.ts";

/** Cold share of VM uses against executions a day, a point per workflow; see `coldPoints`. */
export function coldByRate(points: readonly Point[], platform: string): TopLevelSpec {
  const values = points.map(([perDay, coldShare]) => ({
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
  const x = logChannel("perDay", "executions a day", ends[0], ends[1]);
  const y = {
    field: "cold",
    type: "quantitative",
    title: "cold VM uses (%)",
    scale: { domain: [0, 100] },
  };
  const encoding = { x: { ...x, field: "from" }, x2: { field: "to" }, y };
  return scatterPanel(values, x, y, { values: medians, encoding });
}
