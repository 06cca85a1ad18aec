/** Reads the ORION profile data: latency of each stage's slowest worker, run by run, at four memory sizes. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quantileOfSorted, sortedSample } from "../../src/stats/summary.ts";

/** Sizes measured, MB; all functions had the same. */
export const ORION_SIZES_MB = [1000, 1800, 5000, 10240] as const;

/** Quantiles of one stage at one size, ms. */
export interface StageQuantiles {
  readonly p50: number;
  readonly p95: number;
}

/** Quantiles by the stage's name in the data, one per size. */
export type OrionProfile = ReadonlyMap<string, readonly StageQuantiles[]>;

const NAMES = {
  ML: ["PCA", "ParamTune", "CombineModels", "E2E"],
  Video: ["Split", "Extract", "Classify", "E2E"],
} as const;
/** Runs at the head of a file that still show the size measured before: the slow stage tells. */
const HEAVIEST = { ML: "ParamTune", Video: "Classify" } as const;
const STALE_ROWS_MAX = 5;
const STALE_FRACTION = 0.25;

/** Reads one application's profile from the folder `orion`. */
export function readOrion(folder: string, app: "ML" | "Video"): OrionProfile {
  const bySize = ORION_SIZES_MB.map((mb) => {
    const file = join(folder, `profile_${app}`, `rsc_${mb}_${mb}_${mb}.txt`);
    return settledRows(readFileSync(file, "utf8"), HEAVIEST[app]);
  });
  return new Map(
    NAMES[app].map((name) => [
      name,
      bySize.map((rows) => quantilesOf(rows.map((row) => row.get(name)!))),
    ]),
  );
}

function settledRows(text: string, heaviest: string): readonly ReadonlyMap<string, number>[] {
  const rows = text
    .split("\n")
    .filter((line) => line.includes(":"))
    .map(
      (line) =>
        new Map(
          line
            .trim()
            .split(/\s+/)
            .map((token) => token.split(":"))
            .map(([name, ms]) => [name!, Number(ms)]),
        ),
    );
  const typicalMs = quantilesOf(rows.map((row) => row.get(heaviest)!)).p50;
  let first = 0;
  while (
    first < STALE_ROWS_MAX &&
    Math.abs(rows[first]!.get(heaviest)! / typicalMs - 1) > STALE_FRACTION
  )
    first++;
  return rows.slice(first);
}

function quantilesOf(times: readonly number[]): StageQuantiles {
  const sorted = sortedSample(times);
  return { p50: quantileOfSorted(sorted, 0.5), p95: quantileOfSorted(sorted, 0.95) };
}

/** Video Analytics with b workers in each VM of 1,472 b MB, at most 10,240: another setting than the profile. */
export const BUNDLE_SWEEP = [
  { bundle: 1, memoryMb: 1472, p50: 33_079, p95: 34_198, cost: 110_528 },
  { bundle: 2, memoryMb: 2944, p50: 25_345, p95: 26_477, cost: 133_216 },
  { bundle: 5, memoryMb: 7360, p50: 24_400, p95: 24_519, cost: 148_652 },
  { bundle: 10, memoryMb: 10_240, p50: 34_825, p95: 36_376, cost: 119_245 },
] as const;
