/** AWS Lambda Power Tuning: what a function costs and takes at several memory sizes, as JSON or as its URL. */

import { z } from "zod";
import { InputError } from "../check.ts";
import type { MeasuredCompute } from "../workflow/profile.ts";
import { assembled } from "./assembly.ts";
import { jsonSource, readSource } from "./json-source.ts";
import { nameOfFile, safeName } from "./names.ts";
import { type ImportOptions, type TraceFile, type TraceFormat, wholeText } from "./trace-format.ts";
import type { Workload } from "./workload.ts";

const stat = z.object({ value: z.number().gt(0), averageDuration: z.number().gt(0) });

const output = z.object({
  stats: z.array(stat).min(1).optional(),
  stateMachine: z.object({ visualization: z.string().optional() }).optional(),
});

const input = z.object({ lambdaARN: z.string(), powerValues: z.unknown() });

interface Size {
  readonly memoryMb: number;
  readonly meanMs: number;
}

/** Lambda Power Tuning results. */
export const powerTuning: TraceFormat = {
  name: "power-tuning",
  description: "AWS Lambda Power Tuning, JSON result or URL",
  files: "one or more .json or .txt; each gives a workload of one function",
  supplies: ["scaling"],
  partly: { durations: "means only" },
  async *read(files, options) {
    for (const file of files) yield await workloadOf(file, options);
  },
};

async function workloadOf(file: TraceFile, options: ImportOptions): Promise<Workload> {
  const name = safeName(options.name ?? nameOfFile(file.name));
  const sizes = sizesOf(await wholeText(file), file.name).toSorted(
    (a, b) => a.memoryMb - b.memoryMb,
  );
  const twice = sizes.find(({ memoryMb }, i) => sizes[i + 1]?.memoryMb === memoryMb);
  if (twice !== undefined)
    throw new InputError("workload", `gives two times at ${twice.memoryMb} MB`, file.name);
  const compute: MeasuredCompute = {
    kind: "measured",
    sizes: sizes.map(({ memoryMb, meanMs }) => ({
      memoryMb,
      timeMs: options.cv === 0 ? meanMs : { lognormal: { mean: meanMs, cv: options.cv } },
    })),
  };
  return assembled({
    name,
    description: `One function at ${sizes.length} memory sizes.`,
    source: `AWS Lambda Power Tuning, ${file.name}`,
    runtime: options.runtime,
    stages: [
      {
        id: name,
        compute: {
          value: compute,
          tag: "derived",
          source: `mean at each size; lognormal with CoV ${options.cv}, which is assumed`,
        },
      },
    ],
    edges: [],
  });
}

function sizesOf(text: string, file: string): readonly Size[] {
  if (/^\s*(https?:|[A-Za-z0-9+/=]+;)/.test(text)) return sizesOfUrl(text.trim(), file);
  const source = jsonSource(text, file);
  if (input.safeParse(source.value).success)
    throw new InputError(
      "workload",
      "is the input of a power tuning run, not its result: it names sizes and holds no times",
      file,
    );
  const { value } = source;
  const wrapped = typeof value === "object" && value !== null && "results" in value;
  const { stats, stateMachine } = wrapped
    ? readSource(z.object({ results: output }), source).results
    : readSource(output, source);
  if (stats !== undefined)
    return stats.map((one) => ({ memoryMb: one.value, meanMs: one.averageDuration }));
  if (stateMachine?.visualization !== undefined)
    return sizesOfUrl(stateMachine.visualization, file);
  throw new InputError(
    "workload",
    'expected "stats" (run with includeOutputResults) or "stateMachine.visualization", got neither: power, cost and duration alone are of one size',
    file,
  );
}

// The part after # holds three lists: int16 sizes, float32 ms, float32 USD, little-endian in base64.
function sizesOfUrl(url: string, file: string): readonly Size[] {
  const parts = url.slice(url.indexOf("#") + 1).split(";");
  const fail = (message: string): never => {
    throw new InputError("workload", `${message}, got "${url.slice(0, 40)}…"`, file);
  };
  const [sizes, times] = [bytesOf(parts[0] ?? ""), bytesOf(parts[1] ?? "")];
  if (sizes === undefined || times === undefined || sizes.byteLength === 0)
    return fail("expected a visualization URL with #sizes;times;costs in base64");
  const count = sizes.byteLength / 2;
  if (times.byteLength !== 4 * count)
    return fail(`expected as many times as sizes, ${count} of each`);
  const read = Array.from({ length: count }, (_, i) => ({
    memoryMb: sizes.getInt16(2 * i, true),
    meanMs: times.getFloat32(4 * i, true),
  }));
  if (read.some(({ memoryMb, meanMs }) => !(memoryMb > 0 && meanMs > 0)))
    return fail("expected sizes and times above 0");
  return read;
}

function bytesOf(base64: string): DataView | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.replace(/=+$/, "").length % 4 === 1)
    return undefined;
  return new DataView(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
}
