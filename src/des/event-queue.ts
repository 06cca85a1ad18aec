/** Hot path: the one list of future events, a binary heap on typed arrays ordered by (time, sequence). */

import { assert } from "../check.ts";

/** Events leave by time; equal times leave in the order they came. */
export class EventQueue {
  /** Time, kind and subject of the event that `pop` took last. */
  timeMs = 0;
  kind = 0;
  subject = 0;
  #times = new Float64Array(64);
  #sequences = new Float64Array(64);
  #kinds = new Uint8Array(64);
  #subjects = new Int32Array(64);
  #size = 0;
  #next = 0;

  /** Events waiting. */
  get size(): number {
    return this.#size;
  }

  /** Time of the earliest event, Infinity when there is none. */
  get nextMs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  /** Adds an event. O(log size). */
  push(timeMs: number, kind: number, subject: number): void {
    assert(timeMs >= this.timeMs, "an event lies in the past");
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    const sequences = this.#sequences;
    const kinds = this.#kinds;
    const subjects = this.#subjects;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (times[parent]! <= timeMs) break;
      times[at] = times[parent]!;
      sequences[at] = sequences[parent]!;
      kinds[at] = kinds[parent]!;
      subjects[at] = subjects[parent]!;
      at = parent;
    }
    times[at] = timeMs;
    sequences[at] = this.#next++;
    kinds[at] = kind;
    subjects[at] = subject;
  }

  /** Takes the earliest event into `timeMs`, `kind`, `subject`; false when there is none. O(log size). */
  pop(): boolean {
    if (this.#size === 0) return false;
    this.timeMs = this.#times[0]!;
    this.kind = this.#kinds[0]!;
    this.subject = this.#subjects[0]!;
    this.#size--;
    if (this.#size > 0) this.#sink();
    return true;
  }

  // Moves the last event to the root and down to its place.
  #sink(): void {
    const times = this.#times;
    const sequences = this.#sequences;
    const kinds = this.#kinds;
    const subjects = this.#subjects;
    const size = this.#size;
    const time = times[size]!;
    const sequence = sequences[size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      let childTime = times[child]!;
      const right = child + 1;
      if (right < size) {
        const rightTime = times[right]!;
        if (
          rightTime < childTime ||
          (rightTime === childTime && sequences[right]! < sequences[child]!)
        ) {
          child = right;
          childTime = rightTime;
        }
      }
      if (time < childTime || (time === childTime && sequence < sequences[child]!)) break;
      times[at] = childTime;
      sequences[at] = sequences[child]!;
      kinds[at] = kinds[child]!;
      subjects[at] = subjects[child]!;
      at = child;
    }
    times[at] = time;
    sequences[at] = sequence;
    kinds[at] = kinds[size]!;
    subjects[at] = subjects[size]!;
  }

  #grow(): void {
    const capacity = 2 * this.#times.length;
    const times = new Float64Array(capacity);
    times.set(this.#times);
    this.#times = times;
    const sequences = new Float64Array(capacity);
    sequences.set(this.#sequences);
    this.#sequences = sequences;
    const kinds = new Uint8Array(capacity);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
    const subjects = new Int32Array(capacity);
    subjects.set(this.#subjects);
    this.#subjects = subjects;
  }
}
