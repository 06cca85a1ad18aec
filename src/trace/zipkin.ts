/** Zipkin's JSON, version 2. */

import { z } from "zod";
import { readJson } from "./json-source.ts";
import { spanReader, type TraceSpan } from "./spans.ts";
import { type ImportOptions, type TraceFile, type TraceFormat, wholeText } from "./trace-format.ts";

const span = z.object({
  traceId: z.string(),
  id: z.string(),
  parentId: z.string().nullish(),
  name: z.string().nullish(),
  kind: z.string().nullish(),
  timestamp: z.number().optional(),
  duration: z.number().min(0).optional(),
  localEndpoint: z.object({ serviceName: z.string().nullish() }).nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
});

// A trace is a list of spans; the interface's "download all" is a list of traces.
const document = z.union([z.array(span), z.array(z.array(span))], {
  error: "expected a list of spans, or of traces",
});

const US_PER_MS = 1000;

/** Zipkin JSON. */
export const zipkin: TraceFormat = {
  name: "zipkin",
  description: "Zipkin v2 spans, JSON",
  files: "one or more .json",
  supplies: ["graph", "fan-out", "durations", "arrivals"],
  partly: { "cold start": "if spans are tagged faas.coldstart" },
  read: spanReader("Zipkin spans", spansOf),
};

async function spansOf(file: TraceFile, { note }: ImportOptions): Promise<readonly TraceSpan[]> {
  const spans = readJson(document, await wholeText(file), file.name).flat();
  const whole = spans.filter((one) => one.timestamp !== undefined && one.duration !== undefined);
  if (whole.length < spans.length)
    note(`${file.name}: ${spans.length - whole.length} of ${spans.length} spans have no duration`);
  // A call is one id shared by caller and callee: the callee's half is the execution.
  const served = new Set(
    whole.filter((one) => one.kind === "SERVER").map((one) => `${one.traceId} ${one.id}`),
  );
  return whole
    .filter((one) => one.kind !== "CLIENT" || !served.has(`${one.traceId} ${one.id}`))
    .map((one): TraceSpan => {
      const faas = one.tags?.["faas.name"];
      const cold = one.tags?.["faas.coldstart"];
      const service = one.localEndpoint?.serviceName ?? "";
      const name = one.name ?? one.kind ?? "span";
      return {
        trace: one.traceId,
        id: one.id,
        parent: one.parentId ?? undefined,
        follows: [],
        name: faas ?? (service === "" ? name : `${service}: ${name}`),
        startMs: one.timestamp! / US_PER_MS,
        endMs: (one.timestamp! + one.duration!) / US_PER_MS,
        isFunction: faas !== undefined || cold !== undefined,
      };
    });
}
