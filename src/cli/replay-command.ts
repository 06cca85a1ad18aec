/** `replay`: many workflows on one account under several policies; a table by class of workflow. */

import { InputError } from "../check.ts";
import { replay } from "../harness/replay.ts";
import { platformNamed } from "../platform/index.ts";
import { REPLAY_TABLE, replayRows } from "../result/replay.ts";
import { feasibleLines, replayTable } from "../result/replay-table.ts";
import { grouped } from "../result/text-table.ts";
import type { Workload } from "../trace/workload.ts";
import { policiesOf, shardIn, wholeNumber } from "./arguments.ts";
import { writeWhole } from "./files.ts";
import { workloadSource } from "./load.ts";
import { fail } from "./usage.ts";

/** Options of `replay`, as yargs gives them. */
export interface ReplayCommandOptions {
  readonly workloads: readonly string[];
  readonly policies: string;
  readonly platform: string;
  readonly hours: number;
  readonly warmup: number;
  readonly limit?: number | undefined;
  /** `i/N`: every N-th workload from the i-th on, as an account of its own. */
  readonly shard?: string | undefined;
  readonly seed: string;
  readonly output?: string | undefined;
}

/** Replays and prints one block per class; with `-o` also writes the rows. The exit code. */
export async function replayCommand(options: ReplayCommandOptions): Promise<number> {
  const { seed, output } = options;
  const hours = positive("--hours", options.hours);
  const warmupHours = options.warmup === 0 ? 0 : positive("--warmup", options.warmup);
  const platform = platformNamed(options.platform);
  const limit =
    options.limit === undefined
      ? platform.concurrency.limit
      : wholeNumber("--limit", options.limit, 1);
  const names = policiesOf(options.policies)!;
  const inShard = shardOf(options.shard);
  const workloads: Workload[] = [];
  let place = 0;
  for (const read of workloadSource(options.workloads)())
    if (inShard(place++)) workloads.push(read());
  refuseDoubles(workloads.map(({ name }) => name));
  const settings = { platform: platform.name, policies: names, hours, warmupHours, limit, seed };
  const { policies, leftOut } = replay(workloads, settings);
  const rows = replayRows(policies, settings);
  if (rows.length === 0) throw new InputError("workload", "nothing arrives in these hours");
  if (output !== undefined) writeWhole(`${output}/replay.csv`, await REPLAY_TABLE.toCsv(rows));
  const title = `${grouped(workloads.length - leftOut.length)} workflows for ${hours} h after ${warmupHours} h, at most ${grouped(limit)} VMs at once,\non ${platform.name}; least P95 at no greater cost than unfused at one vCPU\n`;
  const met = `Plans expected to cost no more:\n${feasibleLines(policies)}`;
  process.stdout.write([title, replayTable(rows), met].join("\n"));
  if (leftOut.length > 0)
    process.stderr.write(
      `${leftOut.length} workloads left out, without arrivals or too large for a VM: ${leftOut.slice(0, 5).join(", ")}\n`,
    );
  return 0;
}

// Those that are not in the shard are not even read into memory.
function shardOf(text: string | undefined): (place: number) => boolean {
  if (text === undefined) return () => true;
  const { number, shards } = shardIn(text) ?? fail("--shard", `expected i/N, got ${text}`);
  return (place) => place % shards === number - 1;
}

function positive(where: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  return fail(where, `expected hours above 0, got ${value}`);
}

// A workflow's luck is named by its name.
function refuseDoubles(names: readonly string[]): void {
  const double = names.find((name, i) => names.indexOf(name) !== i);
  if (double !== undefined) throw new InputError("workload", `two workloads are named "${double}"`);
}
