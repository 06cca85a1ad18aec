/** The characterisation of any number of workloads: shapes and rates of all, behaviour of a sample. */

import { platformNamed } from "../platform/index.ts";
import type { Characterization, Weighted, WorkloadBehaviour } from "../result/behaviour.ts";
import { rootKey } from "../stats/random.ts";
import { ShapeFacts } from "../trace/shape-facts.ts";
import type { Workload } from "../trace/workload.ts";
import { behaviourOf } from "./behaviour.ts";

/** Workloads one by one, each read when it is asked for; can be gone through again. */
export type WorkloadSource = () => Iterable<() => Workload>;

/** How much to look at. */
export interface CharacterizeOptions {
  readonly platform: string;
  /** Workloads that are run, under each weighting. */
  readonly sample: number;
  /** Runs of each. */
  readonly runs: number;
  readonly seed: string;
}

const UNIFORM = 0;
const BY_EXECUTION = 1;

/**
 * Reads all workloads once for shapes and rates, and those of the sample again to run them. Per workflow the
 * sample is drawn without replacement, each alike; per execution with replacement, in proportion to rates. Up to
 * `sample` workloads are all taken, with their rates as weights.
 */
export function characterize(
  source: WorkloadSource,
  { platform, sample, runs, seed }: CharacterizeOptions,
): Characterization {
  const facts = new ShapeFacts();
  const arrivals = new Map<string, number>();
  for (const read of source()) {
    const workload = read();
    facts.add(workload);
    const kind = workload.arrivals?.kind ?? "none";
    arrivals.set(kind, (arrivals.get(kind) ?? 0) + 1);
  }
  const weights = {
    workflow: alike(facts.count, sample, seed),
    execution: byRate(facts.perDay.values(), sample, seed),
  };
  const behaviours = new Map<number, WorkloadBehaviour>();
  let place = 0;
  for (const read of source()) {
    if (weights.workflow.has(place) || weights.execution.has(place)) {
      const behaviour = behaviourOf(read(), platformNamed(platform), { runs, seed });
      if (behaviour !== undefined) behaviours.set(place, behaviour);
    }
    place++;
  }
  const weighted = (chosen: ReadonlyMap<number, number>): readonly Weighted[] =>
    [...behaviours].flatMap(([at, behaviour]) => {
      const weight = chosen.get(at);
      return weight === undefined ? [] : [{ behaviour, weight }];
    });
  return {
    platform,
    facts,
    arrivals,
    samples: { workflow: weighted(weights.workflow), execution: weighted(weights.execution) },
  };
}

// The places with the least draws: a sample without replacement that any order of reading gives.
function alike(count: number, sample: number, seed: string): ReadonlyMap<number, number> {
  const key = rootKey(`${seed}/sample`);
  const draws = Float64Array.from({ length: count }, (_, place) => key.uniform(place, UNIFORM));
  const last = draws.toSorted()[Math.min(sample, count) - 1] ?? 0;
  const chosen = new Map<number, number>();
  draws.forEach((draw, place) => {
    if (draw <= last) chosen.set(place, 1);
  });
  return chosen;
}

function byRate(perDay: Float64Array, sample: number, seed: string): ReadonlyMap<number, number> {
  const rates = perDay.map((rate) => (Number.isNaN(rate) ? 0 : rate));
  const chosen = new Map<number, number>();
  if (rates.length <= sample) {
    rates.forEach((rate, place) => {
      if (rate > 0) chosen.set(place, rate);
    });
    return chosen;
  }
  let total = 0;
  const cumulative = rates.map((rate) => (total += rate));
  if (total === 0) return chosen;
  const key = rootKey(`${seed}/sample`);
  const points = Float64Array.from(
    { length: sample },
    (_, i) => total * key.uniform(i, BY_EXECUTION),
  ).sort();
  let place = 0;
  for (const point of points) {
    while (cumulative[place]! <= point) place++;
    chosen.set(place, (chosen.get(place) ?? 0) + 1);
  }
  return chosen;
}
