/** The paper's headline as plain text: each baseline against WiseFuse's fastest plan that costs no more. */

import { aligned } from "./aligned.ts";
import type { CellRow } from "./cell-table.ts";
import { shownIn, timeUnit } from "./unit.ts";

/** P95 over WiseFuse's on the ML pipeline at no greater cost. Source: WiseFuse abstract, SIGMETRICS'22. */
const PAPER: Readonly<Record<string, string>> = {
  sonic: "10.00",
  photons: "3.03",
  faastlane: "1.64",
};

/**
 * Per workload and baseline, at the sizes it was tuned to within its budget and at its default sizes: its P95 and cost, and the lowest P95 among WiseFuse's plans that cost no more in simulation.
 * 80 columns; ends with a newline.
 */
export function equalCostTable(rows: readonly CellRow[]): string {
  const header = [
    "workload",
    "baseline",
    "sizes",
    "P95 s",
    "$/1k",
    "WiseFuse",
    "$/1k",
    "ratio",
    "paper",
  ];
  const lines = [...new Set(rows.map((row) => row.workload))].flatMap((workload) => {
    const own = rows.filter((row) => row.workload === workload);
    const wisefuse = own.filter((row) => row.policy === "wisefuse");
    return own
      .filter((row) => row.policy !== "wisefuse")
      .map((row) => lineOf(row, fastestWithin(wisefuse, row.cost_usd_mean ?? 0)));
  });
  const text = aligned([header, ...lines], 3);
  return `P95 at no greater cost: each baseline over WiseFuse\n\n${text.join("\n")}\n`;
}

function fastestWithin(rows: readonly CellRow[], costUsd: number): CellRow | undefined {
  let best: CellRow | undefined;
  for (const row of rows)
    if (
      (row.cost_usd_mean ?? Number.POSITIVE_INFINITY) <= costUsd &&
      (best === undefined || (row.latency_ms_p95 ?? 0) < (best.latency_ms_p95 ?? 0))
    )
      best = row;
  return best;
}

function lineOf(row: CellRow, wisefuse: CellRow | undefined): string[] {
  const p95 = row.latency_ms_p95;
  const fastest = wisefuse?.latency_ms_p95 ?? null;
  const ratio = p95 === null || fastest === null ? "–" : (p95 / fastest).toFixed(2);
  return [
    row.workload,
    row.policy,
    row.sizing,
    secondsText(p95),
    usdText(row.cost_usd_mean),
    secondsText(fastest),
    usdText(wisefuse?.cost_usd_mean ?? null),
    ratio,
    row.workload === "ml-pipeline" ? (PAPER[row.policy] ?? "") : "",
  ];
}

function secondsText(ms: number | null): string {
  return ms === null ? "–" : shownIn(timeUnit(10_000), ms).toFixed(1);
}

function usdText(usd: number | null): string {
  return usd === null ? "–" : (1000 * usd).toFixed(2);
}
