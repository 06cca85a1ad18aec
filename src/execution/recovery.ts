/**
 * What happens after an invocation has failed. By itself it is repeated from its inputs, until its attempts are
 * used up and the run fails. Where more is lost than its own work (the home VM of a group, or VMs that a direct
 * reader pulled from and that are gone) all steps that hang together start over once their VMs under way have
 * ended; what they had delivered to others stays in the store and counts as it was.
 */

import type { Clock } from "../des/simulator.ts";
import type { Program, ProgramStep } from "../physics/program.ts";
import { type Failures, retryWaitMs } from "../plan/failures.ts";
import type { LiveRun } from "./live.ts";
import type { LiveVm } from "./live-vm.ts";
import { type RecoveryUnits, recoveryUnitsOf } from "./recovery-units.ts";
import { FAILED } from "./run-log.ts";
import { CAUSED_BY, OUTSTANDING, TO_ISSUE, VM_COUNT, WAITING } from "./run-notes.ts";
import type { VmSupply } from "./vm-supply.ts";

/** What recovery needs of a simulation: its VMs and runs by id, and to say what happens next. */
export interface Recoverable {
  readonly live: readonly LiveRun[];
  readonly vms: readonly LiveVm[];
  readonly clock: Clock;
  readonly supply: VmSupply;
  /** Kinds of the events that ask for a VM, and that start steps over (subject: run and first step). */
  readonly request: number;
  readonly restart: number;
  letGo(vm: number): void;
  release(vm: number): void;
  start(id: number, step: ProgramStep, cause: number): void;
  endIfDrained(id: number): void;
}

/** Recovers the runs of one simulation. */
export class Recovery {
  readonly #program: Program;
  readonly #failures: Failures;
  readonly #of: Recoverable;
  readonly #units: RecoveryUnits;

  constructor(program: Program, failures: Failures, of: Recoverable) {
    this.#program = program;
    this.#failures = failures;
    this.#of = of;
    this.#units = recoveryUnitsOf(program);
  }

  /** Number of the first attempt of a VM of the step: those before a new start had their own luck. */
  firstTry(live: LiveRun, step: ProgramStep): number {
    const unit = this.#units.unitOf[step.index]!;
    return live.recovery!.restarts[unit]! * (this.#failures.retry.maxAttempts + 1);
  }

  /**
   * Notes when and by which step's end a step became ready for the first time; true when it must wait, as what
   * it hangs together with starts over.
   */
  defers(live: LiveRun, step: ProgramStep, cause: number): boolean {
    if (live.readyMsOf(step.index) === Number.POSITIVE_INFINITY) {
      // The first time that the cause ended, if it had to do so again.
      live.setReadyMs(step.index, cause < 0 ? this.#of.clock.nowMs : live.endMsOf(cause));
      live.notes.stepCounts[live.countsOf(step.index) + CAUSED_BY] = cause;
    }
    return live.recovery!.broken[this.#units.unitOf[step.index]!] === 1;
  }

  /** Notes the end of a step; the steps that it brings nearer: others have had its result the first time. */
  reachedBy(live: LiveRun, step: ProgramStep): readonly number[] {
    const { ended, delivered } = live.recovery!;
    const { unitOf } = this.#units;
    const again = delivered[step.index] === 1;
    ended[step.index] = 1;
    delivered[step.index] = 1;
    if (!again) return step.successors;
    return step.successors.filter((next) => unitOf[next] === unitOf[step.index]);
  }

  /** Takes a VM that has come to its end, if it failed or its result is lost; else leaves it as it is. */
  takes(index: number): boolean {
    const vm = this.#of.vms[index]!;
    const live = this.#of.live[vm.run]!;
    if (live.status !== 0 || vm.timedOut) return false;
    const recovery = live.recovery!;
    const unit = this.#units.unitOf[vm.step]!;
    const isBroken = recovery.broken[unit] === 1;
    if (!isBroken && vm.fails === null) return false;
    const step = this.#program.steps[vm.step]!;
    const losesMore = step.directIn.length > 0 || (step.continuesHome && vm.place === 0);
    if (!isBroken && !losesMore) return this.#repeat(index);
    const { maxAttempts } = this.#failures.retry;
    if (recovery.restarts[unit]! >= maxAttempts) {
      live.status = FAILED;
      return false;
    }
    recovery.broken[unit] = 1;
    live.notes.stepCounts[live.countsOf(vm.step) + OUTSTANDING]!--;
    live.vmsInFlight--;
    this.#of.letGo(index);
    this.#startOverIfDrained(vm.run, unit);
    return true;
  }

  // Asks for a VM again, in the same place.
  #repeat(index: number): boolean {
    const { clock, supply, request } = this.#of;
    const vm = this.#of.vms[index]!;
    const live = this.#of.live[vm.run]!;
    const { retry } = this.#failures;
    const waitMs = retryWaitMs(retry, vm.tries % (retry.maxAttempts + 1));
    if (waitMs === Number.POSITIVE_INFINITY) {
      live.status = FAILED;
      return false;
    }
    supply.release(vm, live, clock.nowMs);
    this.#bookRepeat(live);
    vm.repeat();
    clock.at(clock.nowMs + waitMs, request, index);
    return true;
  }

  // Orchestrators count a repeat as a transition.
  #bookRepeat(live: LiveRun): void {
    live.retries++;
    live.costUsd += this.#program.platform.price.usdPerTransition;
  }

  #startOverIfDrained(id: number, unit: number): void {
    const { clock, vms, restart } = this.#of;
    const live = this.#of.live[id]!;
    const steps = this.#units.units[unit]!;
    if (steps.some((s) => live.notes.stepCounts[live.countsOf(s) + OUTSTANDING]! > 0)) return;
    for (const s of steps)
      for (let place = 0; place < live.notes.stepCounts[live.countsOf(s) + VM_COUNT]!; place++) {
        const index = live.vmAt(s, place);
        const vm = vms[index];
        live.setVm(s, place, -1);
        // A record that was let go may be another VM by now.
        const isOurs = vm?.inUse && vm.run === id && vm.step === s && vm.place === place;
        if (isOurs) this.#of.release(index);
      }
    const waitMs = retryWaitMs(this.#failures.retry, live.recovery!.restarts[unit]!);
    live.vmsInFlight++;
    clock.at(clock.nowMs + waitMs, restart, id * this.#program.steps.length + steps[0]!);
  }

  /** Starts over the steps that hang together with the subject's, all of them that have their inputs. */
  restart(subject: number): void {
    const { steps } = this.#program;
    const id = Math.floor(subject / steps.length);
    const live = this.#of.live[id]!;
    const { unitOf, units, before } = this.#units;
    const unit = unitOf[subject % steps.length]!;
    live.vmsInFlight--;
    if (live.status !== 0) {
      this.#of.endIfDrained(id);
      return;
    }
    const { ended, delivered, broken, restarts } = live.recovery!;
    const { stepCounts } = live.notes;
    broken[unit] = 0;
    restarts[unit]!++;
    this.#bookRepeat(live);
    for (const s of units[unit]!) {
      if (ended[s] === 1) live.stepsLeft++;
      ended[s] = 0;
      stepCounts[live.countsOf(s) + TO_ISSUE] = 0;
      if (delivered[s] === 0) live.forgetEnd(s);
    }
    for (const s of units[unit]!)
      stepCounts[live.countsOf(s) + WAITING] = before[s]!.filter(
        (p) => (unitOf[p] === unit ? ended[p] : delivered[p]) === 0,
      ).length;
    const ready = units[unit]!.filter((s) => stepCounts[live.countsOf(s) + WAITING] === 0);
    for (const s of ready) this.#of.start(id, steps[s]!, stepCounts[live.countsOf(s) + CAUSED_BY]!);
  }
}

/** The recovery of a program's runs; null where nothing fails. */
export function recoveryOf(program: Program, of: Recoverable): Recovery | null {
  return program.failures === null ? null : new Recovery(program, program.failures, of);
}
