/** AWS X-Ray: segment documents, alone, in a list, one a line, or as `aws xray batch-get-traces` prints. */

import { z } from "zod";
import { InputError } from "../check.ts";
import { jsonSource, readSource } from "./json-source.ts";
import { spanReader, type TraceSpan } from "./spans.ts";
import {
  type ImportOptions,
  type TraceFile,
  type TraceFormat,
  wholeText,
  writtenLines,
} from "./trace-format.ts";

interface Segment {
  readonly id: string;
  readonly name: string;
  readonly trace_id?: string | undefined;
  readonly parent_id?: string | undefined;
  readonly start_time: number;
  readonly end_time?: number | undefined;
  readonly origin?: string | undefined;
  readonly subsegments: readonly Segment[];
}

const segment: z.ZodType<Segment> = z.object({
  id: z.string(),
  name: z.string(),
  trace_id: z.string().optional(),
  parent_id: z.string().optional(),
  start_time: z.number().min(0),
  end_time: z.number().min(0).optional(),
  origin: z.string().optional(),
  subsegments: z.lazy(() => z.array(segment)).default([]),
});

const batch = z.object({
  Traces: z.array(z.object({ Segments: z.array(z.object({ Document: z.string() })) })),
});

/** X-Ray segments. */
export const xray: TraceFormat = {
  name: "xray",
  description: "AWS X-Ray segment documents",
  files: "one or more .json",
  supplies: ["graph", "fan-out", "durations", "arrivals"],
  partly: { "cold start": "Initialization subsegments of Lambda" },
  read: spanReader("X-Ray segments", spansOf),
};

async function spansOf(file: TraceFile, { note }: ImportOptions): Promise<readonly TraceSpan[]> {
  const segments = await segmentsOf(file);
  const open = segments.filter((one) => one.end_time === undefined).length;
  if (open > 0) note(`${file.name}: ${open} segments in progress are left out`);
  const spans: TraceSpan[] = [];
  for (const one of segments) addSpans(spans, one, one.trace_id ?? one.id, one.parent_id);
  return spans;
}

async function segmentsOf(file: TraceFile): Promise<readonly Segment[]> {
  const text = await wholeText(file);
  const lines = Array.from(writtenLines(text), (one) => one.text);
  if (lines.length > 1 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line)))
    return lines.map((line) => readSource(segment, jsonSource(line, file.name)));
  const source = jsonSource(text, file.name);
  const { value } = source;
  if (typeof value === "object" && value !== null && "Traces" in value)
    return readSource(batch, source).Traces.flatMap(({ Segments }) =>
      Segments.map(({ Document }) => readSource(segment, jsonSource(Document, file.name))),
    );
  if (!Array.isArray(value)) return [readSource(segment, source)];
  if (value.length === 0) throw new InputError("workload", "holds no segment", file.name);
  return readSource(z.array(segment), source);
}

// Lambda is seen twice: AWS::Lambda is the service, with the wait for a VM; AWS::Lambda::Function the code.
function addSpans(
  spans: TraceSpan[],
  one: Segment,
  trace: string,
  parent: string | undefined,
): void {
  for (const inner of one.subsegments) addSpans(spans, inner, trace, one.id);
  if (one.end_time === undefined) return;
  const starts = one.subsegments.filter((inner) => inner.name === "Initialization");
  const initMs = starts.reduce(
    (sum, inner) => sum + 1000 * ((inner.end_time ?? inner.start_time) - inner.start_time),
    0,
  );
  const isFunction = one.origin === "AWS::Lambda::Function";
  spans.push({
    trace,
    id: one.id,
    parent,
    follows: [],
    name: one.name,
    // The code's segment may hold its start; what is told apart is not counted twice.
    startMs: Math.max(one.start_time, ...starts.map((start) => start.end_time ?? 0)) * 1000,
    endMs: Math.max(one.start_time, one.end_time) * 1000,
    isFunction,
    initMs: starts.length > 0 ? initMs : undefined,
  });
}
