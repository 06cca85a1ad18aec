/** The whole distribution of latency per policy: where the tail begins and how far it reaches. */

import type { TopLevelSpec } from "vega-lite";
import { assert } from "../check.ts";
import { RUN_STATUS } from "../execution/run-log.ts";
import { type CellRow, cellName } from "../result/cell-table.ts";
import { comparisonsOf, replicasOf } from "../result/comparison.ts";
import { largest, shownIn, timeUnit } from "../result/unit.ts";
import { quantileOfSorted, sortedSample } from "../stats/summary.ts";
import type { Tables } from "./figure.ts";
import { axisTitle, boundLayers, type Panel, page } from "./panel.ts";
import { policyScales, policyStyle } from "./palette.ts";

const FINISHED = RUN_STATUS.indexOf("finished");
const POINTS = 300;
// The last runs of a heavy tail would squeeze all the others against the axis.
const SHOWN_SHARE = 0.995;

/**
 * Share of runs that finished within a time, per policy, a panel per comparison among `rows`. Lines
 * have at most 300 points and end at 99.5 %; runs that did not finish keep a line below that.
 */
export function latencyCdf(rows: readonly CellRow[], runs: Tables["runs"]): TopLevelSpec {
  const panels = comparisonsOf(rows).map((comparison) => ({
    title: comparison.lines,
    row: comparison.rows[0],
    curves: comparison.rows.map((row) => curveOf(row, rows, runs)),
  }));
  return page(
    "Latency distribution",
    panels.map((panel) => {
      const peers = panels.filter((other) => other.row.workload === panel.row.workload);
      const curves = peers.flatMap((peer) => peer.curves);
      const endMs = largest(curves.map(({ points }) => points.at(-1)?.latencyMs ?? null));
      return panelOf(
        panel,
        endMs,
        panels.flatMap(({ curves: each }) => each),
      );
    }),
    { columns: 2 },
  );
}

interface Curves {
  readonly title: string[];
  readonly row: CellRow;
  readonly curves: readonly Curve[];
}

interface Curve {
  readonly policy: string;
  readonly points: readonly { readonly latencyMs: number; readonly share: number }[];
}

function curveOf(row: CellRow, rows: readonly CellRow[], runs: Tables["runs"]): Curve {
  const logs = replicasOf(row, rows).map((replica) => {
    const log = runs.get(cellName(replica));
    assert(log !== undefined, `no runs of cell ${cellName(replica)}`);
    return log;
  });
  const total = logs.reduce((sum, log) => sum + log.runs, 0);
  const sorted = sortedSample(
    logs.flatMap((log) =>
      Array.from(log.columns.latencyMs).filter((_, i) => log.status[i] === FINISHED),
    ),
  );
  const count = Math.min(POINTS, sorted.length);
  const points = Array.from({ length: count }, (_, k) => {
    const p = count === 1 ? 1 : (k / (count - 1)) * SHOWN_SHARE;
    return { latencyMs: quantileOfSorted(sorted, p), share: (p * sorted.length) / total };
  });
  return { policy: row.policy, points };
}

function panelOf({ title, row, curves }: Curves, endMs: number, all: readonly Curve[]): Panel {
  const unit = timeUnit(endMs);
  const alone = all.length === curves.length;
  const { labels, color, dash } = policyScales(all);
  const values = curves.flatMap(({ policy, points }) =>
    points.map(({ latencyMs, share }) => ({
      policy: policyStyle(policy).label,
      latency: shownIn(unit, latencyMs),
      share: Number(share.toPrecision(5)),
    })),
  );
  const policy = { field: "policy", type: "nominal", sort: labels, title: null } as const;
  const legend = { symbolType: "stroke", symbolSize: 900, symbolStrokeWidth: 2 };
  return {
    title,
    width: alone ? 460 : 300,
    height: alone ? 280 : 220,
    data: { values },
    layer: [
      {
        mark: { type: "line", strokeWidth: 2 },
        encoding: {
          x: {
            field: "latency",
            type: "quantitative",
            title: axisTitle("latency", unit),
            scale: { domain: [0, shownIn(unit, endMs)], nice: true },
          },
          y: {
            field: "share",
            type: "quantitative",
            title: "runs finished (%)",
            scale: { domain: [0, 1] },
            axis: { labelExpr: "format(datum.value * 100, '.0f')", tickCount: 6 },
          },
          color: { ...policy, scale: color, legend },
          strokeDash: { ...policy, scale: dash },
        },
      },
      ...(row.slo_ms === null ? [] : boundLayers(shownIn(unit, row.slo_ms), "SLO")),
    ],
  } as Panel;
}
