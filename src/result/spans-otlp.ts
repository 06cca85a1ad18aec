/** Spans as OTLP/JSON, for any tracing tool, and read again by `wisefuse import otlp`. */

import type { StageSpan } from "../execution/spans.ts";
import type { Workflow } from "../workflow/workflow.ts";
import { parentsOf } from "./spans-csv.ts";

const NS_PER_MS = 1e6;
const BYTES_PER_MB = 1024 * 1024;
const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;

// 0 is no id, and the runs' own spans come first.
const FIRST_ID = 1;

/**
 * One trace per run: a span for the run, and within it one for each execution, linked to the first
 * worker of each stage it waited for. Times are ns since the first arrival of the simulation.
 */
export function spansToOtlp(spans: readonly StageSpan[], workflow: Workflow): string {
  const parents = parentsOf(workflow);
  const runs = new Map<number, StageSpan[]>();
  for (const span of spans) {
    const run = runs.get(span.run);
    if (run === undefined) runs.set(span.run, [span]);
    else run.push(span);
  }
  let id = FIRST_ID;
  const written = [...runs].flatMap(([run, executions]) => {
    const traceId = hex(run + 1, TRACE_DIGITS);
    const root = hex(id++, SPAN_DIGITS);
    const ids = executions.map(() => hex(id++, SPAN_DIGITS));
    const first = new Map<string, string>();
    executions.forEach(({ stage }, i) => {
      if (!first.has(stage)) first.set(stage, ids[i]!);
    });
    return [
      {
        traceId,
        spanId: root,
        name: workflow.name,
        kind: INTERNAL,
        startTimeUnixNano: ns(Math.min(...executions.map((span) => span.startMs))),
        endTimeUnixNano: ns(Math.max(...executions.map((span) => span.endMs))),
      },
      ...executions.map((span, i) => ({
        traceId,
        spanId: ids[i]!,
        parentSpanId: root,
        name: span.stage,
        kind: SERVER,
        startTimeUnixNano: ns(span.startMs),
        endTimeUnixNano: ns(span.endMs),
        attributes: attributesOf(span),
        links: parents.get(span.stage)!.flatMap((parent) => {
          const spanId = first.get(parent);
          return spanId === undefined ? [] : [{ traceId, spanId }];
        }),
      })),
    ];
  });
  const service = [text("service.name", workflow.name)];
  const document = {
    resourceSpans: [
      {
        resource: { attributes: service },
        scopeSpans: [{ scope: { name: "wisefuse" }, spans: written }],
      },
    ],
  };
  return `${JSON.stringify(document)}\n`;
}

const INTERNAL = 1;
const SERVER = 2;

function attributesOf(span: StageSpan): readonly unknown[] {
  return [
    text("faas.name", span.stage),
    { key: "faas.coldstart", value: { boolValue: span.cold } },
    { key: "faas.max_memory", value: { intValue: String(span.memoryMb * BYTES_PER_MB) } },
    number("wisefuse.transfer_ms", span.fetchMs + span.storeMs),
    number("wisefuse.bytes_in", span.bytesIn),
    number("wisefuse.bytes_out", span.bytesOut),
    ...(span.cold ? [number("wisefuse.handler_ms", span.handlerMs)] : []),
  ];
}

function text(key: string, stringValue: string): unknown {
  return { key, value: { stringValue } };
}

function number(key: string, doubleValue: number): unknown {
  return { key, value: { doubleValue } };
}

// Nanoseconds exceed 2^53 for times of day, so the format writes them as text.
function ns(ms: number): string {
  return String(BigInt(Math.round(ms * NS_PER_MS)));
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
