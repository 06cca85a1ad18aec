/** Azure Functions 2021: a row per invocation, in the millions; a workload per function. */

import type { Arrivals } from "../plan/scenario.ts";
import { assembled, oneThread } from "./assembly.ts";
import { detached, Names } from "./names.ts";
import { RowTally } from "./row-tally.ts";
import { NumberColumn, specOf, toMicroseconds } from "./samples.ts";
import { numberIn, tableRows } from "./table.ts";
import type { ImportOptions, TraceFile, TraceFormat } from "./trace-format.ts";
import type { Workload } from "./workload.ts";

/** The invocations of one function, ms. */
interface Calls {
  readonly app: string;
  readonly func: string;
  readonly startMs: NumberColumn;
  readonly durationMs: NumberColumn;
}

/** Azure Functions invocations, January 2021. */
export const azure2021: TraceFormat = {
  name: "azure-2021",
  description: "Azure Functions invocations, January 2021",
  files: "the .txt or .csv with app, func, end_timestamp, duration",
  supplies: ["durations", "arrivals"],
  partly: {},
  async *read(files, options) {
    const functions = new Map<string, Calls>();
    for (const file of files) await addFile(functions, file, options);
    const most = [...functions.values()].toSorted((a, b) => b.startMs.length - a.startMs.length);
    const names = new Names();
    const source = `Azure Functions trace 2021, ${files.map((file) => file.name).join(", ")}`;
    for (const calls of most.slice(0, options.limit)) {
      yield workloadOf(calls, names, source, options);
    }
  },
};

async function addFile(
  functions: Map<string, Calls>,
  file: TraceFile,
  options: ImportOptions,
): Promise<void> {
  const tally = new RowTally(file.name);
  const required = ["app", "func", "end_timestamp", "duration"] as const;
  for await (const { header, rows } of tableRows(file, required)) {
    const { columns } = header;
    for (const row of rows) {
      tally.row();
      const end = numberIn(row, columns.end_timestamp, "end_timestamp", tally);
      if (end === undefined) continue;
      const duration = numberIn(row, columns.duration, "duration", tally);
      if (duration === undefined) continue;
      const app = row.cells[columns.app] ?? "";
      const func = row.cells[columns.func] ?? "";
      if (app === "" || func === "") {
        tally.bad(row, app === "" ? columns.app : columns.func, "app, func", "a name");
        continue;
      }
      // A function's name is its own only within its application.
      const key = `${app} ${func}`;
      let calls = functions.get(key);
      if (calls === undefined) {
        const [startMs, durationMs] = [new NumberColumn(), new NumberColumn()];
        calls = { app: detached(app), func: detached(func), startMs, durationMs };
        functions.set(key, calls);
      }
      calls.startMs.push(toMicroseconds((end - duration) * 1000));
      calls.durationMs.push(toMicroseconds(duration * 1000));
    }
  }
  tally.close(options);
}

function workloadOf(
  { app, func, startMs, durationMs }: Calls,
  names: Names,
  source: string,
  options: ImportOptions,
): Workload {
  // Calls that began before the trace did count as its first.
  const atMs = Array.from(startMs.values().sort(), (ms) => Math.max(0, ms));
  const arrivals: Arrivals = { kind: "timestamps", atMs };
  return assembled({
    name: functionName(names, app, func),
    description: `Function ${func} of application ${app}: ${atMs.length} invocations.`,
    source,
    runtime: options.runtime,
    stages: [
      {
        id: "function",
        workers: { value: 1, tag: "assumed", source: "the trace has no graph: a workflow of one" },
        compute: {
          value: oneThread(specOf(durationMs.values())),
          tag: "measured",
          source: "duration of each invocation; one thread assumed",
        },
      },
    ],
    edges: [],
    arrivals: { value: arrivals, tag: "measured", source: "end_timestamp less duration" },
  });
}

/** A short name for a function of hashes: their beginnings, told apart where they are equal. */
export function functionName(names: Names, app: string, func: string): string {
  return names.another(`${app.slice(0, HASH_SHOWN)}.${func.slice(0, HASH_SHOWN)}`);
}

const HASH_SHOWN = 10;
