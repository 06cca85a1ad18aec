/** `timings.json` of a results folder, read back: how long what took. */

import { existsSync } from "node:fs";
import { z } from "zod";
import { readJson } from "../trace/json-source.ts";
import { readText } from "./files.ts";

const wallMs = z.number().nonnegative();

const timings = z.object({
  cells: z.array(z.object({ cell: z.string(), wallMs })).default([]),
  studies: z.array(z.object({ study: z.string(), task: z.string(), wallMs })).default([]),
});

/** Wall times of cells and of the tasks of studies. */
export type Timings = z.output<typeof timings>;

/**
 * The times in a file; none when it is not kept.
 * @throws InputError syntax or workload, when it is damaged.
 */
export function readTimings(file: string): Timings {
  return existsSync(file) ? readJson(timings, readText(file), file) : { cells: [], studies: [] };
}
