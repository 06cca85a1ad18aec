/**
 * Quantities as people write them. The one place where a unit is converted: inside the program a
 * time is ms, a size bytes, money USD.
 */

import { InputError, type InputFault } from "../check.ts";
import type { Arrivals, ArrivalState } from "../plan/scenario.ts";
import { orderedFaults } from "./document.ts";

/** A sort of quantity: what to call it in a message, how it looks, and what its units are worth. */
export interface QuantityKind {
  /** Noun phrase with examples, for messages. */
  readonly expected: string;
  /** Matches mantissa, exponent and unit. */
  readonly pattern: RegExp;
  /** `[d, f]` by unit name, "" for a bare number: one unit is `f * 10^d` of the unit used inside. */
  readonly units: Readonly<Record<string, readonly [number, number]>>;
}

/** Time; ms inside. */
export const DURATION = quantityKind('a duration such as "250ms", "20s" or "5m"', "", {
  "": [0, 1],
  us: [-3, 1],
  ms: [0, 1],
  s: [3, 1],
  m: [3, 60],
  h: [3, 3600],
});

/** Amount of data; bytes inside. KB is 1000 bytes, KiB is 1024. */
export const SIZE = quantityKind('a size such as "64KiB", "3.5MB" or "1GiB"', "", {
  "": [0, 1],
  B: [0, 1],
  kB: [3, 1],
  KB: [3, 1],
  MB: [6, 1],
  GB: [9, 1],
  TB: [12, 1],
  KiB: [0, 1024],
  MiB: [0, 1024 * 1024],
  GiB: [0, 1024 * 1024 * 1024],
  TiB: [0, 1024 * 1024 * 1024 * 1024],
});

/** Money; USD inside. */
export const MONEY = quantityKind('an amount of USD such as "0.002" or "$0.002"', "\\$?", {
  "": [0, 1],
  USD: [0, 1],
});

/** A count; may be written as text on a command line. */
const COUNT = quantityKind("a whole number", "", { "": [0, 1] });

const KNOWN_ARRIVALS =
  "known: once, poisson:<rate>/s (or /m, /h), closed:<runs in flight>, timer:<period>, " +
  "bursty:…, diurnal:…, trace:<file>";
const DAY_MS = 86_400_000;
const SECONDS_PER_RATE_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Milliseconds of `"250ms"`, `"20s"`, `"5m"`, or of a bare number of ms.
 * @throws InputError usage, when it is no duration or is negative; `where` names it in the message.
 * @example durationMs("1.5s") // 1500
 */
export function durationMs(written: string | number, where = ""): number {
  return amountOf(written, DURATION, where);
}

/**
 * Bytes of `"64KiB"`, `"3.5MB"`, or of a bare number of bytes.
 * @throws InputError usage, when it is no size or is negative; `where` names it in the message.
 * @example sizeBytes("64KiB") // 65536
 */
export function sizeBytes(written: string | number, where = ""): number {
  return amountOf(written, SIZE, where);
}

/**
 * USD of `"0.002"`, `"$0.002"` or `"0.002 USD"`.
 * @throws InputError usage, when it is no amount or is negative; `where` names it in the message.
 */
export function moneyUsd(written: string | number, where = ""): number {
  return amountOf(written, MONEY, where);
}

/**
 * How runs arrive: `once`, `poisson:2/s`, `poisson:30/m`, `closed:8`, `timer:5m`,
 * `bursty:2/m@1h,5/s@30s` (rate and mean length of the calm, then of the burst) or
 * `diurnal:2/s,base=0.5,peak=14h,weekend=0.7`.
 * @throws InputError usage, for anything else; a trace of arrivals is a file, see `timestampsOf`.
 */
export function arrivalsOf(written: string, where = ""): Arrivals {
  const read = readArrivals(written);
  if (typeof read === "string") throw new InputError("usage", [{ where, message: read }]);
  return read;
}

/**
 * Arrival times in ms, sorted: one number a line, or the column `arrive_ms` of a CSV with a header. A
 * column `count` instead gives the runs of one minute after the other, anywhere in it.
 * Blank lines and lines that begin with `#` count for nothing.
 * @throws InputError file, naming every line that holds no time (the first 20).
 */
export function timestampsOf(text: string, file?: string): Arrivals {
  const lines = text
    .split(/\r?\n/)
    .map((content, i) => ({ content: content.trim(), line: i + 1 }))
    .filter(({ content }) => content !== "" && !content.startsWith("#"));
  const header = lines[0] === undefined ? [] : cellsOf(lines[0].content);
  const isTable = header.some((cell) => amountIn(cell, COUNT) === undefined);
  const counted = isTable && !header.includes("arrive_ms") && header.includes("count");
  const column = isTable ? header.indexOf(counted ? "count" : "arrive_ms") : 0;
  if (column < 0) {
    const found = header.map((name) => `"${name}"`).join(", ");
    const message = `expected a column "arrive_ms" or "count", got ${found}`;
    throw new InputError("file", [{ where: "", message, line: 1, column: 1 }], file);
  }
  const faults: InputFault[] = [];
  const numbers: number[] = [];
  for (const { content, line } of isTable ? lines.slice(1) : lines) {
    const cells = cellsOf(content);
    const shown = isTable ? (cells[column] ?? "") : content;
    const number = isTable || cells.length === 1 ? amountIn(shown, COUNT) : undefined;
    const isFine = number !== undefined && number >= 0 && Number.isFinite(number);
    if (isFine && (!counted || Number.isInteger(number))) numbers.push(number);
    else {
      const expected = counted ? "a whole number of runs" : "an arrival time in ms";
      faults.push({
        where: "",
        message: `expected ${expected}, got ${JSON.stringify(shown)}`,
        line,
      });
    }
  }
  if (faults.length > 0) throw new InputError("file", orderedFaults(faults), file);
  if (counted && numbers.some((count) => count > 0))
    return { kind: "per-minute", counts: numbers, inside: "uniform" };
  if (counted || numbers.length === 0)
    throw new InputError("file", "expected at least one arrival time", file);
  return { kind: "timestamps", atMs: numbers.toSorted((a, b) => a - b) };
}

/** The amount in the unit used inside, perhaps negative or infinite; undefined when of no such kind. */
export function amountIn(written: string, kind: QuantityKind): number | undefined {
  const match = kind.pattern.exec(written);
  if (match === null) return undefined;
  const [shift, factor] = kind.units[match[3] ?? ""]!;
  // Decimal units move the exponent, so that 1.005s is 1005 ms and not one bit less.
  return Number(`${match[1]!}e${Number(match[2] ?? 0) + shift}`) * factor;
}

/** Like `arrivalsOf`, but answers with the message where that throws. */
export function readArrivals(written: string): Arrivals | string {
  const text = written.trim();
  if (text === "once") return { kind: "once" };
  const kind = text.split(":", 1)[0]!;
  const given = text.slice(kind.length + 1);
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  if (reader === undefined || text === kind)
    return `unknown arrivals "${written}"; ${KNOWN_ARRIVALS}`;
  const read = reader.read(given);
  return read ?? `expected ${reader.expected}, got "${written}"`;
}

interface ArrivalsReader {
  readonly expected: string;
  read(given: string): Arrivals | string | undefined;
}

const READERS: Readonly<Record<string, ArrivalsReader>> = {
  poisson: {
    expected: 'a positive rate such as "poisson:2/s" or "poisson:30/m"',
    read: (given) => {
      const perSecond = rateIn(given);
      return perSecond !== undefined && perSecond > 0 ? { kind: "poisson", perSecond } : undefined;
    },
  },
  closed: {
    expected: 'a whole number of runs in flight such as "closed:8"',
    read: (given) => {
      const inFlight = amountIn(given, COUNT);
      return inFlight !== undefined && Number.isSafeInteger(inFlight) && inFlight >= 1
        ? { kind: "closed", inFlight }
        : undefined;
    },
  },
  timer: {
    expected: 'a positive period such as "timer:5m"',
    read: (given) => {
      const everyMs = positiveIn(given, DURATION);
      return everyMs === undefined ? undefined : { kind: "timer", everyMs };
    },
  },
  bursty: {
    expected: 'rate and mean length of the calm and of the burst such as "bursty:2/m@1h,5/s@30s"',
    read: (given) => {
      const [calm, burst, more] = given.split(",").map(stateIn);
      if (calm === undefined || burst === undefined || more !== undefined) return undefined;
      return calm.perSecond + burst.perSecond > 0 ? { kind: "bursty", calm, burst } : undefined;
    },
  },
  diurnal: {
    expected:
      "mean rate, lowest over highest rate of a day, its hour, and weekend over weekday such as " +
      '"diurnal:2/s,base=0.5,peak=14h,weekend=0.7"',
    read: diurnalIn,
  },
  trace: {
    expected: "a file",
    read: (given) =>
      `arrivals "trace:${given}" name a file; give it on the command line, or list timestamps`,
  },
};

function diurnalIn(given: string): Arrivals | undefined {
  const [rate, ...settings] = given.split(",").map((part) => part.trim());
  const perSecond = rateIn(rate!);
  const named = new Map(settings.map((one) => [one.split("=", 1)[0]!, one.split("=")[1] ?? ""]));
  const base = amountIn(named.get("base") ?? "", COUNT);
  const peakMs = amountIn(named.get("peak") ?? "", DURATION);
  const weekend = amountIn(named.get("weekend") ?? "", COUNT);
  const isWhole = settings.length === 3 && perSecond !== undefined && perSecond > 0;
  if (!isWhole || base === undefined || peakMs === undefined || weekend === undefined)
    return undefined;
  const inRange = base >= 0 && base <= 1 && peakMs >= 0 && peakMs < DAY_MS && weekend >= 0;
  return inRange && Number.isFinite(weekend)
    ? { kind: "diurnal", perSecond, base, peakMs, weekend }
    : undefined;
}

// `5/s@30s`: a rate, perhaps 0, and how long it lasts on average.
function stateIn(written: string): ArrivalState | undefined {
  const [rate, length, more] = written.split("@");
  const perSecond = rateIn(rate!);
  const meanMs = positiveIn(length ?? "", DURATION);
  if (perSecond === undefined || meanMs === undefined || more !== undefined) return undefined;
  return { perSecond, meanMs };
}

// Runs per second of `2/s`, at least 0; undefined when it is no rate.
function rateIn(written: string): number | undefined {
  const [rate, unit, more] = written.split("/");
  const count = amountIn(rate!, COUNT);
  const unitName = unit?.trim() ?? "";
  if (count === undefined || !Object.hasOwn(SECONDS_PER_RATE_UNIT, unitName) || more !== undefined)
    return undefined;
  const seconds = SECONDS_PER_RATE_UNIT[unitName]!;
  return count >= 0 && Number.isFinite(count) ? count / seconds : undefined;
}

function positiveIn(written: string, kind: QuantityKind): number | undefined {
  const amount = amountIn(written, kind);
  return amount !== undefined && amount > 0 && Number.isFinite(amount) ? amount : undefined;
}

function quantityKind(
  expected: string,
  prefix: string,
  units: QuantityKind["units"],
): QuantityKind {
  const names = Object.keys(units).filter((name) => name !== "");
  const unit = names.length === 0 ? "" : `(?:\\s*(${names.join("|")}))?`;
  const number = "([+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+))(?:[eE]([+-]?\\d+))?";
  // No two parts beside each other can match the same characters: a long text is refused as fast as read.
  return { expected, pattern: new RegExp(`^\\s*${prefix}${number}${unit}\\s*$`), units };
}

function amountOf(written: string | number, kind: QuantityKind, where: string): number {
  const amount = typeof written === "number" ? written : amountIn(written, kind);
  const found = typeof written === "number" ? String(written) : JSON.stringify(written);
  const message =
    amount === undefined || !Number.isFinite(amount)
      ? `expected ${kind.expected}, got ${found}`
      : `must be at least 0, got ${found}`;
  if (amount === undefined || !Number.isFinite(amount) || amount < 0)
    throw new InputError("usage", [{ where, message }]);
  return amount;
}

function cellsOf(line: string): readonly string[] {
  const cells = line.match(/("[^"]*(?:""[^"]*)*"|[^,]*)(,|$)/g) ?? [];
  return cells.slice(0, line.endsWith(",") ? undefined : -1).map((cell) =>
    cell
      .replace(/,$/, "")
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .replaceAll('""', '"'),
  );
}
