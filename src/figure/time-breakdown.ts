/**
 * Where the time of a run goes under each policy: what fusing, bundling and sizing each take away.
 */

import type { TopLevelSpec } from "vega-lite";
import type { CellRow } from "../result/cell-table.ts";
import { comparisonsOf } from "../result/comparison.ts";
import { PART_NAMES } from "../result/timeline.ts";
import { largest, type ShownUnit, shownIn, timeUnit } from "../result/unit.ts";
import { axisTitle, type Panel, page, shortNumber } from "./panel.ts";
import { PART_COLORS, policyRows, policyScales, policyStyle } from "./palette.ts";

type Part = keyof typeof PART_COLORS;
const PARTS = Object.keys(PART_COLORS) as Part[];

const PART_LABELS: Readonly<Record<Part, string>> = {
  ...PART_NAMES,
  hop: "hop between VMs",
  queue: "queue",
};

/**
 * Mean time along the critical path, stacked by part in the order of a run's life, a panel per
 * comparison, one scale per workload.
 */
export function timeBreakdown(rows: readonly CellRow[]): TopLevelSpec {
  const comparisons = comparisonsOf(rows);
  const all = comparisons.flatMap((comparison) => comparison.rows);
  const panels = comparisons.map(({ lines, rows: compared }) => {
    const peers = all.filter((row) => row.workload === compared[0].workload);
    const most = largest(peers.map((row) => row.latency_ms_mean));
    const unit = timeUnit(most);
    const end = shownIn(unit, 1.1 * most);
    return panelOf(lines, compared, unit, { end, panels: comparisons.length });
  });
  return page("Where the time goes, mean per run", panels, { columns: 2 });
}

function panelOf(
  title: string[],
  rows: readonly CellRow[],
  unit: ShownUnit,
  { end, panels }: { readonly end: number; readonly panels: number },
): Panel {
  const { labels } = policyScales(rows);
  const totals = rows.flatMap((row) => {
    if (row.latency_ms_mean === null) return [];
    const time = shownIn(unit, row.latency_ms_mean);
    return { policy: policyStyle(row.policy).label, time, label: shortNumber(time) };
  });
  const parts = PARTS.map((part) => PART_LABELS[part]);
  return {
    title,
    width: panels > 1 ? 300 : 460,
    height: { step: 26 },
    encoding: { y: policyRows(labels) },
    layer: [
      {
        data: { values: partsOf(rows, unit) },
        mark: { type: "bar", height: { band: 0.7 }, stroke: "white", strokeWidth: 0.8 },
        encoding: {
          x: {
            field: "time",
            type: "quantitative",
            stack: "zero",
            title: axisTitle("mean latency", unit),
            scale: { domain: [0, end], nice: false },
          },
          color: {
            field: "part",
            type: "nominal",
            sort: parts,
            title: null,
            scale: { domain: parts, range: PARTS.map((part) => PART_COLORS[part]) },
          },
          order: { field: "order", type: "quantitative" },
        },
      },
      {
        data: { values: totals },
        mark: { type: "text", align: "left", dx: 5, color: "#222222" },
        encoding: { x: { field: "time", type: "quantitative" }, text: { field: "label" } },
      },
    ],
  } as Panel;
}

function partsOf(rows: readonly CellRow[], unit: ShownUnit) {
  return rows.flatMap((row) =>
    PARTS.flatMap((part, order) => {
      const mean = row[`${part}_ms_mean`];
      if (mean === null) return [];
      const policy = policyStyle(row.policy).label;
      return { policy, part: PART_LABELS[part], order, time: shownIn(unit, mean) };
    }),
  );
}
