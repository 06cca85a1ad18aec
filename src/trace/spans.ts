/** Spans of any tracing system, and which of them are executions of functions. */

import { InputError } from "../check.ts";
import { type Observation, observedWorkload } from "./observed-workload.ts";
import { StageRecords } from "./stage-records.ts";
import { nameOfFile } from "./names.ts";
import type { ImportOptions, TraceFile, TraceFormat } from "./trace-format.ts";
import type { Workload } from "./workload.ts";

/** A span that has ended. Times in ms since any moment that all spans share. */
export interface TraceSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  /** Ids of spans that must have ended before this one starts. */
  readonly follows: readonly string[];
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Whether the span is known to be an execution of a function. */
  readonly isFunction: boolean;
  /** Start of runtime and handler before it, ms. */
  readonly initMs?: number | undefined;
  /** Numbers under the names of `OWN_ATTRIBUTES`. */
  readonly own?: Readonly<Partial<Record<string, number>>> | undefined;
}

/** Attributes of a span that fill a field of a record; the last, in bytes, is OpenTelemetry's, the others are our own. */
export const OWN_ATTRIBUTES = [
  "wisefuse.handler_ms",
  "wisefuse.transfer_ms",
  "wisefuse.bytes_in",
  "wisefuse.bytes_out",
  "faas.max_memory",
] as const;

/** Reads files of spans as one workload; `what` names them in its source. */
export function spanReader(
  what: string,
  spansOf: (file: TraceFile, options: ImportOptions) => Promise<readonly TraceSpan[]>,
): TraceFormat["read"] {
  return async function* (files, options) {
    const spans: TraceSpan[] = [];
    for (const file of files) for (const span of await spansOf(file, options)) spans.push(span);
    const source = `${what} of ${files.map((file) => file.name).join(", ")}`;
    const { name } = files[0]!;
    yield workloadOfSpans(spans, { name: nameOfFile(name), source, file: name }, options);
  };
}

const BYTES_PER_MB = 1024 * 1024;

/**
 * The workload behind some spans. Spans known to be functions are its stages; where none is, the
 * spans that contain no other are, and what the spans around them do themselves is lost: the note
 * says how much of the time that is.
 * @throws InputError workload, when there is no span that has ended.
 */
function workloadOfSpans(
  spans: readonly TraceSpan[],
  about: Observation,
  options: ImportOptions,
): Workload {
  const once = [...new Map(spans.map((span) => [keyOf(span), span])).values()];
  if (once.length === 0)
    throw new InputError("workload", "holds no span with a start and an end", about.file);
  const functions = once.filter((span) => span.isFunction);
  const inner = new Set(once.map((span) => `${span.trace} ${span.parent}`));
  const stages =
    functions.length > 0
      ? functions
      : once.filter((span) => !inner.has(`${span.trace} ${span.id}`));
  if (functions.length === 0) noteCoverage(once, stages, options);
  const records = new StageRecords();
  const stageOf = new Map(stages.map((span) => [`${span.trace} ${span.id}`, span.name]));
  for (const span of stages) {
    const { own = {} } = span;
    const memory = own["faas.max_memory"];
    records.add({
      run: span.trace,
      stage: span.name,
      startMs: span.startMs,
      endMs: span.endMs,
      initMs: span.initMs,
      handlerMs: own["wisefuse.handler_ms"],
      transferMs: own["wisefuse.transfer_ms"],
      bytesIn: own["wisefuse.bytes_in"],
      bytesOut: own["wisefuse.bytes_out"],
      memoryMb: memory === undefined ? undefined : memory / BYTES_PER_MB,
    });
    for (const id of span.follows) {
      const before = stageOf.get(`${span.trace} ${id}`);
      if (before !== undefined && before !== span.name) records.addParent(span.name, before);
    }
  }
  return observedWorkload(records, about, options);
}

function keyOf({ trace, id, name, startMs }: TraceSpan): string {
  return JSON.stringify([trace, id, name, startMs]);
}

// Of the time in which any span runs, the part in which a stage does.
function noteCoverage(
  spans: readonly TraceSpan[],
  stages: readonly TraceSpan[],
  { note }: ImportOptions,
): void {
  const all = busyMs(spans);
  const covered = busyMs(stages);
  const percent = all === 0 ? 100 : Math.round((100 * covered) / all);
  note(
    `no span says that it is a function (faas.name, faas.trigger or AWS::Lambda): the ${stages.length} spans without children are taken for stages, and cover ${percent} % of the time`,
  );
}

function busyMs(spans: readonly TraceSpan[]): number {
  const endMs = new Map<string, number>();
  let sum = 0;
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const untilMs = endMs.get(span.trace) ?? Number.NEGATIVE_INFINITY;
    sum += Math.max(0, span.endMs - Math.max(span.startMs, untilMs));
    endMs.set(span.trace, Math.max(untilMs, span.endMs));
  }
  return sum;
}
