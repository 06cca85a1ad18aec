/** The shown runs of an experiment's headline cells as a file, so that they are drawn again without simulating. */

import { InputError } from "../check.ts";
import { BAR_PARTS, type TimelineLane } from "./timeline.ts";

/** One run on its VMs. */
interface StoredRun {
  /** `P50` or `P95`. */
  readonly name: string;
  readonly run: number;
  readonly latencyMs: number;
  readonly lanes: readonly TimelineLane[];
}

/** The shown runs of one cell, by the cell's name, and the stages on the first run's critical path. */
export interface CellTimelines {
  readonly cell: string;
  readonly critical: readonly string[];
  readonly runs: readonly StoredRun[];
}

const SCHEMA = "wisefuse/timelines@1";

// What takes most room is kept short: [part, from, to, stage, worker], times in tenths of a ms.
type ShortBar = readonly [number, number, number, number, number];
interface ShortLane {
  readonly vm: readonly [group: number, place: number, slot: number];
  readonly stages: string;
  readonly bars: readonly ShortBar[];
}
interface ShortCell extends Omit<CellTimelines, "runs"> {
  readonly stages: readonly string[];
  readonly runs: readonly (Omit<StoredRun, "lanes"> & { readonly lanes: readonly ShortLane[] })[];
}
interface Short {
  readonly schema: string;
  readonly parts: readonly string[];
  readonly cells: readonly ShortCell[];
}

const TENTHS = 10;

/** Timelines as JSON, a line a cell; equal timelines give equal text. */
export function timelinesText(cells: readonly CellTimelines[]): string {
  const lines = cells.map((cell) => JSON.stringify(shortCell(cell)));
  return `{"schema":"${SCHEMA}","parts":${JSON.stringify(BAR_PARTS)},"cells":[\n${lines.join(",\n")}\n]}\n`;
}

/**
 * The timelines that a text holds.
 * @throws InputError file, for a text of another schema.
 */
export function parseTimelines(text: string, file: string): readonly CellTimelines[] {
  const { schema, cells } = JSON.parse(text) as Short;
  if (schema !== SCHEMA)
    throw new InputError("file", `schema: expected ${SCHEMA}, got ${String(schema)}`, file);
  return cells.map(({ stages, runs, ...cell }) => ({
    ...cell,
    runs: runs.map((run) => ({
      ...run,
      lanes: run.lanes.map((lane) => longLane(lane, stages)),
    })),
  }));
}

function shortCell({ runs, ...cell }: CellTimelines): ShortCell {
  const bars = runs.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.bars));
  const stages = [...new Set(bars.flatMap(({ stage }) => (stage === null ? [] : [stage])))];
  return {
    ...cell,
    stages,
    runs: runs.map((run) => ({
      ...run,
      latencyMs: tenths(run.latencyMs) / TENTHS,
      lanes: run.lanes.map((lane) => ({
        vm: [lane.group, lane.place, lane.slot] as const,
        stages: lane.stages,
        bars: lane.bars.map(
          ({ part, startMs, endMs, stage, worker }) =>
            [
              BAR_PARTS.indexOf(part),
              tenths(startMs),
              tenths(endMs),
              stage === null ? -1 : stages.indexOf(stage),
              worker ?? -1,
            ] as const,
        ),
      })),
    })),
  };
}

function longLane({ vm, stages: name, bars }: ShortLane, stages: readonly string[]): TimelineLane {
  const [group, place, slot] = vm;
  return {
    group,
    place,
    slot,
    stages: name,
    bars: bars.map(([part, from, to, stage, worker]) => ({
      part: BAR_PARTS[part]!,
      startMs: from / TENTHS,
      endMs: to / TENTHS,
      stage: stage < 0 ? null : stages[stage]!,
      worker: worker < 0 ? null : worker,
    })),
  };
}

function tenths(ms: number): number {
  return Math.round(ms * TENTHS);
}
