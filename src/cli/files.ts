/** The file system: where things are, and how they are read and written whole or not at all. */

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError, nearest } from "../check.ts";
import type { Workload } from "../trace/workload.ts";

/** Folder of the package: above dist/src/cli. */
export const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/**
 * Text of a file.
 * @throws InputError file, when it cannot be read.
 */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const near = existsSync(path) ? undefined : nearPath(path);
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    throw new InputError("file", `cannot read: ${reasonOf(error)}${hint}`, path);
  }
}

/** A file of the same folder that a path that leads nowhere may mean, or one of `names`; undefined when none is near. */
export function nearPath(path: string, names: readonly string[] = []): string | undefined {
  const name = basename(path);
  const files = filesIn(dirname(path));
  // Its ending may have been left out.
  const near =
    files.find((file) => parse(file).name === name) ?? nearest(name, [...files, ...names]);
  return near !== undefined && files.includes(near) ? join(dirname(path), near) : near;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Bytes of a file, or undefined when there is none. */
export function readBytesIfThere(path: string): Uint8Array | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

/**
 * Writes a file whole or not at all, even if the machine loses power: to a neighbour first, which is on
 * the disk before it is renamed into place.
 * @throws InputError file, when the folder cannot be written.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  writtenThroughPart(path, (handle) => writeFileSync(handle, content));
}

/**
 * Writes bytes as `give` hands them over, whole or not at all, in memory that does not grow with them.
 * @throws InputError file, when the folder cannot be written; what `give` throws.
 */
export function writePieces(
  path: string,
  give: (write: (piece: Uint8Array) => void) => void,
): void {
  writtenThroughPart(path, (handle) => give((piece) => writeFileSync(handle, piece)));
}

function writtenThroughPart(path: string, write: (handle: number) => void): void {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  let handle: number | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    handle = openSync(part, "w");
    write(handle);
    fsyncSync(handle);
    closeSync(handle);
    handle = undefined;
    renameSync(part, path);
    syncFolder(dirname(path));
  } catch (error) {
    if (handle !== undefined) closeSync(handle);
    // Nothing half-written stays behind.
    rmSync(part, { force: true });
    if (error instanceof InputError) throw error;
    throw new InputError("file", `cannot write: ${reasonOf(error)}`, path);
  }
}

// A new name is on the disk only once its folder is. Not every system opens folders.
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const CHUNK_BYTES = 1 << 20;
const LINE_LENGTH_MAX = 1 << 24;

/**
 * Writes lines, each with a newline, whole or not at all, in memory that does not grow with them.
 * @throws InputError file, when the folder cannot be written.
 */
export function writeLines(path: string, lines: Iterable<string>): void {
  writtenThroughPart(path, (handle) => {
    let chunk = "";
    for (const line of lines) {
      chunk += `${line}\n`;
      if (chunk.length < CHUNK_BYTES) continue;
      writeFileSync(handle, chunk);
      chunk = "";
    }
    writeFileSync(handle, chunk);
  });
}

/**
 * Lines of a text file one by one, without their newlines, in memory that does not grow with the file.
 * @throws InputError file, when it cannot be read.
 */
export function* linesOf(path: string): Generator<string> {
  const handle = opened(path);
  try {
    const decoder = new TextDecoder();
    const bytes = new Uint8Array(CHUNK_BYTES);
    let rest = "";
    for (;;) {
      const read = readSync(handle, bytes);
      rest += decoder.decode(bytes.subarray(0, read), { stream: read > 0 });
      const lines = rest.split("\n");
      rest = read === 0 ? "" : lines.pop()!;
      if (rest.length > LINE_LENGTH_MAX)
        throw new InputError("file", `a line is longer than ${LINE_LENGTH_MAX} characters`, path);
      for (const line of lines) if (read > 0 || line !== "") yield line;
      if (read === 0) return;
    }
  } finally {
    closeSync(handle);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw new InputError("file", `cannot read: ${reasonOf(error)}`, path);
  }
}

/**
 * Makes an empty folder, whatever was in it before.
 * @throws InputError file, when it cannot be made.
 */
export function emptyFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
  } catch (error) {
    throw new InputError("file", `cannot write: ${reasonOf(error)}`, path);
  }
}

// A neighbour's ending is added while a file is written; systems allow 255 bytes.
const NAME_BYTES_MAX = 200;
const NAME_BYTES_KEPT = 160;

/** A name as part of a file's name: itself, or its beginning and a digest when it is too long for one. */
export function fileNamePart(name: string): string {
  if (Buffer.byteLength(name) <= NAME_BYTES_MAX) return name;
  let kept = "";
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > NAME_BYTES_KEPT) break;
    kept += character;
  }
  return `${kept}-${sha256(name).slice(0, 16)}`;
}

/** Name of the file that a workload is written to among others; nothing in it can lead elsewhere. */
export function workloadFileName({ name }: Pick<Workload, "name">): string {
  return `${fileNamePart(name.replace(/[^\p{L}\p{N}_.-]+/gu, "-"))}.yaml`;
}

/** Names of the files of a folder that have an ending, without it, sorted. */
export function namesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

/** SHA-256 of a text or bytes, as hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Paths of the fonts that pictures are drawn with. */
export function fontFiles(): readonly string[] {
  const folder = dirname(fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/package.json")));
  return ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) => join(folder, "ttf", name));
}

/** What the operating system said, without the path that follows. */
export function reasonOf(error: unknown): string {
  const { code } = error as { code?: string };
  const known: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    EACCES: "permission denied",
    EISDIR: "is a folder",
    ENOTDIR: "a part of the path is no folder",
    EEXIST: "there is a file where a folder is needed",
    ENOSPC: "no space left on the device",
    EROFS: "read-only file system",
    EFBIG: "file too large",
    EDQUOT: "disk quota exceeded",
    ENAMETOOLONG: "name too long",
  };
  if (code !== undefined) return known[code] ?? code;
  throw error;
}
