/** Runs importers on texts and on files, for tests. */

import { join, resolve } from "node:path";
import { traceFileAt } from "../../src/cli/trace-files.ts";
import { InputError } from "../../src/check.ts";
import { traceFormat } from "../../src/trace/index.ts";
import type { ImportOptions, TraceFile, TraceFormat } from "../../src/trace/trace-format.ts";
import type { Workload } from "../../src/trace/workload.ts";

/** The synthetic files that ship, one format after the other. */
export const SAMPLES = resolve(import.meta.dirname, "../../traces/samples");

/** A file of a text that comes in pieces of `pieceLength` characters. */
export function fileOf(name: string, text: string, pieceLength = 7): TraceFile {
  return {
    name,
    async *chunks() {
      for (let at = 0; at < text.length; at += pieceLength) {
        yield await Promise.resolve(text.slice(at, at + pieceLength));
      }
    },
  };
}

/** What an import gave. */
export interface Imported {
  readonly workloads: readonly Workload[];
  readonly notes: readonly string[];
}

/** Imports files with the defaults of the command line, but for what `changed` says. */
export function importFiles(
  format: string,
  files: readonly TraceFile[],
  changed: Partial<ImportOptions> = {},
): Promise<Imported> {
  return importAs(traceFormat(format), files, changed);
}

/** `importFiles` of a format that need not be in the registry. */
export async function importAs(
  format: TraceFormat,
  files: readonly TraceFile[],
  changed: Partial<ImportOptions> = {},
): Promise<Imported> {
  const notes: string[] = [];
  const workloads: Workload[] = [];
  const options: ImportOptions = {
    runtime: "python3.12",
    allowBadRows: false,
    oneThread: false,
    cv: 0.1,
    items: new Map(),
    chances: new Map(),
    failures: 0,
    note: (text) => notes.push(text),
    ...changed,
  };
  for await (const workload of format.read(files, options)) workloads.push(workload);
  return { workloads, notes };
}

/** The one workload of some samples. */
export async function importSample(
  format: string,
  names: readonly string[],
  changed: Partial<ImportOptions> = {},
): Promise<Workload> {
  const files = names.map((name) => traceFileAt(join(SAMPLES, name)));
  const { workloads } = await importFiles(format, files, changed);
  if (workloads.length !== 1) throw new Error(`expected one workload, got ${workloads.length}`);
  return workloads[0]!;
}

/** What an importer says when it refuses texts; fails when it does not, or throws another error. */
export async function importRefusal(
  format: string,
  texts: Readonly<Record<string, string>>,
  changed: Partial<ImportOptions> = {},
): Promise<string> {
  try {
    const files = Object.entries(texts).map(([name, text]) => fileOf(name, text, 4096));
    await importFiles(format, files, changed);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("expected a refusal");
}

/** A workload in few lines: stages with their workers, then edges with shape and bytes. */
export function outlineOf({ workflow }: Workload): readonly string[] {
  return [
    ...workflow.stages.map(({ id, workers }) => `${id} x ${JSON.stringify(workers)}`),
    ...workflow.edges.map(
      ({ from, to, shape, bytes }) => `${from} -> ${to}: ${shape} ${JSON.stringify(bytes)}`,
    ),
  ];
}
