/** The answer of an experiment in one sentence, from its table. */

import { policyStyle } from "../figure/palette.ts";
import { shortNumber } from "../figure/panel.ts";
import type { CellRow, MeasuredColumn } from "../result/cell-table.ts";
import { comparisonsOf, headlineRows, objectiveText, pooledSeeds } from "../result/comparison.ts";
import { groupedBy } from "../result/grouped.ts";
import { moneyUnit, type ShownUnit, shownIn, timeUnit } from "../result/unit.ts";

const BASE = "unfused";
const NOTHING = "The table has no rows to answer from.";

/**
 * What the rows say: of what-ifs with levels where P95 is lowest, else which policy does best at the
 * headline objective, workload by workload.
 */
export function answerOf(rows: readonly CellRow[]): string {
  const tuned = rows.filter((row) => row.sizing === "tuned" || row.policy === "fixed");
  const workloads = [...new Set(tuned.map((row) => row.workload))];
  const levelled = tuned.some((row) => row.level !== null);
  const parts = workloads.flatMap((name) => {
    const own = tuned.filter((row) => row.workload === name);
    const rows = headlineOf(own);
    const part = levelled
      ? levelAnswer(own)
      : workloads.length > 1
        ? briefAnswer(rows)
        : bestAnswer(rows);
    return part === undefined ? [] : [workloads.length > 1 ? `${name}: ${part}` : part];
  });
  return parts.length === 0
    ? NOTHING
    : `${workloads.length > 1 ? parts.join("; ") : capital(parts[0]!)}.`;
}

/**
 * The rows to show of one workload when only one comparison fits: of the objectives that most policies
 * planned for, the middle SLO, if there is one.
 */
export function headlineOf(all: readonly CellRow[]): readonly CellRow[] {
  const aims = groupedBy(all, objectiveText);
  const policies = (row: CellRow) =>
    new Set(aims.get(objectiveText(row))!.map((one) => one.policy)).size;
  const most = Math.max(...all.map(policies));
  const rows = all.filter((row) => policies(row) === most);
  const underSlo = rows.filter((row) => row.objective === "cost");
  return comparisonsOf(headlineRows(underSlo.length > 0 ? underSlo : rows))[0]?.rows ?? [];
}

interface Goal {
  readonly column: MeasuredColumn;
  readonly what: string;
  readonly unit: ShownUnit;
}

function goalOf(row: CellRow): Goal {
  return row.objective === "cost"
    ? { column: "cost_usd_mean", what: "costs", unit: moneyUnit(row.cost_usd_mean ?? 0) }
    : { column: "latency_ms_p95", what: "has a P95 of", unit: timeUnit(row.latency_ms_p95 ?? 0) };
}

// Of many workloads only the best policy, and how it stands to the unfused workflow.
function briefAnswer(rows: readonly CellRow[]): string | undefined {
  const ranking = rankedOf(rows);
  if (ranking === undefined) return undefined;
  const { best, ranked, aim, goal } = ranking;
  if (best === undefined) return `no policy reaches ${aim}`;
  const base = ranked.find((row) => row.policy === BASE);
  const than = base === undefined || base === best ? "" : `, ${lessThan(base, best, goal)}`;
  return `${nameOf(best)} ${goal.what} ${amount(goal.unit, best[goal.column]!)}${than}`;
}

function rankedOf(rows: readonly CellRow[]) {
  const [first] = rows;
  if (first === undefined) return undefined;
  const goal = goalOf(first);
  const kept = rows.filter((row) => row.feasible && row[goal.column] !== null);
  const ranked = kept.toSorted((a, b) => a[goal.column]! - b[goal.column]!);
  return { goal, ranked, best: ranked[0], aim: objectiveText(first) };
}

function lessThan(other: CellRow, best: CellRow, { column }: Goal): string {
  const less = 100 * (1 - best[column]! / other[column]!);
  return `${Number(less.toPrecision(2))} % less than ${nameOf(other)}`;
}

function bestAnswer(rows: readonly CellRow[]): string | undefined {
  const ranking = rankedOf(rows);
  if (ranking === undefined) return undefined;
  const { best, ranked, aim, goal } = ranking;
  if (best === undefined) return `no policy has a plan that is expected to reach ${aim}`;
  const others = [...new Set([ranked[1], ranked.find((row) => row.policy === BASE)])].filter(
    (row) => row !== undefined && row !== best,
  );
  const against = others.map((row) => lessThan(row!, best, goal));
  const within =
    best.slo_attainment === null
      ? ""
      : `, within the SLO in ${shortNumber(100 * best.slo_attainment)} % of runs`;
  const than = against.length > 0 ? `, ${against.join(" and ")}` : "";
  return `for ${aim}, ${nameOf(best)} ${goal.what} ${amount(goal.unit, best[goal.column]!)}${than}${within}`;
}

function levelAnswer(rows: readonly CellRow[]): string | undefined {
  const levels = pooledSeeds(rows).filter(
    (row) => row.level !== null && row.latency_ms_p95 !== null,
  );
  const preferred = ["wisefuse", "fixed"].find((name) => levels.some((row) => row.policy === name));
  const policy = preferred ?? levels[0]?.policy;
  const [group] = comparisonsOf(
    levels.filter((row) => row.policy === policy),
    ["variation", "objective", "slo_ms", "budget_usd", "platform"],
  );
  if (group === undefined) return undefined;
  const sorted = group.rows.toSorted((a, b) => a.level! - b.level!);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const best = sorted.reduce((low, row) => (row.latency_ms_p95! < low.latency_ms_p95! ? row : low));
  const unit = timeUnit(most.latency_ms_p95!);
  const at = (row: CellRow) => `${amount(unit, row.latency_ms_p95!)} at ${row.level}`;
  const ends = `P95 of ${nameOf(least)} goes from ${at(least)} to ${at(most)}`;
  const inner = best === least || best === most ? "" : `, lowest with ${at(best)}`;
  return `with ${least.variation}, ${ends}${inner}`;
}

function amount(unit: ShownUnit, value: number): string {
  return `${shortNumber(shownIn(unit, value))} ${unit.name}`;
}

function nameOf(row: CellRow): string {
  return policyStyle(row.policy).label;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
