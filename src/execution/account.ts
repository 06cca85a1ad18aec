/** The account's limits: VMs at once, and how fast new ones may start. */

import { retryWaitMs } from "../plan/failures.ts";
import type { ConcurrencyRule } from "../platform/platform.ts";

/** Counts running VMs and the tokens of a bucket per function, or one for the account. */
export class Account {
  #running = 0;
  readonly #rule: ConcurrencyRule;
  readonly #tokens: Float64Array;
  readonly #sinceMs: Float64Array;

  constructor(rule: ConcurrencyRule, groups: number) {
    this.#rule = rule;
    this.#tokens = new Float64Array(groups).fill(rule.burst);
    this.#sinceMs = new Float64Array(groups);
  }

  /** Whether new VMs may start as fast as they are asked for. */
  get growsFreely(): boolean {
    return this.#rule.burst === Number.POSITIVE_INFINITY;
  }

  /** Whether one more VM may run now. */
  hasRoom(): boolean {
    return this.#running < this.#rule.limit;
  }

  /** Takes the right to start a new VM for `group`; false when the platform throttles. */
  mayGrow(nowMs: number, group: number): boolean {
    if (this.growsFreely) return true;
    const { burst, scaleOutPerSecond, scope } = this.#rule;
    const g = scope === "account" ? 0 : group;
    const refill = (scaleOutPerSecond * (nowMs - this.#sinceMs[g]!)) / 1000;
    this.#sinceMs[g] = nowMs;
    this.#tokens[g] = Math.min(burst, this.#tokens[g]! + refill);
    if (this.#tokens[g]! < 1) return false;
    this.#tokens[g] = this.#tokens[g]! - 1;
    return true;
  }

  /** A VM has begun to run. */
  enter(): void {
    this.#running++;
  }

  /** A VM has ended its use. */
  leave(): void {
    this.#running--;
  }

  /** Wait before attempt number `attempt` (from 0) is repeated, ms; Infinity when it must not be. */
  retryMs(attempt: number): number {
    return retryWaitMs(this.#rule.retry, attempt);
  }
}
