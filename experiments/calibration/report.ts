/** Tables of the calibration, at most 80 columns wide. */

import {
  type CellResult,
  errorOf,
  type Judged,
  JUDGED,
  type Statistic,
  summarise,
  TOLERANCE,
} from "./errors.ts";
import type { FittedValue } from "./fit.ts";
import { ITEMS } from "./jolteon-data.ts";
import { ORION_SIZES_MB, type StageQuantiles } from "./orion-data.ts";
import type { SweepRatios } from "./orion-fit.ts";

const COUNTS = [4, 8, 16, 32];
const BUNDLES = [1, 2, 5, 10];

/** A relative error as a signed whole percentage. */
export function percent(error: number, digits = 0): string {
  const text = (100 * error).toFixed(digits);
  return Number(text) > 0 ? `+${text}` : text;
}

/** Errors of one stage by memory (rows) and workers (columns), a block for each phase and statistic. */
export function stageTable(results: readonly CellResult[]): string {
  const { study } = results[0]!;
  const phases = phasesOf(results);
  const blocks = phases.flatMap((phase) =>
    (["mean", "p95"] as const).map((statistic) => ({ phase, statistic })),
  );
  const heads = blocks.map(({ phase, statistic }) =>
    `${phase} ${statistic === "mean" ? "mean" : "P95"} %`.padStart(17),
  );
  const counts = blocks.map(() =>
    COUNTS.map((n) => `n${n}`.padStart(4))
      .join("")
      .padStart(17),
  );
  const sizes = [...new Set(results.map(({ cell }) => cell.memoryMb))];
  const rows = sizes.map(
    (mb) =>
      `  ${String(mb).padStart(5)}${blocks
        .map(({ phase, statistic }) => rowOf(results, mb, phase, statistic))
        .join("")}`,
  );
  return [`${study.title}`, `     MB${heads.join("")}`, `       ${counts.join("")}`, ...rows].join(
    "\n",
  );
}

// An asterisk marks a cell that was fitted to.
function rowOf(
  results: readonly CellResult[],
  memoryMb: number,
  phase: Judged,
  statistic: Statistic,
): string {
  const cells = COUNTS.map((n) => {
    const result = results.find(({ cell }) => cell.memoryMb === memoryMb && cell.workers === n);
    if (result === undefined) return "-".padStart(4);
    return `${percent(errorOf(result, phase, statistic))}${result.cell.fitted ? "*" : ""}`.padStart(
      4,
    );
  });
  return ` ${cells.join("")}`;
}

function phasesOf(results: readonly CellResult[]): readonly Judged[] {
  return results[0]!.study.dividesAlike ? JUDGED : ["total"];
}

/** One line for each stage, phase and statistic: errors over the cells that were not fitted to. */
export function summaryTable(results: readonly CellResult[]): string {
  const stages = [...new Set(results.map(({ study }) => study))];
  const lines = stages.flatMap((study) => {
    const own = results.filter((result) => result.study === study);
    return phasesOf(own).flatMap((phase) =>
      (["mean", "p95"] as const).map((statistic) => {
        const { cells, outside, meanError, worst } = summarise(own, phase, statistic);
        const bundle = study.varies === "bundle" ? ` (b = ${ITEMS / worst.cell.workers})` : "";
        return [
          study.stage.padEnd(10),
          `${phase} ${statistic === "mean" ? "mean" : "P95"}`.padEnd(13),
          (100 * meanError).toFixed(1).padStart(6),
          `${outside}/${cells}`.padStart(8),
          `${percent(worst.error)} %`.padStart(8),
          ` at ${worst.cell.memoryMb} MB, n ${worst.cell.workers}${bundle}`,
        ].join("");
      }),
    );
  });
  const limits = `${100 * TOLERANCE.mean} % (mean), ${100 * TOLERANCE.p95} % (P95)`;
  return [`Unseen cells; outside: beyond ${limits}`, SUMMARY_HEAD, ...lines].join("\n");
}

const SUMMARY_HEAD = `${"stage".padEnd(10)}${"what".padEnd(13)}|err| % outside   worst`;

/** Medians and P95 of one ORION stage at its four sizes. */
export function orionTable(
  name: string,
  measured: readonly StageQuantiles[],
  predicted: readonly StageQuantiles[],
): string {
  const rows = ORION_SIZES_MB.map((mb, i) => {
    const [m, p] = [measured[i]!, predicted[i]!];
    const numbers = [m.p50, p.p50].map((ms) => ms.toFixed(0).padStart(9)).join("");
    const tails = [m.p95, p.p95].map((ms) => ms.toFixed(0).padStart(9)).join("");
    const error = `${percent(p.p50 / m.p50 - 1, 1)} %`.padStart(9);
    return `  ${String(mb).padStart(6)}${numbers}${error}${tails}`;
  });
  return [name, "      MB      P50 predicted    error      P95 predicted   (ms)", ...rows].join(
    "\n",
  );
}

/** The bundle sweep, relative to one worker a VM. */
export function sweepTable(measured: SweepRatios, predicted: SweepRatios): string {
  const line = (label: string, values: readonly number[]) =>
    `  ${label.padEnd(18)}${values.map((value) => value.toFixed(2).padStart(7)).join("")}`;
  return [
    "Bundle sweep of Video Analytics, relative to b = 1",
    `  ${"b".padEnd(18)}${BUNDLES.map((b) => String(b).padStart(7)).join("")}`,
    ...(["p50", "p95", "cost"] as const).flatMap((name) => [
      line(`${name} measured`, measured[name]),
      line(`${name} simulated`, predicted[name]),
    ]),
  ].join("\n");
}

/** Fitted numbers beside those the workload's file holds. */
export function valuesTable(
  values: readonly (FittedValue & { readonly written: number; readonly agrees: boolean })[],
): string {
  return values
    .map(
      ({ path, value, written, agrees }) =>
        `  ${path.padEnd(34)}${String(value).padStart(12)}${agrees ? "" : `   file has ${written}`}`,
    )
    .join("\n");
}
