/**
 * `npm run bench:imports`: CPU time and peak memory of the importers that must take millions of rows, on rows
 * made up as they are read. Each in its own process, for a process never forgets its peak.
 */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { traceFormat } from "../../src/trace/index.ts";
import type { TraceFile } from "../../src/trace/trace-format.ts";

const ROWS_PER_PIECE = 2000;
const FUNCTIONS = 424;
const MIB = 1024 * 1024;

/** One measurement: a format, how many rows, and the text of each. */
interface Load {
  readonly format: string;
  readonly rows: number;
  readonly header: string;
  readonly row: (i: number) => string;
}

const hash = (i: number) => `${(i * 2654435761) % 4294967296}`.padStart(10, "0").repeat(6);

const LOADS: readonly Load[] = [
  {
    format: "azure-2021",
    rows: 1_000_000,
    header: "app,func,end_timestamp,duration\n",
    row: (i) =>
      `${hash((i % FUNCTIONS) % 119)},${hash(i % FUNCTIONS)},${i * 0.6 + 0.123},${((i * 7919) % 3001) / 1000}\n`,
  },
  {
    format: "azure-2021",
    rows: 2_000_000,
    header: "app,func,end_timestamp,duration\n",
    row: (i) =>
      `${hash((i % FUNCTIONS) % 119)},${hash(i % FUNCTIONS)},${i * 0.6 + 0.123},${((i * 7919) % 3001) / 1000}\n`,
  },
  {
    format: "run-csv",
    rows: 2_000_000,
    header: "func,start,end,is_cold,request_id,blob.download,blob.upload,memory_mb\n",
    // Runs of ten: a stage, eight workers, a stage.
    row: (i) => {
      const [run, place] = [Math.floor(i / 10), i % 10];
      const func = place === 0 ? "split" : place === 9 ? "join" : "work";
      const start = run * 5 + (place === 0 ? 0 : place === 9 ? 3 : 1);
      return `${func},${start},${start + 0.5 + (i % 97) / 200},False,run-${run},1000,1000,1769\n`;
    },
  },
  {
    format: "alibaba-2018",
    rows: 2_000_000,
    header: "",
    row: (i) => {
      const [job, place] = [Math.floor(i / 4) + 1, (i % 4) + 1];
      const name = place === 1 ? "M1" : `R${place}_${place - 1}`;
      return `${name},${place},j_${job},1,Terminated,${job + place},${job + place + 9},100,0.5\n`;
    },
  },
];

function fileOf({ rows, header, row }: Load): TraceFile {
  return {
    name: "generated.csv",
    async *chunks() {
      yield header;
      for (let i = 0; i < rows; ) {
        const pieces: string[] = [];
        for (const end = Math.min(rows, i + ROWS_PER_PIECE); i < end; i++) pieces.push(row(i));
        yield await Promise.resolve(pieces.join(""));
      }
    },
  };
}

async function measure(load: Load): Promise<string> {
  const text = await seconds(async () => {
    let length = 0;
    for await (const piece of fileOf(load).chunks()) length += piece.length;
    return length;
  });
  let workloads = 0;
  const read = await seconds(async () => {
    const options = {
      runtime: "python3.12",
      allowBadRows: false,
      oneThread: false,
      cv: 0.1,
      items: new Map<string, number>(),
      chances: new Map<string, number>(),
      failures: 0,
      note: (said: string) => process.stderr.write(`${said}\n`),
    };
    for await (const _ of traceFormat(load.format).read([fileOf(load)], options)) workloads++;
    return workloads;
  });
  const peakMib = process.resourceUsage().maxRSS / 1024;
  return `${load.format.padEnd(13)} ${load.rows} rows, ${Math.round(text.value / MIB)} MiB: ${(read.s - text.s).toFixed(1)} s of CPU besides ${text.s.toFixed(1)} s to make the text, ${workloads} workloads, peak ${Math.round(peakMib)} MiB`;
}

async function seconds<T>(
  run: () => Promise<T>,
): Promise<{ readonly s: number; readonly value: T }> {
  const before = process.cpuUsage();
  const value = await run();
  const { user, system } = process.cpuUsage(before);
  return { s: (user + system) / 1e6, value };
}

const chosen = process.argv[2];
if (chosen === undefined)
  for (const i of LOADS.keys())
    process.stdout.write(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), String(i)]).toString(),
    );
else process.stdout.write(`${await measure(LOADS[Number(chosen)]!)}\n`);
