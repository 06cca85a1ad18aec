/** How far the slow runs are from the usual one: P95 over P50, a bar per policy. */

import type { TopLevelSpec } from "vega-lite";
import { policyOrder, policyStyle } from "../../src/figure/palette.ts";
import { page, type Panel } from "../../src/figure/panel.ts";
import type { CellRow } from "../../src/result/cell-table.ts";
import { comparisonsOf } from "../../src/result/comparison.ts";

/** P95 over P50 latency, a panel per workload, platform and objective. */
export function tailBars(rows: readonly CellRow[]): TopLevelSpec {
  const panels = comparisonsOf(rows).map((one) => panelOf(one.lines, one.rows));
  return page("Tail of latency", panels, { columns: 2 });
}

function panelOf(title: string[], rows: readonly CellRow[]): Panel {
  const order = policyOrder(rows.map((row) => row.policy)).map(policyStyle);
  const values = rows.flatMap(({ policy, latency_ms_p50: p50, latency_ms_p95: p95 }) =>
    p50 === null || p95 === null ? [] : [{ policy: policyStyle(policy).label, tail: p95 / p50 }],
  );
  const domain = order.map((style) => style.label);
  return {
    title,
    width: 300,
    height: { step: 22 },
    data: { values },
    mark: "bar",
    encoding: {
      y: { field: "policy", type: "nominal", sort: domain, title: null },
      x: { field: "tail", type: "quantitative", title: "P95 / P50 latency" },
      color: {
        field: "policy",
        type: "nominal",
        scale: { domain, range: order.map((style) => style.color) },
        legend: null,
      },
    },
  };
}
