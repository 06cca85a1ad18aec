/** Runs the tasks of a sweep on all cores, keeping each finished one on disk. */

import { setMaxListeners } from "node:events";
import { Progress } from "./progress.ts";
import { Schedule } from "./sweep-schedule.ts";
import type { TaskStore } from "./sweep-store.ts";
import { type Sweep, taskName, workloadsIn } from "./sweep-tasks.ts";
import { heapMbMax, SweepThread } from "./sweep-thread.ts";
import type { SweepTask } from "./worker.ts";

/** Exit code of a run that was told to stop. */
export const INTERRUPTED = 130;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const THREAD_MS = 500;

/** A task without a result, and why. */
interface FailedTask {
  readonly name: string;
  readonly message: string;
}

/** What came of the tasks. */
export interface SweepOutcome {
  /** Tasks that are kept now, from before or from this run. */
  readonly finished: number;
  readonly total: number;
  /** In the order of the sweep. */
  readonly failed: readonly FailedTask[];
  readonly interrupted: boolean;
}

/** What to run and where to keep what is finished. */
export interface SweepOptions {
  readonly tasks: readonly SweepTask[];
  /** Expected time of each task, ms. */
  readonly timesMs: readonly number[];
  readonly store: TaskStore;
  /** Whose tasks these are. */
  readonly sweep: Sweep;
  readonly jobs: number;
  readonly quiet: boolean;
}

/**
 * Runs every task that the store does not have. One that fails is reported and the others go on. SIGINT and SIGTERM
 * stop it, a second one at once; what has finished stays kept.
 * @throws InputError file, when a result cannot be kept; nothing goes on then.
 */
export async function runSweep(options: SweepOptions): Promise<SweepOutcome> {
  const { tasks, timesMs, store } = options;
  const workloads = workloadsIn(options.sweep);
  const places = tasks.flatMap((task, place) => (store.has(task) ? [] : [place]));
  const progress = new Progress(tasks.length, options.quiet);
  progress.skip(tasks.length - places.length);
  const schedule = new Schedule(tasks, places, timesMs);
  const failed = new Map<number, FailedTask>();
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  const stop = () => (abort.signal.aborted ? process.exit(INTERRUPTED) : abort.abort());
  for (const signal of SIGNALS) process.on(signal, stop);

  const threads = threadsFor(options.jobs, places, timesMs);
  const heapMb = heapMbMax(threads);
  const run = async (number: number): Promise<void> => {
    const thread = new SweepThread(heapMb, { workloads });
    const begun = () => {
      const place = abort.signal.aborted ? undefined : schedule.next(number);
      if (place === undefined) return undefined;
      return { place, result: thread.run(tasks[place]!, abort.signal) };
    };
    try {
      for (let one = begun(); one !== undefined; ) {
        const result = await one.result;
        if (abort.signal.aborted) return;
        const { place } = one;
        // The thread has its next task before the result of this one is written.
        one = begun();
        const task = tasks[place]!;
        if (result.kind === "failure") {
          const name = taskName(task);
          failed.set(place, { name, message: result.message });
          progress.say(`failed: ${name}: ${result.message}`);
        } else store.write(task, result);
        progress.advance(labelOf(task));
      }
    } catch (error) {
      abort.abort();
      throw error;
    } finally {
      await thread.end();
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, (_, number) => run(number)));
  } finally {
    // Once told to stop it stays told, whatever is still to be ended.
    if (!abort.signal.aborted) for (const signal of SIGNALS) process.removeListener(signal, stop);
    progress.clear();
  }
  return {
    finished: tasks.filter((task) => store.has(task)).length,
    total: tasks.length,
    failed: [...failed].toSorted(([a], [b]) => a - b).map(([, one]) => one),
    interrupted: abort.signal.aborted,
  };
}

// A thread takes a quarter of a second to start, and then learns everything itself.
function threadsFor(jobs: number, places: readonly number[], timesMs: readonly number[]): number {
  const totalMs = places.reduce((sum, place) => sum + timesMs[place]!, 0);
  return Math.min(jobs, places.length, Math.max(1, Math.ceil(totalMs / THREAD_MS)));
}

function labelOf(task: SweepTask): string {
  return task.kind === "cell"
    ? `${task.cell.workload} ${task.cell.policy}`
    : `${task.study} ${task.task}`;
}
