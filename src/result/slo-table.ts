/** What an SLO costs under each policy, as plain text of 80 columns. */

import { aligned } from "./aligned.ts";
import type { CellRow } from "./cell-table.ts";
import { largest, moneyUnit, shownIn, timeUnit } from "./unit.ts";

/** Per workload a line per SLO, a column per policy: mean cost, `*` where no plan was expected to keep it. */
export function sloTable(rows: readonly CellRow[]): string {
  return [...new Set(rows.map((row) => row.workload))]
    .map((workload) => block(rows.filter((row) => row.workload === workload)))
    .join("\n");
}

function block(rows: readonly CellRow[]): string {
  const time = timeUnit(largest(rows.map((row) => row.slo_ms)));
  const money = moneyUnit(largest(rows.map((row) => row.cost_usd_mean)));
  const policies = [...new Set(rows.map((row) => row.policy))];
  const slos = [...new Set(rows.flatMap((row) => row.slo_ms ?? []))].sort((a, b) => a - b);
  const lines = slos.map((slo) => [
    String(shownIn(time, slo)),
    ...policies.map((policy) => {
      const row = rows.find((one) => one.policy === policy && one.slo_ms === slo);
      if (row === undefined || row.cost_usd_mean === null) return "– ";
      return shownIn(money, row.cost_usd_mean).toFixed(2) + (row.feasible ? " " : "*");
    }),
  ]);
  const header = [`SLO ${time.name}`, ...policies.map((policy) => `${policy} `)];
  const [first] = rows;
  const title = `${first?.workload ?? ""} on ${first?.platform ?? ""}, ${money.name}`;
  return `${title}\n\n${aligned([header, ...lines], 0).join("\n")}\n`;
}
