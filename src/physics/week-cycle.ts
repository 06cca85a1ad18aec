/** The rate of a day and a week as a function of time, and the time by which so many runs have come. */

import type { Arrivals } from "../plan/scenario.ts";

const DAY_MS = 86_400_000;
const WEEKDAYS = 5;
const DAYS = 7;
// Halves a day to less than a nanosecond.
const BISECTIONS = 48;

/**
 * A rate with a daily and a weekly cycle. A day rises from its lowest rate to its peak and falls again as
 * the smoothstep 3x^2 - 2x^3, a raised cosine to within 1 % of its height that needs no sine.
 */
export class WeekCycle {
  readonly #base: number;
  /** Phase of midnight: 0 at the lowest rate, 0.5 at the peak. */
  readonly #midnight: number;
  /** Runs on each day of the week. */
  readonly #runs: readonly number[];
  readonly #runsPerWeek: number;

  constructor({ perSecond, base, peakMs, weekend }: Extract<Arrivals, { kind: "diurnal" }>) {
    const phase = 0.5 - peakMs / DAY_MS;
    this.#base = base;
    this.#midnight = phase - Math.floor(phase);
    this.#runsPerWeek = (perSecond / 1000) * DAYS * DAY_MS;
    const weekday = this.#runsPerWeek / (WEEKDAYS + (DAYS - WEEKDAYS) * weekend);
    this.#runs = Array.from({ length: DAYS }, (_, day) =>
      day < WEEKDAYS ? weekday : weekday * weekend,
    );
  }

  /** Runs expected from time 0 to `atMs`. */
  runsBy(atMs: number): number {
    const day = Math.floor(atMs / DAY_MS);
    const week = Math.floor(day / DAYS);
    const ofWeek = day - week * DAYS;
    let runs = week * this.#runsPerWeek;
    for (let d = 0; d < ofWeek; d++) runs += this.#runs[d]!;
    return runs + this.#runs[ofWeek]! * this.#shareOfDayBy(atMs / DAY_MS - day);
  }

  /** The first time by which `runs` are expected, ms: the inverse of `runsBy`. */
  timeOf(runs: number): number {
    const week = Math.floor(runs / this.#runsPerWeek);
    let left = runs - week * this.#runsPerWeek;
    let day = 0;
    while (day < DAYS - 1 && left > this.#runs[day]!) left -= this.#runs[day++]!;
    const share = left / this.#runs[day]!;
    let low = 0;
    let high = 1;
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = 0.5 * (low + high);
      if (this.#shareOfDayBy(middle) < share) low = middle;
      else high = middle;
    }
    return (week * DAYS + day + 0.5 * (low + high)) * DAY_MS;
  }

  // Part of a day's runs from midnight to the time of day x, 0 to 1.
  #shareOfDayBy(x: number): number {
    const phase = this.#midnight + x;
    const turned = phase >= 1 ? 1 + this.#shareBy(phase - 1) : this.#shareBy(phase);
    return turned - this.#shareBy(this.#midnight);
  }

  // The same from the lowest rate on; the second half of a day mirrors the first.
  #shareBy(phase: number): number {
    if (phase > 0.5) return 1 - this.#shareBy(1 - phase);
    const x = 2 * phase;
    const risen = x * x * x * (1 - 0.5 * x);
    return (this.#base * x + (1 - this.#base) * risen) / (1 + this.#base);
  }
}
