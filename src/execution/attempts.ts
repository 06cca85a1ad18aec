/** One attempt of an invocation where VMs may fail: when it ends, what it pays for, whether it counts. */

import { fateOf, runsTwice } from "../physics/failures.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import type { Failures } from "../plan/failures.ts";
import type { LiveRun } from "./live.ts";
import type { LiveVm } from "./live-vm.ts";

/**
 * When the attempt of a VM that would end at `endMs` does, ms. Notes on the VM how it fails and whether it runs
 * twice. It may crash from the moment its code can run; while it pulls, that shows at the end of the pulls.
 */
export function attemptEndMs(
  program: Program,
  failures: Failures,
  live: LiveRun,
  vm: LiveVm,
  step: ProgramStep,
  fromMs: number,
  endMs: number,
): number {
  const group = program.groups[step.group]!;
  const { key } = live.draws;
  const begins = !(step.continuesHome && vm.place === 0);
  if (begins) vm.twice = runsTwice(failures, key, group, step, vm.firstWorker, vm.tries);
  const busyMs = endMs - vm.readyMs;
  const fate = fateOf(failures, key, group, step, vm.firstWorker, vm.tries, busyMs);
  if (fate.end === "whole") return endMs;
  vm.fails = fate.end;
  vm.timedOut = false;
  return Math.max(fromMs, vm.readyMs + fate.ms);
}

/** Part of its store requests that an attempt makes: in proportion to its time, all of them twice if it runs twice. */
export function requestsPaid(vm: LiveVm, fromMs: number, neededMs: number, endMs: number): number {
  const lived =
    vm.fails === null || neededMs === fromMs ? 1 : (endMs - fromMs) / (neededMs - fromMs);
  return vm.twice ? 2 * lived : lived;
}

/** Whether the attempt decides when its step ends: it is whole, and the step's result is not there already. */
export function countsFor(live: LiveRun, vm: LiveVm, step: ProgramStep): boolean {
  return vm.fails === null && !live.recovery!.delivered[step.index];
}
