/** A thread of a sweep: it remembers what it has learnt from task to task, and is replaced when something fails in it. */

import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { Piscina } from "piscina";
import type { SweepTask, ThreadData, TimedResult } from "./worker.ts";

// The rest is for what is no heap: columns of runs, the program, other programs.
const HEAP_SHARE = 0.75;
const BYTES_PER_MB = 1 << 20;

/**
 * Heap that each of some threads may fill, MB, so that a task without end is ended before the system ends the whole
 * program: three quarters of the memory over the threads, and never more than the engine would have given it, which
 * `NODE_OPTIONS=--max-old-space-size` sets.
 */
export function heapMbMax(threads: number): number {
  const limit = process.constrainedMemory() ?? 0;
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const share = (HEAP_SHARE * memory) / threads;
  return Math.floor(Math.min(share, getHeapStatistics().heap_size_limit) / BYTES_PER_MB);
}

/** Why a task has no result. */
export interface TaskFailure {
  readonly kind: "failure";
  readonly message: string;
}

/** Runs one task after the other on a thread of its own. */
export class SweepThread {
  readonly #heapMb: number;
  readonly #data: ThreadData;
  #pool: Piscina<SweepTask, TimedResult> | undefined;
  #died: Promise<never> | undefined;

  /** Nothing is started before there is a task. */
  constructor(heapMb: number, data: ThreadData) {
    this.#heapMb = heapMb;
    this.#data = data;
  }

  /**
   * The result of a task, or why there is none: it threw, it ended the thread, it needed too much memory, or `signal`
   * was given. What the thread remembers may then be half made, so the next task gets a fresh one.
   */
  async run(task: SweepTask, signal: AbortSignal): Promise<TimedResult | TaskFailure> {
    const pool = (this.#pool ??= this.#started());
    try {
      return await Promise.race([pool.run(task, { signal }), this.#died!]);
    } catch (error) {
      await this.end();
      return { kind: "failure", message: this.#reason(error) };
    }
  }

  /** Ends the thread, whatever it is doing. */
  async end(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }

  // A pool of one: only so can a task be told to the thread that knows its scenario.
  #started(): Piscina<SweepTask, TimedResult> {
    const pool = new Piscina<SweepTask, TimedResult>({
      filename: new URL("./worker.js", import.meta.url).href,
      maxThreads: 1,
      // With a least number, the late word of a thread's end starts another in a pool that is no more.
      minThreads: 0,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: this.#heapMb },
    });
    // A thread that dies outside a task, as while it starts.
    this.#died = new Promise((_, reject) => pool.once("error", reject));
    this.#died.catch(() => {});
    return pool;
  }

  // Where our own program noticed it says nothing about a task.
  #reason(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY")
      return `out of memory: it needs more than the ${this.#heapMb} MB that a thread may fill`;
    const exit = /^worker exited with code: (-?\d+)$/.exec(error.message);
    return exit === null
      ? (error.stack ?? error.message)
      : `ended its thread with exit code ${exit[1]}`;
  }
}
