/** Workloads by name or by file. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { InputError, suggestion } from "../check.ts";
import { workloadsOf } from "../trace/population-file.ts";
import type { Workload } from "../trace/workload.ts";
import { parseWorkload } from "../trace/workload-file.ts";
import { linesOf, namesIn, nearPath, packageFolder, readText, sha256 } from "./files.ts";

const TRACES = join(packageFolder, "traces");

/** A workload with the file it came from. */
export interface LoadedWorkload {
  readonly workload: Workload;
  /** As shown to people: relative to the working folder, or the shipped name. */
  readonly file: string;
  readonly sha256: string;
}

/** Names of the shipped workloads. */
function workloadNames(): readonly string[] {
  return namesIn(TRACES, ".yaml");
}

/**
 * A shipped workload by name, or one from a file.
 * @throws InputError file, syntax or workload.
 */
export function loadWorkload(nameOrFile: string): LoadedWorkload {
  const shipped = join(TRACES, `${nameOrFile}.yaml`);
  const names = workloadNames();
  const isName = names.includes(nameOrFile);
  if (!isName && !existsSync(nameOrFile)) {
    const near = nearPath(nameOrFile, names);
    const hint = near === undefined ? suggestion(nameOrFile, names) : `; did you mean "${near}"?`;
    throw new InputError("file", `no workload or file "${nameOrFile}"${hint}`);
  }
  const path = isName ? shipped : nameOrFile;
  const file = isName ? `traces/${nameOrFile}.yaml` : relative(".", resolve(path)) || path;
  const text = readText(path);
  return { workload: parseWorkload(text, file), file, sha256: sha256(text) };
}

const known = new Map<string, Workload>();

/**
 * The workload by name or from a file, read once: a thread is told of the same one again and again.
 * @throws InputError file, syntax or workload.
 */
export function workloadOnce(nameOrFile: string): Workload {
  const workload = known.get(nameOrFile) ?? loadWorkload(nameOrFile).workload;
  known.set(nameOrFile, workload);
  return workload;
}

/**
 * Workloads by shipped name, file, population file or folder, read one by one as they are asked for.
 * @throws InputError file, for a name that is nothing and for a folder without workloads.
 */
export function workloadSource(names: readonly string[]): () => Iterable<() => Workload> {
  const files = names.flatMap(workloadFiles);
  return function* read() {
    for (const file of files)
      if (file.endsWith(POPULATION)) yield* workloadsOf(linesOf(file), file);
      else yield () => loadWorkload(file).workload;
  };
}

const POPULATION = ".ndjson";

// Those of a folder in the order of their names; a population's own files are in its `workflows`.
function workloadFiles(name: string): readonly string[] {
  if (!existsSync(name) || !statSync(name).isDirectory()) return [name];
  const population = join(name, `population${POPULATION}`);
  if (existsSync(population)) return [population];
  const inner = join(name, "workflows");
  const folder = existsSync(inner) ? inner : name;
  const files = readdirSync(folder).filter((file) => /\.(ya?ml|json|ndjson)$/.test(file));
  if (files.length === 0) throw new InputError("file", "no workloads in this folder", name);
  return files.toSorted().map((file) => join(folder, file));
}
