/**
 * Jolteon's profiles: mean and P95 over the workers for each stage, phase and setting of memory and
 * parallelism, with the stage graph beside them.
 */

import { z } from "zod";
import { InputError, suggestion } from "../check.ts";
import type { DistributionSpec } from "../stats/families.ts";
import { exp } from "../stats/numeric.ts";
import { assembled, type EdgeFacts, type Fact, type StageFacts } from "./assembly.ts";
import { jsonSource, readSource } from "./json-source.ts";
import { nameOfFile, safeName } from "./names.ts";
import { toMicroseconds } from "./samples.ts";
import { type ImportOptions, type TraceFile, type TraceFormat, wholeText } from "./trace-format.ts";
import type { Workload } from "./workload.ts";

// Seconds; no stage of a serverless workflow takes years.
const seconds = z.number().min(-1e8).max(1e8);
const phase = z.array(z.array(z.tuple([seconds.min(0), seconds])).min(1)).length(3);
// An overhead is what is left of a time when others are taken off, and may come out below zero.
const overhead = z.array(z.array(z.tuple([seconds, seconds])).min(1)).length(3);
const profileSchema = z.record(
  z.string(),
  z.object({ cold: overhead, read: phase, compute: phase, write: phase }),
);
const stageSchema = z.object({
  stage_name: z.string(),
  parents: z.array(z.int().min(0)),
  allow_parallel: z.union([z.string(), z.boolean()]).optional(),
});
const graphSchema = z.object({ workflow_name: z.string(), num_stages: z.int().min(1).max(1000) });

interface Setting {
  readonly memoryMb: number;
  readonly workers: number;
}

// The settings are in the authors' program, not in their files: by their number, they are these.
const ML_SIZES_MB = [1024, 1792, 3584, 5120, 6144, 7168];
const VIDEO_SIZES_MB = [1792, 3584, 5120, 6144, 7168, 8960];
const WORKERS = [4, 8, 16, 32];
const GRIDS: ReadonlyMap<number, readonly Setting[]> = new Map([
  [23, gridOf(ML_SIZES_MB).filter((one) => one.memoryMb !== 1024 || one.workers !== 4)],
  [24, gridOf(VIDEO_SIZES_MB)],
]);
const DEFAULT_WORKERS = 8;
const MS_PER_S = 1000;

/** Jolteon profiles. */
export const jolteon: TraceFormat = {
  name: "jolteon",
  description: "Jolteon profile and stage graph",
  files: "<app>_profile.json and <app>.json, in any order",
  supplies: ["graph", "fan-out", "scaling"],
  partly: {
    durations: "mean and P95 over workers",
    "cold start": "of a whole stage",
    bytes: "as time to read and write",
  },
  async *read(files, options) {
    yield await workloadOf(files, options);
  },
};

// A profile of 16 settings takes 10 kB a stage. Millions of small lists would fill the memory while they are checked.
const LENGTH_MAX = 1 << 22;

async function workloadOf(files: readonly TraceFile[], options: ImportOptions): Promise<Workload> {
  const sources = await Promise.all(
    files.map(async (file) => jsonSource(await wholeText(file, LENGTH_MAX), file.name)),
  );
  const isGraph = ({ value }: (typeof sources)[number]) =>
    typeof value === "object" && value !== null && "workflow_name" in value;
  const graph = sources.find(isGraph);
  const measured = sources.find((source) => !isGraph(source));
  if (graph === undefined || measured === undefined)
    throw new InputError(
      "workload",
      `expected a profile and a stage graph (with "workflow_name"), got ${files.length} files, ${graph === undefined ? "no" : "one"} graph among them`,
      files.map((file) => file.name).join(", "),
    );
  const { workflow_name, num_stages } = readSource(graphSchema, graph);
  const shape = Object.fromEntries(
    Array.from({ length: num_stages }, (_, i) => [String(i), stageSchema]),
  );
  const stages = Object.values(readSource(z.object(shape), graph)).map((stage) =>
    stageSchema.parse(stage),
  );
  const orphan = stages.find(({ parents }) => parents.some((parent) => parent >= num_stages));
  if (orphan !== undefined) {
    const message = `stage "${orphan.stage_name}": expected parents below ${num_stages}, got ${orphan.parents.join(", ")}`;
    throw new InputError("workload", message, graph.file);
  }
  const profile = readSource(profileSchema, measured);
  const grid = gridIn(profile, measured.file ?? "");
  const parallel = options.workers ?? DEFAULT_WORKERS;
  const ids = stages.map((stage) => safeName(stage.stage_name));
  const workersOf = (i: number) => (String(stages[i]!.allow_parallel) === "false" ? 1 : parallel);
  return assembled({
    name: safeName(options.name ?? workflow_name ?? nameOfFile(files[0]!.name)),
    description: `Stages at ${grid.length} settings of memory and parallelism.`,
    source: `Jolteon profile ${files.map((file) => file.name).join(", ")}`,
    file: graph.file,
    runtime: options.runtime,
    stages: stages.map((stage, i): StageFacts => {
      const phases = Object.hasOwn(profile, stage.stage_name)
        ? profile[stage.stage_name]
        : undefined;
      if (phases === undefined)
        throw new InputError(
          "workload",
          `has no stage "${stage.stage_name}"${suggestion(stage.stage_name, Object.keys(profile))}`,
          measured.file,
        );
      const chosen: Fact<number> = {
        value: workersOf(i),
        tag: workersOf(i) === 1 ? "measured" : "assumed",
        source: workersOf(i) === 1 ? "allow_parallel is false" : `${parallel} of those measured`,
      };
      return { id: ids[i]!, workers: chosen, ...stageTimes(phases, grid, parallel, measured.file) };
    }),
    edges: stages.flatMap((stage, i) =>
      stage.parents.map((parent): EdgeFacts => {
        const [from, to] = [workersOf(parent), workersOf(i)];
        const value =
          from === 1 ? (to === 1 ? "gather" : "scatter") : to === 1 ? "gather" : "shuffle";
        return {
          from: ids[parent] ?? String(parent),
          to: ids[i]!,
          shape: { value, tag: "derived", source: "parents of the stage graph, and fan-outs" },
        };
      }),
    ),
  });
}

type Phases = z.output<typeof profileSchema>[string];

function stageTimes(
  phases: Phases,
  grid: readonly Setting[],
  workers: number,
  file: string | undefined,
): Pick<StageFacts, "compute" | "wait" | "initCpu"> {
  const places = grid.flatMap((setting, i) => (setting.workers === workers ? [i] : []));
  if (places.length === 0)
    throw new InputError(
      "workload",
      `was measured with ${WORKERS.join(", ")} workers, not with ${workers}`,
      file,
    );
  const sizes = places.map((i) => ({
    memoryMb: grid[i]!.memoryMb,
    timeMs: lognormalOf(warm(phases.compute, i)),
  }));
  const transferMs = places.map((i) => warm(phases.read, i).mean + warm(phases.write, i).mean);
  const coldS = phases.cold[0]!.map(([mean]) => mean);
  const hotS = [...phases.cold[1]!, ...phases.cold[2]!].map(([mean]) => mean);
  return {
    compute: {
      value: { kind: "measured", sizes },
      tag: "derived",
      source: "lognormal of mean and P95 over workers, averaged over the two warm epochs",
    },
    wait: {
      value: toMicroseconds(transferMs.reduce((sum, ms) => sum + ms, 0) / transferMs.length),
      tag: "derived",
      source: "mean time to read and write over the sizes, in place of bytes",
    },
    initCpu: {
      value: toMicroseconds(MS_PER_S * Math.max(0, Math.max(...coldS) - Math.min(...hotS))),
      tag: "derived",
      source: "largest cold overhead less the least warm one; the VM's acquisition is in it",
    },
  };
}

// Epoch 0 holds the cold starts.
function warm(phase: Phases["read"], i: number): { mean: number; p95: number } {
  const [first, second] = [phase[1]![i]!, phase[2]![i]!];
  return {
    mean: (MS_PER_S * (first[0] + second[0])) / 2,
    p95: (MS_PER_S * (first[1] + second[1])) / 2,
  };
}

// P95 / mean = exp(1.645 s - s²/2) rises with s up to s = 1.645, where it is 3.87.
function lognormalOf({ mean, p95 }: { mean: number; p95: number }): DistributionSpec {
  const ratio = p95 / mean;
  if (!(ratio > 1)) return toMicroseconds(mean);
  let [low, high] = [0, Z_95];
  for (let i = 0; i < 50; i++) {
    const middle = 0.5 * (low + high);
    if (exp(Z_95 * middle - 0.5 * middle * middle) < ratio) low = middle;
    else high = middle;
  }
  const median = mean * exp(-0.5 * low * low);
  return { lognormal: { median: toMicroseconds(median), sigma: Math.round(low * 1e6) / 1e6 } };
}

const Z_95 = 1.6448536269514722;

function gridIn(profile: Readonly<Record<string, Phases>>, file: string): readonly Setting[] {
  const counts = Object.values(profile).flatMap((phases) =>
    Object.values(phases).flatMap((epochs) => epochs.map((settings) => settings.length)),
  );
  const grid = new Set(counts).size === 1 ? GRIDS.get(counts[0]!) : undefined;
  if (grid !== undefined) return grid;
  throw new InputError(
    "workload",
    `expected ${[...GRIDS.keys()].join(" or ")} settings everywhere, got ${[...new Set(counts)].join(", ")}; what other numbers mean is not written in the file`,
    file,
  );
}

function gridOf(sizesMb: readonly number[]): readonly Setting[] {
  return sizesMb.flatMap((memoryMb) => WORKERS.map((workers) => ({ memoryMb, workers })));
}
