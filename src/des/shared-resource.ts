/** A capacity that jobs share equally, each up to its own cap: a NIC, CPUs, a store's limit. */

/** Processor sharing with per-job caps (max-min fair). Times in ms, amounts in any unit. */
export class SharedResource {
  readonly #capacityPerMs: number;
  #jobs: number[] = [];
  #caps: number[] = [];
  #left: number[] = [];
  #rates: number[] = [];
  #sinceMs = 0;

  constructor(capacityPerMs: number) {
    this.#capacityPerMs = capacityPerMs;
  }

  /** Jobs being served. */
  get size(): number {
    return this.#jobs.length;
  }

  /** Starts job `id` of `amount` units that can take at most `capPerMs`. O(jobs log jobs). */
  add(nowMs: number, id: number, amount: number, capPerMs: number): void {
    this.#advance(nowMs);
    this.#jobs.push(id);
    this.#left.push(amount);
    this.#caps.push(capPerMs);
    this.#share();
  }

  /** Time at which the next job ends if nothing changes, ms; Infinity without jobs. */
  nextEndMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#jobs.length; i++)
      nextMs = Math.min(nextMs, this.#sinceMs + this.#left[i]! / this.#rates[i]!);
    return nextMs;
  }

  /** Removes and returns the ids of the jobs that have ended by `nowMs`, in the order they started. */
  takeEnded(nowMs: number): number[] {
    this.#advance(nowMs);
    const ended: number[] = [];
    const keep: number[] = [];
    for (let i = 0; i < this.#jobs.length; i++) {
      const leftMs = this.#left[i]! / this.#rates[i]!;
      // Late in a long simulation the clock cannot tell a small remainder from none.
      if (leftMs <= 1e-6 || nowMs + leftMs <= nowMs) ended.push(this.#jobs[i]!);
      else keep.push(i);
    }
    if (ended.length === 0) return ended;
    this.#jobs = keep.map((i) => this.#jobs[i]!);
    this.#caps = keep.map((i) => this.#caps[i]!);
    this.#left = keep.map((i) => this.#left[i]!);
    this.#share();
    return ended;
  }

  #advance(nowMs: number): void {
    const passedMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    for (let i = 0; i < this.#left.length; i++)
      this.#left[i] = Math.max(0, this.#left[i]! - passedMs * this.#rates[i]!);
  }

  // Smallest cap first: whoever cannot use the fair share leaves the rest to the others.
  #share(): void {
    const order = this.#caps.map((_, i) => i).sort((a, b) => this.#caps[a]! - this.#caps[b]!);
    let left = this.#capacityPerMs;
    order.forEach((i, place) => {
      const rate = Math.min(this.#caps[i]!, left / (order.length - place));
      this.#rates[i] = rate;
      left -= rate;
    });
    this.#rates.length = this.#jobs.length;
  }
}
