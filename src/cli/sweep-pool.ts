/** Runs the tasks of a sweep on all cores, keeping each finished one on disk. */

import { setMaxListeners } from "node:events";
import { Piscina } from "piscina";
import { Progress } from "./progress.ts";
import { Schedule } from "./sweep-schedule.ts";
import type { TaskStore } from "./sweep-store.ts";
import { taskName } from "./sweep-tasks.ts";
import type { SweepTask, TimedResult } from "./worker.ts";

/** A task that threw, and what. */
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
  readonly jobs: number;
  readonly quiet: boolean;
}

/**
 * Runs every task that the store does not have. One that throws is reported and the others go on. SIGINT stops it;
 * what has finished stays kept.
 */
export async function runSweep(options: SweepOptions): Promise<SweepOutcome> {
  const { tasks, timesMs, store, jobs } = options;
  const places = tasks.flatMap((task, place) => (store.has(task) ? [] : [place]));
  const progress = new Progress(tasks.length, options.quiet);
  progress.skip(tasks.length - places.length);
  const schedule = new Schedule(tasks, places, timesMs);
  const failed = new Map<number, FailedTask>();
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  const stop = () => abort.abort();
  process.once("SIGINT", stop);

  // A pool of one thread each: only so can a task be told to the thread that knows its scenario.
  const thread = async (number: number): Promise<void> => {
    const pool = new Piscina<SweepTask, TimedResult>({
      filename: new URL("./worker.js", import.meta.url).href,
      maxThreads: 1,
      minThreads: 1,
    });
    try {
      for (;;) {
        const place = abort.signal.aborted ? undefined : schedule.next(number);
        if (place === undefined) return;
        const task = tasks[place]!;
        const result = await resultOf(pool, task, abort.signal);
        if (abort.signal.aborted) return;
        if (result instanceof Error) {
          const message = result.stack ?? result.message;
          failed.set(place, { name: taskName(task), message });
          progress.say(`failed: ${taskName(task)}: ${message}`);
        } else store.write(task, result);
        progress.advance(labelOf(task));
      }
    } finally {
      await pool.destroy();
    }
  };
  try {
    const threads = Math.min(jobs, places.length);
    await Promise.all(Array.from({ length: threads }, (_, number) => thread(number)));
  } finally {
    process.removeListener("SIGINT", stop);
    progress.clear();
  }
  return {
    finished: tasks.filter((task) => store.has(task)).length,
    total: tasks.length,
    failed: [...failed].toSorted(([a], [b]) => a - b).map(([, one]) => one),
    interrupted: abort.signal.aborted,
  };
}

async function resultOf(
  pool: Piscina<SweepTask, TimedResult>,
  task: SweepTask,
  signal: AbortSignal,
): Promise<TimedResult | Error> {
  try {
    return await pool.run(task, { signal });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function labelOf(task: SweepTask): string {
  return task.kind === "cell"
    ? `${task.cell.workload} ${task.cell.policy}`
    : `${task.study} ${task.task}`;
}
