/**
 * `npm run mutation -- [folder..] [--share 0.1] [--seed S] [--again]`: the mutation score of folders of
 * `src`, on a sample of their mutants. Writes `results/trust/mutation.json`, and the fate of every
 * sampled mutant into `mutation/<folder>.json`, from which `--again` tries the survivors once more.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { MutantResult, PartialStrykerOptions } from "@stryker-mutator/api/core";
import { Stryker } from "@stryker-mutator/core";
import { jsonIn, writeEvidence } from "../../experiments/trust/keep.ts";
import { writeWhole } from "../../src/cli/files.ts";
import { folderNames, type Part, partsOf } from "./rounds.ts";
import { mutantName, type Sample } from "./sample.ts";
import { type Fate, type FolderScore, isAlive, scoreOf } from "./score.ts";

const SCORES = "results/trust/mutation.json";
const REPORTS = "mutation";

/** What is known of a folder's mutants. */
interface Report {
  readonly seed: string;
  /** Mutants there are in each part. */
  readonly mutants: number[];
  /** Of the sampled ones, by name. */
  readonly fates: Record<string, Fate>;
}

interface Scores {
  readonly date: string;
  readonly folders: Readonly<Record<string, FolderScore>>;
}

/** All mutants of a part, those of the sample with what the tests made of them. */
async function tried(
  files: readonly string[],
  tests: readonly string[],
  sample: Sample,
): Promise<readonly MutantResult[]> {
  process.env["MUTATION_TESTS"] = tests.join(" ");
  const options: PartialStrykerOptions = {
    mutate: [...files],
    testRunner: "vitest",
    plugins: [
      "@stryker-mutator/vitest-runner",
      fileURLToPath(new URL("sample-checker.js", import.meta.url)),
    ],
    checkers: ["sample"],
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    ignoreStatic: false,
    disableTypeChecks: false,
    concurrency: 2,
    timeoutMS: 3000,
    timeoutFactor: 5,
    dryRunTimeoutMinutes: 20,
    ignorePatterns: [
      "**",
      "!src/**",
      "!test/**",
      "!traces/**",
      "!experiments/**",
      "!package.json",
      "!tsconfig.json",
    ],
    reporters: ["progress-append-only"],
    allowConsoleColors: false,
    warnings: false,
    sample,
  };
  return new Stryker(options).runMutationTest();
}

/** Goes through the rounds of a part, each on what the one before left alive; notes each. */
async function goThrough(folder: string, place: number, report: Report, first: Sample) {
  const { files, rounds }: Part = partsOf(folder)[place]!;
  let sample = first;
  for (const tests of rounds) {
    if (sample.only?.length === 0) return;
    const results = await tried(files, tests, sample);
    report.mutants[place] = results.length;
    for (const one of results)
      if (one.status !== "CompileError")
        report.fates[mutantName(one)] = {
          part: place,
          status: one.status,
          static: one.static === true,
          mutator: one.mutatorName,
        };
    sample = { ...sample, only: aliveIn(report, place) };
    note(folder, report);
  }
}

function aliveIn({ fates }: Report, part: number): string[] {
  return Object.keys(fates).filter((name) => fates[name]!.part === part && isAlive(fates[name]!));
}

function note(folder: string, report: Report): void {
  writeWhole(reportFile(folder), JSON.stringify(report, null, 1));
  const mutants = report.mutants.reduce((sum, count) => sum + count, 0);
  const date = new Date().toISOString().slice(0, 10);
  const score = scoreOf(Object.values(report.fates), mutants, report.seed, date);
  noteScore(folder, score);
  console.log(`${folder}: ${JSON.stringify(score)}`);
}

function noteScore(folder: string, score: FolderScore): void {
  const before = (jsonIn(SCORES) as Scores | undefined)?.folders ?? {};
  const folders = Object.fromEntries(
    folderNames.flatMap((name) => {
      const one = name === folder ? score : before[name];
      return one === undefined ? [] : [[name, one]];
    }),
  );
  writeEvidence(SCORES, { date: score.date, folders }, 3);
}

function reportFile(folder: string): string {
  return `${REPORTS}/${folder}.json`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      share: { type: "string", default: "0.1" },
      seed: { type: "string", default: "mutation" },
      again: { type: "boolean", default: false },
    },
  });
  for (const folder of positionals.length > 0 ? positionals : folderNames) {
    const earlier = values.again ? (jsonIn(reportFile(folder)) as Report | undefined) : undefined;
    const report = earlier ?? { seed: values.seed, mutants: [], fates: {} };
    const sample = { share: Number(values.share), seed: report.seed };
    for (const place of partsOf(folder).keys()) {
      const only = earlier === undefined ? {} : { only: aliveIn(earlier, place) };
      await goThrough(folder, place, report, { ...sample, ...only });
    }
    for (const [name, fate] of Object.entries(report.fates))
      if (isAlive(fate)) console.log(`  ${fate.status}: ${name}`);
  }
}

await main();
