/** `verify`: runs again what a results folder says made it, and compares the bytes. */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError, type InputFault } from "../check.ts";
import { wholeNumber } from "./arguments.ts";
import { packageFolder, readText, sha256 } from "./files.ts";
import { refuseDamaged } from "./intact.ts";
import {
  type Manifest,
  readManifest,
  type RecordedCommand,
  recordedCommand,
} from "./manifest-file.ts";
import { type CellChoice, type Comparison, compareResults } from "./results-differences.ts";
import { programIdentity } from "./results-folder.ts";
import { sampleAgain } from "./verify-sample.ts";

/** Options of `verify`, as yargs gives them. */
export interface VerifyOptions {
  readonly results: string;
  readonly quick: boolean;
  /** Tasks to draw, instead of all. */
  readonly sample?: number | undefined;
  /** Names the draw. */
  readonly seed: string;
  readonly jobs?: number | undefined;
  readonly quiet: boolean;
}

/** Exit code when something came out differently. */
const DIFFERENT = 4;
const SHOWN = 20;
const QUICK_POLICIES = 2;
const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));

/** Runs a results folder's command again and says whether all came out the same; the exit code. */
export async function verifyCommand(options: VerifyOptions): Promise<number> {
  const { results, quick, sample } = options;
  if (quick && sample !== undefined)
    throw new InputError("usage", [{ where: "--quick", message: "not together with --sample" }]);
  refuseDamaged(results);
  const manifest = readManifest(results);
  const command = recordedCommand(manifest, results);
  refuseOtherInputs(manifest, results);
  // Cells do not depend on each other, so those of two policies come out as among all.
  const policies = quick ? manifest.policies.slice(0, QUICK_POLICIES) : undefined;
  if (quick && !existsSync(join(results, "cells.csv")))
    throw new InputError("usage", [{ where: "--quick", message: `${results} holds no cells` }]);
  const folder = mkdtempSync(join(tmpdir(), "wisefuse-verify-"));
  try {
    if (sample !== undefined) {
      const drawn = { ...options, sample: wholeNumber("--sample", sample, 1) };
      const { code, tasks, total, comparison } = await sampleAgain(results, command, folder, drawn);
      if (code !== 0) return code;
      const part = `${tasks} of ${total} tasks drawn by "${options.seed}": `;
      return concluded(comparison, manifest, options, part);
    }
    const again = join(folder, "again");
    const code = await runAgain(argumentsOf(command, policies), again, options);
    if (code !== 0) return code;
    const wanted: CellChoice | undefined =
      policies && ((row) => policies.includes(row["policy"] ?? ""));
    return concluded(await compareResults(results, again, wanted), manifest, options, "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// What was read then must be what would be read now, or a difference would mean nothing.
function refuseOtherInputs({ inputs }: Manifest, results: string): void {
  const faults = inputs.flatMap(({ file, sha256: digest }): InputFault[] => {
    const shipped = join(packageFolder, file);
    const path = existsSync(file) ? file : shipped;
    if (!existsSync(path)) return [{ where: "inputs", message: `there is no ${file}` }];
    const now = sha256(readText(path));
    if (now === digest) return [];
    const message = `${file} has changed: sha256 ${digest.slice(0, 12)}… then, ${now.slice(0, 12)}… now`;
    return [{ where: "inputs", message }];
  });
  if (faults.length > 0) throw new InputError("file", faults, join(results, "manifest.json"));
}

function argumentsOf(
  { verb, subject, options }: RecordedCommand,
  policies: readonly string[] | undefined,
): readonly string[] {
  const given = new Map(options);
  if (policies !== undefined) given.set("policies", policies.join(","));
  const written = [...given].flatMap(([name, value]) =>
    value === "" ? [`--${name}`] : [`--${name}=${value}`],
  );
  return [verb, subject, ...written];
}

// As a user would: in a process of its own, whose table nobody needs.
function runAgain(
  command: readonly string[],
  out: string,
  { jobs, quiet }: VerifyOptions,
): Promise<number> {
  const threads = jobs === undefined ? [] : ["--jobs", String(jobs)];
  const args = [MAIN, ...command, "--out", out, ...threads, ...(quiet ? ["--quiet"] : [])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

// Says what was compared and what differs; the exit code.
function concluded(
  comparison: Comparison,
  manifest: Manifest,
  options: VerifyOptions,
  part: string,
): number {
  process.stdout.write(summary(comparison, manifest, options, part));
  return comparison.differences.length > 0 ? DIFFERENT : 0;
}

function summary(
  comparison: Comparison,
  manifest: Manifest,
  { results, quick, sample }: VerifyOptions,
  part: string,
): string {
  const { cells, plans, figures, differences } = comparison;
  const chosen = quick ? ` of ${QUICK_POLICIES} policies` : "";
  const drawn = quick || sample !== undefined ? "" : `, ${figures} figures`;
  const what = `${results}: ${part}${cells} cells${chosen}, ${plans} plans${drawn}`;
  if (differences.length === 0) return `${what}: the same bytes\n`;
  const { version, commit } = programIdentity();
  const name = (one: string | null) => one?.slice(0, 12) ?? "unknown";
  const more = differences.length - SHOWN;
  return [
    `${what}: ${differences.length} differences`,
    ...differences.slice(0, SHOWN).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `made by ${manifest.version} at commit ${name(manifest.commit)}, this is ${version} at commit ${name(commit)}`,
    "",
  ].join("\n");
}
