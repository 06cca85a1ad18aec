/** Jaeger's JSON, as its user interface downloads it. */

import { z } from "zod";
import { readJson } from "./json-source.ts";
import { OWN_ATTRIBUTES, spanReader, type TraceSpan } from "./spans.ts";
import { type TraceFile, type TraceFormat, wholeText } from "./trace-format.ts";

const tags = z
  .array(z.object({ key: z.string(), value: z.unknown() }))
  .nullish()
  .transform((list) => new Map((list ?? []).map(({ key, value }) => [key, value])));

const document = z.object({
  data: z.array(
    z.object({
      spans: z.array(
        z.object({
          traceID: z.string(),
          spanID: z.string(),
          operationName: z.string(),
          references: z
            .array(z.object({ refType: z.string(), spanID: z.string() }))
            .nullish()
            .transform((list) => list ?? []),
          startTime: z.number(),
          duration: z.number().min(0),
          tags,
          processID: z.string().optional(),
        }),
      ),
      processes: z.record(z.string(), z.object({ serviceName: z.string() })).default({}),
    }),
  ),
});

const US_PER_MS = 1000;

/** Jaeger JSON. */
export const jaeger: TraceFormat = {
  name: "jaeger",
  description: "Jaeger spans, JSON of its user interface",
  files: "one or more .json",
  supplies: ["graph", "fan-out", "durations", "arrivals"],
  partly: {
    scaling: "the sizes in faas.max_memory",
    "cold start": "if spans carry faas.coldstart",
    bytes: "if spans carry wisefuse.bytes_*",
  },
  read: spanReader("Jaeger spans", spansOf),
};

async function spansOf(file: TraceFile): Promise<readonly TraceSpan[]> {
  const { data } = readJson(document, await wholeText(file), file.name);
  return data.flatMap(({ spans, processes }) =>
    spans.map((span): TraceSpan => {
      const faas = span.tags.get("faas.name");
      const cold = span.tags.get("faas.coldstart");
      const service = processes[span.processID ?? ""]?.serviceName;
      const own = OWN_ATTRIBUTES.flatMap((key) => {
        const value = span.tags.get(key);
        return typeof value === "number" ? [[key, value] as const] : [];
      });
      const refers = (type: string) =>
        span.references.filter((one) => one.refType === type).map((one) => one.spanID);
      return {
        trace: span.traceID,
        id: span.spanID,
        parent: refers("CHILD_OF")[0],
        follows: refers("FOLLOWS_FROM"),
        name: typeof faas === "string" ? faas : nameOf(service, span.operationName),
        startMs: span.startTime / US_PER_MS,
        endMs: (span.startTime + span.duration) / US_PER_MS,
        isFunction: faas !== undefined || span.tags.has("faas.trigger") || cold !== undefined,
        own: Object.fromEntries(own),
      };
    }),
  );
}

function nameOf(service: string | undefined, operation: string): string {
  return service === undefined ? operation : `${service}: ${operation}`;
}
