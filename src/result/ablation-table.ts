/** What is left of a planner without some of its decisions, as plain text of 80 columns. */

import { aligned } from "./aligned.ts";
import type { CellRow } from "./cell-table.ts";
import { objectiveText } from "./comparison.ts";
import { costRelativeTo } from "./relative.ts";

const NONE = "–";

/**
 * Per workload and policy: cost under the SLO and P95 under the budget, each also as a ratio to the
 * unfused workflow, and how many runs keep the SLO. `*` marks plans that were not expected to keep
 * their bound. Ends with a newline.
 */
export function ablationTable(rows: readonly CellRow[]): string {
  const ratios = costRelativeTo("unfused", rows);
  const header = ["", "USD per 1k", "ratio", "in SLO %", "P95 s", "ratio"];
  return [...new Set(rows.map((row) => row.workload))]
    .map((workload) => {
      const own = rows.filter((row) => row.workload === workload);
      const underSlo = own.filter((row) => row.objective === "cost");
      const lines = underSlo.map((row) => {
        const same = (other: CellRow) => other.policy === row.policy && other.seed === row.seed;
        const ratio = ratios.find(
          (other) => other.workload === workload && other.objective === "cost" && same(other),
        );
        const fast = own.find((other) => other.objective === "latency" && same(other));
        return [
          row.policy,
          shown(row.cost_usd_mean, 1e3, 2) + star(row),
          shown(ratio?.cost_usd_mean, 1, 3),
          shown(row.slo_attainment, 100, 1),
          shown(fast?.latency_ms_p95, 1e-3, 2) + star(fast),
          shown(fast?.p95_ratio_vs_unfused, 1, 3),
        ];
      });
      const aims = own
        .filter((row, i) => own.findIndex((other) => other.objective === row.objective) === i)
        .map(objectiveText);
      return `${workload}\n${aims.join("; ")}\n\n${aligned([header, ...lines], 1).join("\n")}\n`;
    })
    .join("\n");
}

function star(row: CellRow | undefined): string {
  return row === undefined || row.feasible ? " " : "*";
}

function shown(value: number | null | undefined, factor: number, decimals: number): string {
  return value === null || value === undefined ? NONE : (factor * value).toFixed(decimals);
}
