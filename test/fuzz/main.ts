/**
 * `npm run fuzz -- --inputs N --seed text [--only reader] [--from input] [--seconds S] [--out DIR]`: hostile
 * files for every reader. Whatever they hold, a reader succeeds or throws an InputError, within 2 s of CPU time
 * and 1 GB, changes no prototype and names no file outside its folder. What fails is saved, made small, and named
 * by its number: the same seed and number give the same input.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type FuzzFailure, type FuzzTask, STATE } from "./fuzz-state.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "20000" },
    seed: { type: "string", default: "fuzz" },
    only: { type: "string" },
    from: { type: "string", default: "0" },
    seconds: { type: "string", default: "Infinity" },
    out: { type: "string" },
  },
});
const from = Number(values.from);
const to = from + Number(values.inputs);
const out = values.out ?? mkdtempSync(join(tmpdir(), "wisefuse-fuzz-"));
const scratch = mkdtempSync(join(tmpdir(), "wisefuse-fuzz-scratch-"));

/** A process that is still at the same input after this long hangs; a busy machine is slower. */
const HANG_MS = 20_000;
const WATCH_MS = 250;
const HEAP_MB = 1024;
const SHOWN_PER_REASON = 3;
const SCRIPT = fileURLToPath(new URL("./fuzz-process.js", import.meta.url));

type State = Readonly<Record<(typeof STATE)[number], number>>;

const startMs = performance.now();
const counts = new Map<string, number>();
const total = { read: 0, accepted: 0, slowestMs: 0 };

function report({ input, reason }: FuzzFailure): void {
  const count = (counts.get(reason) ?? 0) + 1;
  counts.set(reason, count);
  if (count <= SHOWN_PER_REASON) process.stdout.write(`input ${input}: ${reason}\n`);
}

function stateIn(file: string): State | undefined {
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  if (bytes.length < 4 * STATE.length) return undefined;
  const entries = STATE.map((name, i) => [name, bytes.readInt32LE(4 * i)] as const);
  return Object.fromEntries(entries) as State;
}

/** Runs inputs until the end, the time is up, or the process dies; the first input that is left. */
async function runFrom(first: number): Promise<number> {
  const stateFile = join(scratch, "state");
  rmSync(stateFile, { force: true });
  const { seed, only } = values;
  const task: FuzzTask = { seed, from: first, to, scratch, out, only, stateFile };
  const args = [
    "--enable-source-maps",
    `--max-old-space-size=${HEAP_MB}`,
    SCRIPT,
    JSON.stringify(task),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (data: Buffer) => {
    errors = (errors + data.toString()).slice(-4000);
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    report(JSON.parse(line) as FuzzFailure);
  });
  let last = -1;
  let sinceMs = performance.now();
  let stopped: "hangs" | "late" | undefined;
  const watch = setInterval(() => {
    const input = stateIn(stateFile)?.input ?? -1;
    // The first input is reached once the process has started, which on a busy machine takes long.
    if (input !== last || input < 0) [last, sinceMs] = [input, performance.now()];
    else if (performance.now() - sinceMs > HANG_MS) stopped = "hangs";
    if (performance.now() - startMs > Number(values.seconds) * 1000) stopped = "late";
    if (stopped !== undefined) child.kill("SIGKILL");
  }, WATCH_MS);
  const code = await new Promise<number | null>((done) => {
    child.on("close", done);
  });
  clearInterval(watch);
  const state = stateIn(stateFile);
  if (state === undefined) throw new Error(`the first input was not reached: ${errors}`);
  total.read += state.read;
  total.accepted += state.accepted;
  total.slowestMs = Math.max(total.slowestMs, state.slowestMs);
  if (code === 0 || stopped === "late") return to;
  const how = stopped ?? (errors.includes("heap out of memory") ? "runs out of memory" : errors);
  report({ input: state.input, reason: `${values.only ?? "a reader"} ${how}` });
  return state.input + 1;
}

for (let next = from; next < to; ) next = await runFrom(next);
rmSync(scratch, { recursive: true, force: true });
const failed = [...counts.values()].reduce((sum, count) => sum + count, 0);
const seconds = (performance.now() - startMs) / 1000;
process.stdout.write(
  `${total.read} inputs in ${seconds.toFixed(0)} s, ${total.accepted} accepted, slowest ${total.slowestMs} ms, ${failed} failed\n`,
);
for (const [reason, count] of counts) process.stdout.write(`  ${count} x ${reason}\n`);
if (failed > 0) process.stdout.write(`kept in ${out}\n`);
process.exitCode = failed > 0 ? 1 : 0;
