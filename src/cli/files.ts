/** The file system: where things are, and how they are read and written whole or not at all. */

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../check.ts";
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
    throw new InputError("file", `cannot read: ${reasonOf(error)}`, path);
  }
}

/** Bytes of a file, or undefined when there is none. */
export function readBytesIfThere(path: string): Uint8Array | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

/**
 * Writes a file whole or not at all: to a neighbour first, then renamed into place.
 * @throws InputError file, when the folder cannot be written.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, content);
    renameSync(part, path);
  } catch (error) {
    // Nothing half-written stays behind.
    if (existsSync(part)) rmSync(part);
    throw new InputError("file", `cannot write: ${reasonOf(error)}`, path);
  }
}

const CHUNK_BYTES = 1 << 20;

/**
 * Writes lines, each with a newline, whole or not at all, in memory that does not grow with them.
 * @throws InputError file, when the folder cannot be written.
 */
export function writeLines(path: string, lines: Iterable<string>): void {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  let handle: number | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    handle = openSync(part, "w");
    let chunk = "";
    for (const line of lines) {
      chunk += `${line}\n`;
      if (chunk.length < CHUNK_BYTES) continue;
      writeSync(handle, chunk);
      chunk = "";
    }
    writeSync(handle, chunk);
    closeSync(handle);
    handle = undefined;
    renameSync(part, path);
  } catch (error) {
    if (handle !== undefined) closeSync(handle);
    if (existsSync(part)) rmSync(part);
    throw new InputError("file", `cannot write: ${reasonOf(error)}`, path);
  }
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
  };
  if (code !== undefined) return known[code] ?? code;
  throw error;
}
