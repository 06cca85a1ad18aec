/** A characterisation as plain text for a terminal: both weightings side by side, published numbers beside them. */

import { POPULARITY, PUBLISHED_BEHAVIOUR, type Weighting } from "../trace/published.ts";
import type { WeightedCdf } from "../trace/shape-facts.ts";
import {
  type BehaviourMeasure,
  behaviourCurves,
  type Characterization,
  type Curves,
  TIME_PARTS,
  WEIGHTINGS,
} from "./behaviour.ts";
import type { StoredCurves } from "./curve-table.ts";
import { popularityTable, shapeTable } from "./shape-table.ts";
import { aligned, grouped } from "./text-table.ts";
import { shownIn, timeUnit } from "./unit.ts";

const NONE = "–";

// Fan-outs that stages are told apart by: from, to.
const WIDTH_CLASSES = [
  [2, 4],
  [5, 16],
  [17, 64],
  [65, Number.POSITIVE_INFINITY],
] as const;

/** Shapes, popularity, behaviour and skew, at most 80 columns wide. Ends with a newline. */
export function characterizationTable(result: Characterization): string {
  const { facts, arrivals, platform, samples } = result;
  const kinds = [...arrivals].toSorted((a, b) => b[1] - a[1]);
  const known = facts.count - facts.withoutRate;
  return [
    `${grouped(facts.count)} workloads, ${grouped(known)} with a rate of arrivals, on ${platform}\n`,
    shapeTable(facts, "execution"),
    shapeTable(facts, "workflow"),
    popularityTable(facts),
    behaviourTable(behaviourCurves(result), {
      execution: samples.execution.length,
      workflow: samples.workflow.length,
    }),
    skewTable(result),
    `Arrivals: ${kinds.map(([kind, count]) => `${kind} ${grouped(count)}`).join(", ")}.\n`,
    "Published: Azure Durable Functions, October 2021; see docs/characterize.md.\n",
  ]
    .filter((block) => block !== "")
    .join("\n");
}

/** What is kept of a population's characterisation, at most 80 columns wide. Ends with a newline. */
export function curvesTable(population: string, curves: StoredCurves): string {
  const count = grouped(curves.number("workloads", "workflow") ?? 0);
  const error = curves.number("joint_feasibility_error", "workflow");
  const joint =
    error === undefined
      ? ""
      : `Published marginals can hold jointly to ${error.toPrecision(2)} of probability.\n`;
  const run = (weighting: Weighting) => curves.number("workloads_run", weighting) ?? 0;
  return [
    `${population}: ${count} workflows on ${curves.platform}\n${joint}`,
    ...WEIGHTINGS.map((weighting) => shapeTable(curves, weighting)),
    behaviourTable(curves, { execution: run("execution"), workflow: run("workflow") }),
  ]
    .filter((block) => block !== "")
    .join("\n");
}

type Line = readonly [
  label: string,
  measure: BehaviourMeasure,
  text: (cdf: WeightedCdf) => string,
  published: string,
];

/** Behaviour under both weightings; `counts` are the workloads run under each. Ends with a newline. */
function behaviourTable(
  curves: Curves<BehaviourMeasure>,
  counts: Readonly<Record<Weighting, number>>,
): string {
  const { coldShareRare, coldShareOften, latencyMsP50, latencyMsMean, twiceAsSlow, burstyShare } =
    PUBLISHED_BEHAVIOUR;
  const rare = POPULARITY.ordinary.perDay;
  const lines: readonly Line[] = [
    ["latency P50", "latency_ms", quantile(0.5, time), time(latencyMsP50)],
    ["latency P95", "latency_ms", quantile(0.95, time), ""],
    ["latency mean", "latency_ms", (cdf) => time(cdf.mean), time(latencyMsMean)],
    ["latency P95 over P25, median", "latency_p95_over_p25", quantile(0.5, ratio), ""],
    ["latency P95 over P25, largest", "latency_p95_over_p25", quantile(1, ratio), "80×"],
    ...TIME_PARTS.map(
      (part): Line => [`part of a run: ${part}`, `${part}_share`, (cdf) => percent(cdf.mean), ""],
    ),
    [
      `cold VM uses, < ${rare} runs a day, median`,
      "cold_share_rare",
      quantile(0.5, percent),
      percent(coldShareRare),
    ],
    [
      `cold VM uses, ≥ ${rare} runs a day, median`,
      "cold_share_often",
      quantile(0.5, percent),
      percent(coldShareOften),
    ],
    [
      "parallel stages, slowest ≥ 2× fastest",
      "slowest_over_fastest",
      above(2 - 1e-9),
      percent(twiceAsSlow),
    ],
    ["neighbouring stages correlated > 0.4", "stage_correlation", above(0.4), ""],
    ["workers of a stage correlated > 0.4", "worker_correlation", above(0.4), ""],
    ["gaps of arrivals with CV > 1.05", "gap_cv", above(1.05), percent(burstyShare)],
    ["dispersion of arrivals, median", "dispersion", quantile(0.5, two), ""],
    ["dispersion of arrivals, P95", "dispersion", quantile(0.95, two), ""],
  ];
  const body = lines.map(([label, measure, text, published]) => [
    label,
    ...WEIGHTINGS.map((weighting) => of(curves.cdf(measure, weighting), text)),
    published,
  ]);
  const run = ["workloads run", ...WEIGHTINGS.map((weighting) => grouped(counts[weighting])), ""];
  const header = [["run alone", "per execution", "per workflow", "published"]];
  return `${aligned(header, [run, ...body]).join("\n")}\n`;
}

function quantile(p: number, text: (value: number) => string): Line[2] {
  return (cdf) => text(cdf.quantile(p));
}

function above(bound: number): Line[2] {
  return (cdf) => percent(1 - cdf.at(bound));
}

/** Skew against width: stages of the workloads run, each once; empty when none is parallel. */
function skewTable({ samples }: Characterization): string {
  const stages = samples.workflow.flatMap(({ behaviour }) => behaviour.skew);
  if (stages.length === 0) return "";
  const body = WIDTH_CLASSES.flatMap(([from, to]) => {
    const ratios = stages
      .filter(({ workers }) => Math.round(workers) >= from && Math.round(workers) <= to)
      .map(({ slowestOverFastest }) => slowestOverFastest)
      .toSorted((a, b) => a - b);
    if (ratios.length === 0) return [];
    const at = (p: number) =>
      ratio(ratios[Math.min(ratios.length - 1, Math.floor(p * ratios.length))]!);
    const range = to === Number.POSITIVE_INFINITY ? `${from} and more` : `${from} to ${to}`;
    return [[range, grouped(ratios.length), at(0.05), at(0.5), at(0.95)]];
  });
  const header = [["slowest over fastest, by workers", "stages", "P5", "P50", "P95"]];
  return `${aligned(header, body).join("\n")}\n`;
}

function of(cdf: WeightedCdf | undefined, text: (cdf: WeightedCdf) => string): string {
  return cdf === undefined ? NONE : text(cdf);
}

function time(ms: number): string {
  const unit = timeUnit(ms);
  return `${shownIn(unit, ms).toFixed(ms >= 2000 && ms < 100_000 ? 1 : 0)} ${unit.name}`;
}

function percent(share: number): string {
  // Rounding leaves sums of nothing a hair below 0.
  const shown = Math.abs(share) < 1e-6 ? 0 : 100 * share;
  return `${shown.toFixed(shown > 0 && shown < 1 ? 2 : 1)} %`;
}

function ratio(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)}×`;
}

function two(value: number): string {
  return value.toFixed(2);
}
