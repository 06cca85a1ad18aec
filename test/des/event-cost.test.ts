/**
 * What an event costs, counted and not timed: how often the busiest line of the queue runs, as the
 * engine's own coverage counts it. The same on every machine, however loaded.
 */

import { Session } from "node:inspector/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { EventQueue } from "../../src/des/event-queue.ts";

const session = new Session();
let newQueue: () => EventQueue;

// Lines are counted in modules that are compiled from here on: a copy of its own.
beforeAll(async () => {
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const counted = await vi.importActual<typeof import("../../src/des/event-queue.ts")>(
    "../../src/des/event-queue.ts?counted",
  );
  newQueue = () => new counted.EventQueue();
});

afterAll(async () => {
  await session.post("Profiler.stopPreciseCoverage");
  session.disconnect();
});

/** How often the line runs that `work` runs most. */
async function busiestOf(work: () => void): Promise<number> {
  await session.post("Profiler.takePreciseCoverage");
  work();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const counts = result
    .filter(({ url }) => url.includes("event-queue"))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map((r) => r.count)));
  return Math.max(...counts);
}

/** How many ms the i-th event waits that comes at `nowMs`. */
type Wait = (i: number, nowMs?: number, subject?: number) => number;

// 0 to 1, evenly and in no order.
const spread = (i: number) => (i * 0.6180339887498949) % 1;

/** A queue with `waiting` events that take each other's place: what leaves comes back after its wait. */
class Hold {
  readonly #queue = newQueue();
  readonly #wait: Wait;
  #i = 0;

  constructor(waiting: number, wait: Wait, fromMs: number) {
    this.#wait = wait;
    const queue = this.#queue;
    // They come a millisecond apart; the first time that they come back they know no other density.
    for (let i = 1; i <= waiting; i++) queue.push(fromMs + i, 0, i);
    const backMs = fromMs + 2 * waiting;
    for (let i = 0; i < waiting; i++) {
      queue.pop();
      queue.push(backMs + wait(i, backMs, queue.subject), 0, queue.subject);
    }
    this.turn(3 * waiting + 1000);
  }

  turn(events: number): void {
    const queue = this.#queue;
    for (let i = 0; i < events; i++) {
      queue.pop();
      const { timeMs, subject } = queue;
      queue.push(timeMs + this.#wait(this.#i++, timeMs, subject), 0, subject);
    }
  }

  /** Of one event, over so many. */
  async cost(events: number): Promise<number> {
    return (await busiestOf(() => this.turn(events))) / events;
  }
}

const EVEN: Wait = (i) => 1 + 1000 * spread(i);
const MANY = [40, 400, 2000];

test.each<readonly [string, Wait, number, readonly number[]]>([
  ["evenly", EVEN, 0, MANY],
  ["evenly, late in a long simulation", EVEN, 2 ** 30, MANY],
  ["close together", (i) => 1e-5 * EVEN(i), 0, MANY],
  ["far apart", (i) => 1e5 * EVEN(i), 0, MANY],
  ["one behind the other", () => 5, 0, MANY],
  ["all at one time", (_, nowMs = 0) => Math.floor(nowMs) + 1 - nowMs, 0, MANY],
  [
    "close together but for every tenth, which is far ahead",
    (i, _, subject = 0) => (subject % 10 === 0 ? 1e6 : 1) * EVEN(i),
    0,
    [400, 2000],
  ],
])("of events that come %s none costs more where many wait", async (_, wait, fromMs, many) => {
  const few = await new Hold(8, EVEN, 0).cost(1000);
  for (const waiting of many)
    expect(await new Hold(waiting, wait, fromMs).cost(1000)).toBeLessThan(3 * few);
});

test("no stretch of events pays for the others while all stays as it is", async () => {
  const hold = new Hold(2000, EVEN, 0);
  const costs: number[] = [];
  for (let stretch = 0; stretch < 60; stretch++) costs.push(await hold.cost(100));
  expect(Math.max(...costs)).toBeLessThan(5 * Math.min(...costs));
});
