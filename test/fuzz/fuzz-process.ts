/**
 * A process that feeds inputs to readers one after the other, and says which of them failed and how. It may hang
 * or die of what it reads, so what it is at stands in a file that its parent watches.
 */

import { mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { InputError } from "../../src/check.ts";
import { Dice } from "./dice.ts";
import { COUNTS, type FuzzFailure, type FuzzReaders, type FuzzTask } from "./fuzz-state.ts";
import { mutated } from "./mutate.ts";
import { type Sample, type Target, targetsIn } from "./targets.ts";

const CPU_MS_MAX = 2000;
const MEMORY_MAX = 1 << 30;
const MESSAGE_MAX = 20_000;
const SHRINK_TRIES = 150;

interface Failed {
  readonly reason: string;
  readonly detail: string;
}

/** Sets of names that no input may change. */
const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype];

async function run(task: FuzzTask): Promise<void> {
  const file = openSync(task.stateFile, "w");
  const all = targetsIn(task.scratch);
  const targets = all.filter(({ name }) => task.only === undefined || name === task.only);
  const readers: FuzzReaders = { readers: targets.map(({ name }) => name) };
  writeSync(1, `${JSON.stringify(readers)}\n`);
  const counts = targets.map(() => ({ read: 0, accepted: 0, slowestMs: 0 }));
  const tell = (input: number) => {
    const numbers = counts.flatMap((one) => COUNTS.map((name) => one[name]));
    const state = Int32Array.of(input, ...numbers);
    writeSync(file, state, 0, state.byteLength, 0);
  };
  const samples = all.flatMap(({ corpus }) => corpus.flat().map(({ bytes }) => bytes));
  const before = PROTOTYPES.map((one) => Reflect.ownKeys(one).length);
  for (let input = task.from; input < task.to; input++) {
    const target = targets[input % targets.length]!;
    const count = counts[input % targets.length]!;
    count.read++;
    tell(input);
    const files = filesOf(target, new Dice(task.seed, input), samples);
    const cpu = process.cpuUsage();
    const peakBytes = peak();
    let failure = await failureOf(target, files, task, input);
    if (failure === undefined) count.accepted++;
    if (failure?.reason === "") failure = undefined;
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = Math.round((user + system) / 1000);
    count.slowestMs = Math.max(count.slowestMs, cpuMs);
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    if (cpuMs > CPU_MS_MAX * Math.max(1, bytes / 4e5))
      failure ??= { reason: "slow", detail: `${cpuMs} ms of CPU time` };
    if (peak() > Math.max(MEMORY_MAX, peakBytes))
      failure ??= { reason: "memory", detail: `${Math.round(peak() / 1e6)} MB` };
    if (PROTOTYPES.some((one, i) => Reflect.ownKeys(one).length !== before[i]))
      failure ??= { reason: "a prototype was changed", detail: "" };
    if (failure === undefined) continue;
    const { reason, detail } = failure;
    const same = async (tried: readonly Sample[]) =>
      (await failureOf(target, tried, task, input))?.reason === reason;
    const kept = /^(slow|memory)$/.test(reason) ? files : await shrunk(files, same);
    save(task, target, input, `${reason}\n${detail}`, kept);
    const said: FuzzFailure = { input, reason: `${target.name}: ${reason}` };
    writeSync(1, `${JSON.stringify(said)}\n`);
  }
  tell(task.to - 1);
}

function save(
  { out }: FuzzTask,
  target: Target,
  input: number,
  text: string,
  files: readonly Sample[],
): void {
  const folder = join(out, `${target.name}-${input}`);
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of files) writeFileSync(join(folder, basename(name)), bytes);
  writeFileSync(join(folder, "failure.txt"), `${text}\n`);
}

function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function filesOf(target: Target, dice: Dice, samples: readonly Buffer[]): readonly Sample[] {
  const good = dice.of(target.corpus);
  const changed = dice.below(good.length);
  return good.map((file, i) =>
    i === changed ? { ...file, bytes: mutated(dice, file.bytes, samples) } : file,
  );
}

// Undefined when the files are accepted, an empty reason when they are refused as they should be.
async function failureOf(
  target: Target,
  files: readonly Sample[],
  { seed }: FuzzTask,
  input: number,
): Promise<Failed | undefined> {
  try {
    await target.read(files, new Dice(`${seed}/options`, input));
    return undefined;
  } catch (error) {
    if (error instanceof InputError)
      return { reason: messageFault(error.message), detail: error.message };
    const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    const frame = stack.split("\n").find((line) => /\/(src|test)\//.test(line)) ?? "";
    const place = /([\w.-]+\.[jt]s:\d+)/.exec(frame)?.[1] ?? "";
    return { reason: `${name}: ${message.slice(0, 80)} at ${place}`, detail: stack };
  }
}

// A refusal is read by people, on a terminal.
function messageFault(message: string): string {
  if (message.length > MESSAGE_MAX) return "message too long";
  return /[^\P{Cc}\n]/u.test(message) ? "message with control characters" : "";
}

// Leaves out pieces, halves first, as long as the same thing goes wrong.
async function shrunk(
  files: readonly Sample[],
  same: (files: readonly Sample[]) => Promise<boolean>,
): Promise<readonly Sample[]> {
  let best = files;
  let tries = SHRINK_TRIES;
  for (let i = 0; i < files.length; i++)
    for (let part = best[i]!.bytes.length >> 1; part >= 1 && tries > 0; part >>= 1)
      for (let at = 0; at < best[i]!.bytes.length && tries > 0; ) {
        tries--;
        const { name, bytes } = best[i]!;
        const less = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + part)]);
        const tried = best.map((file, k) => (k === i ? { name, bytes: less } : file));
        if (await same(tried)) best = tried;
        else at += part;
      }
  return best;
}

await run(JSON.parse(process.argv[2]!) as FuzzTask);
