/** What a verification says: rows for the CSV file, tables of at most 80 columns, points of the figure. */

import { normalQuantile } from "../../src/stats/numeric.ts";
import type { RatioPoint } from "../../src/figure/ratio-intervals.ts";
import type { TheoryFigures } from "../trust/evidence.ts";
import type { Family } from "./family.ts";
import { FAMILY_WISE_ALPHA, twoSidedP } from "./inference.ts";
import type { Verdict, Verification } from "./verify.ts";

/** Chance of seeing an error of the size that `visibleError` names. */
const POWER = 0.9;

/** One row per setting, as text by column; numbers have six significant digits. */
export function csvRows({ verdicts }: Verification): Record<string, string>[] {
  const text = (value: number) => String(Number(value.toPrecision(6)));
  return verdicts.map((one) => ({
    family: one.family,
    setting: one.setting.label,
    formula_low: text(one.setting.truth.low),
    formula_high: text(one.setting.truth.high),
    observed: text(one.observed),
    ci95_low: text(one.low),
    ci95_high: text(one.high),
    observations: String(one.observations),
    p: text(one.p),
    verdict: one.rejected ? "rejected" : "holds",
  }));
}

/** A line per family: settings, worst deviation, intervals that hold the formula, and what would be seen. */
export function summaryTable(families: readonly Family[], verification: Verification): string {
  const { verdicts, coverage, uniformityP } = verification;
  const lines = families.map(({ name }) => {
    const own = verdicts.filter(({ family }) => family === name);
    const deviations = own.map(deviationOf);
    const visible = own.map((one) => visibleError(one, verdicts.length)).sort((a, b) => a - b);
    return [
      name.padEnd(20),
      String(own.length).padStart(8),
      percent(deviations.reduce((sum, x) => sum + x, 0) / own.length).padStart(11),
      percent(Math.max(...deviations)).padStart(11),
      percent(visible[Math.floor(visible.length / 2)]!).padStart(11),
      String(own.filter(({ rejected }) => rejected).length).padStart(11),
    ].join("");
  });
  return [
    `${"family".padEnd(20)}settings  mean |err|  worst |err|    visible   rejected`,
    `${"".padEnd(20)}                  %           %          %`,
    ...lines,
    "",
    `${verdicts.length} comparisons; Holm at a family-wise error of ${FAMILY_WISE_ALPHA} over all of them.`,
    `${percent(coverage)} % of the 95 % intervals hold their exact formula; p-values are`,
    `uniform with p = ${uniformityP.toPrecision(2)} (Kolmogorov-Smirnov).`,
    `visible: error of a formula that half of the settings would show with a`,
    `probability of ${100 * POWER} %, after the correction.`,
  ].join("\n");
}

/** Figures for the page on trust: of all comparisons, and of each family. */
export function theoryFigures(
  families: readonly Family[],
  { verdicts, coverage, uniformityP }: Verification,
): TheoryFigures {
  const ownOf = (name: string) => verdicts.filter(({ family }) => family === name);
  const rejectedOf = (some: readonly Verdict[]) => some.filter(({ rejected }) => rejected).length;
  return {
    comparisons: verdicts.length,
    rejected: rejectedOf(verdicts),
    familyWiseAlpha: FAMILY_WISE_ALPHA,
    coverage,
    uniformityP,
    families: Object.fromEntries(
      families.map(({ name }) => {
        const own = ownOf(name);
        const worstDeviation = Math.max(...own.map(deviationOf));
        return [name, { settings: own.length, rejected: rejectedOf(own), worstDeviation }];
      }),
    ),
  };
}

/** All settings of one family. */
export function familyTable(
  { name, quantity, formula, source }: Family,
  all: Verification,
): string {
  const own = all.verdicts.filter(({ family }) => family === name);
  const lines = own.map(({ setting: { label, truth }, observed, low, high, p, rejected }) => {
    const exact = truth.low === truth.high;
    const formulaText = exact ? number(truth.low) : `${number(truth.low)}-${number(truth.high)}`;
    const half = number((high - low) / 2);
    return `${label.padEnd(40)}${formulaText.padStart(14)}${number(observed).padStart(9)} +-${half.padEnd(6)}${p.toPrecision(2).padStart(7)}${rejected ? "*" : ""}`;
  });
  const head = `${"setting".padEnd(40)}${"formula".padStart(14)}${"observed".padStart(9)} +-95 % ${"p".padStart(7)}`;
  return [`== ${name} ==`, quantity, `= ${formula}`, source, "", head, ...lines].join("\n");
}

/** Observed over formula with 95 % intervals; over the lower bound where there are bounds. */
export function ratioPoints({ verdicts }: Verification): RatioPoint[] {
  return verdicts.map(({ family, setting: { label, truth }, observed, low, high }) => ({
    family,
    setting: label,
    ratio: observed / truth.low,
    low: low / truth.low,
    high: high / truth.low,
    bound: truth.high / truth.low,
  }));
}

// Relative distance from the formula, or from the nearer bound.
function deviationOf({ observed, setting: { truth } }: Verdict): number {
  return Math.max(observed / truth.high - 1, 1 - observed / truth.low, 0);
}

/** Relative error of the formula that the comparison would show with probability `POWER` among `all`. */
function visibleError({ standardError, observations, setting }: Verdict, all: number): number {
  let [low, high] = [0, 1000];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (twoSidedP(middle, observations - 1) > FAMILY_WISE_ALPHA / all) low = middle;
    else high = middle;
  }
  return ((high + normalQuantile(POWER)) * standardError) / setting.truth.low;
}

function percent(part: number): string {
  return (100 * part).toFixed(1);
}

function number(value: number): string {
  if (value < 1e-3) return value.toExponential(1);
  return value.toPrecision(4).slice(0, 6).replace(/\.$/, "");
}
