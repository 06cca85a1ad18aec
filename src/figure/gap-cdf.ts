/** How often a policy's plan is how close to the proven best one. */

import type { TopLevelSpec } from "vega-lite";
import type { DecisionRow } from "../result/decision-table.ts";
import { groupedBy } from "../result/grouped.ts";
import { provenGaps } from "../result/optimizer-table.ts";
import { type Panel, page } from "./panel.ts";
import { policyScales, policyStyle } from "./palette.ts";

const NOTE =
  "A line ends below 100 % by the share of problems whose bound can be kept and was not.";
const TITLES = {
  cost: "least cost under an SLO",
  latency: "least P95 within a budget",
} as const;

/**
 * Share of problems by the gap to the proven optimum, a line per policy, a panel per objective. Below 0
 * are plans outside the space that was looked through.
 */
export function gapCdf(rows: readonly DecisionRow[]): TopLevelSpec {
  const gaps = provenGaps(rows);
  const most = Math.max(1, ...gaps.map(({ gap }) => gap).filter(Number.isFinite));
  const panels = [...groupedBy(gaps, ({ row }) => row.objective).values()].map((group) =>
    panelOf(group, rows, most),
  );
  return page("Gap to the proven optimum", panels, { columns: 2, note: NOTE });
}

type Gaps = ReturnType<typeof provenGaps>;

function panelOf(gaps: Gaps, all: readonly DecisionRow[], most: number): Panel {
  const compared = all.filter((row) => row.policy !== "exhaustive");
  const { labels, color, dash } = policyScales(compared);
  const policy = { field: "policy", type: "nominal", sort: labels, title: null } as const;
  const legend = { symbolType: "stroke", symbolSize: 900, symbolStrokeWidth: 2 };
  const ticks = [-10, 0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
  return {
    title: gaps[0] === undefined ? [] : [TITLES[gaps[0].row.objective]],
    width: 360,
    height: 260,
    data: { values: pointsOf(gaps, most) },
    layer: [
      {
        mark: { type: "line", strokeWidth: 2, interpolate: "step-after" },
        encoding: {
          x: {
            field: "gap",
            type: "quantitative",
            title: "gap to the optimum (%)",
            scale: { type: "symlog", constant: 1, nice: false },
            axis: { values: ticks, labelOverlap: "greedy" },
          },
          y: {
            field: "share",
            type: "quantitative",
            title: "problems (%)",
            scale: { domain: [0, 100] },
          },
          color: { ...policy, scale: color, legend },
          strokeDash: { ...policy, scale: dash },
        },
      },
    ],
  } as unknown as Panel;
}

function pointsOf(gaps: Gaps, most: number) {
  return [...groupedBy(gaps, ({ row }) => row.policy)].flatMap(([policy, own]) => {
    const kept = own.map(({ gap }) => gap).filter(Number.isFinite);
    kept.sort((a, b) => a - b);
    const point = (gap: number, share: number) => ({
      policy: policyStyle(policy).label,
      gap: Number((100 * gap).toPrecision(4)),
      share: Number(((100 * share) / own.length).toPrecision(5)),
    });
    const [least = 0] = kept;
    return [
      point(Math.min(0, least), 0),
      ...kept.map((gap, i) => point(gap, i + 1)),
      point(most, kept.length),
    ];
  });
}
