/** What-ifs as functions from scenario to scenario, and a knob turned through its levels. */

import { type Failures, NO_FAILURES } from "../plan/failures.ts";
import type { Arrivals, Scenario } from "../plan/scenario.ts";
import { constantOf, scaledBy } from "../stats/families.ts";
import type { StageProfile } from "../workflow/profile.ts";
import { INPUT, makeWorkflow, OUTPUT, type Stage } from "../workflow/workflow.ts";
import type { Variation } from "./experiment.ts";

/** A what-if per level, all under the name of one knob. */
export function knob(
  name: string,
  levels: readonly number[],
  scenario: (given: Scenario, level: number) => Scenario,
): readonly Variation[] {
  return levels.map((level) => ({ name, level, scenario: (given) => scenario(given, level) }));
}

/**
 * Every parallel stage with a lognormal content factor of mean 1 and that sigma, instead of its own
 * factor or its known weights.
 */
export function withSkew(given: Scenario, sigma: number): Scenario {
  return withProfiles(given, (stage, profile) =>
    constantOf(stage.workers) === 1
      ? profile
      : { ...profile, skew: { ...profile.skew, content: sigma } },
  );
}

/** All data between stages multiplied by `factor`; input and output stay as they are. */
export function withBytesBetween(given: Scenario, factor: number): Scenario {
  const { name, stages, edges } = given.workflow;
  const scaled = edges.map((edge) =>
    edge.from === INPUT || edge.to === OUTPUT
      ? edge
      : { ...edge, bytes: scaledBy(edge.bytes, factor) },
  );
  return { ...given, workflow: makeWorkflow(name, stages, scaled) };
}

/**
 * Every parallel stage with that many workers, each as busy as before, and as many bytes a worker:
 * an edge grows with the wider of its ends, a broadcast, which counts one receiver's bytes, does not.
 * Known weights become a lognormal content factor of `sigma`, since they are of so many workers.
 */
export function withWorkers(given: Scenario, workers: number, sigma: number): Scenario {
  const { name, stages, edges } = given.workflow;
  const parallel = new Map(
    stages.flatMap((stage) => {
      const count = constantOf(stage.workers) ?? 0;
      return count === 1 ? [] : [[stage.id, count] as const];
    }),
  );
  const growth = (id: string): number => workers / (parallel.get(id) ?? workers);
  const widened = stages.map((stage) => (parallel.has(stage.id) ? { ...stage, workers } : stage));
  const scaled = edges.map((edge) => {
    if (edge.shape === "broadcast") return edge;
    const ends = [edge.from, edge.to].filter((id) => parallel.has(id));
    const wider = ends.sort((a, b) => parallel.get(b)! - parallel.get(a)!)[0];
    return wider === undefined ? edge : { ...edge, bytes: scaledBy(edge.bytes, growth(wider)) };
  });
  const grown = { ...given, workflow: makeWorkflow(name, widened, scaled) };
  return withProfiles(grown, (_, profile) =>
    typeof profile.skew.content === "number"
      ? profile
      : { ...profile, skew: { ...profile.skew, content: sigma } },
  );
}

/** Other arrivals. */
export function withArrivals(given: Scenario, arrivals: Arrivals): Scenario {
  return { ...given, arrivals };
}

/** Other failures; what is not said fails as it did. */
export function withFailures(given: Scenario, failures: Partial<Failures>): Scenario {
  return { ...given, failures: { ...(given.failures ?? NO_FAILURES), ...failures } };
}

/** Idle VMs kept for that long, ms. */
export function withKeepAlive(given: Scenario, keepAliveMs: number): Scenario {
  return { ...given, platform: { ...given.platform, keepAliveMs } };
}

function withProfiles(
  given: Scenario,
  change: (stage: Stage, profile: StageProfile) => StageProfile,
): Scenario {
  const changed = given.workflow.stages.map(
    (stage) => [stage.id, change(stage, given.profile[stage.id]!)] as const,
  );
  return { ...given, profile: Object.fromEntries(changed) };
}
