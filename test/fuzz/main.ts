/**
 * `npm run fuzz -- --inputs N --seed text [--only reader] [--from input] [--seconds S] [--out DIR]
 * [--jobs J] [--evidence FILE]`: hostile files for every reader. Whatever they hold, a reader succeeds or throws an
 * InputError, within 2 s of CPU time and 1 GB, changes no prototype and names no file outside its folder. What
 * fails is saved, made small, and named by its number: the same seed and number give the same input. Figures go
 * to the file of evidence, added to those of the inputs just before these; not when time ran out.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FuzzTally } from "../../experiments/trust/evidence.ts";
import { provenanceNow } from "../../experiments/trust/keep.ts";
import { addEvidence, NOTHING, plus } from "./fuzz-evidence.ts";
import {
  COUNTS,
  type Counts,
  type FuzzFailure,
  type FuzzReaders,
  type FuzzTask,
} from "./fuzz-state.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "20000" },
    seed: { type: "string", default: "fuzz" },
    only: { type: "string" },
    from: { type: "string", default: "0" },
    seconds: { type: "string", default: "Infinity" },
    out: { type: "string" },
    jobs: { type: "string", default: "1" },
    evidence: { type: "string" },
  },
});
const from = Number(values.from);
const to = from + Number(values.inputs);
const out = values.out ?? mkdtempSync(join(tmpdir(), "wisefuse-fuzz-"));
const scratch = mkdtempSync(join(tmpdir(), "wisefuse-fuzz-scratch-"));

/** A process that has used so much CPU time on one input hangs, or waits for what never comes after so long. */
const HANG_CPU_MS = 10_000;
const HANG_MS = 300_000;
const WATCH_MS = 250;
const HEAP_MB = 1024;
const SHOWN_PER_REASON = 3;
/** Inputs that one process reads, when several do. */
const STRETCH = 5000;
const SCRIPT = fileURLToPath(new URL("./fuzz-process.js", import.meta.url));

let startMs = performance.now();
const reasons = new Map<string, number>();
const tallies = new Map<string, FuzzTally>();
let readers: readonly string[] = [];
let next = from;
let late = false;

function report({ input, reason }: FuzzFailure): void {
  const count = (reasons.get(reason) ?? 0) + 1;
  reasons.set(reason, count);
  const reader = readers[input % readers.length]!;
  tallies.set(reader, plus(tallies.get(reader), { ...NOTHING, failed: 1 }));
  if (count <= SHOWN_PER_REASON) process.stdout.write(`input ${input}: ${reason}\n`);
}

function heard(said: FuzzReaders | FuzzFailure): void {
  if ("readers" in said) readers = said.readers;
  else report(said);
}

/** The input that the process is at, and what it counted of each reader until there. */
function stateIn(file: string): { input: number; counts: readonly Counts[] } | undefined {
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  if (bytes.length < 4) return undefined;
  const numberAt = (i: number) => bytes.readInt32LE(4 * i);
  const counts = Array.from({ length: (bytes.length / 4 - 1) / COUNTS.length }, (_, reader) => {
    const [read, accepted, slowestMs] = COUNTS.map((_name, i) =>
      numberAt(1 + COUNTS.length * reader + i),
    );
    return { read: read!, accepted: accepted!, slowestMs: slowestMs! };
  });
  return { input: numberAt(0), counts };
}

/** CPU time of a process, ms, in steps of 10; 0 where there is no /proc. Source: proc(5), stat, 14 and 15. */
function cpuMsOf(pid: number): number {
  try {
    // The second field is a name in parentheses, which may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return 0;
  }
}

/** Runs inputs to below `end` until there, the time is up, or the process dies; the first input that is left. */
async function runFrom(first: number, end: number): Promise<number> {
  const folder = mkdtempSync(join(scratch, "process-"));
  const stateFile = join(folder, "state");
  const { seed, only } = values;
  const task: FuzzTask = { seed, from: first, to: end, scratch: folder, out, only, stateFile };
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
    heard(JSON.parse(line) as FuzzReaders | FuzzFailure);
  });
  let last = -1;
  let since = { ms: performance.now(), cpuMs: 0 };
  let stopped: "hangs" | "late" | undefined;
  const watch = setInterval(() => {
    const input = stateIn(stateFile)?.input ?? -1;
    // The time asked for is for reading: on a busy machine a process takes long to begin.
    if (input < 0 && tallies.size === 0) startMs = performance.now();
    const now = { ms: performance.now(), cpuMs: cpuMsOf(child.pid!) };
    if (input !== last || input < 0) [last, since] = [input, now];
    else if (now.ms - since.ms > HANG_MS || now.cpuMs - since.cpuMs > HANG_CPU_MS)
      stopped = "hangs";
    if (performance.now() - startMs > Number(values.seconds) * 1000) stopped = "late";
    if (stopped !== undefined) child.kill("SIGKILL");
  }, WATCH_MS);
  const code = await new Promise<number | null>((done) => {
    child.on("close", done);
  });
  clearInterval(watch);
  const state = stateIn(stateFile);
  if (state === undefined) throw new Error(`the first input was not reached: ${errors}`);
  for (const [i, reader] of readers.entries())
    tallies.set(reader, plus(tallies.get(reader), { ...state.counts[i]!, failed: 0 }));
  rmSync(folder, { recursive: true });
  if (stopped === "late") late = true;
  if (code === 0 || late) return end;
  const how = stopped ?? (errors.includes("heap out of memory") ? "runs out of memory" : errors);
  const reader = readers[state.input % readers.length]!;
  report({ input: state.input, reason: `${reader} ${how}` });
  return state.input + 1;
}

async function work(): Promise<void> {
  while (next < to && !late) {
    let first = next;
    const end = values.jobs === "1" ? to : Math.min(to, first + STRETCH);
    next = end;
    while (first < end) first = await runFrom(first, end);
  }
}

await Promise.all(Array.from({ length: Number(values.jobs) }, work));
rmSync(scratch, { recursive: true, force: true });
const total = [...tallies.values()].reduce(plus, NOTHING);
const seconds = Math.round((performance.now() - startMs) / 1000);
process.stdout.write(
  `${total.read} inputs in ${seconds} s, ${total.accepted} accepted, slowest ${total.slowestMs} ms, ${total.failed} failed\n`,
);
for (const [reason, count] of reasons) process.stdout.write(`  ${count} x ${reason}\n`);
if (total.failed > 0) process.stdout.write(`kept in ${out}\n`);
if (values.evidence !== undefined && !late)
  addEvidence(values.evidence, {
    ...provenanceNow(),
    seed: values.seed,
    from,
    to,
    seconds,
    ...total,
    readers: Object.fromEntries(tallies),
  });
process.exitCode = total.failed > 0 ? 1 : 0;
