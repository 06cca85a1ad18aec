/** Runs the compiled command line as a user would. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What a command did. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The compiled command line. */
export const MAIN = resolve("dist/src/cli/main.js");

/** A new empty folder. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "wisefuse-"));
}

/** Names of everything below a folder, sorted. */
export function listing(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort();
}

/** Writes a file into a folder and returns its path. */
export function fileIn(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Starts `wisefuse …args` in `cwd`. */
export function start(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
}

/** Waits for a started command to end. */
export function ended(child: ChildProcess): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data: Buffer) => {
    stdout += data.toString();
  });
  child.stderr?.on("data", (data: Buffer) => {
    stderr += data.toString();
  });
  return new Promise((done) => {
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}

/** Runs `wisefuse …args` in `cwd` to its end. */
export function run(args: readonly string[], cwd: string): Promise<Outcome> {
  return ended(start(args, cwd));
}

/** Runs a bash script in `cwd` to its end; `$0` is the compiled command line. */
export function piped(script: string, cwd: string): Promise<Outcome> {
  return ended(
    spawn("bash", ["-o", "pipefail", "-c", script, MAIN], {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}
