/** Runs the compiled fuzzer in a process of its own. */

import { execFile } from "node:child_process";
import { resolve } from "node:path";

/** What it printed and its exit code. */
export interface Fuzzed {
  readonly code: number;
  readonly stdout: string;
}

/** Feeds `inputs` inputs to the readers. */
export function fuzz(inputs: number, seed: string, seconds: number): Promise<Fuzzed> {
  const script = resolve("dist/test/fuzz/main.js");
  const args = ["--enable-source-maps", script, "--inputs", String(inputs), "--seed", seed];
  return new Promise((done) => {
    execFile(process.execPath, [...args, "--seconds", String(seconds)], (error, stdout) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), stdout });
    });
  });
}
