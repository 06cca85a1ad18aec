/** How a VM comes to its work: the orchestrator's hop and dispatch, a call from a home VM, a cold start. */

import type { HopRow } from "../platform/platform.ts";
import { constantOf, type Sampler } from "../stats/families.ts";
import { DRAWS_PER_WORKER, drawName, PURPOSE, type RunDraws, valueOf } from "./draws.ts";
import { vmInitCpuMs } from "./fill.ts";
import type { Program, ProgramGroup, ProgramStep } from "./program.ts";
import { dispatchSpreadMs, hopMs } from "./transfer.ts";

/** How the orchestrator starts the VMs of a step, ms. */
export interface Dispatch {
  readonly hopMs: number;
  /** From the first to the last VM. */
  readonly spreadMs: number;
}

/** The hop into a step of `count` VMs, its inline inputs as payload, and the spread of their starts. */
export function dispatchOf(
  program: Program,
  step: ProgramStep,
  draws: RunDraws,
  count: number,
): Dispatch {
  const { platform } = program;
  const { key } = draws;
  const named = step.stages[0]!;
  let payload = 0;
  for (const edge of step.inlineIn) payload += draws.bytes[edge.index]!;
  const { hops, dispatchSigma } = platform.orchestrator;
  const hopU = isDrawn(hops) ? key.uniform(drawName(named, PURPOSE.hop), 0) : 0.5;
  const together = count < 2 || dispatchSigma === 0;
  const spreadU = together ? 0.5 : key.uniform(drawName(named, PURPOSE.dispatch), 0);
  return {
    hopMs: hopMs(hops, payload, hopU),
    spreadMs: dispatchSpreadMs(platform, count, spreadU),
  };
}

/** The hop into a step of one VM where no run's differs, ms; NaN where it is drawn or the payload may vary. */
export function fixedHopMs({ platform }: Program, step: ProgramStep): number {
  const { hops } = platform.orchestrator;
  const isFixed = step.inlineIn.length === 0 && !isDrawn(hops);
  return isFixed ? hopMs(hops, 0, 0.5) : Number.NaN;
}

// A hop without a spread at any size is not worth a random number.
function isDrawn(hops: readonly HopRow[]): boolean {
  for (const { p50Ms, p95Ms } of hops) if (p50Ms !== p95Ms) return true;
  return false;
}

/** The hop of VM `place` of a step that is started as another one ends, ms; its inputs have come with the first. */
export function nextHopMs(
  { platform }: Program,
  step: ProgramStep,
  draws: RunDraws,
  place: number,
): number {
  const u = draws.key.uniform(drawName(step.stages[0]!, PURPOSE.hop), DRAWS_PER_WORKER + place);
  return hopMs(platform.orchestrator.hops, 0, u);
}

/** When VM `place` of `count` is dispatched, ms after the step is ready. */
export function dispatchedMs(dispatch: Dispatch, place: number, count: number): number {
  return count > 1 ? dispatch.hopMs + (dispatch.spreadMs * place) / (count - 1) : dispatch.hopMs;
}

/** How long a home VM takes to call VM `place` of a step, ms. */
export function callMs(
  invokeMs: Sampler,
  step: ProgramStep,
  draws: RunDraws,
  place: number,
): number {
  return invokeMs(draws.key.uniform(drawName(step.stages[0]!, PURPOSE.invoke), place));
}

/** Worker that names the draws of VM `place` of a group. */
export function firstWorkerOf(group: ProgramGroup, place: number): number {
  return place * (group.bundle === Number.POSITIVE_INFINITY ? 1 : group.bundle);
}

/** A cold start, ms. */
export interface ColdStart {
  /** Sandbox acquisition and runtime start. */
  readonly coldMs: number;
  /** Handler start, once per VM. */
  readonly initMs: number;
  /** Part of both that is not billed. */
  readonly unbilledMs: number;
}

/** The cold start of VM `place` of a group. */
export function coldStartOf(
  program: Program,
  group: ProgramGroup,
  draws: RunDraws,
  place: number,
): ColdStart {
  const worker = firstWorkerOf(group, place);
  const drawn = (draw: ProgramGroup["acquisitionMs"], purpose: number) =>
    valueOf(draw, draws.key, drawName(group.name, purpose), worker);
  const acquisitionMs = drawn(group.acquisitionMs, PURPOSE.acquisition);
  const coldMs = acquisitionMs + drawn(group.runtimeInitMs, PURPOSE.runtimeInit);
  const initMs = vmInitCpuMs(program, group, place, draws) / Math.min(1, group.vcpus);
  return { coldMs, initMs, unbilledMs: group.initBilled ? acquisitionMs : coldMs + initMs };
}

/** Whether VMs that start at once and are never taken back make every start a warm one: there is nothing to count. */
export function neverCold({ platform, stages, groups }: Program): boolean {
  return (
    constantOf(platform.keepAliveMs) === Number.POSITIVE_INFINITY &&
    groups.every((one) => one.acquisitionMs.constant === 0 && one.runtimeInitMs.constant === 0) &&
    stages.every((stage) => stage.profile.initCpuMs === 0)
  );
}
