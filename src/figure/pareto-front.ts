/** The cost-latency front of a policy: what more money buys, plan by plan. */

import type { TopLevelSpec } from "vega-lite";
import type { Front, FrontPoint } from "../result/front.ts";
import {
  largest,
  moneyUnit,
  percentile,
  type ShownUnit,
  shownIn,
  timeUnit,
} from "../result/unit.ts";
import { axisTitle, boundLayers, labelLayers, type Panel, page, sideTitle } from "./panel.ts";
import { policyStyle } from "./palette.ts";

const CHOSEN = "#b00020";

/**
 * Latency at the objective's quantile against mean cost: a step to each plan, as no plan of the front
 * is faster for less, with its number in the table; the bound dashed, the chosen plan ringed.
 */
export function paretoFront(front: Front): TopLevelSpec {
  const { objective, points } = front;
  const name = percentile(objective.quantile);
  const time = timeUnit(largest(points.map(({ prediction }) => prediction.latencyMsAtQuantile)));
  const money = moneyUnit(largest(points.map(({ prediction }) => prediction.costUsdMean)));
  const chosen = points.some((point) => point.chosen) ? "; the ring is the chosen one" : "";
  return page(`Cost and ${name} latency, plan by plan`, [panelOf(front, time, money)], {
    columns: 1,
    note: `Numbers are the plans of the table${chosen}.`,
  });
}

const WIDTH = 480;
const HEIGHT = 300;

function panelOf(front: Front, time: ShownUnit, money: ShownUnit): Panel {
  const { workload, platform, policy, objective, points } = front;
  const name = percentile(objective.quantile);
  const axis = (field: string, title: string | string[]) => ({
    field,
    type: "quantitative",
    title,
    // No bars, so no need of zero; and fronts are often narrow.
    scale: { zero: false, nice: true, padding: 14 },
  });
  const x = axis("cost", axisTitle("mean cost", money));
  const y = axis("latency", sideTitle(`${name} latency`, time));
  const { color, label } = policyStyle(policy);
  const sides = labelSides(points);
  const values = points.map(({ prediction, signature, chosen }, i) => ({
    cost: shownIn(money, prediction.costUsdMean),
    latency: shownIn(time, prediction.latencyMsAtQuantile),
    number: String(i + 1),
    signature,
    chosen,
    side: sides[i]!,
  }));
  const step = { type: "line", interpolate: "step-after", strokeWidth: 1.6, color };
  const above = { align: "left", baseline: "bottom", dx: 6, dy: -4 };
  const below = { align: "right", baseline: "top", dx: -6, dy: 4 };
  const numbers = (side: Side, place: Readonly<Record<string, unknown>>) =>
    sides.includes(side)
      ? labelLayers(place, { x, y, text: { field: "number" } }).map((layer) => ({
          ...layer,
          transform: [{ filter: `datum.side === "${side}"` }],
        }))
      : [];
  const ring = {
    transform: [{ filter: "datum.chosen" }],
    mark: { type: "point", size: 230, strokeWidth: 2, color: CHOSEN, opacity: 1 },
    encoding: { x, y },
  };
  return {
    title: [`${workload} on ${platform}, ${label}`],
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    layer: [
      ...boundOf(objective, time, money),
      { mark: step, encoding: { x, y } },
      { mark: { type: "point", filled: true, size: 55, opacity: 1, color }, encoding: { x, y } },
      ...(points.some(({ chosen }) => chosen) ? [ring] : []),
      ...numbers("above", above),
      ...numbers("below", below),
    ],
  } as Panel;
}

type Side = "above" | "below" | "none";

const LABEL_WIDTH = 18;
const LABEL_HEIGHT = 13;

// The front falls to the right, so the corners above right and below left of a point are free, but
// for the numbers of neighbours: one goes where there is still room, or nowhere; the chosen plan's first.
function labelSides(points: readonly FrontPoint[]): readonly Side[] {
  const across = pixels(
    points.map(({ prediction }) => prediction.costUsdMean),
    WIDTH,
  );
  const down = pixels(
    points.map(({ prediction }) => prediction.latencyMsAtQuantile),
    HEIGHT,
  );
  const sides: Side[] = points.map(() => "none");
  const order = [...points.keys()].sort(
    (i, j) => Number(points[j]!.chosen) - Number(points[i]!.chosen) || i - j,
  );
  for (const i of order)
    sides[i] =
      (["above", "below"] as const).find((side) =>
        sides.every(
          (other, j) =>
            other !== side ||
            Math.abs(across[i]! - across[j]!) >= LABEL_WIDTH ||
            Math.abs(down[i]! - down[j]!) >= LABEL_HEIGHT,
        ),
      ) ?? "none";
  return sides;
}

function pixels(values: readonly number[], length: number): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (most > least ? ((value - least) / (most - least)) * length : 0));
}

// A budget is a place along the axis of money; an SLO is one up the axis of latency.
function boundOf(
  objective: Front["objective"],
  time: ShownUnit,
  money: ShownUnit,
): readonly object[] {
  if (objective.minimize === "latency")
    return boundLayers(shownIn(money, objective.costUsdMax), "budget");
  const data = { values: [{ at: shownIn(time, objective.latencyMsMax), name: "SLO" }] };
  const y = { field: "at", type: "quantitative" };
  const encoding = { y, x: null };
  return [
    {
      data,
      mark: { type: "rule", strokeDash: [5, 3], strokeWidth: 1.4, color: CHOSEN },
      encoding,
    },
    {
      data,
      mark: { type: "text", align: "right", baseline: "bottom", x: WIDTH, dy: -3, color: CHOSEN },
      encoding: { ...encoding, text: { field: "name" } },
    },
  ];
}
