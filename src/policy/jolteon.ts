/**
 * Jolteon: the size and the parallelism of every stage, for the least cost whose latency keeps its bound
 * with a given probability; no fusion, data through the object store.
 * Source: Zhang, Jin, Jin, "Jolteon: Unleashing the Promise of Serverless for Serverless Workflows",
 * NSDI'24, and its artifact: the chance constraint is put to sampled runs; a descent on the continuous
 * problem from 2 vCPUs everywhere; then a breadth-first probe of the discrete configurations around its
 * end, repeated while none keeps the constraint.
 * Adapted: the fan-out of a stage is given here, so less parallelism is a larger bundle, run as processes;
 * the samples are the model's runs, so their number is the model's, and the constraint their quantile; the
 * model gives no gradient, so the descent follows the best single coordinate with doubling strides where
 * the artifact uses SLSQP, or from 64 stages on each coordinate as soon as it helps; a budget binds the mean cost; the probe goes 3 steps far instead of 4.
 */

import { vcpusOf } from "../platform/platform.ts";
import {
  better,
  type Candidate,
  candidateOf,
  type Decision,
  decisionOf,
  type PlanningTask,
  violation,
} from "./policy.ts";
import { STAGES_MANY } from "./search.ts";
import {
  type BundleOption,
  bundleOptions,
  planOfChoices,
  type StageChoice,
  withChoice,
  withStageChoice,
} from "./stage-choice.ts";

const START_VCPUS = 2;
const PROBE_STEPS = 3;
/** Where a workflow has so many stages that the probe would see more, it ends early. */
const PROBE_PLANS = 1000;
/** From so many stages on, coordinates are descended one after another, so often, and the probe repeated so often. */
const SWEEPS = 1;
const PROBE_ROUNDS = 1;

/** A configuration with what the model says of it. */
interface Point {
  readonly choices: readonly StageChoice[];
  readonly candidate: Candidate;
}

/** Descends from 2 vCPUs and one worker per VM, then probes around the end. */
export function jolteon(task: PlanningTask): Decision {
  const options = bundleOptions(task.scenario);
  const space: Space = { task, options, known: new Map<string, Point>(), plansSeen: 0 };
  const many = options.length >= STAGES_MANY;
  let best = many ? swept(space, startOf(space)) : descended(space, startOf(space));
  for (let round = 0; round < PROBE_ROUNDS || !many; round++) {
    const from = best;
    best = probed(space, from);
    if (best === from || violation(from.candidate.prediction, task.objective) === 0) break;
  }
  return decisionOf(task, best.candidate, "no-better-plan", space.plansSeen);
}

/** What there is to choose from, and what has been looked at. */
interface Space {
  readonly task: PlanningTask;
  readonly options: readonly (readonly BundleOption[])[];
  readonly known: Map<string, Point>;
  plansSeen: number;
}

// The point with one stage's choice changed. Of many stages the search hardly comes back to any.
function neighbourOf(
  space: Space,
  from: Point,
  stage: number,
  change: Partial<StageChoice>,
): Point {
  const choices = withChoice(from.choices, stage, change);
  const many = choices.length >= STAGES_MANY;
  const key = many
    ? ""
    : choices.map(({ memoryMb, workersPerVm }) => `${memoryMb}x${workersPerVm}`).join();
  let point = many ? undefined : space.known.get(key);
  if (point === undefined) {
    const plan = withStageChoice(from.candidate.plan, stage, choices[stage]!);
    point = { choices, candidate: candidateOf(space.task, plan) };
    space.plansSeen++;
    if (!many) space.known.set(key, point);
  }
  return point;
}

function startOf(space: Space): Point {
  const { platform } = space.task.scenario;
  const choices = space.options.map(([alone]) => ({
    workersPerVm: 1,
    memoryMb:
      alone!.sizesMb.find((size) => vcpusOf(platform, size) >= START_VCPUS) ??
      alone!.sizesMb[alone!.sizesMb.length - 1]!,
  }));
  space.plansSeen++;
  const point = {
    choices,
    candidate: candidateOf(space.task, planOfChoices(space.task.scenario, choices)),
  };
  const key = choices.map(({ memoryMb, workersPerVm }) => `${memoryMb}x${workersPerVm}`).join();
  space.known.set(key, point);
  return point;
}

function improves(space: Space, a: Point, b: Point): boolean {
  return better(a.candidate.prediction, b.candidate.prediction, space.task.objective);
}

function descended(space: Space, start: Point): Point {
  let at = start;
  for (;;) {
    let best = at;
    let along: Direction | undefined;
    for (const direction of directions(space)) {
      const next = moved(space, at, direction, 1);
      if (next === undefined || !improves(space, next, best)) continue;
      [best, along] = [next, direction];
    }
    if (along === undefined) return at;
    at = farthest(space, at, along, best);
  }
}

// From `at` along a direction whose first step leads to `first`, by doubling strides.
function farthest(space: Space, at: Point, along: Direction, first: Point): Point {
  let best = first;
  for (let stride = 2; ; stride *= 2) {
    const next = moved(space, at, along, stride);
    if (next === undefined || !improves(space, next, best)) return best;
    best = next;
  }
}

// The descent where trying all coordinates before each step takes too long: each as soon as it helps.
function swept(space: Space, start: Point): Point {
  let at = start;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const from = at;
    for (const direction of directions(space)) {
      const next = moved(space, at, direction, 1);
      if (next !== undefined && improves(space, next, at))
        at = farthest(space, at, direction, next);
    }
    if (at === from) break;
  }
  return at;
}

// The best of the configurations that single steps of sizes and bundles lead to.
function probed(space: Space, from: Point): Point {
  const reached = new Set([from]);
  let level = [from];
  for (let step = 0; step < PROBE_STEPS; step++) {
    const next: Point[] = [];
    for (const point of level)
      for (const direction of directions(space)) {
        const neighbour = moved(space, point, direction, 1);
        if (neighbour === undefined || reached.has(neighbour)) continue;
        if (reached.size >= PROBE_PLANS) break;
        reached.add(neighbour);
        next.push(neighbour);
      }
    level = next;
  }
  return [...reached].reduce((best, one) => (improves(space, one, best) ? one : best));
}

/** One coordinate of a configuration, and which way along it. */
interface Direction {
  readonly stage: number;
  readonly of: "size" | "bundle";
  readonly sign: 1 | -1;
}

function directions(space: Space): readonly Direction[] {
  return space.options.flatMap((_, stage) =>
    (["size", "bundle"] as const).flatMap((of) =>
      ([1, -1] as const).map((sign) => ({ stage, of, sign })),
    ),
  );
}

// A larger bundle keeps its size where that holds it. Undefined beyond the ends of the ladder.
function moved(
  space: Space,
  from: Point,
  { stage, of, sign }: Direction,
  stride: number,
): Point | undefined {
  const { choices } = from;
  const { memoryMb, workersPerVm } = choices[stage]!;
  const bundles = space.options[stage]!;
  const b = bundles.findIndex((one) => one.workersPerVm === workersPerVm);
  if (of === "size") {
    const { sizesMb } = bundles[b]!;
    const size = sizesMb[sizesMb.indexOf(memoryMb) + sign * stride];
    if (size === undefined) return undefined;
    return neighbourOf(space, from, stage, { memoryMb: size });
  }
  const bundle = bundles[b + sign * stride];
  const size = bundle?.sizesMb.find((one) => one >= memoryMb);
  if (bundle === undefined || size === undefined) return undefined;
  const change = { workersPerVm: bundle.workersPerVm, memoryMb: size };
  return neighbourOf(space, from, stage, change);
}
