/** OpenTelemetry traces as OTLP/JSON: one document, or one a line as the file exporter writes them. */

import { z } from "zod";
import { InputError } from "../check.ts";
import { jsonSource, readSource } from "./json-source.ts";
import { OWN_ATTRIBUTES, spanReader, type TraceSpan } from "./spans.ts";
import { type TraceFile, type TraceFormat, wholeText, writtenLines } from "./trace-format.ts";

// Nanoseconds since 1970 exceed 2^53, so the format writes them as text; some writers do not.
const nanoseconds = z.union(
  [
    z.string().regex(/^\d{1,20}$/, { error: "expected a whole number of ns" }),
    z.number().min(0).transform(Math.round),
  ],
  {
    error: "expected a whole number of ns, as text",
  },
);

const attribute = z.object({
  key: z.string(),
  value: z
    .object({
      stringValue: z.string().optional(),
      boolValue: z.boolean().optional(),
      intValue: z.union([z.string(), z.number()]).optional(),
      doubleValue: z.number().optional(),
    })
    .optional(),
});

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.union([z.number(), z.string()]).default(0),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds.optional(),
  attributes: z.array(attribute).default([]),
  links: z.array(z.object({ spanId: z.string() })).default([]),
});

const document = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute).default([]) }).optional(),
      scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
    }),
  ),
});

/** OTLP/JSON. */
export const otlp: TraceFormat = {
  name: "otlp",
  description: "OpenTelemetry spans, OTLP/JSON",
  files: "one or more .json or .jsonl",
  supplies: ["graph", "fan-out", "durations", "arrivals"],
  partly: {
    scaling: "the sizes in faas.max_memory",
    "cold start": "if spans carry faas.coldstart",
    bytes: "if spans carry wisefuse.bytes_*",
  },
  read: spanReader("OTLP spans", spansOf),
};

async function spansOf(file: TraceFile): Promise<readonly TraceSpan[]> {
  const documents = documentsOf(await wholeText(file), file.name);
  const raw = documents.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((one) => ({ one, resource: attributesOf(resource?.attributes ?? []) })),
      ),
    ),
  );
  const ended = raw.filter(({ one }) => one.endTimeUnixNano !== undefined);
  const first = ended[0]?.one.startTimeUnixNano ?? 0;
  const base = BigInt(first);
  const ms = (ns: string | number) => Number(BigInt(ns) - base) / 1e6;
  return ended.map(({ one, resource }) => {
    const attributes = attributesOf(one.attributes);
    const own = OWN_ATTRIBUTES.flatMap((key) => {
      const value = Number(attributes.get(key) ?? resource.get(key) ?? Number.NaN);
      return Number.isFinite(value) ? [[key, value] as const] : [];
    });
    return {
      trace: one.traceId,
      id: one.spanId,
      parent: one.parentSpanId === "" ? undefined : one.parentSpanId,
      follows: one.links.map((link) => link.spanId),
      name: nameOf(one.name, attributes, resource),
      startMs: ms(one.startTimeUnixNano),
      endMs: Math.max(ms(one.startTimeUnixNano), ms(one.endTimeUnixNano!)),
      isFunction: !CLIENT.includes(one.kind) && MARKS.some((mark) => attributes.has(mark)),
      own: Object.fromEntries(own),
    };
  });
}

function documentsOf(text: string, file: string): readonly z.output<typeof document>[] {
  const lines = [...writtenLines(text)];
  const perLine = lines.length > 1 && lines.every((one) => /^\s*\{.*\}\s*$/.test(one.text));
  if (!perLine) return [readSource(document, jsonSource(text, file))];
  return lines.map(({ text: written, line }) => {
    try {
      return readSource(document, jsonSource(written, file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const faults = error.faults.map((fault) => ({ ...fault, line }));
      throw new InputError(error.code, faults, file);
    }
  });
}

// Who executes is named by its resource; who calls says whom, which is all there is when only calls are traced.
function nameOf(span: string, attributes: Attributes, resource: Attributes): string {
  const named = ["faas.name", "faas.invoked_name"].map((key) => attributes.get(key));
  return String(named[0] ?? resource.get("faas.name") ?? named[1] ?? span);
}

// What the semantic conventions put on the execution of a function; `faas.name` may only be the resource's there.
const MARKS = ["faas.trigger", "faas.invocation_id", "faas.coldstart", "faas.name"];

const CLIENT: readonly (string | number)[] = [3, "SPAN_KIND_CLIENT"];

type Attributes = ReadonlyMap<string, string | number | boolean>;

function attributesOf(list: readonly z.output<typeof attribute>[]): Attributes {
  return new Map(
    list.flatMap(({ key, value }) => {
      const { stringValue, boolValue, intValue, doubleValue } = value ?? {};
      const held = stringValue ?? boolValue ?? intValue ?? doubleValue;
      return held === undefined ? [] : [[key, held] as const];
    }),
  );
}
