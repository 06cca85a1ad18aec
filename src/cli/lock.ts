/** One run at a time in a results folder; and nothing left behind by a run that was killed there. */

import { randomBytes } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../check.ts";
import { reasonOf } from "./files.ts";

const LOCK = ".lock";

/** Who holds a folder. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process started, in the system's own unit: a number is given to processes again. */
  readonly started: string;
}

/**
 * Holds a folder until this process ends, making it if need be. The lock of a process that is no more is
 * taken over, and the unfinished files that it left are removed.
 * @throws InputError usage, when another run holds it; file, when it cannot be written.
 */
export function lockFolder(folder: string): void {
  const lock = join(folder, LOCK);
  const own: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid) ?? "" };
  try {
    const made = mkdirSync(folder, { recursive: true });
    takeOver(lock, folder);
    if (!linked(lock, JSON.stringify(own))) throw held(folder, holderOf(lock));
    process.once("exit", () => {
      rmSync(lock, { force: true });
      if (made !== undefined) removeEmpty(resolve(folder), resolve(made));
    });
    removeParts(folder);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError("file", `cannot write: ${reasonOf(error)}`, folder);
  }
}

// A lock with its content comes about at once, and only where there is none.
function linked(lock: string, content: string): boolean {
  const part = `${lock}.${randomBytes(4).toString("hex")}`;
  writeFileSync(part, content);
  try {
    linkSync(part, lock);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(part, { force: true });
  }
}

function takeOver(lock: string, folder: string): void {
  const content = textOf(lock);
  if (content === undefined) return;
  const holder = holderOf(lock);
  if (holder !== undefined && isAlive(holder)) throw held(folder, holder);
  const aside = `${lock}.${randomBytes(4).toString("hex")}`;
  renameSync(lock, aside);
  // Another run may have taken it over since it was read: then it is that run's.
  if (textOf(aside) !== content) {
    renameSync(aside, lock);
    throw held(folder, holderOf(lock));
  }
  rmSync(aside);
}

function held(folder: string, holder: Holder | undefined): InputError {
  const who = holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
  const hint = holder?.host === hostname() ? "" : `; if it is no more, remove ${LOCK} there`;
  return new InputError("usage", `another run is using ${folder}: ${who}${hint}`);
}

// Whether a process of another machine lives cannot be known.
function isAlive({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
  return startOf(pid) === undefined || startOf(pid) === started;
}

// Field 22 of Linux's table of processes; the name before it may hold blanks and parentheses.
function startOf(pid: number): string | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function holderOf(lock: string): Holder | undefined {
  try {
    const { host, pid, started } = JSON.parse(textOf(lock) ?? "") as Partial<Holder>;
    if (typeof host !== "string" || typeof started !== "string") return undefined;
    return Number.isInteger(pid) && pid! > 0 ? { host, pid: pid!, started } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

// What a killed run was writing.
function removeParts(folder: string): void {
  for (const inner of [".", ".partial", "plans", "figures"]) {
    const path = join(folder, inner);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path))
      if (/\.[0-9a-f]{8}\.part$/.test(name)) rmSync(join(path, name), { force: true });
  }
}

// A run that was refused leaves no folder behind that was not there.
function removeEmpty(folder: string, first: string): void {
  try {
    for (let path = folder; path.startsWith(first); path = dirname(path)) rmdirSync(path);
  } catch {
    // Something is in it.
  }
}
