/** The cost-latency front of a policy as data, and as a table for a terminal of 80 columns. */

import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import { planSignature } from "../plan/signature.ts";
import { nonDominated } from "../policy/pareto.ts";
import type { Decision, Objective, Prediction } from "../policy/policy.ts";
import { largest, moneyUnit, percentile, timeUnit, writer } from "./unit.ts";

/** A plan that no other of the front beats. */
export interface FrontPoint {
  readonly prediction: Prediction;
  /** The plan in a few words. */
  readonly signature: string;
  /** Whether this is the plan chosen for the objective. */
  readonly chosen: boolean;
  readonly plan: ExecutionPlan;
}

/** Plans by increasing cost and decreasing latency. Survives JSON; documented in docs/plan.md. */
export interface Front {
  readonly schema: "wisefuse/front@1";
  readonly workload: string;
  readonly platform: string;
  readonly policy: string;
  readonly objective: Objective;
  readonly points: readonly FrontPoint[];
  /** Place among the points of one that beats the chosen plan in both; null when none does. */
  readonly chosenBeatenBy: number | null;
}

/** The front with the plan chosen for the objective put among its plans, unless they beat it. */
export function frontOf(
  scenario: Scenario,
  { policy, objective }: { readonly policy: string; readonly objective: Objective },
  decisions: readonly Decision[],
  chosen: Decision,
): Front {
  const kept = nonDominated([chosen, ...decisions]);
  const { costUsdMean, latencyMsAtQuantile } = chosen.prediction;
  const beatenBy = kept.findIndex(
    ({ prediction }) =>
      prediction.costUsdMean <= costUsdMean &&
      prediction.latencyMsAtQuantile <= latencyMsAtQuantile,
  );
  return {
    schema: "wisefuse/front@1",
    workload: scenario.workflow.name,
    platform: scenario.platform.name,
    policy,
    objective,
    points: kept.map((decision) => ({
      prediction: decision.prediction,
      signature: planSignature(scenario, decision.plan),
      chosen: decision === chosen,
      plan: decision.plan,
    })),
    chosenBeatenBy: kept.includes(chosen) ? null : beatenBy,
  };
}

const PLAN_COLUMNS = 80;

/**
 * The front as a table: cost, latencies, and the plan in a few words, one line a plan and further ones
 * where a plan is long; `>` marks the chosen plan. Ends with a newline.
 */
export function frontTable(front: Front): string {
  const { points, objective } = front;
  const predictions = points.map(({ prediction }) => prediction);
  const time = timeUnit(largest(predictions.map((one) => one.latencyMsP50)));
  const money = moneyUnit(largest(predictions.map((one) => one.costUsdMean)));
  const seconds = writer(time, largest(predictions.map((one) => one.latencyMsAtQuantile)));
  const usd = writer(money, largest(predictions.map((one) => one.costUsdMean)));
  const latencies = new Map<string, (one: Prediction) => number>([
    [percentile(objective.quantile), (one) => one.latencyMsAtQuantile],
    ["P50", (one) => one.latencyMsP50],
    ["P95", (one) => one.latencyMsP95],
    ["P99", (one) => one.latencyMsP99],
  ]);
  const at = (label: string) => Number(label.slice(1));
  const shown = [...latencies].sort(([a], [b]) => at(a) - at(b));
  const perRuns = money.factor === 1e3 ? "1k runs" : "1M runs";
  const rows = [
    ["", "USD per", ...shown.map(([label]) => label)],
    ["", perRuns, ...shown.map(() => time.name)],
    ...points.map(({ prediction, chosen }, i) => [
      `${chosen ? "> " : ""}${i + 1}`,
      usd(prediction.costUsdMean),
      ...shown.map(([, of]) => seconds(of(prediction))),
    ]),
  ];
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const left = rows.map((row) => row.map((text, c) => text.padStart(widths[c]!)).join("  "));
  const indent = " ".repeat(left[0]!.length + 2);
  const signatures = ["", "plan", ...points.map(({ signature }) => signature)];
  const lines = left.map((cells, i) =>
    `${cells}  ${brokenAtGroups(signatures[i]!, PLAN_COLUMNS - indent.length).join(`\n${indent}`)}`.trimEnd(),
  );
  return `${[...title(front), ...lines, ...notes(front)].join("\n")}\n`;
}

function title({ policy, points }: Front): string[] {
  const many = points.length === 1 ? "1 plan" : `${points.length} plans`;
  return [`cost-latency front of ${policy}: ${many}, each the fastest for its money`];
}

function notes({ points, chosenBeatenBy }: Front): string[] {
  if (chosenBeatenBy !== null) return [`The plan above is beaten by plan ${chosenBeatenBy + 1}.`];
  return points.some(({ chosen }) => chosen) ? ["> is the plan above."] : [];
}

// Groups stay whole; a part of the plan may be longer than a line when its names are.
function brokenAtGroups(signature: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of signature.split(" | ")) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)!} | ${part}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(lines.length === 0 ? part : `| ${part}`);
  }
  return lines;
}
