/** `import`: a foreign file becomes a workload of ours, or a folder of them. */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../check.ts";
import { traceFormat } from "../trace/index.ts";
import { merged, type MergePart } from "../trace/merge.ts";
import type { ImportOptions } from "../trace/trace-format.ts";
import type { Workload } from "../trace/workload.ts";
import { workloadText } from "../trace/workload-text.ts";
import { arrivalsOf } from "../trace/units.ts";
import { wholeNumber } from "./arguments.ts";
import { workloadFileName, writeWhole } from "./files.ts";
import { loadWorkload } from "./load.ts";
import { traceFileAt } from "./trace-files.ts";
import { fail } from "./usage.ts";
import { wrapped } from "./wrap.ts";

/** Options of `import`, as yargs gives them. */
export interface ImportCommandOptions {
  readonly format: string;
  readonly files: readonly string[];
  readonly output?: string | undefined;
  readonly name?: string | undefined;
  readonly runtime: string;
  readonly merge?: string | undefined;
  readonly arrivals?: string | undefined;
  readonly allowBadRows: boolean;
  readonly limit?: number | undefined;
  readonly memory?: number | undefined;
  readonly workers?: number | undefined;
  readonly oneThread: boolean;
  readonly cv: number;
  readonly items?: string | undefined;
  readonly chances?: string | undefined;
  readonly unroll?: number | undefined;
  readonly failures: number;
}

/** Imports and writes: YAML to stdout or a file, or a folder of files for a population. */
export async function importCommand(options: ImportCommandOptions): Promise<number> {
  const format = traceFormat(options.format);
  const finish = finisher(options);
  const files = options.files.map((path) => {
    if (!existsSync(path)) throw new InputError("file", "cannot read: no such file", path);
    return traceFileAt(path);
  });
  const read = firstOf(format.read(files, importOptions(options)), options.limit);
  const { output } = options;
  if (output?.endsWith(".json"))
    throw new InputError("usage", `-o: expected a .yaml file or a folder, got ${output}`);
  if (output !== undefined && !/\.ya?ml$/.test(output)) {
    const count = await writeFolder(read, finish, output);
    process.stdout.write(`${count} workload${count === 1 ? "" : "s"} in ${output}\n`);
    return 0;
  }
  const workload = finish(await theOnly(read, format.name));
  const text = workloadText(workload);
  if (output === undefined) process.stdout.write(text);
  else {
    writeWhole(output, text);
    process.stdout.write(wrapped(`${output}: ${summary(workload)}\n`));
  }
  return 0;
}

// What the command line adds to what the files say.
function finisher({ merge, arrivals }: ImportCommandOptions): (workload: Workload) => Workload {
  const parts = partsOf(merge);
  if (arrivals === undefined) return (workload) => merged(workload, parts);
  const given = arrivalsOf(arrivals, "--arrivals");
  const entry = { path: "arrivals", tag: "assumed", source: "given on the command line" } as const;
  return (workload) => {
    const { provenance, ...rest } = merged(workload, parts);
    const others = provenance.filter(({ path }) => path !== "arrivals");
    return { ...rest, arrivals: given, provenance: [...others, entry] };
  };
}

async function* firstOf<T>(all: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY) {
  let left = limit;
  for await (const one of all) {
    yield one;
    if (--left <= 0) return;
  }
}

async function theOnly(read: AsyncIterable<Workload>, format: string): Promise<Workload> {
  let only: Workload | undefined;
  for await (const workload of read) {
    if (only !== undefined)
      throw new InputError(
        "usage",
        `${format} gives more than one workload here; give a folder as -o, or --limit 1`,
      );
    only = workload;
  }
  if (only === undefined) throw new InputError("workload", "the files hold no workload");
  return only;
}

// Into a folder beside it first, so that a file that is refused at its end leaves nothing behind.
async function writeFolder(
  read: AsyncIterable<Workload>,
  finish: (workload: Workload) => Workload,
  folder: string,
): Promise<number> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new InputError("file", "expected a new or empty folder", folder);
  const part = `${folder.replace(/\/+$/, "")}.part`;
  rmSync(part, { recursive: true, force: true });
  const taken = new Set<string>();
  try {
    for await (const workload of read) {
      const base = workloadFileName(workload).replace(/\.yaml$/, "");
      let name = base;
      for (let i = 2; taken.has(name); i++) name = `${base}-${i}`;
      taken.add(name);
      writeWhole(join(part, `${name}.yaml`), workloadText(finish(workload)));
    }
    if (taken.size === 0) throw new InputError("workload", "the files hold no workload");
    mkdirSync(folder, { recursive: true });
    rmdirSync(folder);
    renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return taken.size;
}

function summary({ workflow, provenance }: Workload): string {
  const count = (tag: string) => provenance.filter((entry) => entry.tag === tag).length;
  const lines = [
    `${workflow.stages.length} stages, ${workflow.edges.length} edges; entries: ${count("measured")} measured, ${count("derived")} derived, ${count("assumed")} assumed`,
    ...provenance
      .filter((entry) => entry.tag === "assumed")
      .slice(0, ASSUMED_SHOWN)
      .map(({ path, source }) => `  assumed ${path}: ${source}`),
  ];
  return lines.join("\n");
}

const ASSUMED_SHOWN = 12;

function importOptions(options: ImportCommandOptions): ImportOptions {
  const { limit, unroll, workers, memory, failures, cv } = options;
  if (limit !== undefined) wholeNumber("--limit", limit, 1);
  if (unroll !== undefined) wholeNumber("--unroll", unroll, 1);
  if (workers !== undefined) wholeNumber("--workers", workers, 1);
  if (memory !== undefined) wholeNumber("--memory", memory, 1);
  if (!(failures >= 0 && failures < 1))
    fail("--failures", `expected a chance from 0 to below 1, got ${failures}`);
  if (!(cv >= 0)) fail("--cv", `expected at least 0, got ${cv}`);
  const said = new Set<string>();
  return {
    name: options.name,
    runtime: options.runtime,
    allowBadRows: options.allowBadRows,
    limit,
    unroll,
    workers,
    memoryMb: memory,
    oneThread: options.oneThread,
    cv,
    failures,
    items: pairsOf("--items", options.items, (count) => Number.isInteger(count) && count >= 1),
    chances: pairsOf("--chances", options.chances, (chance) => chance >= 0 && chance <= 1),
    note: (text) => {
      if (!said.has(text)) process.stderr.write(wrapped(`note: ${text}\n`));
      said.add(text);
    },
  };
}

// `Resize=30,Scan=5`, or one number for all, under the empty name.
function pairsOf(
  option: string,
  written: string | undefined,
  valid: (value: number) => boolean,
): ReadonlyMap<string, number> {
  const pairs = (written === undefined ? [] : written.split(",")).map((pair) => {
    const at = pair.lastIndexOf("=");
    const value = pair.slice(at + 1).trim();
    if (value === "" || !valid(Number(value)))
      fail(option, `expected a number, or pairs such as "State=3", got "${pair}"`);
    return [at < 0 ? "" : pair.slice(0, at).trim(), Number(value)] as const;
  });
  return new Map(pairs);
}

// `file.yaml`, `Stage=file.yaml` or `Stage=file.yaml#its-stage`, comma-separated.
function partsOf(written: string | undefined): readonly MergePart[] {
  if (written === undefined) return [];
  return written.split(",").map((pair) => {
    const [, into, file, from] = /^(?:([^=]+)=)?([^#]+)(?:#(.+))?$/.exec(pair.trim()) ?? [];
    if (file === undefined) fail("--merge", `expected <stage>=<file> or <file>, got "${pair}"`);
    return { workload: loadWorkload(file!).workload, into, from, shown: file! };
  });
}
