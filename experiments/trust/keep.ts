/** Keeping evidence: where and when it came about, and files that show what changed line by line. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../src/cli/files.ts";
import type { Evidence, Provenance } from "./evidence.ts";

/** What can change a figure. */
const SOURCES = ["src", "experiments", "test", "traces", "package-lock.json"];

/** Of this moment, this checkout and this Node. */
export function provenanceNow(): Provenance {
  const changed = git("status", "--porcelain", "--untracked-files=no", "--", ...SOURCES) ?? "";
  const head = git("rev-parse", "--short=12", "HEAD");
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: head === undefined ? null : `${head}${changed === "" ? "" : "+"}`,
    node: process.versions.node,
  };
}

/** Output of git without blanks around it, or undefined where there is no checkout or no such thing. */
export function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, {
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    }).trim();
  } catch {
    return undefined;
  }
}

/** The value in a JSON file, or undefined where there is no such file. */
export function jsonIn(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Adds what tests showed to tests.json of a folder, file by file; files that are no more are forgotten. */
export function addTests(folder: string, tests: Evidence["tests"]): void {
  const file = join(folder, "tests.json");
  const known = (jsonIn(file) ?? {}) as Evidence["tests"];
  const all = Object.entries({ ...known, ...tests }).filter(([path]) => existsSync(path));
  writeEvidence(file, Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Writes JSON whole, with a line for each entry down to `depth`, so that what changed is seen line by line. */
export function writeEvidence(file: string, evidence: object, depth = 1): void {
  writeWhole(file, `${linesOf(evidence, "", depth)}\n`);
}

function linesOf(value: unknown, margin: string, depth: number): string {
  if (depth === 0 || typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${margin}  `;
  const list = Array.isArray(value);
  const lines = Object.entries(value).map(
    ([key, one]) =>
      `${inner}${list ? "" : `${JSON.stringify(key)}: `}${linesOf(one, inner, depth - 1)}`,
  );
  const [open, close] = list ? ["[", "]"] : ["{", "}"];
  return lines.length === 0
    ? `${open}${close}`
    : `${open}\n${lines.join(",\n")}\n${margin}${close}`;
}
