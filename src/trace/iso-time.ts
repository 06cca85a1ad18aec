/** Times of day as text, without the engine's own clock arithmetic, which knows time zones. */

const PATTERN =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):?(\d\d))?$/;

/** Ms since 1970 of `2026-08-22T10:00:00.123+02:00`, of UTC without a zone; undefined for other texts. */
export function isoTimeMs(text: string): number | undefined {
  const match = PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as number[];
  const fractionMs = Number(`0.${match[7] ?? "0"}`) * 1000;
  const zoneMinutes = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  const east = match[8] === "-" ? -1 : 1;
  const minutes =
    daysFrom1970(year!, month!, day!) * 1440 + hour! * 60 + minute! - east * zoneMinutes;
  return minutes * 60_000 + second! * 1000 + fractionMs;
}

// Days by eras of 400 years that begin in March, so that the leap day is the last of its year.
// Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, days_from_civil.
function daysFrom1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}
