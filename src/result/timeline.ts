/** One run as bars on the VMs that did it: what each worker was busy with, and when. */

import type { StageSpan } from "../execution/spans.ts";
import type { ExecutionPlan } from "../plan/plan.ts";

/** What a VM or a worker in it does, in the order of its life; `straggler` is waiting for the step's last worker. */
export const BAR_PARTS = ["cold", "init", "fetch", "compute", "store", "straggler"] as const;

/** One of BAR_PARTS. */
export type BarPart = (typeof BAR_PARTS)[number];

/** What each part is called wherever people read of it. */
export const PART_NAMES: Readonly<Record<BarPart, string>> = {
  cold: "cold start",
  init: "runtime init",
  fetch: "fetch",
  compute: "compute",
  store: "store",
  straggler: "straggler wait",
};

/** One bar. Times in ms after the run's arrival. */
interface TimelineBar {
  readonly part: BarPart;
  readonly startMs: number;
  readonly endMs: number;
  /** Null for what the VM does before any worker. */
  readonly stage: string | null;
  readonly worker: number | null;
}

/** What one slot of a VM does, one worker after another. */
export interface TimelineLane {
  /** The plan's group and its stages, the VM's place in it, and the slot's place in the VM. */
  readonly group: number;
  readonly stages: string;
  readonly place: number;
  readonly slot: number;
  /** In order of time, never overlapping. */
  readonly bars: readonly TimelineBar[];
}

/** Ends that lie closer together than this are one instant, ms. */
const INSTANT_MS = 1e-6;

/** The lanes of the run that arrived at `arriveMs` and left `spans`, by group, VM and slot. */
export function timelineOf(
  spans: readonly StageSpan[],
  plan: ExecutionPlan,
  arriveMs: number,
): readonly TimelineLane[] {
  const stepEndMs = new Map<number, number>();
  for (const { step, endMs } of spans)
    stepEndMs.set(step, Math.max(endMs, stepEndMs.get(step) ?? endMs));
  const vms = new Map<string, StageSpan[]>();
  for (const span of spans) {
    const vm = `${span.group}/${span.place}`;
    const jobs = vms.get(vm);
    if (jobs === undefined) vms.set(vm, [span]);
    else jobs.push(span);
  }
  return [...vms.values()]
    .flatMap((jobs) =>
      slotsOf(jobs).map((slot, i) => ({
        group: slot[0]!.group,
        stages: plan.groups[slot[0]!.group]!.stages.join(" + "),
        place: slot[0]!.place,
        slot: i,
        bars: barsOf(slot, jobs, stepEndMs, arriveMs),
      })),
    )
    .toSorted((a, b) => a.group - b.group || a.place - b.place || a.slot - b.slot);
}

// Workers that follow each other share a slot, the next stage of a pipeline that of its worker.
function slotsOf(jobs: readonly StageSpan[]): readonly (readonly StageSpan[])[] {
  const slots: StageSpan[][] = [];
  const inOrder = jobs.toSorted((a, b) => a.startMs - b.startMs || a.worker - b.worker);
  for (const job of inOrder) {
    const free = slots.filter((slot) => slot.at(-1)!.endMs <= job.startMs + INSTANT_MS);
    const slot = free.find((one) => one.at(-1)!.worker === job.worker) ?? free[0];
    if (slot === undefined) slots.push([job]);
    else slot.push(job);
  }
  return slots;
}

function barsOf(
  slot: readonly StageSpan[],
  jobs: readonly StageSpan[],
  stepEndMs: ReadonlyMap<number, number>,
  arriveMs: number,
): readonly TimelineBar[] {
  const bars: TimelineBar[] = [];
  const add = (part: BarPart, startMs: number, endMs: number, job?: StageSpan) => {
    if (endMs - startMs <= INSTANT_MS) return;
    const { stage = null, worker = null } = job ?? {};
    bars.push({ part, startMs: startMs - arriveMs, endMs: endMs - arriveMs, stage, worker });
  };
  slot.forEach((job, i) => {
    const { readyMs, coldMs, handlerMs, step } = job;
    const opens = i === 0 || slot[i - 1]!.step !== step;
    if (opens) {
      const peers = jobs.filter((one) => one.step === step);
      const fromMs = Math.min(...peers.map((one) => one.startMs));
      add("cold", readyMs - handlerMs - coldMs, readyMs - handlerMs);
      add("init", readyMs - handlerMs, readyMs);
      add("fetch", readyMs, fromMs);
    }
    let atMs = job.startMs;
    for (const [part, ms] of [
      ["init", job.startedMs],
      ["fetch", job.fetchMs],
      ["compute", job.computeMs],
      ["store", job.storeMs],
    ] as const) {
      // A VM that the time limit has ended did not do the rest.
      const endMs = Math.min(job.endMs, atMs + ms);
      add(part, atMs, endMs, job);
      atMs = endMs;
    }
    if (slot[i + 1]?.step !== step) add("straggler", job.endMs, stepEndMs.get(step)!, job);
  });
  return bars;
}

/** Stages along which the run's time went: the last to end, and before each the input that came last. */
export function criticalStages(
  spans: readonly StageSpan[],
  edges: readonly { readonly from: string; readonly to: string }[],
): readonly string[] {
  const endMs = new Map<string, number>();
  for (const span of spans)
    endMs.set(span.stage, Math.max(span.endMs, endMs.get(span.stage) ?? span.endMs));
  const lastOf = (stages: readonly string[]) =>
    stages.reduce<string | undefined>(
      (last, stage) =>
        endMs.has(stage) && (last === undefined || endMs.get(stage)! > endMs.get(last)!)
          ? stage
          : last,
      undefined,
    );
  const path: string[] = [];
  for (let at = lastOf([...endMs.keys()]); at !== undefined; ) {
    path.push(at);
    const to = at;
    at = lastOf(edges.filter((edge) => edge.to === to).map((edge) => edge.from));
  }
  return path.reverse();
}
