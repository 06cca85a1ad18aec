/** `sweep plan|run|collect`: one experiment on many machines, by whatever starts commands there. */

import { chmodSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "../check.ts";
import { aligned } from "../result/aligned.ts";
import { jobsOf, shardIn, wholeNumber } from "./arguments.ts";
import { codeOf, writeResults } from "./experiment-command.ts";
import { writeWhole } from "./files.ts";
import { expectedTimes, shardsOf } from "./sweep-estimate.ts";
import { type PlannedSweep, readManifest, type Shard, writeManifest } from "./sweep-manifest.ts";
import { runSweep } from "./sweep-pool.ts";
import { submissionFiles } from "./sweep-submission.ts";
import { amountText, sizeIn, sweepOf, type SweepSize, taskName } from "./sweep-tasks.ts";
import { fail } from "./usage.ts";

/** Options of `sweep plan`, as yargs gives them. */
export interface SweepPlanOptions extends SweepSize {
  readonly experiment: string;
  readonly output: string;
  readonly shards?: number | undefined;
}

// A scheduler takes about a second to start a task; arrays are limited to 1,000 where nobody changed that.
const SHARD_MS = 60_000;
const SHARDS_MAX = 1000;

/** Writes the manifest of a sweep and the files that submit it; the exit code. */
export async function sweepPlanCommand(options: SweepPlanOptions): Promise<number> {
  const source = { kind: "experiment", nameOrFile: options.experiment } as const;
  const asked =
    options.shards === undefined ? undefined : wholeNumber("--shards", options.shards, 1);
  const sweep = await sweepOf(source, sizeIn(options));
  const timesMs = expectedTimes(sweep, `results/${sweep.experiment.name}`);
  const totalMs = timesMs.reduce((sum, ms) => sum + ms, 0);
  const wanted = asked ?? Math.min(SHARDS_MAX, Math.ceil(totalMs / SHARD_MS));
  const shards: readonly Shard[] = shardsOf(timesMs, wanted).map((places) => ({
    expectedMs: places.reduce((sum, place) => sum + timesMs[place]!, 0),
    tasks: places.map((place) => sweep.tasks[place]!),
  }));
  const folder = resolve(options.output);
  writeManifest(folder, sweep, shards);
  const { name } = sweep.experiment;
  const workingFolder = resolve(".");
  const files = submissionFiles({ name, folder, shards: shards.length, workingFolder });
  for (const [file, text] of files) {
    const path = join(folder, file);
    writeWhole(path, text);
    if (text.startsWith("#!")) chmodSync(path, 0o755);
  }
  const amount = amountText(sweep.cells, sweep.tasks.length);
  const longestMs = Math.max(...shards.map(({ expectedMs }) => expectedMs));
  const ways = aligned(
    [
      ["by hand", `wisefuse sweep run ${options.output} --shard 1/${shards.length}`],
      ["", `wisefuse sweep collect ${options.output}`],
      ["Slurm", join(options.output, "slurm.sh")],
      ["ssh", `${join(options.output, "parallel.sh")} hosts`],
      ["Kubernetes", `kubectl apply -f ${join(options.output, "kubernetes.yaml")}`],
    ],
    2,
  );
  process.stdout.write(
    `${amount} in ${shards.length} shards, about ${seconds(totalMs)} s of one core, ${seconds(longestMs)} s the longest shard\n${ways.join("\n")}\n`,
  );
  return 0;
}

/** Options of `sweep run`, as yargs gives them. */
export interface SweepRunOptions {
  readonly folder: string;
  readonly shard?: string | undefined;
  readonly jobs?: number | undefined;
  readonly quiet: boolean;
}

/** Runs what is missing of a shard, or of all; the exit code. */
export async function sweepRunCommand(options: SweepRunOptions): Promise<number> {
  const { quiet } = options;
  const jobs = jobsOf(options.jobs);
  const startMs = performance.now();
  const { sweep, shards, store } = await readManifest(options.folder);
  const tasks = shardOf(options.shard, shards).flatMap((one) => one.tasks);
  const there = tasks.filter((task) => store.has(task)).length;
  const expected = new Map(
    expectedTimes(sweep, options.folder).map((ms, i) => [sweep.tasks[i]!, ms] as const),
  );
  const timesMs = tasks.map((task) => expected.get(task)!);
  const outcome = await runSweep({ sweep, tasks, timesMs, store, jobs, quiet });
  const wallMs = performance.now() - startMs;
  process.stdout.write(
    `shard ${options.shard ?? "all"}: ${tasks.length} tasks, ${there} were there, ${outcome.finished - there} run in ${seconds(wallMs)} s\n`,
  );
  return codeOf(outcome, "the same command goes on");
}

function shardOf(text: string | undefined, shards: readonly Shard[]): readonly Shard[] {
  if (text === undefined) return shards;
  const shard = shardIn(text);
  const { length } = shards;
  if (shard?.shards !== length)
    return fail("--shard", `expected 1/${length} to ${length}/${length}, got ${text}`);
  return [shards[shard.number - 1]!];
}

/** Options of `sweep collect`, as yargs gives them. */
export interface SweepCollectOptions {
  readonly folder: string;
  readonly output?: string | undefined;
  readonly json: boolean;
}

/** Writes the results folder of a finished sweep as the experiment alone would have; the exit code. */
export async function sweepCollectCommand(options: SweepCollectOptions): Promise<number> {
  const startMs = performance.now();
  const planned = await readManifest(options.folder);
  refuseMissing(planned, options.folder);
  const { sweep, shards, store } = planned;
  const results = sweep.tasks.map((task) => store.read(task)!);
  const output = resolve(options.output ?? `results/${sweep.experiment.name}`);
  const { json } = options;
  await writeResults(sweep, results, output, { startMs, jobs: shards.length, json });
  return 0;
}

function refuseMissing({ shards, store }: PlannedSweep, folder: string): void {
  const faults = shards.flatMap(({ tasks }, i) => {
    const missing = tasks.filter((task) => !store.has(task)).map(taskName);
    if (missing.length === 0) return [];
    const named = missing.slice(0, NAMED).join(", ") + (missing.length > NAMED ? ", …" : "");
    const where = `shard ${i + 1}/${shards.length}`;
    return [{ where, message: `${missing.length} of ${tasks.length} tasks missing: ${named}` }];
  });
  if (faults.length === 0) return;
  const more = faults.length - SHOWN;
  const shown = faults.slice(0, SHOWN);
  if (more > 0) shown.push({ where: "", message: `and ${more} shards more` });
  throw new InputError("usage", shown, folder);
}

const NAMED = 3;
const SHOWN = 20;

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}
