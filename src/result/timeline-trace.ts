/**
 * Timelines as a Chrome trace, which Perfetto and chrome://tracing open: a process per VM, a thread per
 * slot, and inside each worker what it was busy with.
 * Source: Trace Event Format, Google, 2016.
 */

import { PART_NAMES, type TimelineLane } from "./timeline.ts";

/** A run to show, and what to call it. */
export interface NamedTimeline {
  readonly name: string;
  readonly lanes: readonly TimelineLane[];
}

const US_PER_MS = 1000;
/** Thread of what a VM does before its workers; slots follow. */
const VM_THREAD = 0;

/** One JSON document of all runs, each from its arrival at 0 on. Times in microseconds. */
export function timelineTrace(timelines: readonly NamedTimeline[]): string {
  const pids = new Map<string, number>();
  const startsOfVms = new Set<string>();
  const events = timelines.flatMap(({ name, lanes }, t) =>
    lanes.flatMap((lane) => {
      const vm = `${t}/${lane.group}/${lane.place}`;
      const first = !pids.has(vm);
      const pid = pids.get(vm) ?? pids.size + 1;
      pids.set(vm, pid);
      return [
        ...(first
          ? [
              meta("process_name", pid, VM_THREAD, {
                name: `${name}, ${lane.stages}, VM ${lane.place}`,
              }),
              meta("process_sort_index", pid, VM_THREAD, { sort_index: pid }),
              meta("thread_name", pid, VM_THREAD, { name: "VM" }),
            ]
          : []),
        meta("thread_name", pid, lane.slot + 1, { name: `slot ${lane.slot}` }),
        ...lane.bars
          .filter((bar) => bar.stage === null && isNew(startsOfVms, `${pid}/${bar.startMs}`))
          .map((bar) => complete(PART_NAMES[bar.part], "vm", pid, VM_THREAD, bar, {})),
        ...laneEvents(lane, pid),
      ];
    }),
  );
  const lines = events.map((event) => JSON.stringify(event)).join(",\n");
  return `{"displayTimeUnit":"ms","traceEvents":[\n${lines}\n]}\n`;
}

// All slots of a VM wait for its one start.
function isNew(seen: Set<string>, key: string): boolean {
  return seen.size < seen.add(key).size;
}

function laneEvents(lane: TimelineLane, pid: number): readonly object[] {
  const tid = lane.slot + 1;
  const own = lane.bars.filter((bar) => bar.stage !== null);
  const workers = own.filter(
    (bar, i) => bar.stage !== own[i - 1]?.stage || bar.worker !== own[i - 1]?.worker,
  );
  return workers.flatMap(({ stage, worker }) => {
    const bars = own.filter((bar) => bar.stage === stage && bar.worker === worker);
    const busy = bars.filter((bar) => bar.part !== "straggler");
    const args = { stage, worker };
    const whole = { startMs: bars[0]!.startMs, endMs: (busy.at(-1) ?? bars[0]!).endMs };
    return [
      ...(busy.length > 0 ? [complete(`${stage} ${worker}`, "worker", pid, tid, whole, args)] : []),
      ...bars.map((bar) => complete(PART_NAMES[bar.part], bar.part, pid, tid, bar, args)),
    ];
  });
}

function complete(
  name: string,
  category: string,
  pid: number,
  tid: number,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  args: object,
): object {
  // Both ends are rounded, so that what follows does not overlap.
  const ts = microseconds(startMs);
  return { ph: "X", name, cat: category, pid, tid, ts, dur: microseconds(endMs) - ts, args };
}

function meta(name: string, pid: number, tid: number, args: object): object {
  return { ph: "M", name, pid, tid, args };
}

// Whole microseconds: fractions would nest no better.
function microseconds(ms: number): number {
  return Math.max(0, Math.round(ms * US_PER_MS));
}
