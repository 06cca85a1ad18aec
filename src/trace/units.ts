/**
 * Quantities as people write them. The one place where a unit is converted: inside the program a
 * time is ms, a size bytes, money USD.
 */

import { InputError, type InputFault } from "../check.ts";
import type { Arrivals } from "../plan/scenario.ts";
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
  "known: once, poisson:<rate>/s (or /m, /h), closed:<runs in flight>, trace:<file>";
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
 * How runs arrive: `poisson:2/s`, `poisson:30/m`, `closed:8` or `once`.
 * @throws InputError usage, for anything else; a trace of arrivals is a file, see `timestampsOf`.
 */
export function arrivalsOf(written: string, where = ""): Arrivals {
  const read = readArrivals(written);
  if (typeof read === "string") throw new InputError("usage", [{ where, message: read }]);
  return read;
}

/**
 * Arrival times in ms, sorted: one number a line, or the column `arrive_ms` of a CSV with a header.
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
  const column = isTable ? header.indexOf("arrive_ms") : 0;
  if (column < 0) {
    const found = header.map((name) => `"${name}"`).join(", ");
    const message = `expected a column "arrive_ms", got ${found}`;
    throw new InputError("file", [{ where: "", message, line: 1, column: 1 }], file);
  }
  const faults: InputFault[] = [];
  const atMs: number[] = [];
  for (const { content, line } of isTable ? lines.slice(1) : lines) {
    const cells = cellsOf(content);
    const cell = cells[column] ?? "";
    const ms = isTable || cells.length === 1 ? amountIn(cell, COUNT) : undefined;
    if (ms !== undefined && Number.isFinite(ms) && ms >= 0) atMs.push(ms);
    else {
      const found = isTable ? cell : content;
      faults.push({ where: "", message: `expected an arrival time in ms, got "${found}"`, line });
    }
  }
  if (faults.length > 0) throw new InputError("file", orderedFaults(faults), file);
  if (atMs.length === 0) throw new InputError("file", "expected at least one arrival time", file);
  return { kind: "timestamps", atMs: atMs.toSorted((a, b) => a - b) };
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
  if (kind === "poisson" && text !== kind) {
    const [rate, unit] = given.split("/");
    const count = rate === undefined ? undefined : amountIn(rate, COUNT);
    const seconds = SECONDS_PER_RATE_UNIT[unit ?? ""];
    const perSecond = count === undefined || seconds === undefined ? 0 : count / seconds;
    if (given.split("/").length === 2 && perSecond > 0 && Number.isFinite(perSecond))
      return { kind: "poisson", perSecond };
    return `expected a positive rate such as "poisson:2/s" or "poisson:30/m", got "${written}"`;
  }
  if (kind === "closed" && text !== kind) {
    const inFlight = amountIn(given, COUNT);
    if (inFlight !== undefined && Number.isSafeInteger(inFlight) && inFlight >= 1)
      return { kind: "closed", inFlight };
    return `expected a whole number of runs in flight such as "closed:8", got "${written}"`;
  }
  if (kind === "trace" && text !== kind)
    return `arrivals "${written}" name a file; give it on the command line, or list timestamps`;
  if (kind === "bursty" || kind === "diurnal")
    return `arrivals "${written}" are not supported yet; ${KNOWN_ARRIVALS}`;
  return `unknown arrivals "${written}"; ${KNOWN_ARRIVALS}`;
}

function quantityKind(
  expected: string,
  prefix: string,
  units: QuantityKind["units"],
): QuantityKind {
  const names = Object.keys(units).filter((name) => name !== "");
  const unit = names.length === 0 ? "()" : `(${names.join("|")})?`;
  const number = "([+-]?(?:\\d+\\.?\\d*|\\.\\d+))(?:[eE]([+-]?\\d+))?";
  return { expected, pattern: new RegExp(`^\\s*${prefix}${number}\\s*${unit}\\s*$`), units };
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
  const cells = line.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  return cells.slice(0, line.endsWith(",") ? undefined : -1).map((cell) =>
    cell
      .replace(/,$/, "")
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .replaceAll('""', '"'),
  );
}
