/** One run on its VMs: a row per slot, a bar for each thing it was busy with. */

import type { TopLevelSpec } from "vega-lite";
import { BAR_PARTS, type BarPart, PART_NAMES, type TimelineLane } from "../result/timeline.ts";
import { largest, type ShownUnit, shownIn, timeUnit } from "../result/unit.ts";
import { PART_COLORS } from "./palette.ts";
import { axisTitle, boundLayers, type Panel, page } from "./panel.ts";

/** A run, and what its panel says above it. */
export interface ShownTimeline {
  readonly title: string;
  readonly lanes: readonly TimelineLane[];
  readonly latencyMs: number;
}

// Waiting is drawn pale beside doing; in a breakdown it is as dark as the rest.
const COLORS: Readonly<Record<BarPart, string>> = { ...PART_COLORS, straggler: "#cabfbb" };

/** Rows that fit on a page; of more, these many are drawn, evenly among all and the last to end. */
const ROWS_MAX = 64;
const ROW_PX = 7;

/**
 * What every slot of every VM did in each of some runs, a panel per run under one time axis. Waiting
 * for the last worker of the step is pale. `sloMs` draws a rule.
 */
export function timelineChart(
  title: string,
  runs: readonly ShownTimeline[],
  sloMs: number | null,
): TopLevelSpec {
  const endMs = largest(runs.map((run) => run.latencyMs));
  const unit = timeUnit(endMs);
  const cut = runs.some((run) => run.lanes.length > ROWS_MAX);
  const panels = runs.map((run) => panelOf(run, unit, 1.02 * endMs, sloMs));
  const most = largest(runs.map((run) => run.lanes.length));
  const note = cut ? ` Of up to ${most} rows, ${ROWS_MAX} are drawn.` : "";
  return page(title, panels, {
    columns: runs.length,
    note: `A row is a slot of a VM; gaps are orchestrator hops and queues.${note}`,
  });
}

function panelOf(run: ShownTimeline, unit: ShownUnit, endMs: number, sloMs: number | null): Panel {
  const lanes = rowsOf(run.lanes);
  const values = lanes.flatMap((lane, row) =>
    lane.bars.map((bar) => ({
      row,
      vm: `${lane.stages}, VM ${lane.place}, slot ${lane.slot}`,
      work: bar.stage === null ? "start of the VM" : `${bar.stage} ${bar.worker}`,
      part: PART_NAMES[bar.part],
      start: shownIn(unit, bar.startMs),
      end: shownIn(unit, bar.endMs),
    })),
  );
  const labels = BAR_PARTS.map((part) => PART_NAMES[part]);
  const rows = lanes.map((_, row) => row);
  const boundaries = groupBoundaries(lanes);
  return {
    title: run.title,
    width: 330,
    height: { step: lanes.length > 24 ? ROW_PX : 2 * ROW_PX },
    layer: [
      {
        data: { values },
        mark: { type: "bar", height: { band: 0.8 } },
        encoding: {
          y: { field: "row", type: "ordinal", scale: { domain: rows }, axis: null },
          x: {
            field: "start",
            type: "quantitative",
            title: axisTitle("time after arrival", unit),
            scale: { domain: [0, shownIn(unit, endMs)], nice: false },
          },
          x2: { field: "end" },
          color: {
            field: "part",
            type: "nominal",
            title: null,
            sort: labels,
            scale: { domain: labels, range: BAR_PARTS.map((part) => COLORS[part]) },
          },
          tooltip: [
            { field: "vm", type: "nominal", title: "VM" },
            { field: "work", type: "nominal", title: "worker" },
            { field: "part", type: "nominal", title: "doing" },
            { field: "start", type: "quantitative", title: `from (${unit.name})` },
            { field: "end", type: "quantitative", title: `to (${unit.name})` },
          ],
        },
      },
      {
        data: { values: boundaries },
        mark: { type: "text", align: "right", baseline: "middle", x: -6, fontSize: 10 },
        encoding: {
          y: { field: "row", type: "ordinal", scale: { domain: rows } },
          text: { field: "name" },
        },
      },
      ...(sloMs === null || sloMs > endMs ? [] : boundLayers(shownIn(unit, sloMs), "SLO")),
    ],
  } as Panel;
}

// The label of a group beside its middle row.
function groupBoundaries(lanes: readonly TimelineLane[]) {
  const groups = [...new Set(lanes.map((lane) => lane.group))];
  return groups.map((group) => {
    const rows = lanes.flatMap((lane, row) => (lane.group === group ? [row] : []));
    return {
      row: rows[Math.floor((rows.length - 1) / 2)]!,
      name: shortened(lanes[rows[0]!]!.stages),
    };
  });
}

/** Letters of a group's name beside its rows. */
const NAME_MAX = 26;

function shortened(name: string): string {
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX - 1)}\u2026`;
}

function rowsOf(lanes: readonly TimelineLane[]): readonly TimelineLane[] {
  if (lanes.length <= ROWS_MAX) return lanes;
  const endOf = (lane: TimelineLane) =>
    Math.max(...lane.bars.filter((bar) => bar.part !== "straggler").map((bar) => bar.endMs));
  const last = lanes.reduce((most, lane) => (endOf(lane) > endOf(most) ? lane : most));
  const step = lanes.length / (ROWS_MAX - 1);
  const kept = new Set(
    Array.from({ length: ROWS_MAX - 1 }, (_, i) => lanes[Math.floor(i * step)]!),
  );
  return lanes.filter((lane) => kept.has(lane) || lane === last);
}
