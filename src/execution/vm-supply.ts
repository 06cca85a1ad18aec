/** Where VMs come from and go to: warm pool, cold start, account limits, and the bill of each use. */

import { vmUseUsd } from "../physics/billing.ts";
import { drawName, PURPOSE, valueOf } from "../physics/draws.ts";
import type { Draw, Program, ProgramGroup } from "../physics/program.ts";
import { drawOf } from "../physics/scenario-parts.ts";
import { coldStartOf, firstWorkerOf, neverCold } from "../physics/start.ts";
import type { RandomKey } from "../stats/random.ts";
import type { Account } from "./account.ts";
import type { LiveRun } from "./live.ts";
import type { LiveVm } from "./live-vm.ts";
import { BILLED_FROM_MS, COLD_MS, INIT_MS, READY_MS } from "./vm-notes.ts";
import { WarmPool } from "../physics/warm-pool.ts";

/** MB of memory in a GB of the bill. */
export const MB_PER_GB = 1024;

/** What becomes of a request for a VM: it is refused, or granted a warm VM or a cold one. */
export const REFUSED = 0;
export const COLD = 1;
const WARM = 2;

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
    const granted = this.grant(vm.group, nowMs);
    if (granted === REFUSED) return false;
    vm.cold = granted === COLD;
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

  /** Has a VM of a group run from now on: REFUSED when the platform throttles, else WARM or COLD. */
  grant(group: number, nowMs: number): number {
    const account = this.#account;
    if (!account.hasRoom()) return REFUSED;
    const warm = this.#neverCold || this.#pools[group]!.take(nowMs);
    if (!warm && !account.mayGrow(nowMs, this.#firstGroup + group)) return REFUSED;
    account.enter();
    return warm ? WARM : COLD;
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
    this.#bill(live, group, activeMs, uses);
    live.vmUses += uses - 1;
    const gone = vm.timedOut || vm.fails === "crash";
    this.giveBack(group, live.draws.key, vm.firstWorker, nowMs, gone);
    vm.inUse = false;
  }

  /** Ends the use, billed since `billedFromMs`, of a VM of a run; as `release`, where nothing fails but by time. */
  end(
    live: LiveRun,
    group: number,
    place: number,
    billedFromMs: number,
    nowMs: number,
    timedOut: boolean,
  ): void {
    const of = this.#program.groups[group]!;
    this.#bill(live, of, Math.max(0, nowMs - billedFromMs), 1);
    this.giveBack(of, live.draws.key, firstWorkerOf(of, place), nowMs, timedOut);
  }

  /** Takes back a VM whose use is billed, and keeps it warm unless it is `gone`; its run's key names the draws. */
  giveBack(
    group: ProgramGroup,
    key: RandomKey,
    firstWorker: number,
    nowMs: number,
    gone: boolean,
  ): void {
    this.#account.leave();
    if (!gone) this.#keep(group, key, firstWorker, nowMs);
  }

  #bill(live: LiveRun, { memoryMb }: ProgramGroup, activeMs: number, uses: number): void {
    const usd = vmUseUsd(this.#program.platform.price, memoryMb, activeMs);
    live.bill(uses * usd, uses * (memoryMb / MB_PER_GB) * activeMs);
  }

  // Keeps a VM warm from now on, as long as the worker that names it has it.
  #keep(group: ProgramGroup, key: RandomKey, firstWorker: number, nowMs: number): void {
    if (this.#neverCold) return;
    const name = drawName(group.name, PURPOSE.keepAlive);
    const keepMs = valueOf(this.#keepAliveMs, key, name, firstWorker);
    this.#pools[group.index]!.put(nowMs, nowMs + keepMs);
  }
}
