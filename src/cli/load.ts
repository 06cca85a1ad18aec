/** Workloads and experiments by name or by file. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError, suggestion } from "../check.ts";
import { appExperiment } from "../harness/app-experiment.ts";
import type { Experiment } from "../harness/experiment.ts";
import { workloadsOf } from "../trace/population-file.ts";
import type { Workload } from "../trace/workload.ts";
import { parseWorkload } from "../trace/workload-file.ts";
import { linesOf, nearPath, packageFolder, readText, sha256 } from "./files.ts";

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

/** What to run: an experiment by name or compiled file, or the comparison of one workload. */
export type ExperimentSource =
  | { readonly kind: "experiment"; readonly nameOrFile: string }
  | { readonly kind: "compare"; readonly workload: string };

const EXPERIMENTS = join(packageFolder, "dist", "experiments");

/** Names of the experiments that ship. */
export function experimentNames(): readonly string[] {
  return namesIn(EXPERIMENTS, ".js");
}

/**
 * The experiment that a source names.
 * @throws InputError experiment, for an unknown name or a file without one.
 */
export async function loadExperiment(source: ExperimentSource): Promise<Experiment> {
  if (source.kind === "compare")
    return {
      ...appExperiment(
        source.workload,
        "How fast and how dear is this workload under each policy?",
      ),
      name: `compare-${basename(source.workload).replace(/\.[^.]*$/, "")}`,
    };
  const path = experimentPath(source.nameOrFile);
  const module = await imported(path, source.nameOrFile);
  if (module.experiment === undefined)
    throw new InputError("experiment", `exports no "experiment"`, source.nameOrFile);
  const missing = REQUIRED.filter((name) => module.experiment![name] === undefined);
  if (missing.length > 0)
    throw new InputError(
      "experiment",
      missing.map((name) => ({ where: `experiment.${name}`, message: "missing" })),
      source.nameOrFile,
    );
  return module.experiment;
}

const REQUIRED = [
  "name",
  "question",
  "workloads",
  "platforms",
  "policies",
  "sizings",
  "objectives",
  "runs",
  "warmupRuns",
  "seed",
  "figures",
] as const satisfies readonly (keyof Experiment)[];

// What is wrong with a file that someone wrote is theirs to know, not a bug of ours.
async function imported(path: string, shown: string): Promise<{ experiment?: Experiment }> {
  try {
    return (await import(pathToFileURL(path).href)) as { experiment?: Experiment };
  } catch (error) {
    if (dirname(path) === EXPERIMENTS) throw error;
    throw new InputError("experiment", `cannot be loaded: ${String(error).split("\n")[0]}`, shown);
  }
}

function experimentPath(nameOrFile: string): string {
  const names = experimentNames();
  if (names.includes(nameOrFile)) return join(EXPERIMENTS, `${nameOrFile}.js`);
  if (/\.m?js$/.test(nameOrFile) && existsSync(nameOrFile)) return resolve(nameOrFile);
  // A source file beside the shipped experiments has been compiled with them.
  const compiled = join(EXPERIMENTS, `${basename(nameOrFile, ".ts")}.js`);
  const beside = dirname(resolve(nameOrFile)) === join(packageFolder, "experiments");
  if (nameOrFile.endsWith(".ts") && beside && existsSync(compiled)) return compiled;
  if (nameOrFile.endsWith(".ts") && existsSync(nameOrFile))
    throw new InputError(
      "experiment",
      "only experiments/*.ts are compiled; give the .js of another file",
      nameOrFile,
    );
  throw new InputError(
    "experiment",
    `unknown experiment "${nameOrFile}"${suggestion(nameOrFile, names)}`,
  );
}

function namesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}
