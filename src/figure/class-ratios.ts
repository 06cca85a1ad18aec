/** A replay's policies beside the first one, class of workflows by class: dots with paired 95 % intervals. */

import type { TopLevelSpec } from "vega-lite";
import { CLASS_MEANING, type ReplayRow } from "../result/replay.ts";
import { grouped } from "../result/text-table.ts";
import { boundLayers, type Panel, page } from "./panel.ts";
import { policyRows, policyScales, policyStyle } from "./palette.ts";

/** Which ratio is drawn. */
interface RatioQuantity {
  readonly title: string;
  readonly axis: string;
  readonly value: "p95_ratio" | "cost_ratio";
}

/** P95 latency over that of the same runs under the first policy. */
export function classLatencies(rows: readonly ReplayRow[]): TopLevelSpec {
  return classRatios(rows, {
    title: "P95 latency over that of the same runs unfused, with paired 95 % interval",
    axis: "P95 latency (unfused = 1)",
    value: "p95_ratio",
  });
}

/** Mean cost over that of the same runs under the first policy. */
export function classCosts(rows: readonly ReplayRow[]): TopLevelSpec {
  return classRatios(rows, {
    title: "Mean cost over that of the same runs unfused, with paired 95 % interval",
    axis: "mean cost (unfused = 1)",
    value: "cost_ratio",
  });
}

function classRatios(rows: readonly ReplayRow[], quantity: RatioQuantity): TopLevelSpec {
  const { value } = quantity;
  const drawn = rows.filter((row) => row.policy !== "unfused" && row[value] !== null);
  const ends = drawn.flatMap((row) => endsOf(row, value));
  const domain = [Math.min(1, ...ends) - 0.01, Math.max(1, ...ends) + 0.01] as const;
  const classes = [...new Set(drawn.map((row) => row.class))];
  return page(
    quantity.title,
    classes.map((name) => panelOf(name, drawn, quantity, domain)),
    { columns: 4, note: "workflows are taken as given, runs as independent" },
  );
}

function endsOf(row: ReplayRow, value: RatioQuantity["value"]): readonly [number, number] {
  const at = row[value]!;
  return [row[`${value}_lo`] ?? at, row[`${value}_hi`] ?? at];
}

function panelOf(
  name: string,
  all: readonly ReplayRow[],
  { axis, value }: RatioQuantity,
  domain: readonly [number, number],
): Panel {
  const rows = all.filter((row) => row.class === name);
  const { labels, color: scale } = policyScales(all);
  const color = { field: "policy", type: "nominal", scale, legend: null };
  const x = {
    type: "quantitative",
    title: axis,
    scale: { domain: [...domain], zero: false, nice: false },
    axis: { tickCount: 5 },
  };
  const meaning = CLASS_MEANING[name];
  const counts = `${grouped(rows[0]!.workflows)} workflows, ${grouped(rows[0]!.runs)} runs`;
  return {
    title: [meaning === undefined ? name : `${name}: ${meaning}`, counts],
    width: 190,
    height: { step: 24 },
    data: {
      values: rows.map((row) => {
        const [low, high] = endsOf(row, value);
        return { policy: policyStyle(row.policy).label, value: row[value], low, high };
      }),
    },
    encoding: { y: policyRows(labels, { grid: true }) },
    layer: [
      ...boundLayers(1, ""),
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, color },
      },
      {
        mark: { type: "point", filled: true, size: 60, opacity: 1 },
        encoding: { x: { ...x, field: "value" }, color },
      },
    ],
  } as Panel;
}
