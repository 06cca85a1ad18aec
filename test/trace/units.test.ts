import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  arrivalsOf,
  durationMs,
  moneyUsd,
  sizeBytes,
  timestampsOf,
} from "../../src/trace/units.ts";

describe("quantities", () => {
  test("a duration takes us, ms, s, m and h, and a bare number is ms", () => {
    expect(
      ["250ms", "20s", "5m", "1.5h", "3us", "7", " 2 s ", ".5s"].map((d) => durationMs(d)),
    ).toEqual([250, 20_000, 300_000, 5_400_000, 0.003, 7, 2000, 500]);
    expect(durationMs(12)).toBe(12);
  });

  test("a size counts KB as 1000 bytes and KiB as 1024", () => {
    expect(["64KiB", "3.5MB", "1GiB", "2KB", "2kB", "9B", "17"].map((s) => sizeBytes(s))).toEqual([
      65_536, 3_500_000, 1_073_741_824, 2000, 2000, 9, 17,
    ]);
  });

  test("money is USD with or without its sign", () => {
    expect(["0.002", "$0.002", "0.002 USD", "2e-3"].map((m) => moneyUsd(m))).toEqual([
      0.002, 0.002, 0.002, 0.002,
    ]);
  });

  test("decimal units move the point and lose no bit", () => {
    expect(durationMs("1.005s")).toBe(1005);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => {
        expect(durationMs(`${ms}e-3s`)).toBe(ms);
        expect(durationMs(`${(ms / 1000).toFixed(3)}s`)).toBe(ms);
        expect(sizeBytes(`${(ms / 1e6).toFixed(6)}MB`)).toBe(ms);
      }),
    );
  });

  test("any finite number of ms reads back as itself", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (ms) => {
        expect(durationMs(`${ms}ms`)).toBe(ms);
      }),
    );
  });

  test.each(["", "s", "20 sec", "1e400s", "NaN", "Infinity", "5,3s", "0x10", "20s20s", "3Mb"])(
    "%j is neither a duration nor a size",
    (text) => {
      expect(() => durationMs(text)).toThrow(`got ${JSON.stringify(text)}`);
      expect(() => sizeBytes(text)).toThrow(`got ${JSON.stringify(text)}`);
    },
  );

  test("a refusal names the option, what was expected and what was given", () => {
    expect(() => durationMs("soon", "--slo")).toThrow(
      '--slo: expected a duration such as "250ms", "20s" or "5m", got "soon"',
    );
    expect(() => durationMs("-5s", "--slo")).toThrow('--slo: must be at least 0, got "-5s"');
    expect(() => moneyUsd(Number.NaN)).toThrow("got NaN");
  });
});

describe("arrivals", () => {
  test("once, poisson and closed are understood", () => {
    expect(arrivalsOf("once")).toEqual({ kind: "once" });
    expect(arrivalsOf("poisson:2/s")).toEqual({ kind: "poisson", perSecond: 2 });
    expect(arrivalsOf("poisson:30/m")).toEqual({ kind: "poisson", perSecond: 0.5 });
    expect(arrivalsOf("poisson:1800/h")).toEqual({ kind: "poisson", perSecond: 0.5 });
    expect(arrivalsOf("closed:8")).toEqual({ kind: "closed", inFlight: 8 });
  });

  test.each([
    "poisson:0/s",
    "poisson:-1/s",
    "poisson:2",
    "poisson:2/d",
    "poisson:x/s",
    "poisson:1/s/s",
  ])("%j is no rate", (text) => {
    expect(() => arrivalsOf(text)).toThrow(`expected a positive rate such as`);
  });

  test.each(["closed:0", "closed:1.5", "closed:", "closed:1e99"])(
    "%j is no number of runs",
    (text) => {
      expect(() => arrivalsOf(text)).toThrow(`got "${text}"`);
    },
  );

  test("timers, bursts and cycles are understood", () => {
    expect(arrivalsOf("timer:5m")).toEqual({ kind: "timer", everyMs: 300_000 });
    expect(arrivalsOf("bursty:2/m@1h, 5/s@30s")).toEqual({
      kind: "bursty",
      calm: { perSecond: 2 / 60, meanMs: 3_600_000 },
      burst: { perSecond: 5, meanMs: 30_000 },
    });
    expect(arrivalsOf("bursty:0/s@1h,5/s@30s")).toMatchObject({ calm: { perSecond: 0 } });
    expect(arrivalsOf("diurnal:2/s,base=0.5,peak=14h,weekend=0.7")).toEqual({
      kind: "diurnal",
      perSecond: 2,
      base: 0.5,
      peakMs: 14 * 3_600_000,
      weekend: 0.7,
    });
  });

  test.each([
    "bursty:3",
    "bursty:2/s@1h",
    "bursty:2/s@1h,3/s@0s",
    "bursty:0/s@1h,0/s@1s",
    "bursty:-1/s@1h,2/s@1s",
    "bursty:2/s@1h,3/s@1s,4/s@1s",
    "bursty:2/s@1h@2h,3/s@1s",
  ])("%j is no burst", (text) => {
    expect(() => arrivalsOf(text, "--arrivals")).toThrow(
      `--arrivals: expected rate and mean length of the calm and of the burst such as "bursty:2/m@1h,5/s@30s", got "${text}"`,
    );
  });

  test.each([
    "diurnal:2/s",
    "diurnal:0/s,base=0.5,peak=14h,weekend=0.7",
    "diurnal:2/s,base=1.5,peak=14h,weekend=0.7",
    "diurnal:2/s,base=0.5,peak=24h,weekend=0.7",
    "diurnal:2/s,base=0.5,peak=14h,weekend=-1",
    "diurnal:2/s,base=0.5,peek=14h,weekend=1",
    "diurnal:2/s,base=0.5,peak=14h,weekend=1,base=1",
  ])("%j is no cycle", (text) => {
    expect(() => arrivalsOf(text)).toThrow(`got "${text}"`);
  });

  test("what is not known says so and lists what is", () => {
    expect(() => arrivalsOf("poison:2/s")).toThrow('unknown arrivals "poison:2/s"; known: once');
    expect(() => arrivalsOf("poisson")).toThrow("unknown arrivals");
    expect(() => arrivalsOf("constructor:2/s")).toThrow("unknown arrivals");
    expect(() => arrivalsOf("timer:0s")).toThrow('a positive period such as "timer:5m"');
    expect(() => arrivalsOf("trace:a.csv")).toThrow('"trace:a.csv" name a file');
  });
});

describe("timestamps", () => {
  test("lines of ms are sorted; blank lines and comments count for nothing", () => {
    expect(timestampsOf("# day one\n30\n\n10\r\n2.5\n")).toEqual({
      kind: "timestamps",
      atMs: [2.5, 10, 30],
    });
  });

  test("a CSV gives its column arrive_ms", () => {
    const csv = 'run,"arrive_ms",note\n1,30,"a, b"\n2,10,\n';
    expect(timestampsOf(csv)).toEqual({ kind: "timestamps", atMs: [10, 30] });
    expect(timestampsOf("arrive_ms\n5\n")).toEqual({ kind: "timestamps", atMs: [5] });
  });

  test("a CSV gives its column count as the runs of one minute after the other", () => {
    expect(timestampsOf("minute,count\n1,3\n2,0\n3,12\n")).toEqual({
      kind: "per-minute",
      counts: [3, 0, 12],
      inside: "uniform",
    });
    expect(() => timestampsOf("count\n1.5\n", "c.csv")).toThrow(
      'c.csv:2: expected a whole number of runs, got "1.5"',
    );
    expect(() => timestampsOf("count\n0\n", "c.csv")).toThrow("at least one arrival time");
  });

  test("every bad line is named", () => {
    expect(() => timestampsOf("1\n-2\n3\nx\n1e400\n4,5\n", "a.txt")).toThrow(
      [
        'a.txt:2: expected an arrival time in ms, got "-2"',
        'a.txt:4: expected an arrival time in ms, got "x"',
        'a.txt:5: expected an arrival time in ms, got "1e400"',
        'a.txt:6: expected an arrival time in ms, got "4,5"',
      ].join("\n"),
    );
  });

  test("a CSV without the column, an empty text and an empty cell are refused", () => {
    expect(() => timestampsOf("run,at\n1,2\n", "a.csv")).toThrow(
      'a.csv:1:1: expected a column "arrive_ms" or "count", got "run", "at"',
    );
    expect(() => timestampsOf("\n", "a.csv")).toThrow("a.csv: expected at least one arrival time");
    expect(() => timestampsOf("run,arrive_ms\n1,\n")).toThrow('got ""');
  });
});
