/** Experiments by name or by file; apart from workloads, whose reader a thread need not load. */

import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError, suggestion } from "../check.ts";
import { appExperiment } from "../harness/app-experiment.ts";
import type { Experiment } from "../harness/experiment.ts";
import { namesIn, packageFolder } from "./files.ts";

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
