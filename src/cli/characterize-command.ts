/** `characterize`: shapes, popularity and behaviour of any workloads, as tables and figures. */

import { join } from "node:path";
import { behaviourCdf } from "../figure/behaviour-cdf.ts";
import { coldByRate } from "../figure/cold-by-rate.ts";
import { popularityCurve } from "../figure/popularity-curve.ts";
import { shapeCdf } from "../figure/shape-cdf.ts";
import { skewByWidth } from "../figure/skew-by-width.ts";
import { timeShares } from "../figure/time-shares.ts";
import { characterize } from "../harness/characterize.ts";
import { platformNamed } from "../platform/index.ts";
import {
  behaviourCurves,
  type Characterization,
  coldPoints,
  popularityPoints,
  skewPoints,
} from "../result/behaviour.ts";
import { characterizationCsv } from "../result/characterization-csv.ts";
import { characterizationTable } from "../result/characterization-table.ts";
import { wholeNumber } from "./arguments.ts";
import { writeChart } from "./chart-files.ts";
import { writeWhole } from "./files.ts";
import { workloadSource } from "./load.ts";

/** Options of `characterize`, as yargs gives them. */
export interface CharacterizeCommandOptions {
  readonly workloads: readonly string[];
  readonly platform: string;
  readonly sample: number;
  readonly runs: number;
  readonly seed: string;
  readonly output?: string | undefined;
}

/** Prints the characterisation; with `-o` also writes tables and figures. The exit code. */
export async function characterizeCommand(options: CharacterizeCommandOptions): Promise<number> {
  const sample = wholeNumber("--sample", options.sample, 1);
  const runs = wholeNumber("--runs", options.runs, 2);
  const platform = platformNamed(options.platform).name;
  const { seed, output } = options;
  const source = workloadSource(options.workloads);
  const result = characterize(source, { platform, sample, runs, seed });
  if (output !== undefined) await write(result, output);
  process.stdout.write(characterizationTable(result));
  return 0;
}

async function write(result: Characterization, folder: string): Promise<void> {
  for (const [name, text] of Object.entries(await characterizationCsv(result)))
    writeWhole(join(folder, name), text);
  const specs = {
    "shape-cdf": shapeCdf(result.facts),
    popularity: popularityCurve(popularityPoints(result.facts)),
    "behaviour-cdf": behaviourCdf(behaviourCurves(result), result.platform),
    "time-shares": timeShares(result),
    "cold-by-rate": coldByRate(coldPoints(result), result.platform),
    "skew-by-width": skewByWidth(skewPoints(result)),
  };
  for (const [name, spec] of Object.entries(specs))
    await writeChart(join(folder, "figures", name), spec);
}
