/** The REPORT lines that AWS Lambda writes to CloudWatch Logs at the end of every invocation. */

import { InputError } from "../check.ts";
import { assembled } from "./assembly.ts";
import { nameOfFile, safeName } from "./names.ts";
import { handlerStart, measuredCompute } from "./measured-compute.ts";
import { RowTally } from "./row-tally.ts";
import { NumberColumn } from "./samples.ts";
import {
  type ImportOptions,
  type TraceFile,
  type TraceFormat,
  wholeText,
  writtenLines,
} from "./trace-format.ts";
import type { Workload } from "./workload.ts";

// Pairs of key, value and unit; tools that imitate the line give them in another order.
const PAIR =
  /(Duration|Billed Duration|Init Duration|Memory Size|Max Memory Used): ([\d.]+) (ms|MB)/g;

/** CloudWatch REPORT lines. */
export const reportLines: TraceFormat = {
  name: "report",
  description: "REPORT lines of AWS Lambda in CloudWatch logs",
  files: "one or more logs; each gives a workload of one function",
  supplies: ["durations", "cold start"],
  partly: { scaling: "the sizes that were run" },
  async *read(files, options) {
    for (const file of files) yield await workloadOf(file, options);
  },
};

async function workloadOf(file: TraceFile, options: ImportOptions): Promise<Workload> {
  const name = safeName(options.name ?? nameOfFile(file.name));
  const tally = new RowTally(file.name);
  const times = new Map<number, NumberColumn>();
  const inits = new NumberColumn();
  let usedMb = 0;
  for (const { text: line, line: number } of writtenLines(await wholeText(file))) {
    const begins = line.indexOf("REPORT RequestId:");
    if (begins < 0) continue;
    tally.row();
    const said = new Map([...line.matchAll(PAIR)].map((match) => [match[1]!, Number(match[2])]));
    const duration = said.get("Duration");
    const memoryMb = said.get("Memory Size");
    if (duration === undefined || memoryMb === undefined) {
      const lacks = duration === undefined ? "Duration: … ms" : "Memory Size: … MB";
      tally.fault(number, begins + 1, "REPORT", `expected "${lacks}", got none`);
      continue;
    }
    const sample = times.get(memoryMb) ?? new NumberColumn();
    times.set(memoryMb, sample);
    sample.push(duration);
    if (said.has("Init Duration")) inits.push(said.get("Init Duration")!);
    usedMb = Math.max(usedMb, said.get("Max Memory Used") ?? 0);
  }
  tally.close(options);
  if (times.size === 0)
    throw new InputError("workload", 'holds no line with "REPORT RequestId:"', file.name);
  const count = [...times.values()].reduce((sum, sample) => sum + sample.length, 0);
  return assembled({
    name,
    description: `One function, ${count} invocations, ${inits.length} of them cold.`,
    source: `REPORT lines of ${file.name}`,
    runtime: options.runtime,
    stages: [
      {
        id: name,
        compute: measuredCompute(
          new Map([...times].map(([mb, sample]) => [mb, sample.values()] as const)),
          { tag: "measured", source: "Duration, what the function waits for included" },
          options,
        ),
        initCpu: handlerStart(inits.values(), options.runtime),
        memoryMb:
          usedMb === 0
            ? undefined
            : {
                value: { runtime: 0, worker: usedMb },
                tag: "measured",
                source: "largest Max Memory Used, runtime included",
              },
      },
    ],
    edges: [],
  });
}
