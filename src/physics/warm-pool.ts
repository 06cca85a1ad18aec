/** Which VM serves next: idle VMs of one group, the most recently used first, gone after their keep-alive. */

/** A stack of idle VMs, each known only by the time at which the platform takes it back, ms. */
export class WarmPool {
  #expiresMs = new Float64Array(16);
  #bottom = 0;
  #top = 0;

  /** Takes the most recently used VM that is still there; false when none is. Amortised O(1). */
  take(nowMs: number): boolean {
    while (this.#top > this.#bottom) {
      this.#top--;
      if (this.#expiresMs[this.#top]! >= nowMs) return true;
    }
    this.#bottom = 0;
    this.#top = 0;
    return false;
  }

  /** Keeps a VM until `expiresMs`. */
  put(nowMs: number, expiresMs: number): void {
    while (this.#bottom < this.#top && this.#expiresMs[this.#bottom]! < nowMs) this.#bottom++;
    if (this.#top === this.#expiresMs.length) this.#makeRoom();
    this.#expiresMs[this.#top++] = expiresMs;
  }

  #makeRoom(): void {
    const live = this.#expiresMs.subarray(this.#bottom, this.#top);
    const next = this.#bottom > this.#top / 2 ? this.#expiresMs : new Float64Array(2 * this.#top);
    next.set(live);
    this.#top -= this.#bottom;
    this.#bottom = 0;
    this.#expiresMs = next;
  }
}
