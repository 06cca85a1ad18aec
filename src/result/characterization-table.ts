/** A characterisation as plain text for a terminal: both weightings side by side, published numbers beside them. */

import { POPULARITY, PUBLISHED_BEHAVIOUR, type Weighting } from "../trace/published.ts";
import type { WeightedCdf } from "../trace/shape-facts.ts";
import {
  type Characterization,
  cdfOver,
  meanShare,
  TIME_PARTS,
  type Weighted,
  type WorkloadBehaviour,
} from "./behaviour.ts";
import { popularityTable, shapeTable } from "./shape-table.ts";
import { aligned, grouped } from "./text-table.ts";
import { shownIn, timeUnit } from "./unit.ts";

const NONE = "–";
const WEIGHTINGS: readonly Weighting[] = ["execution", "workflow"];

// Fan-outs that stages are told apart by: from, to.
const WIDTH_CLASSES = [
  [2, 4],
  [5, 16],
  [17, 64],
  [65, Number.POSITIVE_INFINITY],
] as const;

/** Shapes, popularity, behaviour and skew, at most 80 columns wide. Ends with a newline. */
export function characterizationTable(result: Characterization): string {
  const { facts, arrivals, platform } = result;
  const kinds = [...arrivals].toSorted((a, b) => b[1] - a[1]);
  const known = facts.count - facts.withoutRate;
  return [
    `${grouped(facts.count)} workloads, ${grouped(known)} with a rate of arrivals, on ${platform}\n`,
    shapeTable(facts, "execution"),
    shapeTable(facts, "workflow"),
    popularityTable(facts),
    behaviourTable(result),
    skewTable(result),
    `Arrivals: ${kinds.map(([kind, count]) => `${kind} ${grouped(count)}`).join(", ")}.\n`,
    "Published: Azure Durable Functions, October 2021; see docs/characterize.md.\n",
  ]
    .filter((block) => block !== "")
    .join("\n");
}

type Line = readonly [
  label: string,
  of: (sample: readonly Weighted[]) => string,
  published: string,
];

function behaviourTable({ samples }: Characterization): string {
  const { coldShareRare, coldShareOften, latencyMsP50, latencyMsMean, twiceAsSlow, burstyShare } =
    PUBLISHED_BEHAVIOUR;
  const rare = POPULARITY.ordinary.perDay;
  const latency = (b: WorkloadBehaviour) => b.latencyMs;
  const lines: readonly Line[] = [
    ["workloads run", (sample) => grouped(sample.length), ""],
    ["latency P50", quantileTime(latency, 0.5), time(latencyMsP50)],
    ["latency P95", quantileTime(latency, 0.95), ""],
    ["latency mean", (s) => of(cdfOver(s, latency), (cdf) => time(cdf.mean)), time(latencyMsMean)],
    ["latency P95 over P25, median", quantile((b) => [tailRatio(b)], 0.5, ratio), ""],
    ["latency P95 over P25, largest", quantile((b) => [tailRatio(b)], 1, ratio), "80×"],
    ...TIME_PARTS.map(
      (part): Line => [
        `part of a run: ${part}`,
        (s) => (s.length === 0 ? NONE : percent(meanShare(s, part))),
        "",
      ],
    ),
    [
      `cold VM uses, < ${rare} runs a day, median`,
      quantile((b) => (b.perDay < rare ? [b.coldShare] : []), 0.5, percent),
      percent(coldShareRare),
    ],
    [
      `cold VM uses, ≥ ${rare} runs a day, median`,
      quantile((b) => (b.perDay >= rare ? [b.coldShare] : []), 0.5, percent),
      percent(coldShareOften),
    ],
    [
      "parallel stages, slowest ≥ 2× fastest",
      above((b) => b.skew.map((stage) => stage.slowestOverFastest), 2 - 1e-9),
      percent(twiceAsSlow),
    ],
    ["neighbouring stages correlated > 0.4", above((b) => b.stageCorrelations, 0.4), ""],
    ["workers of a stage correlated > 0.4", above((b) => b.workerCorrelations, 0.4), ""],
    ["gaps of arrivals with CV > 1.05", above((b) => [b.gapCv], 1.05), percent(burstyShare)],
    ["dispersion of arrivals, median", quantile((b) => [b.dispersion], 0.5, two), ""],
    ["dispersion of arrivals, P95", quantile((b) => [b.dispersion], 0.95, two), ""],
  ];
  const body = lines.map(([label, value, published]) => [
    label,
    ...WEIGHTINGS.map((weighting) => value(samples[weighting])),
    published,
  ]);
  const header = [["run alone", "per execution", "per workflow", "published"]];
  return `${aligned(header, body).join("\n")}\n`;
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

/** P95 of a workload's latency over its P25. */
export function tailRatio({ latencyMs }: WorkloadBehaviour): number {
  const at = (p: number) => latencyMs[Math.floor(p * latencyMs.length)] ?? Number.NaN;
  return at(0.95) / at(0.25);
}

type Numbers = (behaviour: WorkloadBehaviour) => ArrayLike<number>;

function quantile(numbers: Numbers, p: number, text: (value: number) => string): Line[1] {
  return (sample) => of(cdfOver(sample, numbers), (cdf) => text(cdf.quantile(p)));
}

function quantileTime(numbers: Numbers, p: number): Line[1] {
  return quantile(numbers, p, time);
}

function above(numbers: Numbers, bound: number): Line[1] {
  return (sample) => of(cdfOver(sample, numbers), (cdf) => percent(1 - cdf.at(bound)));
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
