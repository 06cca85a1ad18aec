/** Where VMs come from and go to: warm pool, cold start, account limits, and the bill of each use. */

import { vmUseUsd } from "../physics/billing.ts";
import { drawName, PURPOSE, valueOf } from "../physics/draws.ts";
import type { Draw, Program } from "../physics/program.ts";
import { drawOf } from "../physics/scenario-parts.ts";
import { coldStartOf, firstWorkerOf, neverCold } from "../physics/start.ts";
import type { Account } from "./account.ts";
import type { LiveRun } from "./live.ts";
import type { LiveVm } from "./live-vm.ts";
import { BILLED_FROM_MS, COLD_MS, INIT_MS, READY_MS } from "./vm-notes.ts";
import { WarmPool } from "../physics/warm-pool.ts";

/** MB of memory in a GB of the bill. */
export const MB_PER_GB = 1024;

/** Grants VMs and takes them back. */
export class VmSupply {
  readonly #program: Program;
  readonly #pools: readonly WarmPool[];
  readonly #account: Account;
  readonly #firstGroup: number;
  readonly #keepAliveMs: Draw;
  readonly #neverCold: boolean;

  /** Its groups are those of the account from `firstGroup` on. */
  constructor(program: Program, account: Account, firstGroup: number) {
    this.#program = program;
    this.#pools = program.groups.map(() => new WarmPool());
    this.#account = account;
    // Where the platform counts new VMs, it matters which are.
    this.#neverCold = account.growsFreely && neverCold(program);
    this.#firstGroup = firstGroup;
    this.#keepAliveMs = drawOf(program.platform.keepAliveMs);
  }

  /** Gives `vm` a warm VM or a cold one, with its start times; false when the platform throttles. */
  acquire(vm: LiveVm, live: LiveRun, nowMs: number): boolean {
    const group = this.#program.groups[vm.group]!;
    if (!this.#account.hasRoom()) return false;
    vm.cold = !this.#neverCold && !this.#pools[vm.group]!.take(nowMs);
    if (vm.cold && !this.#account.mayGrow(nowMs, this.#firstGroup + vm.group)) return false;
    this.#account.enter();
    vm.firstWorker = firstWorkerOf(group, vm.place);
    let coldMs = 0;
    let initMs = 0;
    let unbilledMs = 0;
    if (vm.cold) {
      const start = coldStartOf(this.#program, group, live.draws, vm.place);
      coldMs = start.coldMs;
      initMs = start.initMs;
      unbilledMs = start.unbilledMs;
      live.coldStarts++;
    }
    live.vmUses++;
    const { times } = vm.notes;
    const { first } = vm;
    times[first + COLD_MS] = coldMs;
    times[first + INIT_MS] = initMs;
    times[first + READY_MS] = nowMs + coldMs + initMs;
    times[first + BILLED_FROM_MS] = nowMs + unbilledMs;
    return true;
  }

  /** Wait before attempt number `attempt` is repeated, ms; Infinity when it must not be. */
  retryMs(attempt: number): number {
    return this.#account.retryMs(attempt);
  }

  /** Bills the use to its run and keeps the VM warm, unless it crashed or was killed by the time limit. */
  release(vm: LiveVm, live: LiveRun, nowMs: number): void {
    const group = this.#program.groups[vm.group]!;
    const activeMs = Math.max(0, nowMs - vm.billedFromMs);
    const uses = vm.twice ? 2 : 1;
    const usd = vmUseUsd(this.#program.platform.price, group.memoryMb, activeMs);
    live.bill(uses * usd, uses * (group.memoryMb / MB_PER_GB) * activeMs);
    live.vmUses += uses - 1;
    this.#account.leave();
    if (!vm.timedOut && vm.fails !== "crash" && !this.#neverCold) {
      const name = drawName(group.name, PURPOSE.keepAlive);
      const keepMs = valueOf(this.#keepAliveMs, live.draws.key, name, vm.firstWorker);
      this.#pools[vm.group]!.put(nowMs, nowMs + keepMs);
    }
    vm.inUse = false;
  }
}
