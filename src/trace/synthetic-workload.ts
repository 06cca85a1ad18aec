/** One generated workflow: levels of stages of a given shape, and how they behave. */

import type { Arrivals } from "../plan/scenario.ts";
import { exp } from "../stats/numeric.ts";
import type { RandomKey } from "../stats/random.ts";
import type { StageProfile } from "../workflow/profile.ts";
import { type Edge, INPUT, makeWorkflow, OUTPUT, type Stage } from "../workflow/workflow.ts";
import { TRIGGERS } from "./published.ts";
import type { WorkflowShape } from "./shape-law.ts";
import {
  contentSigma,
  cpuShare,
  initCpuMs,
  levelBytes,
  logUniform,
  meanTimeMs,
  memoryMb,
  noiseCv,
  packageMb,
  runtimeAt,
  timeSigma,
} from "./synthetic-laws.ts";
import type { Workload } from "./workload.ts";

// First parts of the names of a workflow's draws; shapes take what is below 0.
const LEVELS = 0;
const ARRIVALS = 1;
const SHARED = 2;
const LEVEL = 3;
const STAGE = 4;

const BRANCHES_MAX = 4;
const DAY_MS = 86_400_000;

/** What a workflow is generated from; `key` names its luck. */
export interface WorkflowSeed {
  readonly name: string;
  readonly shape: WorkflowShape;
  readonly perDay: number;
  readonly key: RandomKey;
}

/** The workflow of a shape, its profile and its arrivals; without description, source and provenance. */
export function syntheticWorkload({
  name,
  shape,
  perDay,
  key,
}: WorkflowSeed): Pick<Workload, "name" | "workflow" | "profile" | "arrivals"> {
  const levels = levelWidths(shape, key).map((workers, level) => stagesOf(workers, level, key));
  const stages = levels.flat();
  const edges = [
    ...edgesBetween([{ id: INPUT, workers: 1 }], levels[0]!, bytesOf(key, 0)),
    ...levels.slice(1).flatMap((to, i) => edgesBetween(levels[i]!, to, bytesOf(key, i + 1))),
    ...edgesBetween(levels.at(-1)!, [{ id: OUTPUT, workers: 1 }], bytesOf(key, levels.length)),
  ];
  const sharesRunFactor = key.uniform(SHARED, 0) < 0.5;
  const profile = Object.fromEntries(
    stages.map((stage, index) => [
      stage.id,
      profileOf(key, index, stage.workers, sharesRunFactor ? "size" : stage.id),
    ]),
  );
  return {
    name,
    workflow: makeWorkflow(name, stages, edges),
    profile,
    arrivals: arrivalsAt(perDay, key),
  };
}

// One level is as wide as asked for; what nodes are left go to the others, none wider than that.
function levelWidths({ width, depth, nodes }: WorkflowShape, key: RandomKey): readonly number[] {
  const wide = depth === 1 ? 0 : 1 + Math.floor(key.uniform(LEVELS, 0) * (depth - 1));
  let left = nodes - (width + depth - 1);
  let others = depth - 1;
  return Array.from({ length: depth }, (_, level) => {
    if (level === wide) return width;
    others--;
    const least = Math.max(0, left - others * (width - 1));
    const most = Math.min(width - 1, left);
    const more = least + Math.floor(key.uniform(LEVELS, 1 + level) * (most - least + 1));
    left -= more;
    return 1 + more;
  });
}

// Few parallel nodes may be branches of different functions; many are workers of one.
function stagesOf(
  workers: number,
  level: number,
  key: RandomKey,
): readonly { readonly id: string; readonly workers: number }[] {
  const id = `s${level + 1}`;
  const branches = workers > 1 && workers <= BRANCHES_MAX && key.uniform(LEVEL, 2 * level) < 0.5;
  if (!branches) return [{ id, workers }];
  return Array.from({ length: workers }, (_, i) => ({ id: `${id}.${i + 1}`, workers: 1 }));
}

function bytesOf(key: RandomKey, level: number): number {
  return Math.round(levelBytes(key.uniform(LEVEL, 2 * level + 1)));
}

// Branches go on as branches where both levels have as many; otherwise everyone waits for all.
function edgesBetween(
  from: readonly (Stage & { readonly workers: number })[],
  to: readonly (Stage & { readonly workers: number })[],
  bytes: number,
): readonly Edge[] {
  const apart = from.length > 1 && from.length === to.length;
  const ends = apart
    ? from.map((stage, i) => [stage, to[i]!] as const)
    : from.flatMap((stage) => to.map((next) => [stage, next] as const));
  return ends.map(([a, b]) => ({
    from: a.id,
    to: b.id,
    bytes: Math.ceil(bytes / ends.length),
    shape: shapeBetween(a.workers, b.workers),
    scalesWithRun: true,
    parallelRequests: 1,
  }));
}

function shapeBetween(from: number, to: number): Edge["shape"] {
  if (to === 1) return "gather";
  if (from === 1) return "scatter";
  return from === to ? "pairwise" : "shuffle";
}

function profileOf(
  key: RandomKey,
  index: number,
  workers: number,
  runFactor: string,
): StageProfile {
  const u = (n: number) => key.uniform(STAGE + index, n);
  const meanMs = meanTimeMs(u(0));
  const sigma = timeSigma(u(1));
  const cpu = cpuShare(u(2));
  // What part of the variance a whole run shares; the rest is each worker's own.
  const shared = u(3);
  const own = workers > 1 ? contentSigma(u(12)) : sigma * Math.sqrt(1 - shared);
  const waitSigma = workers > 1 ? own : sigma;
  const memory = memoryMb(u(4));
  const parallel = u(5) < 0.2;
  return {
    runtime: runtimeAt(u(6)),
    package: { format: "zip", mb: short(packageMb(u(7))) },
    memoryMb: { runtime: short(0.5 * memory), worker: short(0.5 * memory) },
    initCpuMs: short(initCpuMs(u(8))),
    compute: {
      kind: "cpu",
      cpuMs: short(meanMs * cpu),
      serialFraction: parallel ? short(u(9)) : 1,
      maxVcpus: parallel ? 2 + Math.floor(u(10) * 5) : 1,
      parallelYield: 1,
    },
    waitMs: {
      lognormal: {
        mean: short(meanMs * (1 - cpu) + 0.001),
        cv: short(Math.sqrt(exp(waitSigma * waitSigma) - 1)),
      },
    },
    skew: {
      content: short(own),
      runSigma: short(sigma * Math.sqrt(shared)),
      runFactor,
      noiseCv: short(noiseCv(u(11))),
    },
  };
}

function arrivalsAt(perDay: number, key: RandomKey): Arrivals {
  const u = (n: number) => key.uniform(ARRIVALS, n);
  const perSecond = (1000 * perDay) / DAY_MS;
  const trigger = u(0);
  // A timer cannot run more often than once a minute.
  if (trigger < TRIGGERS.timer && perDay <= 1440)
    return { kind: "timer", everyMs: short(DAY_MS / perDay) };
  if (trigger < TRIGGERS.timer + TRIGGERS.bursty) {
    const share = logUniform(u(1), 0.01, 0.2);
    const times = logUniform(u(2), 10, 100);
    const calmPerSecond = perSecond / (1 - share + share * times);
    const burstMs = (1000 * logUniform(u(3), 3, 100)) / (times * calmPerSecond);
    return {
      kind: "bursty",
      calm: { perSecond: short(calmPerSecond), meanMs: short((burstMs * (1 - share)) / share) },
      burst: { perSecond: short(times * calmPerSecond), meanMs: short(burstMs) },
    };
  }
  if (trigger >= TRIGGERS.timer + TRIGGERS.bursty + TRIGGERS.diurnal)
    return { kind: "poisson", perSecond: short(perSecond) };
  return {
    kind: "diurnal",
    perSecond: short(perSecond),
    // A baseline of half the peak, taken over all.
    base: short(0.2 + 0.6 * u(1)),
    peakMs: Math.floor((11 + 6 * u(2)) * 3_600_000),
    weekend: short(0.4 + 0.6 * u(3)),
  };
}

// Four digits say all that is known, and keep a million workflows small.
function short(value: number): number {
  return Number(value.toPrecision(4));
}
