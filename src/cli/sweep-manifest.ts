/** `sweep.json`: which experiment is swept, by which program, and which tasks are in which shard. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InputError, type InputFault } from "../check.ts";
import { readText, writeWhole } from "./files.ts";
import { programIdentity } from "./results-folder.ts";
import { type Sweep, sweepOf, taskName } from "./sweep-tasks.ts";
import { TaskStore } from "./sweep-store.ts";
import type { SweepTask } from "./worker.ts";

const NAME = "sweep.json";
const STORE = "tasks";

const manifestSchema = z.object({
  schema: z.literal("wisefuse/sweep@1"),
  version: z.string(),
  commit: z.string().nullable(),
  build: z.string(),
  source: z.object({ kind: z.literal("experiment"), nameOrFile: z.string() }),
  size: z.object({
    policies: z.string().optional(),
    platform: z.string().optional(),
    slo: z.string().optional(),
    budget: z.string().optional(),
    quantile: z.number(),
    runs: z.number().optional(),
    seeds: z.number(),
    seed: z.string().optional(),
    quick: z.boolean(),
  }),
  inputs: z.array(z.object({ file: z.string(), sha256: z.string() })),
  fingerprint: z.string(),
  /** Expected time on one core, ms, and the names of the tasks. */
  shards: z.array(z.object({ expectedMs: z.number(), tasks: z.array(z.string()) })),
});

/** A part of a sweep that one machine runs. */
export interface Shard {
  readonly expectedMs: number;
  readonly tasks: readonly SweepTask[];
}

/** A planned sweep: what there is to do, who does what, and what is done. */
export interface PlannedSweep {
  readonly sweep: Sweep;
  readonly shards: readonly Shard[];
  readonly store: TaskStore;
}

/**
 * Writes the manifest of a sweep into a folder. What a plan of the same sweep has left there stays done.
 * @throws InputError usage, when the folder holds another sweep.
 */
export function writeManifest(folder: string, sweep: Sweep, shards: readonly Shard[]): void {
  const { fingerprint, build, source, size, loaded } = sweep;
  const store = join(folder, STORE);
  if (existsSync(join(folder, NAME))) TaskStore.existing(store, fingerprint, "-o");
  else TaskStore.empty(store, fingerprint);
  const manifest = {
    schema: "wisefuse/sweep@1",
    ...programIdentity(),
    build,
    source,
    size,
    inputs: loaded.map(({ file, sha256 }) => ({ file, sha256 })),
    fingerprint,
    shards: shards.map(({ expectedMs, tasks }) => ({
      expectedMs: Math.round(expectedMs),
      tasks: tasks.map(taskName),
    })),
  };
  writeWhole(join(folder, NAME), `${JSON.stringify(manifest, null, 1)}\n`);
}

/**
 * The sweep that a folder holds, as this program understands it.
 * @throws InputError file, when there is none; usage, when it was planned by another program or of other inputs.
 */
export async function readManifest(folder: string): Promise<PlannedSweep> {
  const file = join(folder, NAME);
  const text = readText(file);
  const parsed = manifestSchema.safeParse(jsonOf(text, file));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({
      where: path.join("."),
      message,
    }));
    throw new InputError("file", faults, file);
  }
  const { source, size, fingerprint, shards, ...planned } = parsed.data;
  const faults: InputFault[] = [];
  const expect = (where: string, was: string | null, is: string | null) => {
    if (was !== is)
      faults.push({ where, message: `planned with ${was}, here it is ${is}; plan it again` });
  };
  const { version, commit } = programIdentity();
  expect("version", planned.version, version);
  // Without a checkout there is no commit; the digest of the build says as much.
  if (planned.commit !== null && commit !== null) expect("commit", planned.commit, commit);
  if (faults.length > 0) throw new InputError("usage", faults, file);
  const sweep = await sweepOf(source, size);
  expect("build", planned.build, sweep.build);
  const digests = new Map(sweep.loaded.map((one) => [one.file, one.sha256]));
  for (const input of planned.inputs)
    expect(input.file, input.sha256, digests.get(input.file) ?? "not there");
  if (faults.length === 0) expect("fingerprint", fingerprint, sweep.fingerprint);
  if (faults.length > 0) throw new InputError("usage", faults, file);
  const byName = new Map(sweep.tasks.map((task) => [taskName(task), task]));
  return {
    sweep,
    shards: shards.map(({ expectedMs, tasks }) => ({
      expectedMs,
      tasks: tasks.map((name) => byName.get(name)!),
    })),
    store: TaskStore.existing(join(folder, STORE), fingerprint, folder),
  };
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError("syntax", String(error), file);
  }
}
