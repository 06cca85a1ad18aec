import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventQueue } from "../../src/des/event-queue.ts";
import { Simulator } from "../../src/des/simulator.ts";

interface Event {
  readonly timeMs: number;
  readonly kind: number;
  readonly subject: number;
}

function take(queue: EventQueue): Event {
  expect(queue.pop()).toBe(true);
  return { timeMs: queue.timeMs, kind: queue.kind, subject: queue.subject };
}

describe("the event queue", () => {
  test("gives events back as a stable sort by time would", () => {
    const times = fc.array(fc.oneof(fc.nat(5), fc.double({ min: 0, max: 9, noNaN: true })), {
      maxLength: 200,
      size: "max",
    });
    fc.assert(
      fc.property(times, (all) => {
        const queue = new EventQueue();
        const events = all.map((timeMs, i) => ({ timeMs, kind: i % 7, subject: i }));
        for (const { timeMs, kind, subject } of events) queue.push(timeMs, kind, subject);
        expect(queue.size).toBe(events.length);
        // Array.prototype.sort is stable.
        const sorted = [...events].sort((a, b) => a.timeMs - b.timeMs);
        expect(events.map(() => take(queue))).toEqual(sorted);
        expect(queue.pop()).toBe(false);
      }),
    );
  });

  test("keeps that order while events come and go", () => {
    const steps = fc.array(fc.option(fc.nat(4), { freq: 3 }), { maxLength: 300, size: "max" });
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new EventQueue();
        const waiting: Event[] = [];
        let subject = 0;
        for (const ahead of all)
          if (ahead !== null) {
            const event = { timeMs: queue.timeMs + ahead, kind: ahead, subject: subject++ };
            queue.push(event.timeMs, event.kind, event.subject);
            waiting.push(event);
          } else if (waiting.length > 0) {
            const first = waiting.reduce((best, one) => (one.timeMs < best.timeMs ? one : best));
            waiting.splice(waiting.indexOf(first), 1);
            expect(take(queue)).toEqual(first);
          } else expect(queue.pop()).toBe(false);
      }),
    );
  });

  test("keeps every event when it outgrows its first arrays", () => {
    const queue = new EventQueue();
    for (let i = 0; i < 5000; i++) queue.push((i * 7919) % 5000, i % 256, i);
    for (let i = 0; i < 5000; i++) {
      const event = take(queue);
      expect(event.timeMs).toBe(i);
      expect((event.subject * 7919) % 5000).toBe(i);
      expect(event.kind).toBe(event.subject % 256);
    }
  });

  test("keeps events of the present moment in turn, however many come between", () => {
    const queue = new EventQueue();
    for (const subject of [0, 1]) queue.push(7, 0, subject);
    queue.push(8, 0, 1000);
    let pushed = 2;
    for (let taken = 0; taken < 1000; taken++) {
      expect(take(queue)).toEqual({ timeMs: 7, kind: 0, subject: taken });
      for (let i = 0; i < 3 && pushed < 1000; i++) queue.push(7, 0, pushed++);
      expect(queue.nextMs).toBe(taken < 999 ? 7 : 8);
      expect(queue.size).toBe(pushed - taken);
    }
    expect(take(queue).subject).toBe(1000);
  });

  test("keeps the present moment together, whatever slots its events have", () => {
    const queue = new EventQueue();
    queue.push(1, 0, 10);
    queue.push(5, 0, 11);
    expect(take(queue).subject).toBe(10);
    // Takes the slot that is free again, the first of all.
    queue.push(5, 0, 12);
    expect(take(queue).subject).toBe(11);
    queue.push(5, 0, 13);
    queue.push(6, 0, 14);
    expect([0, 0, 0].map(() => take(queue).subject)).toEqual([12, 13, 14]);
  });

  test("moves on by itself only where an event would be the next one", () => {
    const step = fc.tuple(fc.constantFrom("push", "advance", "pop"), fc.nat(4));
    let moved = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (all) => {
        const queue = new EventQueue();
        const waiting: Event[] = [];
        let subject = 0;
        for (const [what, ahead] of all) {
          const event = { timeMs: queue.timeMs + ahead, kind: 1, subject: subject++ };
          if (what === "push") {
            queue.push(event.timeMs, event.kind, event.subject);
            waiting.push(event);
          } else if (what === "advance") {
            const fromMs = queue.timeMs;
            const isNext = waiting.every(({ timeMs }) => timeMs > event.timeMs);
            expect(queue.advance(event.timeMs)).toBe(isNext);
            expect(queue.timeMs).toBe(isNext ? event.timeMs : fromMs);
            if (isNext) moved++;
          } else if (waiting.length > 0) {
            const first = waiting.reduce((best, one) => (one.timeMs < best.timeMs ? one : best));
            waiting.splice(waiting.indexOf(first), 1);
            expect(take(queue)).toEqual(first);
          }
        }
        expect(queue.size).toBe(waiting.length);
      }),
    );
    expect(moved).toBeGreaterThan(100);
  });

  test("finds the next event however far ahead it lies", () => {
    // Nanoseconds to thousands of years, over days of one length.
    const ahead = fc.integer({ min: -20, max: 45 }).map((k) => 2 ** k);
    const steps = fc.array(fc.option(ahead, { freq: 2 }), { maxLength: 200, size: "max" });
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new EventQueue();
        const waiting: number[] = [];
        for (const aheadMs of all) {
          if (aheadMs !== null) {
            queue.push(queue.timeMs + aheadMs, 0, 0);
            waiting.push(queue.timeMs + aheadMs);
          } else if (queue.pop()) waiting.splice(waiting.indexOf(queue.timeMs), 1);
          expect(queue.nextMs).toBe(Math.min(...waiting));
          expect(queue.size).toBe(waiting.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("takes no more room for a thousand times the events, as long as no more of them wait", () => {
    const queue = new EventQueue();
    for (let i = 1; i <= 100; i++) queue.push(i, 0, i);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100_000; i++) {
      queue.pop();
      queue.push(queue.timeMs + 100, 0, queue.subject);
    }
    // An event is 24 bytes.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(500_000);
  });

  test("has no next event when it is empty", () => {
    const queue = new EventQueue();
    expect(queue.nextMs).toBe(Number.POSITIVE_INFINITY);
    queue.push(3, 0, 0);
    expect(queue.nextMs).toBe(3);
    queue.pop();
    expect(queue.nextMs).toBe(Number.POSITIVE_INFINITY);
  });

  test("refuses an event in the past, and one at no time", () => {
    const queue = new EventQueue();
    queue.push(5, 0, 0);
    queue.pop();
    expect(() => queue.advance(0)).toThrow("past");
    expect(() => queue.push(4, 0, 0)).toThrow("an event lies in the past");
    expect(() => queue.push(Number.NaN, 0, 0)).toThrow("an event lies in the past");
  });
});

describe("the simulator", () => {
  test("never moves its clock back and handles what handlers schedule", () => {
    const clock = new Simulator({ eventsMax: 1000 });
    const seen: number[] = [];
    clock.at(10, 0, 3);
    clock.at(5, 0, 0);
    clock.run((_, left) => {
      seen.push(clock.nowMs);
      if (left > 0) clock.at(clock.nowMs + 1, 0, left - 1);
    });
    expect(seen).toEqual([5, 10, 11, 12, 13]);
    expect(clock.events).toBe(5);
  });

  test("stops a simulation that would never end", () => {
    const clock = new Simulator({ eventsMax: 100 });
    clock.at(0, 0, 0);
    expect(() => clock.run(() => clock.at(clock.nowMs + 1, 0, 0))).toThrow("event limit reached");
  });
});

describe("the simulator at its limit", () => {
  test("handles as many events as it may", () => {
    const clock = new Simulator({ eventsMax: 3 });
    for (const atMs of [1, 2, 3]) clock.at(atMs, 0, 0);
    clock.run(() => {});
    expect(clock.events).toBe(3);
  });
});
