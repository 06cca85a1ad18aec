/**
 * Small random workloads in the shapes of production: to see how planners fare where nobody has
 * chosen the workflow. Not a population with production's frequencies.
 */

import { exp, ln, normalQuantile, power } from "../stats/numeric.ts";
import { type RandomKey, rootKey } from "../stats/random.ts";
import type { CpuCompute, Profile, StageProfile } from "../workflow/profile.ts";
import {
  type Edge,
  INPUT,
  makeWorkflow,
  OUTPUT,
  type Shape,
  type Stage,
} from "../workflow/workflow.ts";
import type { Workload } from "./workload.ts";

/** What a random workload may be like. */
export interface RandomWorkloadOptions {
  readonly stages: number;
  /** Most workers of a stage. */
  readonly fanOutMax: number;
  /** Most bytes of an edge. */
  readonly bytesMax: number;
}

/** Options of small workloads: fan-outs up to 8, 100 MB at most on an edge. */
export const SMALL = { fanOutMax: 8, bytesMax: 100e6 } as const;

// What a draw is for: with the stage's or edge's index its name.
const FORM = 0;
const WIDTH = 1;
const LAYER = 2;
const LINK = 3;
const CPU = 4;
const SCALING = 5;
const MEMORY = 6;
const START = 7;
const SKEW = 8;
const BYTES = 9;
const ARRIVALS = 10;

/**
 * A workload of `stages` stages, the same for the same seed: a chain, split-work-join, a diamond or
 * layers; CPU work over two decades, bytes over five. Its name is `random-` and the seed.
 */
export function randomWorkload(seed: string, options: RandomWorkloadOptions): Workload {
  const key = rootKey(`workload/${seed}/${options.stages}`);
  const widths = widthsOf(key, options);
  const stages = widths.map((workers, i): Stage => ({ id: `s${i}`, workers }));
  const edges = linksOf(key, options.stages).map(([from, to], i) =>
    edgeOf(key, i, [from, to], widths, options.bytesMax),
  );
  const perSecond = logUniform(key.uniform(ARRIVALS, 0), 0.002, 2);
  return {
    name: `random-${seed}`,
    description: `A random workflow of ${options.stages} stages.`,
    source: "drawn at random; no measurement behind it",
    workflow: makeWorkflow(`random-${seed}`, stages, edges),
    profile: profilesOf(key, widths),
    arrivals: { kind: "poisson", perSecond },
    objective: undefined,
    provenance: ["stages", "edges", "arrivals"].map((path) => ({
      path,
      tag: "assumed",
      source: "drawn at random over the ranges of small production workflows",
    })),
  };
}

function logUniform(u: number, min: number, max: number): number {
  return min * exp(u * ln(max / min));
}

/** One of equally likely values. */
function among<T>(values: readonly T[], u: number): T {
  return values[Math.floor(u * values.length)]!;
}

// A narrow width and a wide one, so that neighbours often have equal fan-outs, as pipelines need.
function widthsOf(key: RandomKey, { stages, fanOutMax }: RandomWorkloadOptions): number[] {
  const wide = Math.round(logUniform(key.uniform(WIDTH, -1), Math.min(2, fanOutMax), fanOutMax));
  const other = 1 + Math.floor(key.uniform(WIDTH, -2) * fanOutMax);
  return Array.from({ length: stages }, (_, i) =>
    among([1, 1, wide, wide, wide, other], key.uniform(WIDTH, i)),
  );
}

// Links by the places of stages, always from lower to higher; -1 is the input, `stages` the output.
function linksOf(key: RandomKey, stages: number): [number, number][] {
  const layerOf = layersOf(key, stages);
  const links: [number, number][] = [];
  for (let to = 0; to < stages; to++) {
    const before = layerOf.flatMap((layer, i) => (layer === layerOf[to]! - 1 ? [i] : []));
    if (before.length === 0) links.push([-1, to]);
    // One at least; each further one of the layer above as often as not.
    const first = Math.floor(key.uniform(LINK, to) * before.length);
    before.forEach((from, i) => {
      if (i === first || key.uniform(LINK, (to + 1) * stages + from) < 0.5) links.push([from, to]);
    });
  }
  for (let from = 0; from < stages; from++)
    if (!links.some(([begin]) => begin === from)) {
      // What nobody reads goes to some stage of the next layer, or out.
      const after = layerOf.flatMap((layer, i) => (layer === layerOf[from]! + 1 ? [i] : []));
      links.push([from, after.length === 0 ? stages : among(after, key.uniform(LINK, -1 - from))]);
    }
  return links;
}

function layersOf(key: RandomKey, stages: number): number[] {
  const form = stages < 3 ? "chain" : among(["chain", "diamond", "layers"], key.uniform(FORM, 0));
  const layers = [0];
  for (let i = 1; i < stages; i++) {
    const above = layers[i - 1]!;
    const down =
      form === "chain" ||
      (form === "diamond" && (i === 1 || i === stages - 1)) ||
      (form === "layers" && key.uniform(LAYER, i) < 0.6);
    layers.push(down ? above + 1 : above);
  }
  return layers;
}

function edgeOf(
  key: RandomKey,
  index: number,
  [from, to]: readonly [number, number],
  widths: readonly number[],
  bytesMax: number,
): Edge {
  const readers = widths[to] ?? 1;
  const u = key.uniform(BYTES, 2 * index);
  // Some edges carry no more than a signal.
  const bytes = u < 0.1 ? 0 : Math.round(logUniform((u - 0.1) / 0.9, 1000, bytesMax));
  return {
    from: from < 0 ? INPUT : `s${from}`,
    to: to === widths.length ? OUTPUT : `s${to}`,
    bytes,
    shape: shapeOf(from < 0 ? 1 : widths[from]!, readers, key.uniform(BYTES, 2 * index + 1)),
    scalesWithRun: key.uniform(BYTES, -1 - index) < 0.5,
    parallelRequests: 8,
  };
}

function shapeOf(producers: number, readers: number, u: number): Shape {
  if (producers === readers && producers > 1) return u < 0.8 ? "pairwise" : "shuffle";
  if (readers === 1) return "gather";
  if (producers === 1) return u < 0.8 ? "scatter" : "broadcast";
  return "shuffle";
}

function profilesOf(key: RandomKey, widths: readonly number[]): Profile {
  const image = key.uniform(START, -1) < 0.3;
  // One factor for the whole run, as the size of an input is, or one for each stage.
  const shared = key.uniform(SKEW, -1) < 0.5;
  return Object.fromEntries(
    widths.map((_, i): [string, StageProfile] => [
      `s${i}`,
      {
        runtime: "python3.12",
        package: { format: image ? "image" : "zip", mb: 20 },
        memoryMb: {
          runtime: Math.round(logUniform(key.uniform(MEMORY, 2 * i), 40, 200)),
          worker: Math.round(logUniform(key.uniform(MEMORY, 2 * i + 1), 30, 600)),
        },
        initCpuMs: Math.round(logUniform(key.uniform(START, i), 50, 2000)),
        compute: computeOf(key, i),
        waitMs: 0,
        skew: {
          content: 0.7 * power(key.uniform(SKEW, 2 * i), 2),
          runSigma: 0.3 * key.uniform(SKEW, 2 * i + 1),
          runFactor: shared ? "run" : `s${i}`,
          noiseCv: 0.05,
        },
      },
    ]),
  );
}

function computeOf(key: RandomKey, stage: number): CpuCompute {
  // The middle 95 % of the medians lie from 50 ms to 5 s.
  const median = Math.round(500 * exp(1.175 * normalQuantile(key.uniform(CPU, 2 * stage))));
  const sigma = 0.3 * key.uniform(CPU, 2 * stage + 1);
  const single = key.uniform(SCALING, 3 * stage) < 0.5;
  return {
    kind: "cpu",
    cpuMs: { lognormal: { median, sigma } },
    serialFraction: single ? 1 : 0.4 * key.uniform(SCALING, 3 * stage + 1),
    maxVcpus: single ? 1 : among([2, 4, 6], key.uniform(SCALING, 3 * stage + 2)),
    parallelYield: 1,
  };
}
