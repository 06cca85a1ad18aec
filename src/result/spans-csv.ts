/** Spans as run CSV: SeBS-Flow's columns and our own, read again by `wisefuse import run-csv`. */

import { writeToString } from "fast-csv";
import type { StageSpan } from "../execution/spans.ts";
import { innerEdges, type Workflow } from "../workflow/workflow.ts";

const MS_PER_S = 1000;

/** One row per execution, times in seconds since the first arrival of the simulation. */
export function spansToCsv(spans: readonly StageSpan[], workflow: Workflow): Promise<string> {
  const parents = parentsOf(workflow);
  const rows = spans.map((span) => ({
    func: span.stage,
    start: span.startMs / MS_PER_S,
    end: span.endMs / MS_PER_S,
    is_cold: span.cold ? "True" : "False",
    request_id: span.run,
    worker: span.worker,
    "blob.download": span.bytesIn,
    "blob.upload": span.bytesOut,
    memory_mb: span.memoryMb,
    handler_ms: span.cold ? span.handlerMs : "",
    transfer_ms: span.fetchMs + span.storeMs,
    parents: parents.get(span.stage)!.join(";"),
  }));
  return writeToString(rows, { headers: true, includeEndRowDelimiter: true });
}

/** The stages that each stage waits for. */
export function parentsOf(workflow: Workflow): ReadonlyMap<string, readonly string[]> {
  const edges = innerEdges(workflow);
  return new Map(
    workflow.stages.map(({ id }) => [
      id,
      edges.filter((edge) => edge.to === id).map((edge) => edge.from),
    ]),
  );
}
