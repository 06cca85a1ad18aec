/**
 * Hot path: the one list of future events, ordered by (time, sequence): a calendar queue on typed arrays. A day
 * holds few events, so an event finds its place and leaves it in constant time, however many there are.
 * Source: Brown, "Calendar queues: a fast O(1) priority queue implementation", CACM 31(10), 1988.
 */

import { assert } from "../check.ts";

/** Steps per event, to find a day or a place in it, that say that days have the wrong length. */
const STEPS_MANY = 3;
/** Events, at least, between two looks at that. */
const LOOK_EVERY = 256;
/** Events that a day near the front should hold, and how many of the first show how dense it is there. */
const EVENTS_A_DAY = 1.5;
const SAMPLE = 64;
/** Whole numbers of a slot: the slot after it, the event's kind and its subject; as many as lie in one line of memory. */
const NEXT = 0;
const KIND = 1;
const SUBJECT = 2;
const SLOT = 4;
/** Days beyond are one, as numbers have no more digits for them. */
const DAY_MAX = 2251799813685248;

/** Events leave by time; equal times leave in the order they came. */
export class EventQueue {
  /** Time, kind and subject of the event that `pop` took last. */
  timeMs = 0;
  kind = 0;
  subject = 0;
  // Events by slot: its time, and SLOT whole numbers. Free slots are a list through NEXT; so are a day's events, in
  // the order they leave.
  #times = new Float64Array(64);
  #slotInts = new Int32Array(64 * SLOT);
  #free = -1;
  #used = 0;
  #size = 0;
  // First event of each day of a year; the same days serve all years, so an event there may be years ahead.
  #first = new Int32Array(1).fill(-1);
  #mask = 0;
  #daysPerMs = 1;
  /** No event is before this day, counted from time 0. */
  #today = 0;
  /** The event that came last, -1 when it has left: those that come together go on from there. */
  #latest = -1;
  #latestDay = 0;
  #steps = 0;
  #popsToLook = LOOK_EVERY;
  // Events for the present moment came after all others of it, so they wait in turn: a ring of kinds and subjects.
  #ringKinds = new Uint8Array(16);
  #ringSubjects = new Int32Array(16);
  #ringFirst = 0;
  #ringSize = 0;
  /** Whether the calendar holds more of the present moment. */
  #moreNow = false;

  /** Events waiting. */
  get size(): number {
    return this.#size + this.#ringSize;
  }

  /** Time of the earliest event, Infinity when there is none. */
  get nextMs(): number {
    if (this.#ringSize > 0) return this.timeMs;
    if (this.#size === 0) return Number.POSITIVE_INFINITY;
    this.#seek();
    return this.#times[this.#first[this.#today & this.#mask]!]!;
  }

  /** Moves on to a time for which an event would be the next one; false, and stays, where another is there by then. */
  advance(timeMs: number): boolean {
    assert(timeMs >= this.timeMs, "an event lies in the past");
    if (this.#ringSize > 0) return false;
    if (timeMs === this.timeMs) return !this.#moreNow;
    if (this.nextMs <= timeMs) return false;
    this.timeMs = timeMs;
    this.#moreNow = false;
    return true;
  }

  /** Adds an event. O(1) amortized where times are spread over a near future. */
  push(timeMs: number, kind: number, subject: number): void {
    assert(timeMs >= this.timeMs, "an event lies in the past");
    if (timeMs === this.timeMs) {
      this.#pushNow(kind, subject);
      return;
    }
    if (++this.#size > 2 * this.#first.length) this.#retune();
    const slot = this.#takeSlot();
    this.#times[slot] = timeMs;
    this.#slotInts[slot * SLOT + KIND] = kind;
    this.#slotInts[slot * SLOT + SUBJECT] = subject;
    this.#link(slot, timeMs);
  }

  /** Takes the earliest event into `timeMs`, `kind`, `subject`; false when there is none. O(1) amortized. */
  pop(): boolean {
    if (this.#ringSize > 0 && !this.#moreNow) {
      const at = this.#ringFirst;
      this.kind = this.#ringKinds[at]!;
      this.subject = this.#ringSubjects[at]!;
      this.#ringFirst = (at + 1) & (this.#ringKinds.length - 1);
      this.#ringSize--;
      return true;
    }
    if (this.#size === 0) return false;
    if (--this.#popsToLook === 0) this.#look();
    this.#seek();
    const place = this.#today & this.#mask;
    const slot = this.#first[place]!;
    const timeMs = this.#times[slot]!;
    const ints = this.#slotInts;
    const own = slot * SLOT;
    const after = ints[own + NEXT]!;
    this.#first[place] = after;
    this.#moreNow = after >= 0 && this.#times[after] === timeMs;
    ints[own + NEXT] = this.#free;
    this.#free = slot;
    if (slot === this.#latest) this.#latest = -1;
    this.#size--;
    this.timeMs = timeMs;
    this.kind = ints[own + KIND]!;
    this.subject = ints[own + SUBJECT]!;
    return true;
  }

  #pushNow(kind: number, subject: number): void {
    if (this.#ringSize === this.#ringKinds.length) this.#growRing();
    const at = (this.#ringFirst + this.#ringSize++) & (this.#ringKinds.length - 1);
    this.#ringKinds[at] = kind;
    this.#ringSubjects[at] = subject;
  }

  // Turns the ring so that it begins at place 0 of one twice as long.
  #growRing(): void {
    const length = this.#ringKinds.length;
    const kinds = new Uint8Array(2 * length);
    const subjects = new Int32Array(2 * length);
    for (let i = 0; i < length; i++) {
      const at = (this.#ringFirst + i) & (length - 1);
      kinds[i] = this.#ringKinds[at]!;
      subjects[i] = this.#ringSubjects[at]!;
    }
    this.#ringKinds = kinds;
    this.#ringSubjects = subjects;
    this.#ringFirst = 0;
  }

  // Moves on to the day of the earliest event.
  #seek(): void {
    const first = this.#first;
    const mask = this.#mask;
    const until = this.#today + mask;
    for (let day = this.#today; day <= until; day++) {
      const slot = first[day & mask]!;
      if (slot < 0 || this.#dayOf(this.#times[slot]!) > day) continue;
      this.#steps += day - this.#today;
      this.#today = day;
      return;
    }
    // Nothing for a year.
    this.#steps += 2 * mask;
    let earliestMs = Number.POSITIVE_INFINITY;
    for (let place = 0; place <= mask; place++)
      if (first[place]! >= 0) earliestMs = Math.min(earliestMs, this.#times[first[place]!]!);
    this.#today = this.#dayOf(earliestMs);
  }

  #dayOf(timeMs: number): number {
    return Math.min(DAY_MAX, Math.floor(timeMs * this.#daysPerMs));
  }

  // Puts a slot behind all that are as early.
  #link(slot: number, timeMs: number): void {
    const times = this.#times;
    const ints = this.#slotInts;
    const day = this.#dayOf(timeMs);
    if (day < this.#today) this.#today = day;
    const place = day & this.#mask;
    let before = -1;
    let after = this.#first[place]!;
    if (this.#latest >= 0 && this.#latestDay === day && times[this.#latest]! <= timeMs) {
      before = this.#latest;
      after = ints[before * SLOT + NEXT]!;
    }
    let steps = 0;
    for (; after >= 0 && times[after]! <= timeMs; after = ints[after * SLOT + NEXT]!) {
      before = after;
      steps++;
    }
    this.#steps += steps;
    ints[slot * SLOT + NEXT] = after;
    if (before < 0) this.#first[place] = slot;
    else ints[before * SLOT + NEXT] = slot;
    this.#latest = slot;
    this.#latestDay = day;
  }

  // The density of events shifts as they come and go; so do the days.
  #look(): void {
    const looked = Math.max(LOOK_EVERY, 2 * this.#size);
    if (this.#steps > STEPS_MANY * looked || 8 * this.#size < this.#first.length) this.#retune();
    this.#steps = 0;
    this.#popsToLook = looked;
  }

  // As many days as events, and as long as the first events are apart. O(size log size).
  #retune(): void {
    const slots = this.#slots();
    const times = Float64Array.from(slots, (slot) => this.#times[slot]!);
    const sorted = times.slice().sort();
    const most = sorted.length - 1;
    const sample = Math.min(most, Math.max(SAMPLE, most >> 2));
    const aheadMs = sorted.length < 2 ? 0 : sorted[sample]! - sorted[0]!;
    if (aheadMs > 0) this.#daysPerMs = sample / (EVENTS_A_DAY * aheadMs);
    let days = 1;
    while (days < this.#size) days *= 2;
    this.#first = new Int32Array(days).fill(-1);
    this.#mask = days - 1;
    this.#latest = -1;
    this.#today = sorted.length === 0 ? 0 : this.#dayOf(sorted[0]!);
    for (let i = 0; i < slots.length; i++) this.#link(slots[i]!, times[i]!);
    this.#steps = 0;
  }

  // All slots in use, equal times in the order they came.
  #slots(): Int32Array {
    const slots = new Int32Array(this.#times.length);
    let count = 0;
    for (const first of this.#first)
      for (let slot = first; slot >= 0; slot = this.#slotInts[slot * SLOT + NEXT]!)
        slots[count++] = slot;
    return slots.subarray(0, count);
  }

  #takeSlot(): number {
    const slot = this.#free;
    if (slot >= 0) {
      this.#free = this.#slotInts[slot * SLOT + NEXT]!;
      return slot;
    }
    if (this.#used === this.#times.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const capacity = 2 * this.#times.length;
    const times = new Float64Array(capacity);
    times.set(this.#times);
    this.#times = times;
    const ints = new Int32Array(capacity * SLOT);
    ints.set(this.#slotInts);
    this.#slotInts = ints;
  }
}
