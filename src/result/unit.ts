/**
 * Units people read: the one place where stored ms and USD become seconds and money per many runs.
 */

/** A unit on a page: its name, and what to multiply a stored number by. */
export interface ShownUnit {
  readonly name: string;
  readonly factor: number;
}

/** Seconds when the largest time reaches two seconds, ms below. */
export function timeUnit(largestMs: number): ShownUnit {
  return largestMs >= 2000 ? { name: "s", factor: 1e-3 } : { name: "ms", factor: 1 };
}

/** USD per 1,000 runs, or per million runs where a thousand cost less than ten cents. */
export function moneyUnit(largestUsd: number): ShownUnit {
  return largestUsd >= 1e-4
    ? { name: "USD per 1,000 runs", factor: 1e3 }
    : { name: "USD per million runs", factor: 1e6 };
}

/** Shares as people read them. */
export const PERCENT: ShownUnit = { name: "%", factor: 100 };

/** Ratios to what is named. */
export function ratioUnit(base: string): ShownUnit {
  return { name: `${base} = 1`, factor: 1 };
}

/** The largest of the numbers that are there; 0 when none is. */
export function largest(values: Iterable<number | null>): number {
  let most = 0;
  for (const value of values) if (value !== null && value > most) most = value;
  return most;
}

/**
 * A stored number as shown in a unit, to 6 significant digits, so that 18,500 ms is 18.5 s and not
 * 18.500000000000004 s.
 */
export function shownIn(unit: ShownUnit, value: number): number {
  return Number((value * unit.factor).toPrecision(6));
}

/** Percentile of a quantile, such as P95 or P99.9. */
export function percentile(quantile: number): string {
  return `P${Number((100 * quantile).toPrecision(4))}`;
}

/** Writes numbers of one unit with as many decimals as make four digits of `typical`. */
export function writer(unit: ShownUnit, typical: number): (value: number) => string {
  const shown = typical * unit.factor;
  const decimals = [1000, 100, 10, 1].findIndex((bound) => shown >= bound);
  return (value) =>
    (value * unit.factor).toFixed(decimals < 0 ? 4 : decimals).replace(/^-(?=[0.]+$)/, "");
}
