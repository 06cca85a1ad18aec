/** `runs.arrow` on the disk, batch by batch. Its library is loaded here, when there are runs to write or to read. */

import { join } from "node:path";
import type { RunSink } from "../execution/run-log.ts";
import { BATCH_RUNS, batchesOf, RunBatches, type StoredRuns } from "../result/run-batches.ts";
import type { CellRuns } from "../result/runs-arrow.ts";
import { writePieces } from "./files.ts";
import { intactBytes } from "./intact.ts";

/**
 * Writes the runs of cells, whole or not at all.
 * @throws InputError file, when the folder cannot be written.
 */
export async function writeRuns(path: string, cells: readonly CellRuns[]): Promise<void> {
  const { RunsWriter } = await import("../result/runs-arrow.ts");
  writePieces(path, (write) => {
    const writer = new RunsWriter(
      cells.map(({ cell }) => cell),
      write,
    );
    for (const { cell, log } of cells)
      for (const batch of batchesOf(log, BATCH_RUNS)) writer.add({ cell, log: batch });
    writer.end();
  });
}

/**
 * Writes the runs of one cell while `simulated` hands them over, whole or not at all, in memory that does not grow with them.
 * @throws InputError file, when the folder cannot be written; what `simulated` throws.
 */
export async function writeRunsAsTheyEnd(
  path: string,
  cell: string,
  simulated: (sink: RunSink) => void,
): Promise<void> {
  const { RunsWriter } = await import("../result/runs-arrow.ts");
  writePieces(path, (write) => {
    const writer = new RunsWriter([cell], write);
    const batches = new RunBatches(BATCH_RUNS, (log) => writer.add({ cell, log }));
    simulated(batches.sink);
    batches.end();
    writer.end();
  });
}

/**
 * The runs of each cell of a results folder, by the cell's name; none when there is no file.
 * @throws InputError file, for what is no file of runs, or not the one that was written.
 */
export async function readRuns(
  folder: string,
  name: string,
): Promise<ReadonlyMap<string, StoredRuns>> {
  // A damaged file can keep its library busy for ever.
  const bytes = intactBytes(folder, name);
  if (bytes === undefined) return new Map();
  const { runsFromArrow } = await import("../result/runs-arrow.ts");
  return runsFromArrow(bytes, join(folder, name));
}
