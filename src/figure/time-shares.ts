/** What part of a run is compute, communication and start: by how often workflows run, and by weighting. */

import type { TopLevelSpec } from "vega-lite";
import {
  type Characterization,
  meanShare,
  TIME_PARTS,
  type TimePart,
  type Weighted,
} from "../result/behaviour.ts";
import { PART_COLORS } from "./palette.ts";
import { type Panel, page } from "./panel.ts";
import { WEIGHTING_STYLE } from "./share-curves.ts";

const COLORS: Readonly<Record<TimePart, string>> = {
  compute: PART_COLORS.compute,
  communication: PART_COLORS.fetch,
  start: PART_COLORS.cold,
  queue: PART_COLORS.queue,
};
const LABELS: Readonly<Record<TimePart, string>> = {
  compute: "compute",
  communication: "communication (hops, store)",
  start: "start (cold, init)",
  queue: "queue",
};
// Executions a day: from, to.
const RATES = [
  ["less than 1 a day", 0, 1],
  ["1 to 100", 1, 100],
  ["100 to 10,000", 100, 10_000],
  ["more than 10,000", 10_000, Number.POSITIVE_INFINITY],
] as const;

/** Mean parts of a run's time as stacked bars: under both weightings, then per workflow by rate. */
export function timeShares({ samples, platform }: Characterization): TopLevelSpec {
  const groups: readonly (readonly [string, readonly Weighted[]])[] = [
    [WEIGHTING_STYLE.execution.label, samples.execution],
    [WEIGHTING_STYLE.workflow.label, samples.workflow],
    ...RATES.map(
      ([name, from, to]) =>
        [
          name,
          samples.workflow.filter(({ behaviour: { perDay } }) => perDay >= from && perDay < to),
        ] as const,
    ),
  ];
  const drawn = groups.filter(([, sample]) => sample.length > 0);
  return page("Where the time goes", drawn.length === 0 ? [] : [panelOf(drawn)], {
    columns: 1,
    note: `workflows run alone on ${platform}; below: per workflow, by executions a day`,
  });
}

function panelOf(groups: readonly (readonly [string, readonly Weighted[]])[]): Panel {
  const parts = TIME_PARTS.map((part) => LABELS[part]);
  const names = groups.map(([name, { length }]) => `${name} (${length})`);
  return {
    title: [],
    width: 460,
    height: { step: 28 },
    data: {
      values: groups.flatMap(([, sample], g) =>
        TIME_PARTS.map((part, order) => ({
          group: names[g],
          part: LABELS[part],
          order,
          share: Number((100 * meanShare(sample, part)).toPrecision(5)),
        })),
      ),
    },
    mark: { type: "bar", height: { band: 0.7 }, stroke: "white", strokeWidth: 0.8 },
    encoding: {
      y: {
        field: "group",
        type: "nominal",
        sort: names,
        title: null,
        axis: { ticks: false, domain: false },
      },
      x: {
        field: "share",
        type: "quantitative",
        stack: "zero",
        title: "part of a run's time (%)",
        scale: { domain: [0, 100] },
      },
      color: {
        field: "part",
        type: "nominal",
        sort: parts,
        title: null,
        scale: { domain: parts, range: TIME_PARTS.map((part) => COLORS[part]) },
      },
      order: { field: "order", type: "quantitative" },
    },
  } as unknown as Panel;
}
