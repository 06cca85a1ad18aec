/** The file system: where things are, and how they are read and written whole or not at all. */

import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../check.ts";

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
