/** Finished tasks on disk, a file each, so that what has been done survives whatever ends the process. */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { InputError } from "../check.ts";
import { emptyFolder, readBytesIfThere, readText, sha256, writeWhole } from "./files.ts";
import { taskName } from "./sweep-tasks.ts";
import type { SweepTask, TimedResult } from "./worker.ts";

/** Name of the file that says of which sweep the folder is. */
const STAMP = "fingerprint";
/** A result stands after its SHA-256, as hex. */
const DIGEST_BYTES = 64;

/** Results of the tasks of one sweep. Several processes may fill one folder at once. */
export class TaskStore {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** An empty store, whatever was in the folder before. */
  static empty(folder: string, fingerprint: string): TaskStore {
    emptyFolder(folder);
    writeWhole(join(folder, STAMP), fingerprint);
    return new TaskStore(folder);
  }

  /**
   * The store that a folder holds.
   * @throws InputError usage under `where`, when there is none or it is of another sweep.
   */
  static existing(folder: string, fingerprint: string, where: string): TaskStore {
    const stamp = join(folder, STAMP);
    if (!existsSync(stamp)) throw refused(where, `nothing to go on with in ${folder}`);
    if (readText(stamp) !== fingerprint)
      throw refused(where, `what is kept in ${folder} is of another run`);
    return new TaskStore(folder);
  }

  /**
   * The result of a task, or undefined while it is not finished.
   * @throws InputError file, when it is not what was written.
   */
  read(task: SweepTask): TimedResult | undefined {
    const file = join(this.#folder, fileOf(task));
    const kept = readBytesIfThere(file);
    if (kept === undefined) return undefined;
    const result = kept.subarray(DIGEST_BYTES);
    if (new TextDecoder().decode(kept.subarray(0, DIGEST_BYTES)) !== sha256(result))
      throw new InputError("file", "not what was written; remove it, and it is run again", file);
    return deserialize(result) as TimedResult;
  }

  /** Whether a task is finished. */
  has(task: SweepTask): boolean {
    return existsSync(join(this.#folder, fileOf(task)));
  }

  /** Keeps a result: from then on it is there whole, even if the machine loses power. */
  write(task: SweepTask, result: TimedResult): void {
    const bytes = serialize(result);
    const digested = Buffer.concat([Buffer.from(sha256(bytes)), bytes]);
    writeWhole(join(this.#folder, fileOf(task)), digested);
  }

  /** Forgets everything. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function refused(where: string, message: string): InputError {
  return new InputError("usage", [{ where, message }]);
}

// Cell names can be longer than a file name may be.
function fileOf(task: SweepTask): string {
  return `${sha256(taskName(task)).slice(0, 32)}.${task.kind}`;
}
