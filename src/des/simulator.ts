/** Hot path: the clock and the loop. Knows no cloud: an event is a time, a kind and a subject. */

import { assert } from "../check.ts";
import { EventQueue } from "./event-queue.ts";

/** What an event does. May schedule further events. */
export type EventHandler = (kind: number, subject: number) => void;

/** Simulated time, and what lies ahead. */
export interface Clock {
  /** Simulated time, ms. */
  readonly nowMs: number;
  /** Schedules an event at an absolute time that is not in the past, ms. */
  at(timeMs: number, kind: number, subject: number): void;
  /**
   * Moves on to an absolute time that is not in the past, ms, as an event for then would be the next one: its handler
   * may be called at once. False, and time stays, where another event is there by then.
   */
  advance(timeMs: number): boolean;
}

/** When a simulation must stop by itself. */
export interface SimulatorLimits {
  /** Events after which something must be wrong. */
  readonly eventsMax: number;
}

/** Simulated time: advances from event to event, never back. */
export class Simulator implements Clock {
  /** Events handled so far. */
  events = 0;
  readonly #queue = new EventQueue();
  readonly #limits: SimulatorLimits;

  constructor(limits: SimulatorLimits) {
    this.#limits = limits;
  }

  /** Simulated time, ms. */
  get nowMs(): number {
    return this.#queue.timeMs;
  }

  /** Schedules an event at an absolute time that is not in the past, ms. */
  at(timeMs: number, kind: number, subject: number): void {
    this.#queue.push(timeMs, kind, subject);
  }

  /** Moves on to a time for which an event would be the next one, and counts that event; false where it would not be. */
  advance(timeMs: number): boolean {
    if (!this.#queue.advance(timeMs)) return false;
    this.events++;
    return true;
  }

  /** Handles events in (time, sequence) order until none is left. */
  run(handle: EventHandler): void {
    const queue = this.#queue;
    while (queue.pop()) {
      this.events++;
      assert(this.events <= this.#limits.eventsMax, "event limit reached");
      handle(queue.kind, queue.subject);
    }
  }
}
