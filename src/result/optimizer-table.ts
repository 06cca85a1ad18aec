/** How good and how quick planners are, as plain text of 80 columns. */

import { quantileOfSorted, sortedSample } from "../stats/summary.ts";
import { aligned } from "./aligned.ts";
import type { DecisionRow } from "./decision-table.ts";
import { groupedBy } from "./grouped.ts";

/** Two plans this close are taken as equally good. */
const EQUAL = 1e-4;

/** Workflow and objective: what decisions on the same problem share. */
function problemOf(row: DecisionRow): string {
  return JSON.stringify([row.task, row.objective, row.slo_ms, row.budget_usd]);
}

/**
 * The decisions on problems whose optimum is proven, without those of `exhaustive` itself. Where a bound
 * can be kept and is not, the gap is infinite.
 */
export function provenGaps(
  rows: readonly DecisionRow[],
): readonly { readonly row: DecisionRow; readonly gap: number }[] {
  const proven = new Set(
    rows
      .filter((row) => row.policy === "exhaustive" && row.stop === "space-exhausted")
      .map(problemOf),
  );
  return rows
    .filter((row) => row.policy !== "exhaustive" && proven.has(problemOf(row)))
    .map((row) => ({ row, gap: row.gap ?? Number.POSITIVE_INFINITY }));
}

/** How often each policy finds a plan as good as the proven best, in a sentence. */
export function gapAnswer(rows: readonly DecisionRow[]): string {
  const gaps = provenGaps(rows);
  if (gaps.length === 0) return "No optimum was proven to hold the planners against.";
  const shares = Array.from(
    groupedBy(gaps, ({ row }) => row.policy),
    ([policy, own]) => {
      const best = own.filter(({ gap }) => gap <= EQUAL).length;
      return `${policy} in ${((100 * best) / own.length).toFixed(1)} %`;
    },
  );
  const problems = new Set(gaps.map(({ row }) => problemOf(row))).size;
  return `Of ${problems} problems with a proven optimum, a plan as good is found by ${shares.join(", ")}.`;
}

/** Per policy: how often it finds the optimum, and how far it stays from it. */
export function gapTable(rows: readonly DecisionRow[]): string {
  const gaps = provenGaps(rows);
  const problems = new Set(rows.map(problemOf)).size;
  const compared = new Set(gaps.map(({ row }) => problemOf(row))).size;
  const lines = Array.from(
    groupedBy(gaps, ({ row }) => row.policy),
    ([policy, own]) => {
      const share = (is: (gap: number) => boolean) =>
        ((100 * own.filter(({ gap }) => is(gap)).length) / own.length).toFixed(1);
      const kept = sortedSample(own.map(({ gap }) => gap).filter(Number.isFinite));
      const at = (p: number) =>
        kept.length === 0 ? "–" : (100 * quantileOfSorted(kept, p)).toFixed(2);
      return [
        policy,
        share((gap) => gap < -EQUAL),
        share((gap) => Math.abs(gap) <= EQUAL),
        at(0.5),
        at(0.95),
        at(1),
        share((gap) => gap === Number.POSITIVE_INFINITY),
      ];
    },
  );
  const header = [
    "gap to the optimum",
    "better %",
    "equal %",
    "P50 %",
    "P95 %",
    "worst %",
    "missed %",
  ];
  const workflows = new Set(rows.map((row) => row.task)).size;
  return `${workflows} workflows, ${problems} problems, ${compared} with a proven optimum\n\n${aligned(
    [header, ...lines],
    1,
  ).join("\n")}\n\nmissed: the bound can be kept and was not; P50 to worst are of the others\n`;
}

/** Per planner and number of stages: the median and the longest time of a decision, s. */
export function planningTimeTable(
  rows: readonly DecisionRow[],
  wallMs: ReadonlyMap<string, number>,
): string {
  const groups = groupedBy(rows, (row) =>
    row.workload.startsWith("random-") ? `random, ${row.stages} stages` : row.workload,
  );
  const policies = [...new Set(rows.map((row) => row.policy))];
  const lines = Array.from(groups, ([name, group]) => [
    name,
    ...policies.flatMap((policy) => {
      const times = sortedSample(
        group.filter((row) => row.policy === policy).flatMap((row) => wallMs.get(row.task) ?? []),
      );
      const at = (p: number) =>
        times.length === 0 ? "–" : (quantileOfSorted(times, p) / 1000).toFixed(2);
      return [at(0.5), at(1)];
    }),
  ]);
  const header = ["planning time, s", ...policies.flatMap((policy) => [policy, "longest"])];
  return `${aligned([header, ...lines], 1).join("\n")}\n`;
}
