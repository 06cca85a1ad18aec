/** What a results folder says of how it came about, read back. */

import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../check.ts";
import { readJson } from "../trace/json-source.ts";
import { intactText } from "./intact.ts";

const manifest = z.object({
  schema: z.literal("wisefuse/manifest@1"),
  version: z.string(),
  commit: z.string().nullable(),
  experiment: z.string(),
  command: z.string(),
  policies: z.array(z.string()),
  runs: z.number(),
  seeds: z.array(z.string()),
  inputs: z.array(z.object({ file: z.string(), sha256: z.string() })),
});

/** The parts of a manifest that repeating a run needs, and that a report shows. */
export type Manifest = z.output<typeof manifest>;

/** The verb and arguments that made a results folder, without where it is. */
export interface RecordedCommand {
  readonly verb: "experiment" | "compare";
  /** Experiment or workload. */
  readonly subject: string;
  readonly options: ReadonlyMap<string, string>;
}

/** Options that a manifest's command may hold; the last takes no value. */
const OPTION = / --(policies|platform|slo|budget|quantile|runs|seeds|seed|quick)(?= |$)/;

/**
 * The manifest of a results folder.
 * @throws InputError file, when there is none or it has been damaged; workload, when it says too little.
 */
export function readManifest(folder: string): Manifest {
  const file = join(folder, "manifest.json");
  return readJson(manifest, intactText(folder, "manifest.json"), file);
}

/**
 * What was typed, from the line a manifest keeps: values are not quoted there, and end where the next option begins.
 * @throws InputError file, for a line that no run of ours writes.
 */
export function recordedCommand({ command }: Manifest, folder: string): RecordedCommand {
  const [head = "", ...rest] = command.split(OPTION);
  const [, verb, subject] = /^wisefuse (experiment|compare) (.+)$/.exec(head) ?? [];
  if (subject === undefined || (verb !== "experiment" && verb !== "compare"))
    throw new InputError(
      "file",
      [{ where: "command", message: `expected wisefuse experiment or compare, got "${command}"` }],
      join(folder, "manifest.json"),
    );
  const options = new Map<string, string>();
  for (let i = 0; i + 1 < rest.length; i += 2) options.set(rest[i]!, rest[i + 1]!.trim());
  return { verb, subject, options };
}
