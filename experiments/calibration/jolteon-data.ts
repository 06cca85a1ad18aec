/** Reads the Jolteon profile data: times of every stage at every memory size and number of workers. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Mean and P95 over the workers of a run, ms. */
export interface Spread {
  readonly mean: number;
  readonly p95: number;
}

/** Names of what a worker spends its time on, and all of it. */
export const PHASE_NAMES = ["read", "compute", "write", "total"] as const;

/** What is measured or predicted of one stage at one size: each phase over the workers of a run. */
export type PhaseTimes = Readonly<Record<(typeof PHASE_NAMES)[number], Spread>>;

/** One setting of the measurement: memory of each worker's VM, and how many share the 32 items. */
export interface Cell {
  readonly memoryMb: number;
  readonly workers: number;
  /** Whether parameters are fitted to it; the others are kept unseen. */
  readonly fitted: boolean;
}

/** Items (trees, chunks) that a stage's workers share. */
export const ITEMS = 32;

const COUNTS = [4, 8, 16, 32];
const ML_SIZES_MB = [1024, 1792, 3584, 5120, 6144, 7168];
const VIDEO_SIZES_MB = [1792, 3584, 5120, 6144, 7168, 8960];

/**
 * The settings in the order of the data: every third is fitted to, counted along diagonals of the grid, so
 * that each size and each count is met in both parts.
 */
export function cellsOf(app: "ml" | "video"): readonly Cell[] {
  const sizes = app === "ml" ? ML_SIZES_MB : VIDEO_SIZES_MB;
  return sizes
    .flatMap((memoryMb, i) =>
      COUNTS.map((workers, j) => ({ memoryMb, workers, fitted: (i + j) % 3 === 2 })),
    )
    .filter((cell) => !(cell.memoryMb === 1024 && cell.workers === 4));
}

/** Measured times by stage name (`stage0` …), one per cell: the average of the two warm epochs. */
export type Measured = ReadonlyMap<string, readonly PhaseTimes[]>;

type Profile = Record<string, Record<string, [number, number][][]>>;

/** Reads one application's profile from the folder `jolteon`. */
export function readJolteon(folder: string, app: "ml" | "video"): Measured {
  const file = app === "ml" ? "ML-Pipeline_profile.json" : "Video-Analytics_profile.json";
  const profile = JSON.parse(readFileSync(join(folder, file), "utf8")) as Profile;
  const cells = cellsOf(app);
  return new Map(
    Object.keys(profile)
      .toSorted()
      .map((stage) => [stage, cells.map((_, i) => timesAt(profile[stage]!, i))]),
  );
}

// Epoch 0 holds the cold starts. P95 of the total is not in the data: the phases' P95 are added up instead.
function timesAt(phases: Record<string, [number, number][][]>, cell: number): PhaseTimes {
  const spread = (phase: string): Spread => {
    const [first, second] = [phases[phase]![1]![cell]!, phases[phase]![2]![cell]!];
    return { mean: 500 * (first[0] + second[0]), p95: 500 * (first[1] + second[1]) };
  };
  return withTotal({ read: spread("read"), compute: spread("compute"), write: spread("write") });
}

/** Adds the sum of the phases: the mean exactly, P95 as the sum of the phases' P95. */
export function withTotal(phases: Omit<PhaseTimes, "total">): PhaseTimes {
  const { read, compute, write } = phases;
  const total = {
    mean: read.mean + compute.mean + write.mean,
    p95: read.p95 + compute.p95 + write.p95,
  };
  return { ...phases, total };
}
