/** `replay`: many workflows on one account under several policies; a table by class of workflow. */

import { InputError } from "../check.ts";
import { replay } from "../harness/replay.ts";
import { type Sizing, SIZINGS } from "../policy/policy.ts";
import { platformNamed } from "../platform/index.ts";
import { REPLAY_TABLE } from "../result/replay.ts";
import { feasibleLines, replayTable } from "../result/replay-table.ts";
import { grouped } from "../result/text-table.ts";
import type { Workload } from "../trace/workload.ts";
import { policiesOf, shardIn, wholeNumber } from "./arguments.ts";
import { writeWhole } from "./files.ts";
import { workloadSource } from "./load.ts";
import { Progress } from "./progress.ts";
import { fail } from "./usage.ts";
import { wrapped } from "./wrap.ts";

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
  /** Accounts that the workloads are dealt to, simulated one after the other. */
  readonly accounts: number;
  readonly sizing: string;
  readonly quiet: boolean;
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
  const accounts = wholeNumber("--accounts", options.accounts, 1);
  const dealt: (() => Workload)[][] = Array.from({ length: accounts }, () => []);
  let place = 0;
  let taken = 0;
  for (const read of workloadSource(options.workloads)())
    if (inShard(place++)) dealt[taken++ % accounts]!.push(read);
  refuseDoubles(dealt.flat());
  const settings = {
    platform: platform.name,
    policies: names,
    sizing: sizingOf(options.sizing),
    hours,
    warmupHours,
    limit,
    seed,
  };
  const progress = new Progress(accounts, options.quiet || accounts === 1, "accounts");
  const { tally, workflows, leftOut, comparedOneIn } = replay(
    readOneByOne(dealt, progress),
    settings,
  );
  const rows = tally.rows(settings);
  if (rows.length === 0) throw new InputError("workload", "nothing arrives in these hours");
  if (output !== undefined) writeWhole(`${output}/replay.csv`, await REPLAY_TABLE.toCsv(rows));
  const each = accounts === 1 ? "" : `on ${grouped(accounts)} accounts `;
  const sizes = settings.sizing === "tuned" ? "" : ",\nevery plan at one vCPU a worker";
  const title = `${grouped(workflows)} workflows ${each}for ${hours} h after ${warmupHours} h, at most ${grouped(limit)} VMs at once,\non ${platform.name}; least P95 at no greater cost than unfused at one vCPU${sizes}\n`;
  const met = `Plans expected to cost no more:\n${feasibleLines(tally)}`;
  process.stdout.write([wrapped(title), replayTable(rows), met].join("\n"));
  if (comparedOneIn > 1)
    process.stdout.write(`Ratios are of one run in ${comparedOneIn}, all else of every run.\n`);
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

function sizingOf(text: string): Sizing {
  return (
    SIZINGS.find((one) => one === text) ??
    fail("--sizing", `expected ${SIZINGS.join(" or ")}, got ${text}`)
  );
}

// A workflow's luck is named by its name. All are read before any runs: a fault in the last one costs no time.
function refuseDoubles(reads: Iterable<() => Workload>): void {
  const names = new Set<string>();
  for (const read of reads) {
    const { name } = read();
    if (names.has(name)) throw new InputError("workload", `two workloads are named "${name}"`);
    names.add(name);
  }
}

// In memory are the workloads of one account.
function* readOneByOne(
  accounts: readonly (readonly (() => Workload)[])[],
  progress: Progress,
): Generator<readonly Workload[]> {
  for (const account of accounts) {
    yield account.map((read) => read());
    progress.advance("");
  }
}
