/** A plan's report as plain text for a terminal of 80 columns. */

import type { StopReason } from "../policy/policy.ts";
import type { Saving } from "../policy/savings.ts";
import type { Estimate } from "../stats/summary.ts";
import type { Assumption } from "./assumptions.ts";
import { aimText } from "./comparison.ts";
import type { PlanReport } from "./plan-report.ts";
import { largest, moneyUnit, percentile, timeUnit, writer } from "./unit.ts";

const STOPS: Readonly<Record<StopReason, string>> = {
  "no-better-plan": "no rewrite of the best plans brought a better one",
  "space-exhausted": "nothing was left to try",
  "plan-limit": "the limit on plans was reached",
  fixed: "there was nothing to choose",
};

/**
 * Objective, what to expect, what each decision changes, how the search ended and what all this rests
 * on. Only lines with texts of a workload or platform may be longer than 80 columns. Ends with a newline.
 */
export function planReportText(report: PlanReport): string {
  return [
    ...expectation(report),
    "",
    ...decisions(report),
    ...search(report),
    "",
    ...assumptions(report.assumptions),
    "",
  ].join("\n");
}

function expectation({ objective, expected, coldStarts, feasible }: PlanReport): string[] {
  const time = timeUnit(expected.latencyMsP50.value);
  const money = moneyUnit(expected.costUsdMean.value);
  const seconds = writer(time, expected.latencyMsP50.value);
  const usd = writer(money, expected.costUsdMean.value);
  const rows = new Map([
    ["P50", expected.latencyMsP50],
    [percentile(objective.quantile), expected.latencyMsAtQuantile],
    ["P95", expected.latencyMsP95],
    ["P99", expected.latencyMsP99],
  ]);
  const at = (label: string) => Number(label.slice(1));
  const latency = [...rows].sort(([a], [b]) => at(a) - at(b));
  const lines = [
    ...latency.map(([label, estimate]) => [label, estimate, seconds, time.name] as const),
    ["cost", expected.costUsdMean, usd, money.name] as const,
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  const values = lines.map(([, estimate, write]) => write(estimate.value));
  const widest = Math.max(...values.map((text) => text.length));
  const runs = String(expected.runs).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return [
    `objective: ${aimText(objective)}${feasible ? "" : "; not met, this is the nearest"}`,
    "expected, with 95 % intervals:",
    ...lines.map(
      ([label, estimate, write, unit], i) =>
        `  ${label.padEnd(width)}  ${values[i]!.padStart(widest)}  ${interval(estimate, write)} ${unit}`,
    ),
    `  Intervals are of the luck in the model's ${runs} runs, not of its error.`,
    coldStarts.runFraction === 0
      ? "  No run of the model meets a cold start."
      : `  ${percentText(coldStarts.runFraction)} of the model's runs meet a cold start; without any, ` +
        `${percentile(objective.quantile)} is ${seconds(coldStarts.latencyMsAtQuantileWithout)} ${time.name}.`,
  ];
}

function interval({ low, high }: Estimate, write: (value: number) => string): string {
  if (low === null) return high === null ? "" : `(up to ${write(high)})`;
  return high === null ? `(from ${write(low)})` : `(${write(low)} to ${write(high)})`;
}

function percentText(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

const NAME_WIDTH = 34;
const WIDTHS = [7, 17, 8, 7, 7] as const;

function decisions({ decisions: savings, ...report }: PlanReport): string[] {
  const { expected, objective, feasible } = report;
  if (savings.length === 0) return ["no decision to undo", ""];
  const time = timeUnit(expected.latencyMsP50.value);
  const money = moneyUnit(expected.costUsdMean.value);
  // As many decimals as the largest number has room for, so that columns hold and points align.
  const seconds = writer(time, largest(savings.map((one) => one.without.latencyMsAtQuantile)));
  const usd = writer(money, largest(savings.map((one) => one.without.costUsdMean)));
  const name = percentile(objective.quantile);
  const perRuns = money.factor === 1e3 ? "USD/1k" : "USD/1M";
  const lines = [
    "what each decision changes, against the plan without that one:",
    `${"what it changes".padStart(NAME_WIDTH + 32)}${"without it".padStart(14)}`,
    columns("", [name, "95 % interval", "cost", name, "cost"]),
    columns("", [time.name, time.name, perRuns, time.name, perRuns]),
  ];
  savings.forEach((saving, i) => {
    if (saving.decision !== savings[i - 1]?.decision) lines.push(saving.decision);
    const mark = `${feasible && !saving.keepsBound ? "*" : ""}${saving.missed ? "!" : ""}`;
    lines.push(
      changesNothing(saving)
        ? `  vs ${saving.instead}: no change that the model knows of`
        : columns(`  vs ${saving.instead} ${mark}`, [
            signed(saving.latencyMs.value, seconds),
            span(saving.latencyMs, seconds),
            signed(saving.costUsd.value, usd),
            seconds(saving.without.latencyMsAtQuantile),
            usd(saving.without.costUsdMean),
          ]),
    );
  });
  // Of a plan that misses it already there is no more to say.
  if (feasible && savings.some((saving) => !saving.keepsBound))
    lines.push("* misses the objective without it.");
  if (savings.some((saving) => saving.missed))
    lines.push("! serves the objective better without it; the policy does not find that plan.");
  return [...lines, ""];
}

function columns(name: string, cells: readonly string[]): string {
  const padded = cells.map((cell, c) => ` ${cell}`.padStart(WIDTHS[c]!));
  return `${name.padEnd(NAME_WIDTH)}${padded.join("")}`.trimEnd();
}

function changesNothing({ latencyMs, costUsd }: Saving): boolean {
  return [latencyMs, costUsd].every((one) => [one.value, one.low, one.high].every((x) => !x));
}

function signed(value: number, write: (value: number) => string): string {
  const text = write(value);
  if (text.startsWith("-")) return `−${text.slice(1)}`;
  return /[1-9]/.test(text) ? `+${text}` : text;
}

function span({ low, high }: Estimate, write: (value: number) => string): string {
  if (low === null || high === null) return "–";
  return `${signed(low, write)} to ${signed(high, write)}`;
}

function search({ plansSeen, stop, goalLowerBound, optimalityGap, ...report }: PlanReport) {
  const seen = plansSeen === 1 ? "1 plan" : `${plansSeen} plans`;
  return [`search: ${seen} seen; ${STOPS[stop]}; ${boundText()}`];

  function boundText(): string {
    if (goalLowerBound === null) return "no bound proved";
    const { objective, expected } = report;
    const [unit, typical, what] =
      objective.minimize === "cost"
        ? [moneyUnit(expected.costUsdMean.value), expected.costUsdMean.value, "costs less than"]
        : [
            timeUnit(expected.latencyMsP50.value),
            expected.latencyMsP50.value,
            `has a ${percentile(objective.quantile)} below`,
          ];
    const bound = `${writer(unit, typical)(goalLowerBound)} ${unit.name}`;
    const gap = optimalityGap === null ? "" : `; optimality gap ${percentText(optimalityGap)}`;
    return `no plan of its space within the bound ${what} ${bound}${gap}`;
  }
}

const HEADINGS: Readonly<Record<Assumption["of"], string>> = {
  workload: "assumed of the workload, not measured:",
  platform: "assumed of the platform:",
  model: "left out by the model:",
};

function assumptions(all: readonly Assumption[]): string[] {
  return (["workload", "platform", "model"] as const).flatMap((of) => {
    const some = all.filter((one) => one.of === of);
    if (some.length === 0) return [];
    const lines = some.map(({ path, text }) => (path === "" ? `  ${text}` : `  ${path}: ${text}`));
    return [HEADINGS[of], ...lines];
  });
}
