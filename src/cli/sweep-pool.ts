/** Runs the tasks of an experiment on all cores, keeping each finished one on disk until all are. */

import { setMaxListeners } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { Piscina } from "piscina";
import { InputError } from "../check.ts";
import { identityOf } from "../harness/run-cell.ts";
import { cellName } from "../result/cell-table.ts";
import { emptyFolder, readBytesIfThere, readText, sha256, writeWhole } from "./files.ts";
import { Progress } from "./progress.ts";
import type { SweepTask, TimedResult } from "./worker.ts";

/** Finished tasks in the order of the sweep; and how many there should be. */
export interface SweepOutcome {
  readonly results: readonly TimedResult[];
  readonly total: number;
  readonly interrupted: boolean;
}

/** What to run and where to keep what is finished. */
export interface SweepOptions {
  readonly tasks: readonly SweepTask[];
  /** Identifies what is being run: results kept under another one are not taken over. */
  readonly fingerprint: string;
  readonly folder: string;
  readonly resume: boolean;
  readonly jobs: number;
  readonly quiet: boolean;
}

/** Name of the folder of finished tasks inside a results folder. */
const PARTIAL = ".partial";

/**
 * Runs every task that is not kept from before. SIGINT stops it; what has finished stays kept.
 * @throws InputError usage, when there is nothing to resume or it belongs to another run.
 */
export async function runSweep(options: SweepOptions): Promise<SweepOutcome> {
  const { tasks, jobs, quiet } = options;
  const partial = join(options.folder, PARTIAL);
  openPartial(partial, options);
  const results = new Map<number, TimedResult>();
  tasks.forEach((task, i) => {
    const kept = readBytesIfThere(join(partial, fileOf(task)));
    if (kept !== undefined) results.set(i, deserialize(kept) as TimedResult);
  });
  const progress = new Progress(tasks.length, quiet);
  progress.skip(results.size);
  const pool = new Piscina<SweepTask, TimedResult>({
    filename: new URL("./worker.js", import.meta.url).href,
    maxThreads: jobs,
    minThreads: Math.min(jobs, Math.max(1, tasks.length - results.size)),
    idleTimeout: 1000,
  });
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  const stop = () => abort.abort();
  process.once("SIGINT", stop);
  try {
    const waiting = tasks.map(async (task, i) => {
      if (results.has(i)) return;
      const result = await pool.run(task, { signal: abort.signal });
      writeWhole(join(partial, fileOf(task)), serialize(result));
      results.set(i, result);
      progress.advance(labelOf(task));
    });
    await Promise.all(waiting).catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    });
  } finally {
    process.removeListener("SIGINT", stop);
    progress.clear();
    await pool.destroy();
  }
  const ordered = [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
  return { results: ordered, total: tasks.length, interrupted: abort.signal.aborted };
}

/** Forgets the kept tasks once they are in the tables. */
export function closePartial(folder: string): void {
  rmSync(join(folder, PARTIAL), { recursive: true, force: true });
}

function openPartial(partial: string, options: SweepOptions): void {
  const stamp = join(partial, "fingerprint");
  if (options.resume) {
    if (!existsSync(stamp))
      throw new InputError("usage", [
        { where: "--resume", message: `nothing to go on with in ${options.folder}` },
      ]);
    if (readText(stamp) !== options.fingerprint)
      throw new InputError("usage", [
        { where: "--resume", message: `what is kept in ${options.folder} is of another run` },
      ]);
    return;
  }
  emptyFolder(partial);
  writeWhole(stamp, options.fingerprint);
}

// Cell names can be longer than a file name may be.
function fileOf(task: SweepTask): string {
  const name =
    task.kind === "cell" ? cellName(identityOf(task.cell)) : `${task.study}/${task.task}`;
  return `${sha256(name).slice(0, 32)}.${task.kind}`;
}

function labelOf(task: SweepTask): string {
  return task.kind === "cell"
    ? `${task.cell.workload} ${task.cell.policy}`
    : `${task.study} ${task.task}`;
}
